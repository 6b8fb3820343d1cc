package roster

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
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

// TestWhatIsNoFaultOfTheInputIsToldAsItIs: a database that fails while fields are checked makes no field wrong. The door
// logs the error that was, and lets the asker try again.
func TestWhatIsNoFaultOfTheInputIsToldAsItIs(t *testing.T) {
	broken := fmt.Errorf("reading methods: %w", context.DeadlineExceeded)
	busy := Errorf(Unavailable, "busy", "Try again.").After(time.Second)
	wrong := Errorf(Invalid, "field_required", "Fill this in.")
	for name, first := range map[string]error{"internal": broken, "unavailable": busy} {
		var bad, all Problems
		bad.Add("name", wrong)
		bad.Join(first)
		bad.Add("email", errors.New("another"))
		bad.Add("phone", wrong)
		all.Add("name", wrong)
		all.Join(bad.Err())
		for _, err := range []error{bad.Err(), all.Err()} {
			if !errors.Is(err, first) || AsError(err).Kind == Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	var bad Problems
	bad.Add("name", wrong)
	bad.Add("unit", Errorf(Conflict, "unit_archived", "Put away."))
	if e := AsError(bad.Err()); e.Kind != Invalid || len(e.Fields) != 2 {
		t.Errorf("what the asker can mend: %v", e)
	}
}
