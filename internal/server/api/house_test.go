package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/server/api"
	"roster/internal/words"
)

// rig is the API behind a real listener, in a house of its own.
type rig struct {
	*rostertest.House
	mux     *server.Mux
	address string
}

// clients recognises API users by "client ID:client secret" in place of an access token: the same
// room looks, and only the token's own form is left out.
type clients struct{ h *rostertest.House }

func (c clients) Authenticate(ctx context.Context, token string) (roster.Actor, error) {
	id, secret, _ := strings.Cut(token, ":")
	found, err := c.h.APIUser.Authenticate(ctx, id, secret)
	if err != nil {
		return roster.Actor{}, roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
	}
	actor := found.Actor(roster.ActorFrom(ctx))
	if scope := found.Member.Name; strings.HasPrefix(scope, "Narrow ") {
		actor.Scopes = strings.Fields(scope)[1:]
	}
	return actor, nil
}

func open(t *testing.T, h *rostertest.House) *rig {
	t.Helper()
	say, err := words.English()
	must(t, err)
	base, err := url.Parse("https://roster.example.com")
	must(t, err)
	r := &rig{House: h, mux: server.NewMux()}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	door, err := api.New(api.Rooms{Orgs: h.Orgs, Team: h.Team, SignIn: h.SignIn, History: h.History},
		api.Settings{BaseURL: base, Key: h.Key, Bearer: clients{h}, Words: say, Version: "test"})
	must(t, err)
	must(t, door.Mount(r.mux))
	wrapped, err := server.Wrap(r.mux, server.Options{BaseURL: base, Log: log, Metrics: server.NewMetrics()})
	must(t, err)
	s := httptest.NewServer(wrapped)
	t.Cleanup(s.Close)
	r.address = s.URL
	return r
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) { test(t, open(t, h)) })
}

// caller is someone with a way to be recognised.
type caller struct {
	t       *testing.T
	r       *rig
	headers http.Header
}

// person signs in and gives the caller with the session's cookie.
func (r *rig) person(t *testing.T, email string) *caller {
	t.Helper()
	return r.managed(t, email, roster.Organisation{})
}

func (r *rig) owner(t *testing.T) *caller { return r.person(t, "olga@example.com") }

// managed signs in a person that an organisation manages.
func (r *rig) managed(t *testing.T, email string, o roster.Organisation) *caller {
	t.Helper()
	signed, err := r.SignIn.SignIn(r.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"}),
		signin.Try{Email: email, Password: rostertest.Password, Organisation: string(o.ID)})
	must(t, err)
	return &caller{t, r, http.Header{"Cookie": {"__Host-roster=" + signed.Secret}}}
}

func invitation(email string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Ina", LastName: "In"}}
}

// bearer gives the caller with a token.
func (r *rig) bearer(t *testing.T, token string) *caller {
	return &caller{t, r, http.Header{"Authorization": {"Bearer " + token}}}
}

// with gives the caller with more headers, as pairs; an empty value takes one away.
func (c *caller) with(pairs ...string) *caller {
	h := c.headers.Clone()
	for i := 0; i < len(pairs); i += 2 {
		if h.Del(pairs[i]); pairs[i+1] != "" {
			h.Set(pairs[i], pairs[i+1])
		}
	}
	return &caller{c.t, c.r, h}
}

type answer struct {
	t *testing.T
	*http.Response
	text string
}

// ask sends a request; a path that does not begin with a slash is one of Acme's.
func (c *caller) ask(method, path, body string) answer {
	c.t.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/orgs/acme/" + path
	}
	if !strings.HasPrefix(path, "/api") {
		path = "/api/v1" + path
	}
	req, err := http.NewRequest(method, c.r.address+path, strings.NewReader(body))
	must(c.t, err)
	req.Header = c.headers.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	must(c.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(c.t, err)
	return answer{c.t, res, string(text)}
}

// is fails unless the status is the one expected, and gives the body.
func (a answer) is(status int) map[string]any {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Fatalf("%s %s: got %d, want %d: %s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.text)
	}
	var body map[string]any
	if a.text != "" {
		must(a.t, json.Unmarshal([]byte(a.text), &body))
	}
	return body
}

// refuses fails unless the answer is a problem of that status and code, and gives it.
func (a answer) refuses(status int, code string) server.Problem {
	a.t.Helper()
	a.is(status)
	equal(a.t, "content type", a.Header.Get("Content-Type"), "application/problem+json")
	var p server.Problem
	must(a.t, json.Unmarshal([]byte(a.text), &p))
	equal(a.t, "code of "+a.Request.Method+" "+a.Request.URL.Path+": "+a.text, p.Code, code)
	equal(a.t, "status", p.Status, status)
	if p.Detail == "" || p.Title == "" || p.RequestID == "" || p.RequestID != a.Header.Get("Request-Id") {
		a.t.Errorf("a problem lacks something: %s", a.text)
	}
	return p
}

// invite adds a person and gives what was answered.
func (c *caller) invite(email string, roles ...string) map[string]any {
	c.t.Helper()
	grants := make([]string, len(roles))
	for i, r := range roles {
		grants[i] = `{"role":"` + r + `"}`
	}
	return c.ask("POST", "members", `{"email":"`+email+`","first_name":"Ina","last_name":"Invited","grants":[`+strings.Join(grants, ",")+`]}`).is(201)
}

// apiUser makes an API user as the Owner and gives its token and ID.
func (r *rig) apiUser(t *testing.T, name string, role string) (token, id string) {
	t.Helper()
	made := r.owner(t).ask("POST", "members", `{"kind":"api","name":"`+name+`","grants":[{"role":"`+role+`"}]}`).is(201)
	return made["client_id"].(string) + ":" + made["client_secret"].(string), made["id"].(string)
}

// beta makes a second organisation with its Owner and one more member.
func (r *rig) beta(t *testing.T) (roster.Organisation, roster.Actor) {
	t.Helper()
	founded, err := r.Orgs.Create(r.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
	must(t, err)
	return founded.Organisation, r.Accept(founded.Organisation.ID, founded.Link, "Bea", "Beta")
}

// newest gives the newest line of Acme's history about a member.
func (r *rig) newest(t *testing.T, about any) roster.Event {
	t.Helper()
	page, err := r.History.List(r.As(r.Owner), history.Query{Member: roster.MemberID(about.(string)), Limit: 1})
	must(t, err)
	if len(page.Events) != 1 {
		t.Fatalf("no line about %s", about)
	}
	return page.Events[0]
}

// tells fails unless the newest line about a member is of an action, by an actor, through this door.
func (r *rig) tells(t *testing.T, about any, action string, by roster.MemberID) roster.Event {
	t.Helper()
	e := r.newest(t, about)
	equal(t, "action of the line", e.Action, action)
	equal(t, "actor of the line", e.ActorID, string(by))
	equal(t, "door of the line", e.Door, roster.DoorAPI)
	equal(t, "refused", e.Refused, "")
	if e.Request == "" || e.IP == "" {
		t.Errorf("the line names no request or address: %+v", e)
	}
	return e
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func texts(v any) []string {
	var all []string
	items, _ := v.([]any)
	for _, i := range items {
		all = append(all, i.(string))
	}
	return all
}
