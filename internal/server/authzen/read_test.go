package authzen

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"roster/internal/action/decision"
	"roster/internal/authz/question"
	"roster/internal/roster"
	"roster/internal/server"
)

func read(text string) (*sheet, error) {
	s := &sheet{buf: []byte(text)}
	return s, s.parse()
}

// The reader takes what the slower one takes that the other doors use, and nothing else.
func FuzzTheReaderTakesWhatOtherDoorsTake(f *testing.F) {
	for _, s := range []string{
		``, ` `, `{}`, `[]`, `1`, `{"a":1}`, `{"a":1,"A":2}`, `{"a":1,"b":{"a":2}}`, `{"a":1}{}`, `{"a":1},`, `{"a":1,}`, `[1,]`, `{,}`, `{"a"}`, `{"a":}`, `{a:1}`,
		`{"K":1,"k":2}`, `{"ſ":1,"S":2}`, `{"\u0061":1,"a":2}`, `{"a":"\ud83d\ude00"}`, `{"a":"\ud83d"}`, `{"a":"\ude00\ud83d"}`, `{"a":"\\ud83d"}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"\u0000"}`, `{"\u0000":1}`, `{"a":["\\u0000"]}`,
		"{\"a\":\"\n\"}", "{\"a\":\"\x00\"}", "{\"a\":\"\xff\"}", "{\"a\":\"\x7f\"}", "\ufeff{}", "{}\u00a0", "{\"a\":\"\u2028\"}",
		`{"a":01}`, `{"a":-0}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1e+5}`, `{"a":1E-05}`, `{"a":+1}`, `{"a":NaN}`, `{"a":1e99999}`, `{"a":truee}`, `{"a":nul}`, `{"a":True}`,
		`{"a":"` + strings.Repeat("x", 200) + `"}`, strings.Repeat(`[`, 32) + strings.Repeat(`]`, 32), strings.Repeat(`[`, 33) + strings.Repeat(`]`, 33), strings.Repeat(`{"a":`, 40), manyKeys(40, ""), manyKeys(40, "K39"),
		`{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r reader
		got := r.begin(text) && r.skip() && r.end()
		if want := server.CheckJSON([]byte(text)); got != (want == nil) || got != (r.err == nil) {
			t.Errorf("%q: %v (%v), others say %v", text, got, r.err, want)
		}
		if _, err := read(text); !got && err == nil {
			t.Errorf("%q is taken as a question", text)
		} else if err != nil && !roster.Is(err, "malformed") {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// manyKeys is an object of many keys, and perhaps one more.
func manyKeys(n int, more string) string {
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	if more != "" {
		keys = append(keys, fmt.Sprintf("%q:0", more))
	}
	return "{" + strings.Join(keys, ",") + "}"
}

func FuzzTextsAreWrittenAsTheyWere(f *testing.F) {
	for _, s := range []string{"", "a", `"\`, "\x00\x1f\x7f", "ä\u2028😀", "\xff", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var back string
		out := appendText(nil, text)
		if err := json.Unmarshal(out, &back); err != nil || back != strings.ToValidUTF8(text, "\ufffd") && len(text) == len(strings.ToValidUTF8(text, "")) {
			t.Errorf("%q is written %s: %v", text, out, err)
		}
	})
}

func TestAQuestionIsReadOnce(t *testing.T) {
	s, err := read(` { "context" : {"time":"noon", "at_least": 12} , "subject":{"type":"us\u0065r","id":"alice","properties":{"role" : "admin"},"more":[1]},
		"action":{"properties":{},"name":"read"}, "resource":{"id":"r-1","type":"record","properties":null}, "options":null, "page":null, "evaluations":null, "else":{"subject":1} } `)
	if err != nil {
		t.Fatal(err)
	}
	var want decision.Question
	want.Subject.Type, want.Subject.ID, want.Subject.Properties = "user", "alice", `{"role" : "admin"}`
	want.Action.Name, want.Action.Properties = "read", "{}"
	want.Resource.Type, want.Resource.ID = "record", "r-1"
	want.Context, want.AtLeast = `{"time":"noon", "at_least": 12}`, 12
	if s.body.top != want {
		t.Errorf("read %+v", s.body.top)
	}
	if lacks := lacking(s.body.has, wholeSubject|wholeAction|wholeResource); lacks != "" {
		t.Errorf("lacks %s", lacks)
	}
}

func TestWhatIsWrongWithABody(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                                           "must be an object",
		`"x"`:                                          "must be an object",
		`null`:                                         "must be an object",
		`{"subject":"alice"}`:                          "subject must be an object",
		`{"subject":null}`:                             "subject must be an object",
		`{"subject":{"type":1}}`:                       "subject.type must be a text",
		`{"subject":{"id":"a\u0000"}}`:                 "NUL character at byte 20",
		`{"subject":{"id":null}}`:                      "subject.id must be a text",
		`{"subject":{"properties":[]}}`:                "subject.properties must be an object",
		`{"action":{"name":123}}`:                      "action.name must be a text",
		`{"resource":[]}`:                              "resource must be an object",
		`{"context":1}`:                                "context must be an object",
		`{"context":{"at_least":-1}}`:                  "context.at_least must be",
		`{"context":{"at_least":1.5}}`:                 "context.at_least must be",
		`{"context":{"at_least":{}}}`:                  "context.at_least must be",
		`{"evaluations":{}}`:                           "evaluations must be a list",
		`{"evaluations":[1]}`:                          "evaluations[] must be an object",
		`{"evaluations":[{"subject":"x"}]}`:            "subject must be an object",
		`{"options":[]}`:                               "options must be an object",
		`{"options":{"evaluations_semantic":1}}`:       "options.evaluations_semantic must be a text",
		`{"options":{"evaluations_semantic":"bogus"}}`: "evaluations_semantic is",
		`{"page":1}`:                                   "page must be an object",
		`{"page":{"limit":"1"}}`:                       "page.limit must be",
		`{"page":{"limit":-1}}`:                        "page.limit must be",
		`{"page":{"limit":1.5}}`:                       "page.limit must be",
		`{"page":{"token":1}}`:                         "page.token must be a text",
		`{"subject":{},"Subject":{}}`:                  "stands twice",
		`{"subject":{"id":"a","ID":"b"}}`:              "stands twice",
		`{"context":{"a":{"x":1,"X":2}}}`:              "stands twice",
		`{"subject":{}} {}`:                            "something follows",
		`{"subject":{`:                                 "not valid JSON",
		`{ "subject": { "type": "user" } , broken`:     "not valid JSON",
		``:                 "is empty",
		" \n":              "is empty",
		"{\"a\":\"\xc3\"}": "not valid UTF-8",
		`{"evaluations":[` + strings.Repeat("{},", MostEvaluations) + `{}]}`: "At most 1000",
		`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`:    "nested deeper",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) || !roster.Is(err, "malformed") {
			t.Errorf("%.80s: %v, want %q", text, err, want)
		}
	}
}

func TestDefaultsAreWholeMembers(t *testing.T) {
	s, err := read(`{"evaluations":[
		{},
		{"resource":{"type":"record","id":"2"}},
		{"resource":{"id":"3"}},
		{"subject":{"type":"user","id":"bob"},"context":{}},
		{"action":{},"context":{"at_least":"9"}}
	],"subject":{"type":"user","id":"alice","properties":{"a":1}},"action":{"name":"read"},"resource":{"type":"record","id":"1"},"context":{"at_least":4}}`)
	if err != nil {
		t.Fatal(err)
	}
	s.body.settle()
	for i, want := range []struct {
		subject, resource string
		properties        question.Properties
		atLeast           int64
		lacks             string
	}{
		{"alice", "1", `{"a":1}`, 4, ""},
		{"alice", "2", `{"a":1}`, 4, ""},
		{"alice", "3", `{"a":1}`, 4, "resource.type"},
		{"bob", "1", "", 0, ""},
		{"alice", "1", `{"a":1}`, 9, "action.name"},
	} {
		q := s.body.items[i]
		if q.Subject.ID != want.subject || q.Resource.ID != want.resource || q.Subject.Properties != want.properties || q.AtLeast != want.atLeast || q.Lacks != want.lacks {
			t.Errorf("item %d is %+v", i, q)
		}
	}
}

// A sheet that is used again tells nothing of the request before.
func TestASheetForgets(t *testing.T) {
	d := &Door{}
	s, err := read(`{"evaluations":[{"subject":{"type":"user","id":"alice"}}],"page":{"token":"x","limit":3},"options":{"evaluations_semantic":"deny_on_first_deny"},"context":{"at_least":3}}`)
	if err != nil {
		t.Fatal(err)
	}
	d.give(s)
	s.buf = append(s.buf[:0], `{"evaluations":[{}]}`...)
	if err := s.parse(); err != nil {
		t.Fatal(err)
	}
	s.body.settle()
	if b := s.body; b.items[0].Lacks != "subject" || b.token != "" || b.limit != usualLimit || b.semantic != decision.ExecuteAll || b.top.AtLeast != 0 {
		t.Errorf("remembers %+v", b)
	}
}

func TestReadingAllocatesTheTextAlone(t *testing.T) {
	s := &sheet{}
	text := `{"subject":{"type":"user","id":"alice","properties":{"role":"admin"}},"action":{"name":"read"},"resource":{"type":"record","id":"record-1","properties":{"status":"active"}},"context":{"time":"noon"}}`
	s.buf = append(s.buf, text...)
	if n := testing.AllocsPerRun(100, func() {
		if s.parse() != nil {
			panic("not read")
		}
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
