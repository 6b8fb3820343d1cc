package doors_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/team"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postgres"
	"roster/internal/rostertest/provider"
)

// connected is a house whose provider signs Anna in, and that asks providers on loopback.
type connected struct {
	*rostertest.Site
	t *testing.T
	p *provider.Provider
}

func eachConnected(t *testing.T, test func(t *testing.T, c *connected)) {
	t.Helper()
	run := func(t *testing.T, database string) {
		h := rostertest.Asking(t, database, outgoing.Settings{Private: true, Time: 5 * time.Second})
		test(t, &connected{h.Serve(), t, provider.Start(t, map[string]any{"sub": "anna-1", "email": "anna@example.com", "email_verified": true, "groups": []string{"a"}})})
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "roster.db")) })
	if postgres.Wanted() {
		t.Run("postgres", func(t *testing.T) { run(t, rostertest.Database(t)) })
	}
}

// owner gives the Owner in a browser.
func (c *connected) owner() *rostertest.Visitor {
	v := c.Visitor()
	v.SignIn("olga@example.com", rostertest.Password)
	return v
}

// make adds a connection by its form, and gives its ID.
func (c *connected) make(owner *rostertest.Visitor, name string) string {
	c.t.Helper()
	a := owner.Post("/o/acme/settings/methods/add", "kind", "oidc", "name", name, "issuer", c.p.URL, "client_id", provider.Client, "client_secret", provider.Secret,
		"scopes", "openid email", "identifier_claim", "email")
	id := a.Path[strings.LastIndexByte(a.Path, '/')+1:]
	if a.Status != http.StatusOK || !strings.HasPrefix(id, "lgm_") || !strings.Contains(a.Body, "Test it next") || strings.Contains(a.Body, provider.Secret) {
		c.t.Fatalf("make: %d %s %.2000s", a.Status, a.Path, a.Body)
	}
	return id
}

// away follows a page that leads to the provider, and gives the form that the provider led back to.
func (c *connected) away(v *rostertest.Visitor, a rostertest.Answer) (at string, fields []string) {
	c.t.Helper()
	_, to, ok := strings.Cut(a.Header.Get("Refresh"), "url=")
	if a.Status != http.StatusOK || !ok {
		c.t.Fatalf("the page leads nowhere: %d %s %.2000s", a.Status, a.Path, a.Body)
	}
	back := v.Get(to)
	if back.Status != http.StatusOK || !strings.HasPrefix(back.Path, "/sign-in/return/") {
		c.t.Fatalf("the provider led to %s: %d %.1000s", back.Path, back.Status, back.Body)
	}
	for _, name := range []string{"state", "code", "iss", "error"} {
		if _, rest, ok := strings.Cut(back.Body, `name="`+name+`" value="`); ok {
			value, _, _ := strings.Cut(rest, `"`)
			fields = append(fields, name, value)
		}
	}
	return back.Path, fields
}

// through goes to the provider and comes back.
func (c *connected) through(v *rostertest.Visitor, a rostertest.Answer) rostertest.Answer {
	c.t.Helper()
	at, fields := c.away(v, a)
	return v.Post(at, fields...)
}

// ready makes a connection, tests it and switches it on.
func (c *connected) ready(owner *rostertest.Visitor, name string) string {
	c.t.Helper()
	id := c.make(owner, name)
	at := "/o/acme/settings/methods/" + id
	a := c.through(owner, owner.Post(at+"/test"))
	if a.Status != http.StatusOK || !strings.Contains(a.Body, name+" works") || !strings.Contains(a.Body, "anna@example.com") || !strings.Contains(a.Body, "anna-1") {
		c.t.Fatalf("test: %d %.3000s", a.Status, a.Body)
	}
	if a = owner.Post(at + "/enable"); a.Status != http.StatusOK || !strings.Contains(a.Body, "Ready") {
		c.t.Fatalf("enable: %d %.2000s", a.Status, a.Body)
	}
	return id
}

// invited invites somebody by a connection, and gives a link.
func (c *connected) invited(method, email, identifier string) string {
	c.t.Helper()
	v, err := c.Team.Invite(c.As(c.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}, Coming: roster.Coming{Method: method, Identifier: identifier}})
	must(c.t, err)
	linked, err := c.Team.Link(c.As(c.Owner), v.ID)
	must(c.t, err)
	return "/invitation/" + string(c.Acme.ID) + "/" + linked.Secret
}

func (c *connected) newest() roster.Event {
	c.t.Helper()
	page, err := c.History.List(c.As(c.Owner), history.Query{Limit: 1})
	must(c.t, err)
	return page.Events[0]
}

// isIn tells whether an answer is a page for somebody who is signed in.
func isIn(a rostertest.Answer) bool {
	return a.Status == http.StatusOK && (a.Path == "/me" || strings.HasPrefix(a.Path, "/o/acme"))
}

// stayedOut fails unless nobody came in, and the page says why.
func stayedOut(t *testing.T, what string, v *rostertest.Visitor, a rostertest.Answer, says string) {
	t.Helper()
	if a.Status < 400 || !strings.Contains(a.Body, says) {
		t.Errorf("%s: %d %s, want %q: %.2500s", what, a.Status, a.Path, says, a.Body)
	}
	if in := v.Get("/o/acme"); in.Path != "/sign-in" {
		t.Errorf("%s: somebody is in at %s", what, in.Path)
	}
}

// ownPerson gives a browser in which an own person of another organisation is signed in.
func (c *connected) ownPerson(email string, by roster.Actor) *rostertest.Visitor {
	c.t.Helper()
	v, err := c.Team.Invite(c.As(by), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}, Grants: team.RoleGivings(roster.RoleAuditor)})
	must(c.t, err)
	secret := c.Mailed(by.Organisation, v.ID)
	c.Accept(by.Organisation, secret, "Anna", "Berg")
	browser := c.Visitor()
	browser.SignIn(email, rostertest.Password)
	return browser
}
