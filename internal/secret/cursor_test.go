package secret

import (
	"strings"
	"testing"
)

// TestCursorsTellNothing: a mark shows neither where it stands nor what it was made for, and is good for nothing else.
func TestCursorsTellNothing(t *testing.T) {
	c := NewCursors(NewKey())
	mark, err := c.Encode("org_a\x1fmembers", map[string]string{"Name": "hidden holder"})
	if err != nil || strings.Contains(mark, "hidden") || strings.ContainsAny(mark, " +/=&?%#") {
		t.Fatalf("%q, %v", mark, err)
	}
	if twice, _ := c.Encode("org_a\x1fmembers", map[string]string{"Name": "hidden holder"}); twice == mark {
		t.Error("the same place is recognised by its mark")
	}
	var got map[string]string
	if err := c.Decode("org_a\x1fmembers", mark, &got); err != nil || got["Name"] != "hidden holder" {
		t.Errorf("%v, %v", got, err)
	}
	other := "A"
	if strings.HasSuffix(mark, "A") {
		other = "Q"
	}
	for bound, mark := range map[string]string{"org_b\x1fmembers": mark, "org_a\x1fmembers": mark[:len(mark)-1] + other, "": mark} {
		if err := c.Decode(bound, mark, &got); err == nil {
			t.Errorf("%q is taken for %q", mark, bound)
		}
	}
}
