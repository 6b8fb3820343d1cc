package doors_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"roster/internal/rostertest"
	"roster/internal/words"
)

var places = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

// english gives what English says and another language says otherwise: as it stands, and as patterns of what has
// values. What is a word of both is left out.
func english(t *testing.T, l *words.Languages, other *words.Catalogue) (plain map[string]bool, patterns []*regexp.Regexp) {
	t.Helper()
	plain = map[string]bool{}
	for _, key := range l.English().Keys() {
		sentence := l.English().Say(key)
		bare := places.ReplaceAllString(regexp.QuoteMeta(sentence), "")
		switch {
		case sentence == other.Say(key) || key == "product.language":
		case !strings.Contains(sentence, "{"):
			plain[sentence] = true
		case len(bare) > 12:
			patterns = append(patterns, regexp.MustCompile("^"+places.ReplaceAllString(regexp.QuoteMeta(sentence), ".+")+"$"))
		}
	}
	for form, told := range other.Said() {
		if !strings.Contains(form, "%") && form != told {
			plain[form] = true
		}
	}
	for _, key := range other.Keys() {
		delete(plain, other.Say(key))
	}
	return plain, patterns
}

// read gives all that people read or hear of a page.
func read(t *testing.T, source string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			all = append(all, strings.TrimSpace(n.Data))
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"title", "alt", "placeholder", "aria-label"}, a.Key) || strings.HasPrefix(a.Key, "data-") {
				all = append(all, strings.TrimSpace(a.Val))
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return all
}

// TestNoEnglishIsLeftOnPortuguesePages opens every page of the dashboard, and what it answers to forms that are sent
// empty, in Portuguese, and finds no sentence there that is English.
func TestNoEnglishIsLeftOnPortuguesePages(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	l, err := words.Load()
	must(t, err)
	plain, patterns := english(t, l, l.Best("", "pt-BR"))
	owner := s.person("olga@example.com")
	there := things(t, h, h.Owner, h.Owner.Member)
	seen := 0
	for _, r := range s.Doors.Mux.Routes() {
		if r.Pattern == "/sign-out" || strings.Contains(r.Pattern, "/end") {
			continue // the walk goes on signed in
		}
		text, headers := body(r)
		a := owner.send(r.Method, filled(r.Pattern, there), text, append(headers, "Accept-Language", "pt-BR")...)
		if a.header.Get("Content-Type") != "text/html; charset=utf-8" || a.status == http.StatusSeeOther || strings.HasPrefix(r.Pattern, "/api/") || !strings.Contains(a.body, "<html") {
			continue
		}
		seen++
		what := r.Method + " " + r.Pattern
		if !strings.Contains(a.body, `lang="pt-BR"`) {
			t.Errorf("%s: the page does not tell its language: %d %s", what, a.status, http.StatusText(a.status))
		}
		for _, said := range read(t, a.body) {
			if slices.Contains([]string{"New", "Owner", "Member", "User administrator", "Command line"}, said) || strings.HasSuffix(r.Pattern, "/history") && l.Best("", "pt-BR").Own(said) != said {
				continue // what somebody or something is called here, and what the history kept as it was
			}
			if plain[said] || slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(said) }) {
				t.Errorf("%s: %q stands there in English", what, said)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d pages were seen", seen)
	}
}
