package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"roster/internal/roster"
	"roster/internal/server"
)

type thing struct {
	Name   string            `json:"name"`
	Count  int8              `json:"count"`
	On     *bool             `json:"on"`
	At     time.Time         `json:"at"`
	Labels map[string]string `json:"labels"`
	Any    any               `json:"any"`
	Hidden string            `json:"-"`
	Grants []struct {
		Role string   `json:"role"`
		Tags []string `json:"tags"`
	} `json:"grants"`
	Base
}

type Base struct {
	Note string `json:"note"`
}

// refusal gives code and message of an error that must be the asker's fault.
func refusal(t *testing.T, err error) (code, message string) {
	t.Helper()
	if err == nil {
		return "", ""
	}
	var e *roster.Error
	if !errors.As(err, &e) || e.Kind != roster.Invalid {
		t.Fatalf("not the asker's fault: %v", err)
	}
	if strings.Contains(e.Message, "secret") {
		t.Errorf("the message repeats what was sent: %s", e.Message)
	}
	return e.Code, e.Message
}

func post(media, body string) *http.Request {
	r := httptest.NewRequest("POST", "/x?name=query", strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	return r
}

func TestJSONIsReadStrictly(t *testing.T) {
	many := func(n int) string { return `{"any":[` + strings.Repeat("0,", n-1) + `0]}` } // beside the object and the list
	deep := func(n int) string { return `{"any":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}` }
	for body, where := range map[string]string{
		`{"name":"secret","count":1,"on":null,"at":"2026-01-02T03:04:05Z","labels":{"a":"b"},"grants":[{"role":"r","tags":["x"]}],"note":"n"}`: "",
		` {"labels":null,"grants":null,"any":null} `: "",
		`{"any":{"whatever":[1e99,{"x":null}]}}`:     "",
		`{"any":1e999}`:                              "field any must be a number in range",
		`{"name":"\ud83d\ude00 \\ud83d \\\\"}`:       "",
		deep(32):                                     "",
		deep(33):                                     "deeper than 32",
		many(100_000 - 2):                            "",
		many(100_000 - 1):                            "more than 100000 values",
		``:                                           "empty",
		" \n":                                        "empty",
		`{`:                                          "byte 1",
		`{"name":"secret"} x`:                        "byte 19",
		`{"name":"secret"}{}`:                        "byte 18",
		`{"name":"secret",}`:                         "byte 18",
		"{\"name\":\"secret\xff\"}":                  "UTF-8",
		`{"name":"secret\ud83d"}`:                    "byte 16",
		`{"name":"\ude00\ud83d"}`:                    "byte 10",
		`{"name":"secret","name":"secret"}`:          "field name stands twice",
		`{"name":"secret","NAME":"secret"}`:          "field NAME stands twice",
		`{"labels":{"ſ":"","S":""}}`:                 "field labels.S stands twice",
		`{"labels":{"k":"","\u212a":""}}`:            "field labels.… stands twice",
		`{"any":[0,{"a":{"b":1,"B":2}}]}`:            "field any[1].a.B stands twice",
		`{"other":"secret"}`:                         "field other is not known",
		`{"name":"secret\u0000"}`:                    "field name holds a NUL",
		`{"any":["a",{"b":"\u0000"}]}`:               "field any[1].b holds a NUL",
		`{"labels":{"a":"b","\u0000":"b"}}`:          "field labels.… holds a NUL",
		`{"grants":[{"tags":["\u0000"]}]}`:           "field grants[0].tags[0] holds a NUL",
		`{"at":"\u0000"}`:                            "field at holds a NUL",
		`{"name":"\\u0000 \u0001"}`:                  "",
		`{"a secret key":1}`:                         "field … is not known",
		`{"":1}`:                                     "field … is not known",
		`{"Name":"secret"}`:                          "field Name is not known",
		`{"Hidden":"secret"}`:                        "field Hidden is not known",
		`{"Base":{}}`:                                "field Base is not known",
		`{"grants":[{},{"secrets!":1}]}`:             "field grants[1].… is not known",
		`{"name":7}`:                                 "field name must be a text",
		`{"name":["secret"]}`:                        "field name must be a text",
		`{"name":null}`:                              "field name must be a text, not null",
		`{"count":"secret"}`:                         "field count must be a whole number",
		`{"count":300}`:                              "field count must be a whole number in range",
		`{"count":1.5}`:                              "field count must be a whole number",
		`{"on":1}`:                                   "field on must be true or false",
		`{"grants":{}}`:                              "field grants must be a list",
		`{"grants":[{"role":{}}]}`:                   "field grants.role must be a text",
		`{"note":["secret"]}`:                        "The field note must be a text",
		`{"grants":[null]}`:                          "field grants[0] must be an object, not null",
		`{"labels":[]}`:                              "field labels must be an object",
		`{"at":"secret"}`:                            "not read here",
		`[]`:                                         "body must be an object",
		`null`:                                       "body must be an object, not null",
		`"secret"`:                                   "body must be an object",
	} {
		var v thing
		code, message := refusal(t, server.DecodeJSON(post("application/json; charset=utf-8", body), 0, &v))
		if (code == "") != (where == "") || code != "" && code != "malformed" || !strings.Contains(message, where) {
			t.Errorf("%.60s: %s: %s; want %q", body, code, message, where)
		}
	}
}

func TestJSONHasATypeAndASize(t *testing.T) {
	var v thing
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"} {
		code, _ := refusal(t, server.DecodeJSON(post(media, `{}`), 0, &v))
		equal(t, media, code, "unsupported_media_type")
	}
	must(t, server.DecodeJSON(post("application/merge-patch+json", `{}`), 0, &v))
	must(t, server.DecodeJSON(post("application/json", `{"name":"x"}`), 12, &v))
	code, _ := refusal(t, server.DecodeJSON(post("application/json", `{"name":"x"} `), 12, &v))
	equal(t, "limit", code, "too_large")
	code, _ = refusal(t, server.CheckJSON([]byte(`"`+strings.Repeat("x", 1<<20)+`"`)))
	equal(t, "check", code, "too_large")
}

func TestFormsAreReadStrictly(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for body, want := range map[string]string{
		"name=Anna+B%C3%A4r&email=":       "",
		"":                                "",
		"name=secret&name=secret":         "field name stands twice",
		"name=secret&other=secret":        "field other is not a field",
		"name=secret&a+secret=1":          "field … is not a field",
		"name=%ff":                        "UTF-8",
		"name=%zz":                        "encoded",
		"name=a;email=b":                  "encoded",
		"Name=secret":                     "field Name is not a field",
		strings.Repeat("x", 1<<20) + "=1": "larger",
	} {
		got, err := server.Form(post(form, body), "name", "email")
		if _, message := refusal(t, err); !strings.Contains(message, want) || (message == "") != (want == "") {
			t.Errorf("%.40s: %s; want %q", body, message, want)
		}
		if strings.Contains(body, "B%C3") {
			equal(t, "name", got["name"], "Anna Bär")
		}
	}
	got, err := server.Form(post(form, "email=x"), "name", "email")
	must(t, err)
	if _, mixed := got["name"]; mixed {
		t.Error("the query is mixed in")
	}
	_, err = server.Form(post("multipart/form-data; boundary=x", "--x--"), "name")
	code, _ := refusal(t, err)
	equal(t, "multipart", code, "unsupported_media_type")
	opened, err := server.OpenForm(post(form, "grant_type=x&resource=y"))
	must(t, err)
	equal(t, "unknown but ignored", opened["grant_type"], "x")
	_, err = server.OpenForm(post(form, "a=x&a=y"))
	code, _ = refusal(t, err)
	equal(t, "twice", code, "malformed")
}

// FuzzCheckJSON holds that what passes is JSON every reader agrees about, and that a refusal is
// the asker's fault, short and plain.
func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `[{"a":1,"A":2}]`, `{"a":"\ud800\udc00\\"}`, `"\\\ud800"`, `[[[]]] 1`, "\xff", ``, `{"ſ":1,"s":2}`, `-0.1e+9`, `{"a":["\u0000"]}`, `{"\u0000":"\\u0000"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v thing
		_ = server.DecodeJSON(post("application/json", string(data)), 0, &v)
		err := server.CheckJSON(data)
		if err != nil {
			var e *roster.Error
			if !errors.As(err, &e) || e.Kind != roster.Invalid || len(e.Message) > 3000 || !utf8.ValidString(e.Message) {
				t.Fatalf("refusal %v", err)
			}
			return
		}
		var any any
		if !utf8.Valid(data) || json.Unmarshal(data, &any) != nil && !strings.ContainsAny(string(data), "eE0123456789") {
			t.Fatalf("passed, and is not JSON: %q", data)
		}
		again, err := json.Marshal(any)
		must(t, err)
		if err := server.CheckJSON(again); err != nil && len(again) <= server.MaxBody {
			t.Fatalf("passed, and does not when written again: %v", err)
		}
		if strings.ContainsRune(string(again), utf8.RuneError) && !strings.Contains(strings.ToLower(string(data)), `\ufffd`) && !strings.ContainsRune(string(data), utf8.RuneError) {
			t.Fatalf("passed, and holds what is no character: %q", data)
		}
	})
}
