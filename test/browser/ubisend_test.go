package browser_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// TestUbisendInviteAndRemovePlatformUsers is the vendor's procedure by e-mail and password, step by step; the one by
// OAuth 2.0 is TestAnOwnerConnectsAProviderAndPeopleComeInByIt. Invite with a role and extra permissions; who has an
// account elsewhere needs no new credentials; Edit after acceptance; Remove; invite again; and who was removed from
// their only account signs up afresh.
func TestUbisendInviteAndRemovePlatformUsers(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		elsewhere := s.elsewhere(t, o)
		p := s.signedIn(s.email, o)
		email := "una." + s.Acme.Slug + "@example.com"
		s.invites(t, p, email)
		p.In("main").Click("Edit access") // extra permissions, if required
		offer(p).Tick("See notices", true)
		p.Click("Save access")
		p.WaitText("The access of Una User was saved.")
		una := s.external(t, email)
		hers := s.visitor(o)
		hers.Open(s.mail.Wait(t, email, 1).Link(t, "/invitation/"))
		if got := hers.Value("E-mail"); got != email { // who signs up does so with the invited address
			t.Errorf("the form is for %q", got)
		}
		accept(hers)
		signIn(hers, email)
		if got := s.held(una.ID); !slices.Equal(got, []string{"member", "notices.read"}) {
			t.Errorf("Una holds %v", got)
		}

		p.Open(s.at("team"))
		p.Click("Actions for Una User")
		p.In(".menu:popover-open").Click("Edit access") // after acceptance, in the row
		has(p).Tick("See notices", true)
		p.Click("Take away")
		p.Click("Save access")
		p.WaitText("The access of Una User was saved.")
		p.Open(s.at("team"))
		p.Click("Actions for Una User")
		p.In(".menu:popover-open").Click("Remove")
		p.Fill("Type the name to confirm", "Una User")
		p.Click("Remove Una User")
		p.WaitText("Una User was removed.")
		hers.Reload()
		hers.WaitText("Sign in") // it was their only account

		s.invites(t, p, email)
		afresh := s.visitor(o)
		afresh.Open(s.mail.Wait(t, email, 2).Link(t, "/invitation/"))
		accept(afresh) // with a password of their own, as the first time
		signIn(afresh, email)
		again := s.external(t, email)
		if again.ID == una.ID || again.Status != roster.Active || !slices.Equal(s.held(again.ID), []string{"member"}) {
			t.Errorf("come again: %s %v", again.Status, s.held(again.ID))
		}
		s.justAccepts(t, p, elsewhere)
		if got := s.told(); !strings.HasPrefix(got, "invitation.accept member.invite invitation.accept member.invite member.remove member.grant invitation.accept member.grant member.invite") {
			t.Errorf("the history tells %s", got)
		}
		s.Verified(s.Acme.ID)
	})
}

// invites invites somebody called Una User as a member, by e-mail and password.
func (s *site) invites(t *testing.T, p *browser.Page, email string) {
	t.Helper()
	p.In(".nav").Click("Team")
	p.In("header.head").Click("Add user")
	p.Fill("E-mail", email)
	p.Fill("First name", "Una")
	p.Fill("Last name", "User")
	p.Tick("Member", true)
	p.Click("Send invitation")
	p.WaitText("Una User is invited.")
}

// elsewhere is somebody with an account in another organisation, signed in.
func (s *site) elsewhere(t *testing.T, o browser.Options) *browser.Page {
	t.Helper()
	other, house := *s, *s.House
	other.House = &house
	other.foundAs("Else "+s.Acme.Slug, "elsa."+s.Acme.Slug+"@example.com", roster.PlanPlayground)
	email := "known." + s.Acme.Slug + "@example.com"
	_, link := other.invite(email, "Known", "Elsewhere", roster.RoleAuditor)
	p := s.visitor(o)
	p.Open(link)
	accept(p)
	signIn(p, email)
	return p
}

// justAccepts invites who has an account elsewhere: they get a letter, and need no new credentials.
func (s *site) justAccepts(t *testing.T, p *browser.Page, known *browser.Page) {
	t.Helper()
	email := "known." + s.Acme.Slug + "@example.com"
	s.invites(t, p, email)
	known.Open(s.mail.Wait(t, email, 2).Link(t, "/invitation/"))
	known.WaitText("Join " + s.Acme.Name)
	if known.Shows("Password again") {
		t.Error("who has an account is asked for a password")
	}
	known.Click("Join " + s.Acme.Name)
	known.WaitText("Else " + s.Acme.Slug) // the other organisation is in the switcher still
	if got := s.external(t, email); got.Status != roster.Active {
		t.Errorf("who just accepts is %s", got.Status)
	}
}
