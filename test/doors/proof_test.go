package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/method"
	"roster/internal/action/team"
	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/provider"
)

// ownerBy brings somebody in as an Owner who has nothing but a connection, and gives their browser.
func (c *connected) ownerBy(method, name string) *rostertest.Visitor {
	c.t.Helper()
	address := name + "@example.com"
	c.p.SignsIn(map[string]any{"sub": name + "-1", "email": address, "email_verified": true})
	invited, err := c.Team.Invite(c.As(c.Owner), team.Invitation{
		Email: address, Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}, Grants: team.RoleGivings(roster.RoleOwner), Coming: roster.Coming{Method: method, Identifier: address},
	})
	must(c.t, err)
	linked, err := c.Team.Link(c.As(c.Owner), invited.ID)
	must(c.t, err)
	v := c.Visitor()
	v.Get("/invitation/" + string(c.Acme.ID) + "/" + linked.Secret)
	if a := c.through(v, v.Post("/invitation/connection")); !isIn(a) {
		c.t.Fatalf("%s: %d %s %.1500s", name, a.Status, a.Path, a.Body)
	}
	return v
}

// makesRobot asks for something sensitive by its form.
func makesRobot(t *testing.T, v *rostertest.Visitor) rostertest.Answer {
	t.Helper()
	form := v.Get("/o/acme/team/add?kind=api")
	return v.Post("/o/acme/team/add", "form_key", found(t, form.Body, `name="form_key" value="([^"]*)"`), "kind", "api", "name", "Robot & Co")
}

// isMade tells whether it was made.
func isMade(a rostertest.Answer) bool {
	return a.Status == http.StatusOK && strings.Contains(a.Body, "Robot &amp; Co") && strings.Contains(a.Body, "rsec_")
}

// waits tells whether it waits for a confirmation.
func waits(a rostertest.Answer) bool {
	return a.Status == http.StatusForbidden && strings.Contains(a.Body, "Confirm that it is you") && strings.Contains(a.Body, "confirm_held")
}

// TestAFormWaitsForWhoHasNothingButAConnection is TestAFormWaitsForAConfirmationAndNothingIsLost where there is neither a password
// nor a second factor: whoever comes by a connection confirms at its provider, in the same session.
func TestAFormWaitsForWhoHasNothingButAConnection(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		id := c.ready(c.owner(), "Okta")
		bea := c.ownerBy(id, "bea")
		anna := c.ownerBy(id, "anna")
		c.Clock.Pass(roster.FreshFor)
		a := makesRobot(t, anna)
		if !waits(a) || !strings.Contains(a.Body, "Continue with Okta") || strings.Contains(a.Body, "confirm_password") || strings.Contains(a.Body, "Robot") {
			t.Fatalf("it is asked for: %d %s %.3000s", a.Status, a.Path, a.Body)
		}
		held := confirmation(t, a)
		goesOn := func() rostertest.Answer {
			return anna.Post("/o/acme/team/add", "confirm_held", held, "confirm_elsewhere", "yes")
		}
		stillWaits := func(what string) {
			t.Helper()
			if a := goesOn(); !waits(a) || anna.Get("/o/acme/team").Status != http.StatusOK {
				t.Errorf("%s: the form went on, or the session did not: %d %s", what, a.Status, a.Path)
			}
		}
		refused := func(what string, a rostertest.Answer, says string) {
			t.Helper()
			if a.Status != http.StatusForbidden || !strings.Contains(a.Body, says) {
				t.Errorf("%s: %d %s, want %q: %.2000s", what, a.Status, a.Path, says, a.Body)
			}
			stillWaits(what)
		}
		stillWaits("before")
		leaving := anna.Post("/confirm/connection")
		if to := leaving.Header.Get("Refresh"); !strings.Contains(to, "prompt=login") || !strings.Contains(to, "max_age=600") {
			t.Errorf("it is not asked to let her sign in anew: %s", to)
		}
		c.p.SignsIn(map[string]any{"sub": "bea-1", "email": "bea@example.com", "email_verified": true})
		refused("somebody else's account", c.through(anna, leaving), "that is not whose session this is")
		c.p.SignsIn(map[string]any{"sub": "anna-2", "email": "anna@example.com", "email_verified": true})
		refused("another subject", c.through(anna, anna.Post("/confirm/connection")), "that is not who was invited")
		c.p.SignsIn(map[string]any{"sub": "anna-1", "email": "anna@example.com", "email_verified": true})
		c.p.Bends(provider.Bend{Claims: map[string]any{"auth_time": c.Clock.Now().Add(-roster.FreshFor).Unix()}})
		refused("a sign-in of before", c.through(anna, anna.Post("/confirm/connection")), "signed in there more than ten minutes ago")
		c.p.Bends(provider.Bend{})

		// Another session's return, of somebody else and of her own.
		hers := c.Visitor()
		if a := c.through(hers, hers.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("another session: %d %s", a.Status, a.Path)
		}
		stranger := (&site{Site: c.Site}).stranger()
		for what, other := range map[string]*rostertest.Visitor{"hers": hers, "another person's": bea} {
			at, fields := c.away(anna, anna.Post("/confirm/connection"))
			stranger.cookie = other.Cookie("__Host-roster")
			if r := stranger.with("__Host-login="+anna.Cookie("__Host-login"), at, fields...); r.status != http.StatusForbidden || !strings.Contains(r.body, "begun in another browser") {
				t.Errorf("in another session, %s: %d %.1500s", what, r.status, r.body)
			}
			refused("once it was used in another session, "+what, anna.Post(at, fields...), "begun in another browser")
		}

		at, fields := c.away(anna, anna.Post("/confirm/connection"))
		flow, before := anna.Cookie("__Host-login"), anna.Cookie("__Host-roster")
		if a := anna.Post(at, fields...); a.Status != http.StatusOK || !strings.Contains(a.Body, "It is confirmed that it is you") {
			t.Fatalf("confirmed: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if stranger.cookie = anna.Cookie("__Host-roster"); stranger.cookie == before {
			t.Error("the session goes on with the secret that it had")
		}
		if r := stranger.with("__Host-login="+flow, at, fields...); r.status != http.StatusForbidden || !strings.Contains(r.body, "begun in another browser") {
			t.Errorf("once more: %d %.1500s", r.status, r.body)
		}
		if a := goesOn(); !isMade(a) {
			t.Fatalf("the form goes on: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := makesRobot(t, bea); !waits(a) {
			t.Errorf("of somebody else nothing was confirmed: %d", a.Status)
		}

		// A page that is asked for, in one tab.
		c.Clock.Pass(roster.FreshFor)
		if a := anna.Get("/me/authenticator"); a.Path != "/confirm" || !strings.Contains(a.Body, "Continue with Okta") || strings.Contains(a.Body, "confirm_password") {
			t.Errorf("a page: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := c.through(anna, anna.Post("/confirm/connection", "next", "/me/authenticator")); a.Path != "/me/authenticator" {
			t.Errorf("after the confirmation: %d %s %.2000s", a.Status, a.Path, a.Body)
		}
		if a := c.owner().Post("/confirm/connection"); a.Status != http.StatusForbidden || !strings.Contains(a.Body, "Sign out and in again") {
			t.Errorf("who has no connection: %d %s", a.Status, a.Path)
		}
		c.Verified(c.Acme.ID)
		c.Verified(roster.Installation)
	})
}

// TestASignInIsAsFreshAsItsProviderSays: a session that a provider let through by one of its own is a session, and confirms
// nothing. Of a provider that does not tell, the first sign-in confirms nothing either, and the next one at its request does; OAuth
// 2.0 cannot tell (decisions/064).
func TestASignInIsAsFreshAsItsProviderSays(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		c.ownerBy(id, "anna")
		told := func(ago time.Duration) provider.Bend {
			return provider.Bend{Claims: map[string]any{"auth_time": c.Clock.Now().Add(-ago).Unix()}}
		}
		for name, of := range map[string]struct {
			bend  provider.Bend
			fresh bool
		}{
			"just now":         {told(0), true},
			"nine minutes ago": {told(9 * time.Minute), true},
			"ten minutes ago":  {told(roster.FreshFor), false},
			"last year":        {told(365 * 24 * time.Hour), false},
			"it does not tell": {provider.Bend{Silent: true}, false},
		} {
			c.p.Bends(of.bend)
			v := c.Visitor()
			if a := c.through(v, v.Post("/o/acme/sign-in/"+id)); !isIn(a) {
				t.Fatalf("%s: %d %s %.1500s", name, a.Status, a.Path, a.Body)
			}
			if a := makesRobot(t, v); isMade(a) != of.fresh || waits(a) == of.fresh {
				t.Errorf("%s: %d %s", name, a.Status, a.Path)
			}
			if a := v.Get("/o/acme/team"); a.Path != "/o/acme/team" || a.Status != http.StatusOK {
				t.Errorf("%s, the session: %d %s", name, a.Status, a.Path)
			}
			if name != "it does not tell" {
				continue
			}
			if a := c.through(v, v.Post("/confirm/connection", "next", "/me")); a.Path != "/me" {
				t.Errorf("%s, asked anew: %d %s %.1500s", name, a.Status, a.Path, a.Body)
			}
			if a := makesRobot(t, v); !isMade(a) {
				t.Errorf("%s, confirmed: %d %s", name, a.Status, a.Path)
			}
		}
		c.p.Bends(provider.Bend{Claims: map[string]any{"auth_time": "1764324000"}})
		v := c.Visitor()
		stayedOut(t, "a time that is a text", v, c.through(v, v.Post("/o/acme/sign-in/"+id)), "the ID token&#39;s auth_time is no time")

		c.p.Bends(provider.Bend{})
		hub, err := c.Methods.Create(c.As(c.Owner), method.Draft{Kind: "oauth", Name: "Hub", Secret: provider.Secret, Connection: login.Connection{
			AuthorizeURL: c.p.URL + "/authorize", TokenURL: c.p.URL + "/token", UserInfoURL: c.p.URL + "/userinfo", ClientID: provider.Client, IdentifierClaim: "email",
		}})
		must(t, err)
		c.through(owner, owner.Post("/o/acme/settings/methods/"+hub.ID+"/test"))
		c.p.SignsIn(map[string]any{"sub": "cy-1", "email": "cy@example.com", "email_verified": true})
		if _, err := c.Methods.Enable(c.As(c.Owner), hub.ID); err != nil {
			t.Fatal(err)
		}
		if a := makesRobot(t, c.ownerBy(hub.ID, "cy")); !isMade(a) {
			t.Errorf("OAuth 2.0: %d %s", a.Status, a.Path)
		}
	})
}
