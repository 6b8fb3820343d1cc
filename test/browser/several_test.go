package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

func TestSeveralPeopleAreInvitedByWhatWasPasted(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		if _, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "Invited"}}); err != nil {
			t.Fatal(err)
		}
		domains := []string{"example.com"}
		if _, err := s.Orgs.Edit(s.As(s.Owner), org.Edit{Domains: &domains}); err != nil {
			t.Fatal(err)
		}
		p := s.signedIn(s.email, o)
		p.Open(s.at("team", "add"))
		p.In("header.head").Click("Invite several people")
		p.WaitText("The plan has no limit on users.")
		p.Click("Invite")
		p.WaitText("Name at least one address.")
		if p.Status() != http.StatusUnprocessableEntity {
			t.Errorf("nobody: %d", p.Status())
		}
		p.CheckAxe()

		p.Fill("E-mail addresses", "Anna Berg <anna@example.com>; bo@example.com, nobody, ina@example.com, zoe@elsewhere.org, BO@example.com, gone@example.com")
		if !o.NoScript {
			p.In(".recipients").WaitText("Anna Berg · anna@example.com")
			p.In(".recipients").WaitText("This address stands here more than once.")
			p.In(".recipients").WaitText("invites only addresses of example.com.")
			p.Click("Take off gone@example.com")
			p.WaitText("gone@example.com was taken off. 6 addresses, 3 to correct.")
			if strings.Contains(p.Value("E-mail addresses"), "gone@") {
				t.Error("what was taken off stays in the field")
			}
			p.CheckAxe()
		}
		p.Tick("Auditor", true)
		p.Fill("Message", "Welcome.")
		p.Click("Invite")
		if o.NoScript {
			p.WaitText("3 people are invited")
		} else {
			p.WaitText("2 people are invited")
		}
		p.WaitText("2 stay below, to be corrected.")
		p.WaitText("ina@example.com is invited already.")
		if !p.In("[data-outcome=already_invited]").Offers("Send again ina@example.com") {
			t.Error("sending again is not offered")
		}
		if got := strings.Fields(p.Value("E-mail addresses")); strings.Join(got, " ") != "nobody zoe@elsewhere.org" {
			t.Errorf("what stays to be corrected: %q", got)
		}
		if p.Value("Message") != "Welcome." || p.Value("Auditor") != "true" {
			t.Error("the role or the message is lost")
		}
		p.CheckAxe()

		p.Fill("E-mail addresses", "nora@example.com")
		p.Click("Invite")
		p.WaitText("1 person is invited")
		p.Click("Go to the team")
		p.WaitText("Anna Berg")
		p.WaitText("nora@example.com")
		if n := strings.Count(s.told(), "member.invite"); n != map[bool]int{true: 5, false: 4}[o.NoScript] {
			t.Errorf("the history has %d invitations: %s", n, s.told())
		}
		s.Verified(s.Acme.ID)
	})
}

// Who was invited without names gives them, and the phone number that the organisation needs, on accepting.
func TestWhoWasInvitedWithoutNamesGivesThem(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		yes := true
		if _, err := s.Orgs.Edit(s.As(s.Owner), org.Edit{PhoneRequired: &yes}); err != nil {
			t.Fatal(err)
		}
		address := "newcomer." + s.Acme.Slug + "@example.com"
		all, err := s.Team.InviteEach(s.As(s.Owner), []team.Invitation{{Email: address, NamesLater: true}})
		if err != nil || all[0].Err != nil {
			t.Fatal(err, all)
		}
		p := s.visitor(o)
		p.Open(s.mail.Wait(t, address, 1).Link(t, "/invitation/"))
		p.Fill("First name", "New")
		p.Fill("Last name", "Comer")
		p.Fill("Password", "violet-anchor-tuesday-47")
		p.Fill("Password again", "violet-anchor-tuesday-47")
		p.Click("Accept invitation")
		p.WaitText("Fill this in.")
		p.CheckAxe()
		p.Fill("Phone", "+44 20 7946 0100")
		p.Fill("Password", "violet-anchor-tuesday-47")
		p.Fill("Password again", "violet-anchor-tuesday-47")
		p.Click("Accept invitation")
		p.WaitText("Welcome to")
		m, err := s.Team.Show(s.As(s.Owner), all[0].Result.ID)
		if err != nil || m.Name != "New Comer" || m.Phone != "+442079460100" || m.Status != roster.Active {
			t.Errorf("accepted: %+v, %v", m.Member, err)
		}
	})
}

func TestAnOwnerChangesTheSettingsAndLooksAtThePlan(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		p := s.signedIn(s.email, o)
		p.In(".nav").Click("Settings")
		p.CheckAxe()
		p.Fill("Name", "Acme Ltd")
		p.Fill("E-mail domains", "nowhere")
		p.Choose("Invitation lasts", "3 days")
		p.Tick("Administrators may set passwords", false)
		p.Click("Save changes")
		p.WaitText(`"nowhere" is not the domain of an e-mail address.`)
		if p.Status() != http.StatusUnprocessableEntity || p.Value("Name") != "Acme Ltd" || p.Value("Administrators may set passwords") != "false" {
			t.Errorf("a bad domain: %d, or what was typed is lost", p.Status())
		}
		p.CheckAxe()

		meanwhile := true
		if _, err := s.Orgs.Edit(s.As(s.Owner), org.Edit{PhoneRequired: &meanwhile}); err != nil {
			t.Fatal(err)
		}
		set(p, "[name=version]", "1")
		p.Fill("E-mail domains", "Example.com partner.example")
		p.Click("Save changes")
		p.WaitText("Somebody changed the settings while you had them open.")
		if p.Status() != http.StatusPreconditionFailed || p.Value("Name") != "Acme Ltd" {
			t.Errorf("a stale form: %d, %q", p.Status(), p.Value("Name"))
		}
		p.CheckAxe()
		p.Click("Save changes")
		p.WaitText("Saved the settings of Acme Ltd.")
		u, err := s.Orgs.Show(s.As(s.Owner))
		if got := u.Organisation; err != nil || strings.Join(got.Domains, " ") != "example.com partner.example" || got.AdminPasswords || got.InvitationTTL.Hours() != 72 {
			t.Errorf("kept: %+v, %v", got, err)
		}
		if !strings.Contains(s.told(), "organisation.edit") {
			t.Errorf("the history: %s", s.told())
		}

		p.Click("Plan")
		p.WaitText("Plan Unlimited")
		p.WaitText("1 in use, no limit")
		p.Choose("Another plan", "Playground")
		p.Click("Look")
		p.WaitText("On the plan Playground")
		p.WaitText("10 users. 1 in use, 9 left.")
		p.CheckAxe()
	})
}
