package secret_test

import (
	"testing"

	"roster/internal/roster"
	"roster/internal/secret"
)

// FuzzCursors: a cursor is read back where it was made for, and nothing else is a cursor.
func FuzzCursors(f *testing.F) {
	c := secret.NewCursors(secret.NewKey())
	good, err := c.Encode("members", "anna")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "members", good, good[1:], good + "=", "\x00", "eyJhIjoxfQ"} {
		f.Add(seed, "members")
	}
	f.Fuzz(func(t *testing.T, text, bound string) {
		var place string
		if err := c.Decode(bound, text, &place); err == nil && (text != good || bound != "members") {
			t.Fatalf("%q is read as a cursor of %q", text, bound)
		} else if err != nil && !roster.Is(err, "cursor_invalid") {
			t.Fatalf("refused with %v", err)
		}
		made, err := c.Encode(bound, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Decode(bound, made, &place); err != nil {
			t.Fatalf("not read back: %v", err)
		}
		if c.Decode(bound+"'", made, &place) == nil {
			t.Fatal("read where it does not belong")
		}
	})
}
