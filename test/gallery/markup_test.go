package gallery

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"roster/internal/server/web"
	"roster/internal/words"
)

func newMaker(t testing.TB, language ...string) maker {
	t.Helper()
	languages, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	assets, err := web.NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	return maker{words: languages.Best("", language...), assets: assets}
}

func render(t testing.TB, s sample) string {
	t.Helper()
	var b strings.Builder
	if err := s.view.Render(context.Background(), &b); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return b.String()
}

// every runs a check on every page, with kind and with hostile data.
func every(t *testing.T, check func(t *testing.T, m maker, source string)) {
	for _, hostile := range []bool{false, true} {
		m := newMaker(t)
		m.evil = hostile
		for _, s := range m.all() {
			name := s.name
			if hostile {
				name += "-hostile"
			}
			t.Run(name, func(t *testing.T) { check(t, m, render(t, s)) })
		}
	}
}

// TestEverySampleHasItsName holds that no sample hides another: pages and pictures are kept by name.
func TestEverySampleHasItsName(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range newMaker(t).all() {
		if seen[s.name] {
			t.Errorf("two samples are called %s", s.name)
		}
		seen[s.name] = true
	}
}

var void = []string{"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect"}

// phrase are elements that may not hold a block.
var phrase = []string{"p", "h1", "h2", "h3", "button", "label", "span", "dt", "summary", "code"}

var block = []string{"p", "div", "ul", "ol", "dl", "table", "form", "section", "h1", "h2", "h3", "header", "nav", "fieldset", "blockquote", "pre", "details", "dialog"}

// TestNesting holds that every element is closed where it was opened, that no block stands in a
// phrase, and that nothing that is pressed stands in another.
func TestNesting(t *testing.T) {
	every(t, func(t *testing.T, _ maker, source string) {
		var open []string
		for z := html.NewTokenizer(strings.NewReader(source)); ; {
			kind := z.Next()
			if kind == html.ErrorToken {
				break
			}
			token := z.Token()
			switch kind {
			case html.StartTagToken:
				if slices.Contains(block, token.Data) {
					for _, outer := range open {
						if slices.Contains(phrase, outer) {
							t.Errorf("<%s> stands in <%s>: %v", token.Data, outer, open)
						}
					}
				}
				for _, lone := range []string{"a", "button", "form", "label", "dialog"} {
					if token.Data == lone && lone != "dialog" && slices.Contains(open, lone) {
						t.Errorf("<%s> stands in another: %v", lone, open)
					}
				}
				if slices.Contains([]string{"button", "input", "select"}, token.Data) && slices.Contains(open, "a") {
					t.Errorf("<%s> stands in a link: %v", token.Data, open)
				}
				if !slices.Contains(void, token.Data) {
					open = append(open, token.Data)
				}
			case html.EndTagToken:
				if slices.Contains(void, token.Data) {
					continue
				}
				if len(open) == 0 || open[len(open)-1] != token.Data {
					t.Fatalf("</%s> closes %v", token.Data, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("left open: %v", open)
		}
	})
}

// element is a start tag with its attributes.
type element struct {
	tag   string
	attr  map[string]string
	under []string // the tags around it
}

func elements(t testing.TB, source string) []element {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var all []element
	var walk func(n *html.Node, under []string)
	walk = func(n *html.Node, under []string) {
		if n.Type == html.ElementNode {
			e := element{tag: n.Data, attr: map[string]string{}, under: under}
			for _, a := range n.Attr {
				if _, twice := e.attr[a.Key]; twice {
					t.Errorf("<%s> has %s twice", n.Data, a.Key)
				}
				e.attr[a.Key] = a.Val
			}
			all = append(all, e)
			under = append(slices.Clone(under), n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, under)
		}
	}
	walk(root, nil)
	return all
}

// ours are addresses that stay here: paths, and places of the same page.
var ours = regexp.MustCompile(`^(/($|[^/])|#(main$|f-))`)

// TestPolicy holds that no page asks for what the Content-Security-Policy forbids, and that no
// text of a person becomes markup or an address.
func TestPolicy(t *testing.T) {
	every(t, func(t *testing.T, m maker, source string) {
		for _, e := range elements(t, source) {
			for name, value := range e.attr {
				if name == "style" || strings.HasPrefix(name, "on") {
					t.Errorf("<%s %s=%q>", e.tag, name, value)
				}
				if leaves(t, e, value) || below(t, e, name, value) { // the one page that says where it leads before it does, and the links below pages
					continue
				}
				if slices.Contains([]string{"href", "src", "action", "formaction"}, name) && !ours.MatchString(value) {
					t.Errorf("<%s %s=%q> leads away", e.tag, name, value)
				}
			}
			switch e.tag {
			case "style", "iframe", "object", "embed", "base":
				t.Errorf("<%s>", e.tag)
			case "script":
				if e.attr["src"] != m.assets.URL("app.js") || e.attr["type"] != "module" {
					t.Errorf("<script %v>", e.attr)
				}
			case "form":
				if m := e.attr["method"]; m != "get" && m != "post" {
					t.Errorf("<form method=%q>", m)
				}
			}
		}
		if n := strings.Count(source, "<script"); n != 1 {
			t.Errorf("%d scripts", n)
		}
	})
}

// leaves tells whether a link is the one that leads to a provider's page of signing in.
func leaves(t *testing.T, e element, value string) bool {
	return strings.Contains(t.Name(), "/method-leave") && e.tag == "a" && e.attr["class"] == "button primary wide" && strings.HasPrefix(value, "https://")
}

// linked names the samples that have links below them.
var linked = regexp.MustCompile(`/((operator|settings)-brand|(signin|choose)-branded)`)

// below tells whether an address is that of a link below the pages of who has some, which lead elsewhere and tell nobody
// from where.
func below(t *testing.T, e element, name, value string) bool {
	within := linked.MatchString(t.Name()) && len(e.under) > 2 && slices.Equal(e.under[len(e.under)-3:], []string{"nav", "ul", "li"})
	return within && e.tag == "a" && name == "href" && e.attr["rel"] == "noreferrer" && (strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "mailto:"))
}

// TestNamesAndReferences holds that ids are unique, that what refers to one finds it, and that
// every control has a name people can hear.
func TestNamesAndReferences(t *testing.T) {
	every(t, func(t *testing.T, _ maker, source string) {
		all := elements(t, source)
		ids, labelled := map[string]bool{}, map[string]bool{}
		for _, e := range all {
			if id := e.attr["id"]; id != "" {
				if ids[id] {
					t.Errorf("the id %q stands twice", id)
				}
				ids[id] = true
			}
			if e.tag == "label" && e.attr["for"] != "" {
				labelled[e.attr["for"]] = true
			}
		}
		refer := []string{"for", "aria-labelledby", "aria-describedby", "popovertarget", "commandfor", "data-copy", "data-download", "data-reveal", "data-criteria"}
		for _, e := range all {
			for _, name := range refer {
				for _, id := range strings.Fields(e.attr[name]) {
					if !ids[id] {
						t.Errorf("<%s %s=%q> refers to nothing", e.tag, name, id)
					}
				}
			}
			if anchor, ok := strings.CutPrefix(e.attr["href"], "#"); ok && !ids[anchor] {
				t.Errorf("the link to #%s leads nowhere", anchor)
			}
			control := e.tag == "select" || e.tag == "textarea" || e.tag == "input" && e.attr["type"] != "hidden"
			if control && !labelled[e.attr["id"]] && e.attr["aria-label"] == "" && !slices.Contains(e.under, "label") {
				t.Errorf("no label: <%s %v>", e.tag, e.attr)
			}
		}
		for _, tag := range []string{"h1", "main", "title"} {
			if n := len(slices.DeleteFunc(slices.Clone(all), func(e element) bool { return e.tag != tag || slices.Contains(e.under, "svg") })); n != 1 {
				t.Errorf("%d <%s>", n, tag)
			}
		}
	})
}

var unknownWords = regexp.MustCompile(`\[(layout|team|entry|apiuser|history|errors|product|lists|unit|role|access)\.[a-z0-9_.]*\]`)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// TestWords holds that every sentence a page asks for is in the catalogue, and that its values are filled in.
func TestWords(t *testing.T) {
	every(t, func(t *testing.T, _ maker, source string) {
		if missing := unknownWords.FindString(source); missing != "" {
			t.Errorf("no such words: %s", missing)
		}
		kind := strings.ReplaceAll(source, "🧑‍🚀 {name}", "")
		if left := placeholder.FindString(kind); left != "" {
			t.Errorf("not filled in: %s", left)
		}
	})
}

// TestWeight holds that a full page with everything stays below 60 kB over the wire (design page 5).
func TestWeight(t *testing.T) {
	m := newMaker(t)
	fetch := func(path string) int {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		m.assets.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.Len()
	}
	for _, s := range m.all() {
		if s.name != "list-long" {
			continue
		}
		source := render(t, s)
		total := small(source)
		for _, e := range elements(t, source) {
			if path := e.attr["href"]; e.tag == "link" {
				total += fetch(path)
			}
		}
		t.Logf("the page alone: %d bytes, %d compressed; with everything: %d", len(source), small(source), total)
		if total > 60_000 {
			t.Errorf("%d bytes", total)
		}
	}
}

func small(source string) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(source))
	_ = w.Close()
	return b.Len()
}

func TestAssetsAreKeptForAYearAndOnlyUnderTheirHash(t *testing.T) {
	m := newMaker(t)
	get := func(path, encoding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		m.assets.ServeHTTP(w, r)
		return w
	}
	for _, name := range []string{"app.css", "app.js", "icon.svg"} {
		w := get(m.assets.URL(name), "")
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
	if w := get(m.assets.URL("app.css"), "gzip"); w.Header().Get("Content-Encoding") != "gzip" {
		t.Error("not compressed")
	}
	for _, path := range []string{"/assets/000000000000/app.css", m.assets.URL("../page.go"), m.assets.URL("")} {
		if w := get(path, ""); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}
