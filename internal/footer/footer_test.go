package footer_test

import (
	"strings"
	"testing"

	"roster/internal/footer"
	"roster/internal/roster"
)

// TestLinksBelowPagesLeadSomewhereAndRunNothing tries addresses and labels, and reads what was written.
func TestLinksBelowPagesLeadSomewhereAndRunNothing(t *testing.T) {
	good := []footer.Link{{"Imprint", "https://example.com/imprint?a=b&c=d#e"}, {"Help", "mailto:help@example.com"}, {"Código", "https://xn--bcher-kva.example/"}}
	clean, err := footer.Clean(footer.Parse("\n" + footer.Write(good) + "\r\n\n"))
	if err != nil || len(clean) != len(good) || clean[0] != good[0] || clean[1] != good[1] || clean[2] != good[2] {
		t.Errorf("%v, %v", clean, err)
	}
	for _, at := range []string{
		"", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "http://example.com", "//example.com", "/imprint", "https://", "https:///x", "https://a@example.com",
		"https://example.com/ x", "https://example.com/\u202e", "mailto:", "mailto:nobody", "mailto:a@example.com?bcc=b@example.com", "https://" + strings.Repeat("a", 500),
	} {
		if clean, err := footer.Clean([]footer.Link{{"Imprint", at}}); !roster.Is(err, "link_invalid") {
			t.Errorf("%q: %v, %v", at, clean, err)
		}
	}
	for _, label := range []string{"", "a=b", strings.Repeat("a", 41), "a\u202eb", "a\nb"} {
		if clean, err := footer.Clean([]footer.Link{{label, "https://example.com"}}); err == nil {
			t.Errorf("%q: %v", label, clean)
		}
	}
	if _, err := footer.Clean(make([]footer.Link, 6)); !roster.Is(err, "too_many_links") {
		t.Errorf("six: %v", err)
	}
}
