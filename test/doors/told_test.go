package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestWhoHasTimeForASecondFactorIsToldUntilWhen: on every page there, and no more once they have one.
func TestWhoHasTimeForASecondFactorIsToldUntilWhen(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Silva", roster.RoleAuditor)
		v := s.Visitor()
		v.SignIn("anna@example.com", rostertest.Password)
		const told = "Acme asks for a second factor. You come in without one until"
		if a := v.Get("/o/acme/team"); strings.Contains(a.Body, told) {
			t.Error("told before it is asked for")
		}
		yes, grace := true, 14*24*time.Hour
		_, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &yes, FactorGrace: &grace})
		must(t, err)
		until := h.Clock.Now().Add(grace).UTC().Format("2006-01-02")
		for _, path := range []string{"/o/acme/team", "/me", "/o/acme/me"} {
			a := v.Get(path)
			_, after, is := strings.Cut(a.Body, told)
			if !is || !strings.Contains(after[:min(len(after), 300)], until) {
				t.Errorf("%s does not tell: %.300s", path, after)
			}
		}
		if a := v.Get("/o/acme/team"); !strings.Contains(a.Body, `href="/me/security?in=acme"`) {
			t.Error("nothing leads to where one is set up")
		}
		setUp(t, h, v)
		if a := v.Get("/o/acme/team"); a.Path != "/o/acme/team" || strings.Contains(a.Body, told) {
			t.Errorf("told who has one: %s", a.Path)
		}
	})
}

// TestAMembersTimelineTellsOfInvitationsAlone: another letter about them is none of the invitation's.
func TestAMembersTimelineTellsOfInvitationsAlone(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		m := mailing(t, h)
		_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "bo@example.com", Profile: roster.Profile{FirstName: "Bo", LastName: "Ek"}})
		must(t, err)
		link := strings.TrimPrefix(m.sent(t, "bo@example.com", 1).Link(t, m.URL+"/invitation/"), m.URL)
		bo := m.Visitor()
		bo.Get(link)
		bo.Post("/invitation", "first_name", "Bo", "last_name", "Ek", "password", rostertest.Password, "repeat", rostertest.Password)
		bo.SignIn("bo@example.com", rostertest.Password)
		setUp(t, h, bo)
		id := roster.MemberID(lines(t, h, h.Acme.ID, "member.invite")[0].Target.ID)
		owner := m.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		page := "/o/acme/team/" + string(id)
		if a := owner.Post(page + "/factor-reset"); a.Status != http.StatusOK || !strings.Contains(a.Body, "gets a letter") {
			t.Fatalf("the reset: %d %.1000s", a.Status, a.Body)
		}
		if a := owner.Get(page); strings.Contains(a.Body, "Letter waits to be sent") || strings.Count(a.Body, "The mail server took the letter") != 1 {
			t.Errorf("the timeline has other letters than the invitation's: %d", strings.Count(a.Body, "The mail server took the letter"))
		}
	})
}

// TestPagesSayWhatIsSoOfWaysIn: of e-mail and password, of who comes in by a connection, and of whom nobody invites.
func TestPagesSayWhatIsSoOfWaysIn(t *testing.T) {
	eachConnected(t, func(t *testing.T, c *connected) {
		owner := c.owner()
		id := c.ready(owner, "Okta")
		const tested = "A connection lets people in once it was tested"
		if a := owner.Get("/o/acme/settings/methods/password"); strings.Contains(a.Body, tested) || !strings.Contains(a.Body, "a password, or a passkey") {
			t.Error("e-mail and password are said to be tested")
		}
		if a := owner.Get("/o/acme/settings/methods/" + id); !strings.Contains(a.Body, tested) {
			t.Error("a connection is not said to be tested")
		}
		link := c.invited(id, "anna@example.com", "anna@example.com")
		anna := c.Visitor()
		anna.Get(link)
		c.through(anna, anna.Post("/invitation/connection"))
		security := anna.Get("/me/security").Body
		if !strings.Contains(security, "your account at the provider alone lets nobody in") || !strings.Contains(security, "By a connection") {
			t.Errorf("her security page: %.3000s", security)
		}
		member := roster.MemberID(lines(t, c.House, c.Acme.ID, "member.invite")[0].Target.ID)
		tab := owner.Get("/o/acme/team/" + string(member) + "/sign-in").Body
		if strings.Contains(tab, "can set the password") || !strings.Contains(tab, "administrators choose how they come in") {
			t.Errorf("the tab of who has no password: %.2000s", tab)
		}
		made, err := c.Orgs.Create(c.CLI(""), org.Founding{Name: "Beta", Plan: roster.PlanPlayground, Owner: "berta@example.com"})
		must(t, err)
		if a := c.Visitor().Get("/invitation/" + string(made.Organisation.ID) + "/" + made.Link); !strings.Contains(a.Body, "You are invited to Beta.") || strings.Contains(a.Body, "Beta invites you") {
			t.Errorf("the first Owner's page: %.2000s", a.Body)
		}
	})
}

// TestTheInstallationsHistoryNamesPeople: who did what to what is theirs, and who was made an operator.
func TestTheInstallationsHistoryNamesPeople(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		ana := s.operates("ana@example.net")
		if e := lines(t, h, roster.Installation, "operator.add")[0]; e.Target.Name != "ana@example.net" {
			t.Errorf("made an operator of %q", e.Target.Name)
		}
		if e := lines(t, h, roster.Installation, "factor.add")[0]; e.ActorName != "ana@example.net" {
			t.Errorf("a second factor was added by %q", e.ActorName)
		}
		a := ana.Get("/operator/history")
		for _, raw := range []string{"factor.add", "recovery_code", ">proofs<", "A person"} {
			if strings.Contains(a.Body, raw) {
				t.Errorf("the page says %q", raw)
			}
		}
		if !strings.Contains(a.Body, "added a second factor") || !strings.Contains(a.Body, "Recovery codes") {
			t.Errorf("the page: %d %.3000s", a.Status, a.Body)
		}
	})
}

// TestAFormWithAnUnknownWayInIsRefused: it is no way by e-mail and password.
func TestAFormWithAnUnknownWayInIsRefused(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		owner := s.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		was := position(t, h, h.Acme.ID)
		one := "/o/acme/team/" + string(anna.Member)
		version := found(t, owner.Get(one+"/login-method").Body, `name="version" value="([^"]*)"`)
		for path, fields := range map[string][]string{
			"/o/acme/team/add":    {"form_key", roster.NewID("key_"), "kind", "regular", "email", "bo@example.com", "first_name", "Bo", "last_name", "Ek"},
			one + "/login-method": {"version", version},
			one + "/clone":        {"form_key", roster.NewID("key_"), "email", "bo@example.com", "first_name", "Bo", "last_name", "Ek"},
			"/o/acme/team/invite": {"form_key", roster.NewID("key_"), "kind", "regular", "role", "member", "addresses", "bo@example.com"},
		} {
			a := owner.Post(path, append(fields, "way", "telepathy")...)
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "There is no such login method here.") {
				t.Errorf("%s: %d %.1500s", path, a.Status, a.Body)
			}
		}
		if now := position(t, h, h.Acme.ID); now != was {
			t.Errorf("something happened: %d lines", now-was)
		}
	})
}
