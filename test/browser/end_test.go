package browser_test

import (
	"fmt"
	"net/http"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// invitationOf is the least that an invitation needs.
func invitationOf(email, role string) team.Invitation {
	return team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Some", LastName: "Body"}, Grants: team.RoleGivings(role)}
}

func TestBlockingEndsAccessAtTheNextClickAndCanBeUndone(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		anna := s.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		hers := s.signedIn("anna@example.com", browser.Options{})
		owner := s.signedIn("olga@example.com", browser.Options{})

		owner.Click("Actions for Anna Berg")
		owner.Click("Block")
		owner.WaitText("Sessions lose their access to this organisation at once.")
		owner.Fill("Reason", "On leave until May")
		owner.Click("Block Anna Berg")
		owner.WaitText("Anna Berg is blocked.")
		owner.WaitText("On leave until May")
		hers.In(".nav").Click("History")
		if hers.Status() != http.StatusForbidden || !hers.Shows("You are blocked in this organisation. Ask one of its administrators.") {
			t.Errorf("a blocked member's next click: %d\n%s", hers.Status(), hers.Text())
		}

		tabTo(t, owner, "Undo") // the toast's undo is reached and pressed by keyboard
		owner.Press("Enter")
		owner.WaitText("Anna Berg is unblocked.")
		hers.Open(s.at("history"))
		hers.WaitText("Olga Owner unblocked Anna Berg")

		owner.Click("Remove Anna Berg")
		owner.WaitText("There is no way back.")
		owner.Fill("Type the name to confirm", "Anna")
		owner.Click("Remove Anna Berg")
		owner.WaitText("Type the name exactly as it stands here: Anna Berg.")
		if s.member(anna.Member).Status != roster.Active || owner.Value("Type the name to confirm") != "Anna" {
			t.Error("removed without the whole name, or what was typed is lost")
		}
		owner.Fill("Type the name to confirm", "Anna Berg")
		owner.Click("Remove Anna Berg")
		owner.WaitURL("/o/acme/team")
		owner.WaitText("Anna Berg was removed.")
		hers.Reload()
		hers.WaitURL("/sign-in") // it was her last membership, so her sessions are over
		s.Verified(s.Acme.ID)
	})
}

func TestTheLastOwnerStaysAndIsToldWhy(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		owner := s.signedIn("olga@example.com", browser.Options{})
		owner.In("table").Click("Olga Owner")
		owner.WaitText("You cannot do this to yourself.")
		if owner.In(".danger-zone").Offers("Remove") {
			t.Error("an Owner is offered to remove herself")
		}
		owner.Click("Edit")
		owner.Fill("Phone", "+55 11 5555 0100")
		owner.Tick("Member", true)
		owner.Click("Save changes")
		owner.WaitText("You cannot take your own last administrative role away. Ask another administrator.")
		if owner.Status() != http.StatusForbidden || owner.Value("Phone") != "+55 11 5555 0100" || owner.Value("Member") != "true" {
			t.Errorf("%d, phone %q", owner.Status(), owner.Value("Phone"))
		}
		if roles := s.member(s.Owner.Member).Roles(); len(roles) != 1 || roles[0] != roster.RoleOwner {
			t.Errorf("the last Owner holds %v", roles)
		}
	})
}

func TestThePlansLimitIsNamedWithItsCount(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanPlayground)
		for i := range 8 {
			if _, err := s.Team.Invite(s.As(s.Owner), invitationOf(fmt.Sprintf("p%d@example.com", i), roster.RoleMember)); err != nil {
				t.Fatal(err)
			}
		}
		owner := s.signedIn("olga@example.com", browser.Options{})
		owner.WaitText("9 of 10 seats")
		owner.In("header.head").Click("Add user")
		owner.WaitText("1 seat left in the plan Playground")
		if _, err := s.Team.Invite(s.As(s.Owner), invitationOf("last@example.com", roster.RoleMember)); err != nil {
			t.Fatal(err)
		}
		owner.Fill("E-mail", "late@example.com")
		owner.Fill("First name", "Late")
		owner.Fill("Last name", "Comer")
		owner.Click("Send invitation")
		owner.WaitText("The plan Playground allows 10 users and 10 are in use. Remove someone or change the plan to add more.")
		if owner.Status() != http.StatusConflict || owner.Value("E-mail") != "late@example.com" {
			t.Errorf("%d, %q", owner.Status(), owner.Value("E-mail"))
		}
		owner.Open(s.at("team", "add"))
		owner.WaitText("No seat left in the plan Playground")
		owner.WaitOffer("Make API user") // which still fits, and is chosen
		if got := s.member(s.Owner.Member); got.Status != roster.Active {
			t.Error(got.Status)
		}
	})
}

func TestAnAddressThatIsHereAlreadyLeadsToItsMember(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		m, _ := s.invite("anna@example.com", "Anna", "Berg", roster.RoleMember)
		owner := s.signedIn("olga@example.com", browser.Options{})
		owner.Open(s.at("team", "add"))
		owner.Fill("E-mail", "Anna@Example.com")
		owner.Fill("First name", "Anna")
		owner.Fill("Last name", "Again")
		owner.Click("Send invitation")
		owner.WaitText("anna@example.com is invited already.")
		owner.Click("Anna Berg")
		owner.WaitURL("/team/" + string(m.ID))
		owner.Click("Resend invitation")
		owner.WaitText("The link in earlier letters stops working.")
		owner.Click("Resend invitation")
		owner.WaitText("A new invitation for Anna Berg is on its way. Earlier links are dead.")
		s.mail.Wait(t, "anna@example.com", 2)
	})
}

func TestAStaleEditSaysWhatHappenedAndLosesNothing(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		anna := s.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		one := s.signedIn("olga@example.com", browser.Options{})
		one.Open(s.at("team", string(anna.Member), "edit"))
		two := one.Tab()
		two.Open(s.at("team", string(anna.Member), "edit"))
		two.Fill("Last name", "Bergström")
		two.Tick("Auditor", true)
		two.Click("Save changes")
		two.WaitText("Anna Bergström was saved.")

		one.Fill("Phone", "+55 11 5555 0100")
		one.Click("Save changes")
		one.WaitText("Someone changed this meanwhile.")
		one.WaitText("Bergström") // how it is now stands beside what was typed
		if one.Status() != http.StatusPreconditionFailed || one.Value("Phone") != "+55 11 5555 0100" || one.Value("Last name") != "Berg" {
			t.Errorf("%d, phone %q, last name %q", one.Status(), one.Value("Phone"), one.Value("Last name"))
		}
		if m := s.member(anna.Member); m.LastName != "Bergström" || m.Phone != "" {
			t.Errorf("a stale edit was kept: %+v", m)
		}
		one.Fill("Last name", "Bergström")
		one.Tick("Auditor", true)
		one.Click("Save changes")
		one.WaitText("Anna Bergström was saved.")
		if m := s.member(anna.Member); m.LastName != "Bergström" || m.Phone != "+551155550100" || m.Roles()[0] != roster.RoleAuditor {
			t.Errorf("after saving anew: %+v", m)
		}
	})
}
