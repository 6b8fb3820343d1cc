package roster_test

import (
	"testing"
	"unicode/utf8"

	"roster/internal/roster"
)

// FuzzTexts: what people type is refused, or cleaned once and for all; and what lists are searched by can be worked out
// of any text.
func FuzzTexts(f *testing.F) {
	for _, seed := range []string{"", "Anna Berg", "anna@example.com", "a@b@c", "ß@exämple.com", "+49 (30) 901820", "\u202e", "\xff", "  é  e\u0301 ", "İ@example.com", "\"a\"@example.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if name, err := roster.CleanName(text); err == nil {
			if again, err := roster.CleanName(name); err != nil || again != name || !utf8.ValidString(name) {
				t.Fatalf("the name %q became %q: %v", name, again, err)
			}
		}
		if email, err := roster.ParseEmail(text); err == nil {
			if again, err := roster.ParseEmail(email.Typed); err != nil || again != email {
				t.Fatalf("the address %q became %q: %v", email, again, err)
			}
			if folded, err := roster.ParseEmail(email.Folded); err != nil || folded.Folded != email.Folded {
				t.Fatalf("the folded address %q became %q: %v", email.Folded, folded.Folded, err)
			}
		}
		if phone, err := roster.ParsePhone(text); err == nil {
			if again, err := roster.ParsePhone(phone); err != nil || again != phone {
				t.Fatalf("the number %q became %q: %v", phone, again, err)
			}
		}
		for _, w := range append(roster.SearchWords(text), roster.SearchPrefixes(text)...) {
			if w == "" || len(w) > 64 {
				t.Fatalf("%q is searched by %q", text, w)
			}
		}
	})
}
