package roster

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEmail(t *testing.T) {
	good := map[string]string{
		"Anna.Berg+x@Example.COM":   "anna.berg+x@example.com",
		" a@example.com ":           "a@example.com",
		"a@bücher.example":          "a@xn--bcher-kva.example",
		"a@XN--BCHER-KVA.example":   "a@xn--bcher-kva.example",
		"o'neill@sub.example.co.uk": "o'neill@sub.example.co.uk",
	}
	for in, folded := range good {
		if e, err := ParseEmail(in); err != nil || e.Folded != folded || e.Typed != strings.TrimSpace(in) {
			t.Errorf("%q: %+v, %v", in, e, err)
		}
	}
	bad := []string{
		"", "a", "@example.com", "a@", "a@b@example.com", `"a b"@example.com`, "a@example.com.", ".a@example.com", "a.@example.com",
		"a..b@example.com", "a@localhost", "a@example..com", "a@-x.example", "ä@example.com", "aı@example.com", "a@example.123", "a@[127.0.0.1]",
		"a(comment)@example.com", "a@example.com\nBcc: b@example.com", "a b@example.com", strings.Repeat("a", 65) + "@example.com",
		"a@" + strings.Repeat("a.", 130) + "example", "Anna <a@example.com>", "a@exa_mple.com", "a\u200b@example.com",
	}
	for _, in := range bad {
		if e, err := ParseEmail(in); err == nil || AsError(err).Code != "email_invalid" {
			t.Errorf("%q was taken as %+v", in, e)
		}
	}
}

func TestFoldingAnAddressTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-zA-Z0-9!#$%&'*+/=?^_{|}~-]{1,20}`).Draw(t, "local")
		domain := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9]{0,10}\.[a-zA-Z]{2,6}`).Draw(t, "domain")
		e, err := ParseEmail(local + "@" + domain)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseEmail(e.Folded)
		if err != nil || again.Folded != e.Folded {
			t.Fatalf("%q folds to %q, and that to %q (%v)", e.Typed, e.Folded, again.Folded, err)
		}
	})
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{"": "", "+55 11 5555-0100": "+551155550100", "+1 (202) 555.0123": "+12025550123"} {
		if got, err := ParsePhone(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"12345678", "+0123456789", "+123", "+1234567890123456", "+12a4567890", "++1234567890"} {
		if got, err := ParsePhone(in); err == nil {
			t.Errorf("%q was taken as %q", in, got)
		}
	}
}

func TestNames(t *testing.T) {
	if got, err := CleanName("  Jose\u0301   </p><a href=x>  "); err != nil || got != "José </p><a href=x>" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, code := range map[string]string{
		"a\r\nBcc: x": "control_character", "a\x00b": "control_character", "a\u2028b": "control_character",
		"\u202egnp.exe": "bidi_control", "a\u2066b": "bidi_control", strings.Repeat("é", MaxName+1): "too_long", "\xff": "not_text",
	} {
		if _, err := CleanName(name); err == nil || AsError(err).Code != code {
			t.Errorf("%q: %v, want %s", name, err, code)
		}
	}
	if got, err := CleanName(strings.Repeat("é", MaxName)); err != nil || got == "" {
		t.Errorf("as long as may be: %v", err)
	}
}

func TestEveryWordFindsItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		words := SearchWords(text)
		for _, prefix := range SearchPrefixes(text) {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, prefix) }) {
				t.Fatalf("%q is not found by its own %q: %q", text, prefix, words)
			}
		}
	})
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{"Acme": "acme", "  Ålesund & Søn, Ltd. ": "alesund-s-n-ltd", "李": "", "a--b": "a-b"} {
		if got := Slug(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Slug(strings.Repeat("x", 100)); len(got) != 40 {
		t.Errorf("a long name gives %d characters", len(got))
	}
}
