package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestWhatAConnectionProvedLearnsNothingElsewhere is rule 7: whoever runs a provider hears the same of an organisation that
// their person belongs to, of one where they are blocked, of any other one, and of one that there is not.
func TestWhatAConnectionProvedLearnsNothingElsewhere(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		s := shared{site: &site{Site: c.Site}}
		who := roster.Profile{FirstName: "Anna", LastName: "Berg"}
		id := c.ready(c.owner(), "Okta")
		anna := c.Own(c.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: who})
		own, person := c.Visitor(), s.as("anna@example.com")
		own.SignIn("anna@example.com", rostertest.Password)
		if a := chooses(t, c.owner(), anna.Member, id, "anna@example.com"); a.Status != http.StatusOK {
			t.Fatalf("by Okta: %d %.2000s", a.Status, a.Body)
		}
		if a := c.through(own, own.Post("/o/acme/sign-in/"+id, "next", "/o/acme/me")); a.Status != http.StatusOK {
			t.Fatalf("confirmed: %d %.2000s", a.Status, a.Body)
		}
		beta, otto := s.other("Beta", "otto@example.com")
		gamma, gina := s.other("Gamma", "gina@example.com")
		delta, _ := s.other("Delta", "dora@example.com")
		c.Own(otto, person, team.Invitation{Email: "anna@example.com", Profile: who})
		there := c.Own(gina, person, team.Invitation{Email: "anna@example.com", Profile: who})
		_, err := c.Team.Block(c.As(gina), there.Member, "")
		must(t, err)
		v := c.Visitor()
		if a := c.through(v, v.Post("/o/acme/sign-in/"+id)); !isIn(a) {
			t.Fatalf("by Okta: %d %s", a.Status, a.Path)
		}
		by := s.stranger()
		by.cookie = v.Cookie("__Host-roster")
		if got := by.get(at(c.Acme.ID, "members")); got.status != http.StatusForbidden || got.code(t) != "forbidden" {
			t.Errorf("its own organisation: %d %s", got.status, got.body)
		}
		plain := func(a string, name string) string { return strings.ReplaceAll(a, name, "name") }
		nobody := roster.NewOrgID()
		want := by.get(at(nobody, "members"))
		if want.status != http.StatusForbidden || want.code(t) != "method_required" {
			t.Errorf("one that there is not: %d %s", want.status, want.body)
		}
		page := v.Get("/o/zeppelin/team")
		if page.Path != "/o/zeppelin/sign-in" {
			t.Errorf("it is led to %s", page.Path)
		}
		for _, o := range []roster.Organisation{beta, gamma, delta} {
			if got := by.get(at(o.ID, "members")); got.status != want.status || got.plain(string(o.ID)) != want.plain(string(nobody)) {
				t.Errorf("%s: %d %s\none that there is not: %d %s", o.Name, got.status, got.body, want.status, want.body)
			}
			if got := v.Get("/o/" + o.Slug + "/team"); got.Path != "/o/"+o.Slug+"/sign-in" || plain(got.Body, o.Slug) != plain(page.Body, "zeppelin") {
				t.Errorf("%s leads to %s: %.2000s", o.Name, got.Path, got.Body)
			}
		}
		if a := own.Get("/o/beta/team"); a.Path != "/o/beta/team" {
			t.Errorf("her own session: %s", a.Path)
		}
	})
}
