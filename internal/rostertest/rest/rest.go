// Package rest is people and programs that speak the REST API to an open house, in tests. It sends what it is
// told to, and fails loudly when the answer is another.
package rest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"roster/internal/action/client"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/server/api"
)

// Rig is a house with its doors open.
type Rig struct{ *rostertest.Site }

// Each runs a test on both databases.
func Each(t *testing.T, test func(t *testing.T, r *Rig)) {
	t.Helper()
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) { test(t, Open(h)) })
}

// Open opens the doors of a house.
func Open(h *rostertest.House) *Rig { return &Rig{h.Serve()} }

// Metadata is the end of every challenge: where it stands how tokens are come by.
func (r *Rig) Metadata() string { return `, resource_metadata="` + r.URL + server.PathResource + `"` }

// Routes gives the routes of the API that perform an action.
func (r *Rig) Routes() []server.Route {
	var all []server.Route
	for _, route := range r.Doors.Mux.Routes() {
		if strings.HasPrefix(route.Pattern, api.Prefix) && route.Reason == "" {
			all = append(all, route)
		}
	}
	return all
}

// Caller is someone with a way to be recognised.
type Caller struct {
	T       testing.TB
	Headers http.Header
	r       *Rig
}

// Nobody is a caller without a way to be recognised.
func (r *Rig) Nobody(t testing.TB) *Caller { return &Caller{t, http.Header{}, r} }

// Person signs in and gives the caller with the session's cookie.
func (r *Rig) Person(t testing.TB, email string) *Caller {
	t.Helper()
	return r.Managed(t, email, roster.Organisation{})
}

// Olga is the Owner of Acme.
func (r *Rig) Olga(t testing.TB) *Caller { return r.Person(t, "olga@example.com") }

// Managed signs in a person that an organisation manages.
func (r *Rig) Managed(t testing.TB, email string, o roster.Organisation) *Caller {
	t.Helper()
	signed, err := r.SignIn.SignIn(r.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.9"}),
		signin.Try{Email: email, Password: rostertest.Password, Organisation: string(o.ID)})
	Must(t, err)
	return &Caller{t, http.Header{"Cookie": {"__Host-roster=" + signed.Secret}}, r}
}

// Holder is a new member with some grants, signed in.
func (r *Rig) Holder(t testing.TB, first string, grants ...team.Giving) (*Caller, roster.Actor) {
	t.Helper()
	return r.Entered(t, team.Invitation{
		Email: strings.ToLower(roster.NewID("p")) + "@example.com", Profile: roster.Profile{FirstName: first, LastName: "Holder"}, Grants: grants,
	})
}

// Entered invites somebody as the Owner, accepts for them and signs them in.
func (r *Rig) Entered(t testing.TB, in team.Invitation) (*Caller, roster.Actor) {
	t.Helper()
	a := r.Enter(in)
	return r.Managed(t, in.Email, r.Acme), a
}

// Bearer gives the caller with a token.
func (r *Rig) Bearer(t testing.TB, token string) *Caller {
	return &Caller{t, http.Header{"Authorization": {"Bearer " + token}}, r}
}

// Program makes an API user as the Owner and gives it as a caller, with its ID. Its token is narrowed to some
// permissions where any are named.
func (r *Rig) Program(t testing.TB, name, role string, scope ...string) (*Caller, string) {
	t.Helper()
	made := r.Olga(t).Ask("POST", "members", `{"kind":"api","name":"`+name+`","grants":[{"role":"`+role+`"}]}`).Is(201)
	return r.Token(t, made["client_id"].(string), made["client_secret"].(string), scope...), made["id"].(string)
}

// Product makes a product client with some permissions and gives it as a caller, with its ID.
func (r *Rig) Product(t testing.TB, name string, permissions ...string) (*Caller, string) {
	t.Helper()
	made, err := r.Client.Create(r.CLI(""), client.Draft{Name: name, Permissions: permissions})
	Must(t, err)
	return r.Token(t, made.ID, made.Secret), made.ID
}

// Token exchanges a client's ID and secret for the caller with its token.
func (r *Rig) Token(t testing.TB, id, secret string, scope ...string) *Caller {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	if len(scope) > 0 {
		form.Set("scope", strings.Join(scope, " "))
	}
	res, err := http.PostForm(r.URL+"/oauth2/token", form)
	Must(t, err)
	defer res.Body.Close()
	var token struct {
		Text string `json:"access_token"`
	}
	Must(t, json.NewDecoder(res.Body).Decode(&token))
	if token.Text == "" {
		t.Fatalf("no token for %s: %d", id, res.StatusCode)
	}
	return r.Bearer(t, token.Text)
}

// Revoke ends a caller's access token before its time (RFC 7009), as the client that it was given to.
func (r *Rig) Revoke(c *Caller, id, secret string) {
	c.T.Helper()
	token := strings.TrimPrefix(c.Headers.Get("Authorization"), "Bearer ")
	res, err := http.PostForm(r.URL+"/oauth2/revoke", url.Values{"client_id": {id}, "client_secret": {secret}, "token": {token}})
	Must(c.T, err)
	defer res.Body.Close()
	Equal(c.T, "the revocation", res.StatusCode, http.StatusOK)
}

// With gives the caller with more headers, as pairs; an empty value takes one away.
func (c *Caller) With(pairs ...string) *Caller {
	h := c.Headers.Clone()
	for i := 0; i < len(pairs); i += 2 {
		if h.Del(pairs[i]); pairs[i+1] != "" {
			h.Set(pairs[i], pairs[i+1])
		}
	}
	return &Caller{c.T, h, c.r}
}

// Any gives the caller who takes whatever version is there.
func (c *Caller) Any() *Caller { return c.With("If-Match", "*") }

// Reply is what came back.
type Reply struct {
	*http.Response
	T    testing.TB
	Text string
}

// Ask sends a request; a path that does not begin with a slash is one of Acme's.
func (c *Caller) Ask(method, path, body string) Reply {
	c.T.Helper()
	if !strings.HasPrefix(path, "/") {
		path = "/orgs/acme/" + path
	}
	if !strings.HasPrefix(path, "/api") {
		path = api.Prefix + path
	}
	return c.send(method, path, body)
}

// Asking is Ask at a path of another of the programs' doors, by POST where no method is named.
func (c *Caller) Asking(path, body string, method ...string) Reply {
	c.T.Helper()
	return c.send(append(method, http.MethodPost)[0], path, body)
}

func (c *Caller) send(method, path, body string) Reply {
	c.T.Helper()
	req, err := http.NewRequest(method, c.r.URL+path, strings.NewReader(body))
	Must(c.T, err)
	req.Header = c.Headers.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	Must(c.T, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	Must(c.T, err)
	return Reply{res, c.T, string(text)}
}

// Get asks for something that is there, and gives it.
func (c *Caller) Get(path string) map[string]any {
	c.T.Helper()
	return c.Ask("GET", path, "").Is(200)
}

// Is fails unless the status is the one expected, and gives the body.
func (a Reply) Is(status int) map[string]any {
	a.T.Helper()
	if a.StatusCode != status {
		a.T.Fatalf("%s %s: got %d, want %d: %s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.Text)
	}
	var body map[string]any
	if a.Text != "" {
		Must(a.T, json.Unmarshal([]byte(a.Text), &body))
	}
	return body
}

// Refuses fails unless the answer is a problem of that status and code, and gives it.
func (a Reply) Refuses(status int, code string) server.Problem {
	a.T.Helper()
	a.Is(status)
	Equal(a.T, "content type", a.Header.Get("Content-Type"), "application/problem+json")
	var p server.Problem
	Must(a.T, json.Unmarshal([]byte(a.Text), &p))
	Equal(a.T, "code of "+a.Request.Method+" "+a.Request.URL.Path+": "+a.Text, p.Code, code)
	Equal(a.T, "status", p.Status, status)
	if p.Detail == "" || p.Title == "" || p.RequestID == "" || p.RequestID != a.Header.Get("Request-Id") {
		a.T.Errorf("a problem lacks something: %s", a.Text)
	}
	return p
}

// At is Refuses for one field at fault.
func (a Reply) At(status int, field, code string) server.Problem {
	a.T.Helper()
	p := a.Refuses(status, code)
	if len(p.Errors) == 0 || p.Errors[0].Field != field || p.Errors[0].Code != code {
		a.T.Errorf("%s %s: want %s %s: %s", a.Request.Method, a.Request.URL, field, code, a.Text)
	}
	return p
}

// Invite adds a person and gives what was answered.
func (c *Caller) Invite(email string, roles ...string) map[string]any {
	c.T.Helper()
	grants := make([]string, len(roles))
	for i, r := range roles {
		grants[i] = `{"role":"` + r + `"}`
	}
	return c.Ask("POST", "members", `{"email":"`+email+`","first_name":"Ina","last_name":"Invited","grants":[`+strings.Join(grants, ",")+`]}`).Is(201)
}

// Beta makes a second organisation with its Owner.
func (r *Rig) Beta(t testing.TB) (roster.Organisation, roster.Actor) {
	t.Helper()
	founded, err := r.Orgs.Create(r.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanUnlimited, Owner: "bea@example.com"})
	Must(t, err)
	return founded.Organisation, r.Accept(founded.Organisation.ID, founded.Link, "Bea", "Beta")
}

// Newest gives the newest line of Acme's history; about a member, where one is named.
func (r *Rig) Newest(t testing.TB, about any) roster.Event {
	t.Helper()
	of, _ := about.(string)
	page, err := r.History.List(r.As(r.Owner), history.Query{Member: roster.MemberID(of), Limit: 1})
	Must(t, err)
	if len(page.Events) != 1 {
		t.Fatalf("no line about %s", about)
	}
	return page.Events[0]
}

// Tells fails unless the newest line about a member is of an action, by an actor, through this door.
func (r *Rig) Tells(t testing.TB, about any, action string, by roster.MemberID) roster.Event {
	t.Helper()
	e := r.Newest(t, about)
	Equal(t, "action of the line", e.Action, action)
	Equal(t, "actor of the line", e.ActorID, string(by))
	Equal(t, "door of the line", e.Door, roster.DoorAPI)
	Equal(t, "refused", e.Refused, "")
	if e.Request == "" || e.IP == "" {
		t.Errorf("the line names no request or address: %+v", e)
	}
	return e
}

// Wrote is Tells for a write that was just answered: its line is about a thing of that ID, and the newest there is.
func (r *Rig) Wrote(a Reply, about any, action string, by roster.MemberID) roster.Event {
	a.T.Helper()
	e := r.Tells(a.T, nil, action, by)
	Equal(a.T, "Roster-Seq", a.Header.Get("Roster-Seq"), strconv.FormatInt(e.Seq, 10))
	Equal(a.T, "what the line is about", any(e.Target.ID), about)
	return e
}

// Quiet fails when something was written to Acme's history since a line.
func (r *Rig) Quiet(t testing.TB, since roster.Event) {
	t.Helper()
	if now := r.Newest(t, nil); now.Seq != since.Seq {
		t.Errorf("the history moved from %d to %d: %s of %s", since.Seq, now.Seq, now.Action, now.Target.Name)
	}
}

// Changed says what a line's changes say.
func Changed(e roster.Event) string {
	var all []string
	for _, c := range e.Changes {
		all = append(all, c.Field+" "+c.From+"→"+c.To)
	}
	return strings.Join(all, ", ")
}

// Show writes something as JSON.
func Show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// Texts reads a list of texts.
func Texts(v any) []string {
	var all []string
	items, _ := v.([]any)
	for _, i := range items {
		all = append(all, i.(string))
	}
	return all
}

// Must fails the test for an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Equal compares, naming what.
func Equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
