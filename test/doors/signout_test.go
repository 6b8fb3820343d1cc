package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest"
)

// signOut: it ends what a person's session opens here; that they have another organisation, which it goes on opening, is not
// told.
func (s shared) signOut(t *testing.T) {
	form := func(m roster.Actor) reply { return s.olga.form("/o/acme/team/" + string(m.Member) + "/sign-out") }
	for what, do := range map[string]func(roster.Actor) reply{
		"the question": func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/sign-out") },
		"trying it":    func(m roster.Actor) reply { return s.on(http.MethodPost, "sign-out?dry_run=true", nil)(m) },
	} {
		alike(t, what, do, s.anna, s.cleo, s.words()...)
	}
	if a := s.hers.get(at(s.Acme.ID, "members")); a.status != http.StatusOK {
		t.Fatalf("before: %d %s", a.status, a.body)
	}
	if got := alike(t, "by the form", form, s.anna, s.cleo, s.words()...); got != http.StatusSeeOther {
		t.Errorf("by the form: %d", got)
	}
	if got := alike(t, "by REST", s.on(http.MethodPost, "sign-out", nil), s.anna, s.cleo, s.words()...); got != http.StatusNoContent {
		t.Errorf("by REST: %d", got)
	}
	for name, c := range map[string]caller{"Anna": s.hers, "Cleo": s.cleos} {
		if a := c.get(at(s.Acme.ID, "members")); a.status != http.StatusForbidden || a.code(t) != "signed_out" {
			t.Errorf("%s, in Acme: %d %s", name, a.status, a.body)
		}
	}
	alike(t, "the sessions", func(m roster.Actor) reply { return s.olga.get("/o/acme/team/" + string(m.Member) + "/sign-in") }, s.anna, s.cleo, s.words()...)
}

// TestWhoIsSignedOutIsLedToTheSignIn: the page tells why, and leads back to where they wanted to go.
func TestWhoIsSignedOutIsLedToTheSignIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		anna := h.Own(h.Owner, roster.Actor{}, named("anna@example.com", "Anna", "Berg"))
		olga, v := s.person("olga@example.com"), s.Visitor()
		if a := v.SignIn("anna@example.com", rostertest.Password); a.Path != "/o/acme/team" {
			t.Fatalf("in: %s", a.Path)
		}
		page := "/o/acme/team/" + string(anna.Member)
		if a := olga.get(page + "/sign-in"); !strings.Contains(a.body, page+"/sign-out") {
			t.Error("the sessions lead to no sign-out")
		}
		h.Clock.Pass(time.Minute)
		if a := olga.form(page + "/sign-out"); a.status != http.StatusSeeOther {
			t.Fatalf("signed out: %d %s", a.status, a.body)
		}
		if a := olga.get(page + "/sign-in"); strings.Contains(a.body, page+"/sign-out") || !strings.Contains(a.body, "Not signed in anywhere.") {
			t.Errorf("what Olga sees then: %d", a.status)
		}
		a := v.Get("/o/acme/roles")
		if a.Path != "/o/acme/sign-in" || !strings.Contains(a.Body, "An administrator of Acme signed you out. Sign in again to go on there.") {
			t.Fatalf("led to %s", a.Path)
		}
		if a := v.Get("/me"); a.Path != "/me" {
			t.Errorf("their own page: %s", a.Path)
		}
		h.Clock.Pass(time.Minute)
		if a := v.Post("/sign-in", "email", "anna@example.com", "password", rostertest.Password, "organisation", "acme", "next", "/o/acme/roles"); a.Path != "/o/acme/roles" {
			t.Errorf("in again: %d %s", a.Status, a.Path)
		}
		if got := olga.get(page + "/history"); !strings.Contains(got.plain(), "signed out") {
			t.Errorf("the history says nothing of it: %d", got.status)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestASignOutEndsWhatAProofIsGoodFor: nothing sensitive is confirmed by what a session had proved before, not even what is the
// person's own and asks no organisation.
func TestASignOutEndsWhatAProofIsGoodFor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := share(t, h)
		v := s.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		if a := v.Get("/me/password"); a.Path != "/me/password" {
			t.Fatalf("before: %d %s", a.Status, a.Path)
		}
		h.Clock.Pass(time.Minute)
		if a := s.olga.form("/o/acme/team/" + string(s.anna.Member) + "/sign-out"); a.status != http.StatusSeeOther {
			t.Fatalf("signed out: %d %s", a.status, a.body)
		}
		const other = "silver-pebble-orchard-92"
		if a := v.Post("/me/password", "password", other, "repeat", other); a.Path != "/confirm" && !strings.Contains(a.Body, `name="confirm_password"`) {
			t.Errorf("another password: %d %s", a.Status, a.Path)
		}
		s.Visitor().SignIn("anna@example.com", rostertest.Password) // it is as it was
		h.Clock.Pass(time.Minute)
		if a := v.Post("/confirm", "next", "/me/password", "confirm_password", rostertest.Password); a.Path != "/me/password" {
			t.Errorf("confirmed anew: %d %s", a.Status, a.Path)
		}
	})
}

// TestWhoIsRemovedAndComesBackStaysSignedOut: what a session proved before the sign-out opens the new membership no more than
// the old one.
func TestWhoIsRemovedAndComesBackStaysSignedOut(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := share(t, h)
		path := at(h.Acme.ID, "members", string(s.anna.Member))
		if a := s.olga.json(http.MethodPost, path+"/sign-out", nil, "Sec-Fetch-Site", "same-origin"); a.status != http.StatusNoContent {
			t.Fatalf("signed out: %d %s", a.status, a.body)
		}
		if a := s.olga.json(http.MethodDelete, path, nil, "Sec-Fetch-Site", "same-origin", "If-Match", "*"); a.status != http.StatusNoContent {
			t.Fatalf("removed: %d %s", a.status, a.body)
		}
		again := h.Own(h.Owner, s.anna, named("anna@example.com", "Anna", "Berg"))
		if again.Member == s.anna.Member {
			t.Fatal("it is the same membership")
		}
		if a := s.hers.get(at(h.Acme.ID, "members")); a.status != http.StatusForbidden || a.code(t) != "signed_out" {
			t.Errorf("the session from before: %d %s", a.status, a.body)
		}
		h.Clock.Pass(time.Minute)
		if a := s.person("anna@example.com").get(at(h.Acme.ID, "members")); a.status != http.StatusOK {
			t.Errorf("a new one: %d %s", a.status, a.body)
		}
		h.Verified(h.Acme.ID)
	})
}
