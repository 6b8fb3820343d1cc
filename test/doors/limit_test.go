package doors_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	"roster/internal/server"
)

// TestEveryDoorSaysInItsOwnFormThatItIsTooMuch: REST and AuthZEN by a problem, OAuth as RFC 6749 has errors, the
// dashboard by a page in the reader's language; each says when to come back, and then it is well again. Nothing of it
// reaches a use case: the history has no line.
func TestEveryDoorSaysInItsOwnFormThatItIsTooMuch(t *testing.T) {
	h := rostertest.SQLite(t)
	made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: []team.Giving{{Scope: authz.Admin}, {Permission: authz.DecisionsRead}, {Permission: authz.MembersRead}}})
	must(t, err)
	r := &rest.Rig{Site: h.ServeWithin(server.Bounds{Address: 1, Client: 2, Decisions: 1, InFlight: 8})}
	before := r.Newest(t, nil).Seq
	robot := r.Token(t, made.ClientID, made.Secret) // one of its two requests
	question := func() rest.Reply {
		t.Helper()
		return robot.Asking("/access/v1/evaluation", `{"subject":{"type":"user","id":"nobody"},"action":{"name":"members.read"},"resource":{"type":"unit","id":"nowhere"}}`)
	}
	page := func() (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest("GET", r.URL+"/sign-in", nil)
		must(t, err)
		req.Header.Set("Accept-Language", "pt-BR")
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		must(t, err)
		return res, string(text)
	}
	robot.Get("members")
	question().Is(200)
	if res, _ := page(); res.StatusCode != 200 {
		t.Fatalf("the first page: %d", res.StatusCode)
	}

	again := func(name string, h http.Header, seconds string) {
		t.Helper()
		if h.Get("Retry-After") != seconds || h.Get("RateLimit") == "" || h.Get("RateLimit-Policy") == "" {
			t.Errorf("%s says %v", name, h)
		}
	}
	over := robot.Ask("GET", "members", "")
	over.Refuses(429, "too_many_requests")
	again("REST", over.Header, "30")
	asked := question()
	asked.Refuses(429, "too_many_requests")
	again("AuthZEN", asked.Header, "60")
	token, err := http.Post(r.URL+"/oauth2/token", "application/x-www-form-urlencoded", strings.NewReader("grant_type=client_credentials&client_id="+made.ClientID+"&client_secret="+made.Secret))
	must(t, err)
	defer token.Body.Close()
	text, err := io.ReadAll(token.Body)
	must(t, err)
	if token.StatusCode != 429 || !strings.HasPrefix(string(text), `{"error":"temporarily_unavailable","error_description":"Too many requests`) {
		t.Errorf("OAuth says %d %s", token.StatusCode, text)
	}
	again("OAuth", token.Header, "30")
	res, shown := page()
	if res.StatusCode != 429 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(shown, "Chegaram requisições demais em pouco tempo.") {
		t.Errorf("the dashboard says %d %s", res.StatusCode, shown)
	}
	again("the dashboard", res.Header, "60")
	for _, path := range []string{"/livez", "/readyz", "/.well-known/oauth-authorization-server"} {
		res, err := http.Get(r.URL + path)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}

	h.Clock.Pass(time.Minute)
	robot.Get("members")
	question().Is(200)
	if res, _ := page(); res.StatusCode != 200 {
		t.Errorf("a minute later the page: %d", res.StatusCode)
	}
	if now := r.Newest(t, nil); now.Seq != before {
		t.Errorf("the history tells of it: %s", now.Action)
	}
}

// TestEveryRouteOfProgramsCountsByItsProgram: no door looks at a token and forgets its budget.
func TestEveryRouteOfProgramsCountsByItsProgram(t *testing.T) {
	h := rostertest.SQLite(t)
	r := &rest.Rig{Site: h.ServeWithin(server.Bounds{Address: 1_000_000, Client: 1_000_000, Decisions: 1_000_000, InFlight: 8})}
	robot, _ := r.Program(t, "Robot", roster.RoleAuditor)
	counted := 0
	for _, route := range r.Doors.Mux.Routes() {
		if ours(route.Pattern) || route.Reason != "" && route.Action != "options" || route.Action == string(act.SigningKeyShow) { // what is for everybody
			continue
		}
		want := `"client";r=`
		if strings.HasPrefix(route.Action, "decision.") {
			want = `"decisions";r=`
		}
		if strings.HasPrefix(route.Pattern, "/oauth2/") { // a token is no client's secret there
			want = `"address";r=`
		}
		text, headers := body(route)
		a := robot.With(headers...).Asking(filled(route.Pattern, nil), text, route.Method)
		if !strings.HasPrefix(a.Header.Get("RateLimit"), want) {
			t.Errorf("%s %s answers %d and counts by %q", route.Method, route.Pattern, a.StatusCode, a.Header.Get("RateLimit"))
		}
		if b := r.Nobody(t).With(headers...).Asking(filled(route.Pattern, nil), text, route.Method); !strings.HasPrefix(b.Header.Get("RateLimit"), `"address";r=`) {
			t.Errorf("%s %s from nobody counts by %q", route.Method, route.Pattern, b.Header.Get("RateLimit"))
		}
		counted++
	}
	if counted < 80 {
		t.Errorf("only %d routes were walked", counted)
	}
}
