package authzen_test

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// scenario is a line of testdata/conformance.json.
type scenario struct {
	Name, Path, Method, Type string
	Body                     json.RawMessage
	Raw                      *string // in place of the body
	Status                   []int
	Answer                   map[string]any
	Without                  []string // members that the answer must not have
	Repeat                   int
	RequestID                bool `json:"request_id"`
	Token                    string
	Conflict                 bool
}

func TestTheFoundationsScenarios(t *testing.T) {
	text, err := os.ReadFile("testdata/conformance.json")
	must(t, err)
	var all []scenario
	must(t, json.Unmarshal(text, &all))
	if len(all) != 128 {
		t.Fatalf("%d scenarios", len(all))
	}
	each(t, func(t *testing.T, d *desk) {
		for _, s := range all {
			t.Run(s.Name, func(t *testing.T) {
				inner := *d
				inner.t = t
				if s.Conflict {
					s = bySpecification(t, s)
				}
				s.play(t, &inner)
			})
		}
	})
}

// bySpecification gives what the specification expects where it and the suite differ: "the value of the
// top-level key is treated as the default value", and one that an evaluation has itself "takes precedence"
// (section 7.1.1), so defaults are whole members and no parts of them. The first evaluation then has no
// resource.type, and is denied for it.
func bySpecification(t *testing.T, s scenario) scenario {
	t.Helper()
	if s.Name != "evaluations-batch-with-default-value-merging" {
		t.Fatalf("%s: nobody has said what the specification expects", s.Name)
	}
	no := map[string]any{"decision": false}
	s.Answer = map[string]any{"evaluations": []any{no, no}}
	return s
}

func (s scenario) play(t *testing.T, d *desk) {
	method, body := s.Method, string(s.Body)
	if method == "" {
		method = http.MethodPost
	}
	if s.Raw != nil {
		body = *s.Raw
	}
	var first string
	for range max(s.Repeat, 1) {
		req, err := http.NewRequest(method, d.URL+s.Path, strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", "application/json")
		if s.Type != "" {
			req.Header.Set("Content-Type", s.Type)
		}
		switch s.Token {
		case "":
			req.Header.Set("Authorization", "Bearer "+d.token)
		case "corrupted":
			req.Header.Set("Authorization", "Bearer "+d.token[:len(d.token)-9]+"corrupted")
		}
		const id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"
		if s.RequestID {
			req.Header.Set("X-Request-ID", id)
		}
		a := d.send(req)
		if !slices.Contains(s.Status, a.status) {
			t.Fatalf("answered %d %s, want %v", a.status, a.text, s.Status)
		}
		if s.RequestID {
			equal(t, "X-Request-ID", a.header.Get("X-Request-ID"), id)
		}
		if a.status == http.StatusUnauthorized && !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
			t.Error("401 without a challenge")
		}
		if s.Answer != nil {
			s.check(t, d, a)
		}
		if first == "" {
			first = a.text
		}
		equal(t, "the answer again", a.text, first)
	}
}

// check compares an answer as the suite does: decisions by value and place, results as a part of what was
// found, on however many pages.
func (s scenario) check(t *testing.T, d *desk, a answer) {
	equal(t, "Content-Type", a.header.Get("Content-Type"), "application/json")
	got := a.object()
	for _, name := range s.Without {
		if _, there := got[name]; there {
			t.Errorf("the answer has %s: %s", name, a.text)
		}
	}
	if want, ok := s.Answer["decision"]; ok && got["decision"] != want {
		t.Errorf("decided %s", a.text)
	}
	if want, ok := s.Answer["evaluations"].([]any); ok {
		equal(t, "decisions", shown(decisions(got["evaluations"])), shown(decisions(want)))
	}
	want, ok := s.Answer["results"].([]any)
	if !ok {
		return
	}
	if !strings.HasPrefix(a.text, `{"page":`) {
		t.Errorf("the page is not first: %s", a.text)
	}
	found, _ := got["results"].([]any)
	if found == nil || len(want) == 0 && len(found) != 0 {
		t.Fatalf("found %s", a.text)
	}
	for next := token(t, got); next != ""; next = token(t, got) {
		got = d.post(s.Path, withToken(t, s.Body, next)).object()
		more, _ := got["results"].([]any)
		found = append(found, more...)
	}
	for _, w := range want {
		if !slices.ContainsFunc(found, func(f any) bool { return reflect.DeepEqual(f, w) }) {
			t.Errorf("%v was not found: %v", w, found)
		}
	}
}

func decisions(list any) []any {
	all, _ := list.([]any)
	var out []any
	for _, one := range all {
		v, _ := one.(map[string]any)
		out = append(out, v["decision"])
	}
	return out
}

func shown(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// token gives the token of the next page; every page says whether there is one.
func token(t *testing.T, got map[string]any) string {
	t.Helper()
	page, _ := got["page"].(map[string]any)
	next, there := page["next_token"].(string)
	if !there {
		t.Fatalf("no next_token: %v", got)
	}
	return next
}

// withToken gives a search's body with a token added to its page.
func withToken(t *testing.T, body json.RawMessage, next string) string {
	t.Helper()
	var v map[string]any
	must(t, json.Unmarshal(body, &v))
	page, _ := v["page"].(map[string]any)
	if page == nil {
		page = map[string]any{}
	}
	page["token"] = next
	v["page"] = page
	return shown(v)
}
