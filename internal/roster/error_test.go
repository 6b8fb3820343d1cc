package roster

import (
	"fmt"
	"testing"
)

// TestAnErrorIsNoLargerThanItsInput: of very many fields at fault the first are told, and how many there are.
func TestAnErrorIsNoLargerThanItsInput(t *testing.T) {
	var all, some Problems
	for n := range 100_000 {
		some.Add(fmt.Sprintf("permissions[%d]", n), Errorf(Invalid, "unknown", "Unknown."))
	}
	all.Add("name", Errorf(Invalid, "field_required", "Fill this in."))
	all.Join(some.Err())
	e := AsError(all.Err())
	if len(e.Fields) != 50 || e.Fields[0].Field != "name" || e.Message != "100001 fields need your attention." {
		t.Errorf("%d fields, %q", len(e.Fields), e.Message)
	}
}
