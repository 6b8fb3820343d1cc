package authzen_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/rostertest"
)

func TestTheMetadataTellsWhereEverythingIs(t *testing.T) {
	d := open(t, rostertest.SQLite(t))
	for point, path := range map[string]string{
		"":           "/.well-known/authzen-configuration",
		"/orgs/acme": "/.well-known/authzen-configuration/orgs/acme",
		"/orgs/none": "/.well-known/authzen-configuration/orgs/none", // whether there is one is not told
	} {
		a := d.get(path)
		equal(t, path, a.status, 200)
		equal(t, "Content-Type", a.header.Get("Content-Type"), "application/json")
		got := a.object()
		for name, want := range map[string]string{
			"policy_decision_point":       "",
			"access_evaluation_endpoint":  "/access/v1/evaluation",
			"access_evaluations_endpoint": "/access/v1/evaluations",
			"search_subject_endpoint":     "/access/v1/search/subject",
			"search_resource_endpoint":    "/access/v1/search/resource",
			"search_action_endpoint":      "/access/v1/search/action",
		} {
			equal(t, name, got[name], any(d.URL+point+want))
		}
	}
	d.get("/.well-known/authzen-configuration/orgs/No%22Slug").is(http.StatusNotFound, "not_found")
}

func (d *desk) get(path string) answer {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodGet, d.URL+path, http.NoBody)
	must(d.t, err)
	return d.send(req)
}

func TestTheAskersIdentifierComesBack(t *testing.T) {
	d := open(t, rostertest.SQLite(t))
	body := question("user/alice", "read", "record/record-1")
	for given, want := range map[string]string{
		"a":                      "a",
		"with spaces; and/signs": "with spaces; and/signs",
		strings.Repeat("x", 256): strings.Repeat("x", 256),
		strings.Repeat("x", 257): "",
		"ümlaut":                 "",
		"tab\there":              "",
	} {
		a := d.post("/access/v1/evaluation", body, "X-Request-ID", given)
		equal(t, "answer", a.status, 200)
		equal(t, given, a.header.Get("X-Request-ID"), want)
		if own := a.header.Get("Request-Id"); !strings.HasPrefix(own, "req_") {
			t.Errorf("our own identifier is %q", own)
		}
	}
	a := d.post("/access/v1/evaluation", `{`, "X-Request-ID", "of an error")
	a.is(http.StatusBadRequest, "malformed")
	equal(t, "with an error", a.header.Get("X-Request-ID"), "of an error")
	a = d.post("/access/v1/evaluation", body, "X-Request-ID", "nobody's", "Authorization", "")
	equal(t, "without a token", a.header.Get("X-Request-ID"), "nobody's")
}

func TestWhatIsNoRequest(t *testing.T) {
	d := open(t, rostertest.SQLite(t))
	for _, path := range []string{"/access/v1/evaluation", "/orgs/acme/access/v1/evaluation"} {
		d.get(path).is(http.StatusMethodNotAllowed, "method_not_allowed")
		d.get(path+"/nothing").is(http.StatusNotFound, "not_found")
		d.post(path, `{}`, "Content-Type", "application/x-www-form-urlencoded").is(http.StatusUnsupportedMediaType, "unsupported_media_type")
		d.post(path, `{"a":"`+strings.Repeat("x", 1<<20)+`"}`).is(http.StatusRequestEntityTooLarge, "too_large")
		d.post(path, `{"subject":{},"SUBJECT":{}}`).is(http.StatusBadRequest, "malformed")
		d.post(path, `{}`).is(http.StatusBadRequest, "malformed")
	}
	// Nothing of a large question is lost on the way.
	long := strings.Repeat("x", 1<<19)
	a := d.post("/access/v1/evaluation", `{"context":{"a":"`+long+`"},`+question("user/alice", "read", "record/record-1")[1:])
	equal(t, "half a megabyte", d.decision(a), "")
}

func TestOneOwns(t *testing.T) {
	d := open(t, rostertest.SQLite(t))
	ask := func(subject, owner string) bool {
		return d.decision(d.post("/access/v1/evaluation", `{"subject":{"type":"user","id":"`+subject+`"},"action":{"name":"note"},"resource":{"type":"record","id":"record-1","properties":{"owner":"`+owner+`"}}}`)) == ""
	}
	equal(t, "alice's own", ask("alice", "alice"), true)
	equal(t, "alice's own, by address", ask("alice", "alice@example.com"), true)
	equal(t, "bob's own, which needs a permission like any other", ask("bob", "bob"), false)
	equal(t, "alice on another's, as a writer", ask("alice", "bob"), true)
	equal(t, "bob on another's", ask("bob", "alice"), false)
}
