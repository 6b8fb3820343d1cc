package doors_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/action/factor"
	"roster/internal/outgoing"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
	"roster/internal/rostertest/provider"
)

// elsewhere are addresses that somebody may be sent here with, so as to be led away once they are signed in.
func elsewhere() []string {
	return []string{"//evil.example", `/\evil.example`, "https://evil.example/", "javascript:alert(1)", "/%0d%0aLocation:%20https://evil.example", "\t//evil.example"}
}

// staysHere holds that an answer leads on, and to a page of ours.
func staysHere(t *testing.T, what, next string, r reply) {
	t.Helper()
	if to := r.header.Get("Location"); r.status != http.StatusSeeOther || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
		t.Errorf("%s with %q leads to %q: %d", what, next, to, r.status)
	}
}

// with sends a form as one of our own pages does, with a cookie besides the session's.
func (c caller) with(cookie, path string, fields ...string) reply {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return c.send(http.MethodPost, path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Cookie", cookie)
}

// TestNoWayInLeadsAway is the same of every way in that leads on to a page; that by a password alone is held beside its cookie.
func TestNoWayInLeadsAway(t *testing.T) {
	h := rostertest.Asking(t, filepath.Join(t.TempDir(), "roster.db"), outgoing.Settings{Private: true, Time: 5 * time.Second})
	c := &connected{h.ServeAs("localhost"), t, provider.Start(t, map[string]any{"sub": "anna-1", "email": "anna@example.com", "email_verified": true})}
	s, owner := &site{Site: c.Site}, c.owner()
	id := c.ready(owner, "Okta")
	anna := c.Visitor()
	anna.Get(c.invited(id, "anna@example.com", "anna@example.com"))
	if a := c.through(anna, anna.Post("/invitation/connection")); !isIn(a) {
		t.Fatalf("accepted: %d %s", a.Status, a.Path)
	}
	for _, next := range elsewhere() {
		v := c.Visitor()
		at, fields := c.away(v, v.Post("/o/acme/sign-in/"+id, "next", next))
		staysHere(t, "a connection", next, s.stranger().with("__Host-login="+v.Cookie("__Host-login"), at, fields...))
		at, fields = c.away(anna, anna.Post("/confirm/connection", "next", next))
		confirming := s.stranger()
		confirming.cookie = anna.Cookie("__Host-roster")
		r := confirming.with("__Host-login="+anna.Cookie("__Host-login"), at, fields...)
		staysHere(t, "a confirmation", next, r)
		anna = c.Visitor() // whose session goes on with another secret
		if a := c.through(anna, anna.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("in again: %d %s", a.Status, a.Path)
		}
	}

	bea := h.Join("bea@example.com", "Bea", "Berg", roster.RoleAuditor)
	hers := c.Visitor()
	hers.SignIn("bea@example.com", rostertest.Password)
	_, codes := setUp(t, h, hers)
	for i, next := range elsewhere() {
		first := s.stranger().form("/sign-in", "email", "bea@example.com", "password", rostertest.Password, "next", next)
		staysHere(t, "the first of two steps", next, first)
		staysHere(t, "the second", next, s.stranger().with("__Host-half="+first.cookie("__Host-half"), "/sign-in/second", "code", codes[i], "next", next))
	}

	base, err := url.Parse(c.URL)
	must(t, err)
	key, actor := authenticator.New(t, c.URL), s.signedIn(bea, hers)
	asked, err := c.Factors.AskPasskey(c.As(actor), passkey.At(base), "Roster")
	must(t, err)
	_, err = c.Factors.AddPasskey(c.As(actor), factor.PasskeyAddition{At: passkey.At(base), Answer: key.Make(asked.JSON), Name: "Laptop"})
	must(t, err)
	for _, next := range elsewhere() {
		asks := s.stranger().form("/sign-in/passkey/ask")
		staysHere(t, "a passkey", next, s.stranger().with("__Host-passkey="+asks.cookie("__Host-passkey"), "/sign-in/passkey", "answer", key.Use([]byte(asks.body)), "next", next))
	}
}
