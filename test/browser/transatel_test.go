package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/access"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// TestTransatelCreateUserAccounts is the vendor's procedure, step by step. Needed are the scope Admin and the rights
// to see and to edit any user. Recommended is Clone on someone with similar rights, never on one's own row; active
// at once or deactivated for now; below stand scopes, rights and customer accounts, and what the giver lacks is left
// out without blocking the creation. From scratch: details, then pairs of lists. Both end in a letter with a link.
func TestTransatelCreateUserAccounts(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		north := s.Account("North Fleet", "")
		here := func(g team.Giving) team.Giving { g.Unit = north; return g }
		network, reads, writes, wipes := here(team.Giving{Scope: "network"}), here(team.Giving{Permission: "devices.read"}), here(team.Giving{Permission: "devices.write"}), here(team.Giving{Permission: "devices.wipe"})
		tara, email := s.holder("Tara", team.Giving{Scope: authz.Admin}, team.Giving{Permission: authz.MembersRead}, team.Giving{Permission: authz.MembersWrite},
			team.Giving{Permission: authz.MembersRemove}, team.Giving{Permission: authz.UnitsRead}, network, reads, writes)
		s.holder("Simon", network, reads, wipes, team.Giving{Permission: "invoices.read"})
		s.rightWithoutScope(t, o)
		p := s.signedIn(email, o)
		s.clonesSimon(t, p, tara.Member, north)
		s.fromScratch(t, p, o, north)
		s.rowActions(t, p)
		s.Verified(s.Acme.ID)
	})
}

// rightWithoutScope: the rights alone, without the scope Admin, open nothing.
func (s *site) rightWithoutScope(t *testing.T, o browser.Options) {
	t.Helper()
	_, email := s.holder("Noah", team.Giving{Permission: authz.MembersRead}, team.Giving{Permission: authz.MembersWrite})
	p := s.signedIn(email, o)
	if got := p.Open(s.at("team")); got != http.StatusForbidden {
		t.Errorf("the team, without the scope: %d", got)
	}
	if got := p.Open(s.at("team", "add")); got != http.StatusForbidden {
		t.Errorf("adding, without the scope: %d", got)
	}
}

// clonesSimon makes one with similar rights, deactivated for now, and activates them after acceptance.
func (s *site) clonesSimon(t *testing.T, p *browser.Page, self roster.MemberID, north roster.UnitID) {
	t.Helper()
	p.In(".nav").Click("Team")
	p.Click("Actions for Tara Holder")
	if p.Offers("Clone") {
		t.Error("one's own row offers to clone")
	}
	p.Open(s.at("team"))
	p.Click("Actions for Simon Holder")
	p.Click("Clone")
	p.WaitText("Clone Simon Holder")
	for _, field := range []string{"E-mail", "First name", "Last name", "Phone"} {
		if got := p.Value(field); got != "" {
			t.Errorf("%s is copied: %q", field, got)
		}
	}
	along, left := p.In("section[aria-labelledby=along]"), p.In("section[aria-labelledby=left]")
	along.Row("Network").WaitText("North Fleet")
	along.Row("See devices").WaitText("North Fleet")
	left.Row("Wipe devices").WaitText("You lack “Wipe devices”")
	left.Row("See invoices").WaitText("You lack “See invoices”")
	email := "stella." + s.Acme.Slug + "@example.com"
	p.Fill("E-mail", email)
	p.Fill("First name", "Stella")
	p.Fill("Last name", "Similar")
	p.WaitText("Activate now")
	p.Tick("Start blocked", true)
	p.Click("Send invitation")
	p.WaitText("Stella Similar is invited. 2 things you cannot give were left out.")
	stella := s.external(t, email)
	if got, want := s.held(stella.ID), sorted([]string{"devices.read on " + string(north), "network on " + string(north)}); !slices.Equal(got, want) {
		t.Errorf("the clone is given %v, not %v", got, want)
	}
	hers := s.visitor(browser.Options{NoScript: true})
	hers.Open(s.mail.Wait(t, email, 1).Link(t, "/invitation/"))
	accept(hers)
	hers.WaitText("Your password is set")
	p.In("header.head").Click("Unblock") // the page the clone led to
	p.Click("Unblock Stella Similar")
	p.WaitText("Stella Similar is unblocked.")
	hers.Open(s.url + "/sign-in")
	signIn(hers, email)
	if got := s.member(stella.ID).Status; got != roster.Active {
		t.Errorf("activated after acceptance, the clone is %s", got)
	}
	if got := p.Open(s.at("team", string(self), "clone")); got != http.StatusForbidden {
		t.Errorf("cloning oneself by the address: %d", got)
	}
}

// fromScratch adds somebody, and gives scope, rights and account in the two lists.
func (s *site) fromScratch(t *testing.T, p *browser.Page, o browser.Options, north roster.UnitID) {
	t.Helper()
	p.Open(s.at("team"))
	p.In("header.head").Click("Add user")
	email := "nina." + s.Acme.Slug + "@example.com"
	p.Fill("E-mail", email)
	p.Fill("First name", "Nina")
	p.Fill("Last name", "New")
	p.Tick("Member", true)
	p.Click("Send invitation")
	p.WaitText("Nina New is invited.")
	nina := s.external(t, email)
	p.In("main").Click("Edit access")
	rights := offer(p).In(`[data-group="permissions.network"]`)
	rights.Row("Wipe devices").WaitText("You lack “Wipe devices”")
	rights.Row("Wipe devices").WaitText("No way back") // an irreversible action is a right of its own
	rights.Row("Edit devices").WaitText("Write")       // and so is each write
	offer(p).Tick("See devices", true)
	offer(p).Choose("Where", "North Fleet")
	p.Click("Give")
	has(p).Row("See devices").WaitText("North Fleet")
	p.Click("Save access")
	p.WaitText("The access of Nina New was saved.")
	hers := s.visitor(o)
	hers.Open(s.mail.Wait(t, email, 1).Link(t, "/invitation/"))
	accept(hers)
	signIn(hers, email)

	s.needs(t, nina.ID, north, false) // the account and the right, and not yet the scope
	p.Reload()
	p.In("li.idle").WaitText("It works only together with the scope Network")
	p.CheckAxe()
	p.In("header.head").Click("Edit access")
	offer(p).Tick("Network", true)
	offer(p).Choose("Where", "North Fleet")
	p.Click("Save access")
	p.WaitText("The access of Nina New was saved.")
	s.needs(t, nina.ID, north, true)
	s.needs(t, nina.ID, "", false) // elsewhere nothing is allowed
}

// needs asks whether devices may be seen at a place.
func (s *site) needs(t *testing.T, m roster.MemberID, at roster.UnitID, allowed bool) {
	t.Helper()
	x, err := s.Access.Explain(s.As(s.Owner), access.Question{Member: m, Permission: "devices.read", Unit: string(at)})
	if err != nil || x.Allowed != allowed {
		t.Errorf("devices.read at %q: %v %v", at, x.Allowed, err)
	}
}

// rowActions looks somebody up, and deactivates, activates and deletes by the row's menu.
func (s *site) rowActions(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Open(s.at("team") + "?status=active&q=nina")
	p.In("table").WaitText("Nina New")
	if p.In("table").Shows("Simon") {
		t.Error("the search shows others, too")
	}
	p.Click("Actions for Nina New")
	for _, act := range []string{"Show", "Edit", "Clone", "Block", "Remove"} {
		if !p.In(".menu:popover-open").Offers(act) {
			t.Errorf("the row does not offer %s", act)
		}
	}
	p.In(".menu:popover-open").Click("Block")
	p.Click("Block Nina New")
	p.WaitText("Nina New is blocked.")
	p.Open(s.at("team") + "?status=blocked")
	p.Click("Actions for Nina New")
	p.In(".menu:popover-open").Click("Unblock")
	p.Click("Unblock Nina New")
	p.WaitText("Nina New is unblocked.")
	p.Open(s.at("team") + "?sort=name") // everybody: the list alone is as it stood last
	p.Click("Actions for Nina New")
	p.In(".menu:popover-open").Click("Remove")
	p.Fill("Type the name to confirm", "Nina New")
	p.Click("Remove Nina New")
	p.WaitText("Nina New was removed.")
	for _, line := range []string{"member.clone", "member.unblock", "member.invite", "member.grant", "member.block", "member.remove"} {
		if !strings.Contains(s.told(), line) {
			t.Errorf("the history does not tell of %s: %s", line, s.told())
		}
	}
}
