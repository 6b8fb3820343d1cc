package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// choose ticks members on the list.
func choose(p *browser.Page, names ...string) {
	for _, name := range names {
		p.Tick("Choose "+name, true)
	}
}

// act presses one of the acts on those who are chosen.
func ask(p *browser.Page, name string) { p.In(".pick-bar").Click(name) }

// TestSeveralMembersAreActedOnAtOnce blocks, unblocks, gives, takes and removes on the Team list, with what is refused
// beside what is done, by an administrator who may not touch the Owner.
func TestSeveralMembersAreActedOnAtOnce(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		admin := s.Holder("Ulla", team.RoleGivings(roster.RoleUserAdministrator)...)
		bob, eva, ina := s.Holder("Bob", team.RoleGivings(roster.RoleMember)...), s.Holder("Eva", team.RoleGivings(roster.RoleMember)...), s.Holder("Ina", team.RoleGivings(roster.RoleMember)...)
		p := s.signedIn(s.member(admin.Member).Email.Typed, o)
		p.Open(s.at("team"))
		p.WaitText("Bob Holder")
		if o.NoScript {
			ask(p, "Block")
			p.WaitText("Choose at least one member first.")
		} else if p.In(".pick-bar").Offers("Block") {
			t.Error("the bar is there before anybody is chosen")
		}
		choose(p, "Bob Holder", "Eva Holder")
		p.CheckAxe()
		ask(p, "Block")
		p.WaitText("Block 2 members?")
		p.WaitText("2 will be blocked")
		p.CheckAxe()
		p.Fill("Reason", "Audit")
		p.Click("Block 2 members")
		p.WaitText("2 members are blocked.")
		p.CheckAxe()
		if m := s.member(bob.Member); m.Status != roster.Blocked || m.BlockReason != "Audit" || s.member(eva.Member).Status != roster.Blocked {
			t.Errorf("Bob is %s, %q", m.Status, m.BlockReason)
		}
		p.Click("Undo: unblock 2 members")
		p.WaitText("2 members are unblocked.")
		if s.member(bob.Member).Status != roster.Active {
			t.Error("the block is not undone")
		}
		s.actsOnThePage(t, p)
		s.removesSeveral(t, p, bob.Member, eva.Member)
		if s.member(ina.Member).Status != roster.Active {
			t.Error("who was not chosen was touched")
		}
		told := strings.Fields(s.told())
		for did, n := range map[string]int{"member.block": 2, "member.unblock": 2, "member.grant": 3, "member.remove": 2} {
			told = slices.DeleteFunc(told, func(one string) bool {
				if one == did {
					n--
				}
				return one == did
			})
			if n != 0 {
				t.Errorf("%s: %d times too few; also %s", did, n, told)
			}
		}
		s.Verified(s.Acme.ID)
	})
}

// actsOnThePage takes a role from all on the page: from those who hold it, while the Owner cannot even be chosen.
func (s *site) actsOnThePage(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Click("Back to the list")
	p.In("th.c-pick").Click("Choose members")
	p.In("#pick-menu").Click("This page")
	p.WaitText("4 chosen")
	ask(p, "Withdraw role")
	p.WaitText("Withdraw a role from 4 members")
	p.Click("Preview")
	p.WaitText("Choose a role.")
	if p.Status() != http.StatusUnprocessableEntity {
		t.Errorf("without a role: %d", p.Status())
	}
	p.CheckAxe()
	p.Tick("Member", true)
	p.Click("Preview")
	p.WaitText("4 will not have the role any more")
	p.Click("Withdraw the role from 4 members")
	p.WaitText("4 members do not have the role any more.")
}

// removesSeveral removes two: their number is typed.
func (s *site) removesSeveral(t *testing.T, p *browser.Page, one, two roster.MemberID) {
	t.Helper()
	p.Open(s.at("team") + "?sort=name")
	choose(p, "Bob Holder", "Eva Holder")
	ask(p, "Remove")
	p.WaitText("Remove 2 members?")
	p.Fill("Type 2 to confirm", "3")
	p.Click("Remove 2 members")
	p.WaitText("Type 2, the number of members to remove.")
	if p.Status() != http.StatusUnprocessableEntity || p.Value("Type 2 to confirm") != "3" || s.member(one).Status == roster.Removed {
		t.Errorf("a wrong number: %d, %q", p.Status(), p.Value("Type 2 to confirm"))
	}
	p.CheckAxe()
	p.Fill("Type 2 to confirm", "2")
	p.Click("Remove 2 members")
	p.WaitText("2 members are removed.")
	if s.member(two).Status != roster.Removed {
		t.Error("Eva is still there")
	}
}

// TestTheTeamListIsNarrowedArrangedAndRemembered sets filters, columns and order, comes back to them, and saves them
// under a name.
func TestTheTeamListIsNarrowedArrangedAndRemembered(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		account := s.Account("North Foods", "")
		s.Holder("Nora", team.Giving{Role: roster.RoleMember, Unit: account})
		s.Holder("Bob", team.RoleGivings(roster.RoleAuditor)...)
		p := s.signedIn(s.email, o)
		p.Open(s.at("team"))
		p.Click("Filter")
		p.Choose("Has not the role", "Auditor")
		p.Choose("At the customer account", "North Foods")
		p.CheckAxe()
		p.In("#filter-panel").Click("Apply")
		p.WaitText("Has not: Auditor")
		p.WaitText("At: North Foods")
		p.WaitText("1 in total")
		p.WaitURL("not_role=")
		p.Click("At: North Foods , remove this filter")
		p.WaitText("2 in total")
		p.Click("Columns")
		for _, column := range []string{"Identifier", "Last seen", "Created", "Created by"} {
			p.In("#columns").Tick(column, false)
		}
		p.In("#columns").Tick("Customer accounts", true)
		p.CheckAxe()
		p.In("#columns").Click("Show these")
		p.WaitGone("nora.holder")
		p.WaitText("North Foods")
		p.WaitURL("columns=")

		p.Click("Views")
		p.Fill("Name of the view", "No auditors")
		p.In("#views").Click("Save view")
		p.WaitText("The view No auditors is saved.")
		p.Open(s.at("history"))
		p.Open(s.at("team"))
		p.WaitURL("not_role=")
		p.WaitText("Has not: Auditor")
		p.Click("Reset the table")
		p.WaitText("3 in total")
		p.Open(s.at("team"))
		p.WaitText("3 in total")
		p.In(".views").Click("No auditors")
		p.WaitText("2 in total")
		p.Open(s.at("views"))
		p.CheckAxe()
		p.Fill("Name of No auditors", " ")
		p.Click("Rename No auditors")
		p.WaitText("Give the view a name.")
		p.Fill("Name of No auditors", "Without auditors")
		p.Click("Rename No auditors")
		p.WaitText("The view is now called Without auditors.")
		p.Click("Delete Without auditors")
		p.WaitText("No views yet")
	})
}

// TestFromTheTabOfExternalUsersOneComesBackToIt acts on an external user from the account's tab, and lands there again.
func TestFromTheTabOfExternalUsersOneComesBackToIt(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		account := s.Account("North Foods", "")
		if _, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Kind: roster.External, Unit: string(account), Email: "ole@example.com", Profile: roster.Profile{FirstName: "Ole", LastName: "Brand"}}); err != nil {
			t.Fatal(err)
		}
		tab := "/units/" + string(account) + "/external"
		p := s.signedIn(s.email, o)
		p.Open(s.at("units", string(account), "external"))
		p.Click("Actions for Ole Brand")
		p.In(".menu:popover-open").Click("Edit")
		p.Fill("First name", "Olaf")
		p.Click("Save")
		p.WaitText("Olaf Brand was saved.")
		p.WaitURL(tab)
		p.Click("Actions for Olaf Brand")
		p.In(".menu:popover-open").Click("Block")
		p.Click("Block Olaf Brand")
		p.WaitText("Olaf Brand is blocked.")
		p.WaitURL(tab)
		p.Click("Olaf Brand")
		p.Click("Back to the list")
		p.WaitURL(tab)
	})
}
