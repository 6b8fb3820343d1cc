package browser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

func TestAScannerOpensTheLinkAndThePersonStillGetsIn(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		m, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleMember)
		before := s.member(m.ID)

		scanner := s.visitor(browser.Options{})
		scanner.Open(link)
		scanner.WaitText("Join Acme")
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for range 10 {
				r, err := http.NewRequest(method, link, nil)
				if err != nil {
					t.Fatal(err)
				}
				a, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				a.Body.Close()
				if at := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || at != "/invitation" {
					t.Fatalf("%s of the link: %d to %q", method, a.StatusCode, at)
				}
			}
		}
		if after := s.member(m.ID); after.Version != before.Version || after.Status != roster.Invited || after.Live.State != roster.InvitationLive {
			t.Errorf("opening the link changed the member: %+v", after)
		}

		anna := s.visitor(browser.Options{})
		anna.Open(link)
		accept(anna)
		signIn(anna, "anna@example.com")
		anna.WaitURL("/me") // a plain member has no right to see the team
		if now := s.member(m.ID); now.Status != roster.Active || now.VerifiedAt.IsZero() {
			t.Errorf("after accepting: %s, verified %v", now.Status, now.VerifiedAt)
		}
	})
}

func TestALetterThatTheMailServerNeverConfirmedLetsThePersonIn(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		s.mail.Fail(postbox.Fault{Way: postbox.KeepAndDrop, To: "anna@example.com", Times: 1})
		m, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleMember)
		p := s.visitor(browser.Options{})
		p.Open(link)
		p.WaitText(time.Now().AddDate(0, 0, 7).Format("Jan 2, 2006"))
		accept(p)
		signIn(p, "anna@example.com")
		if now := s.member(m.ID); now.Status != roster.Active || now.VerifiedAt.IsZero() {
			t.Errorf("Anna is %s", now.Status)
		}
	})
}

func TestAnotherSignedInPersonIsToldAndCanSwitch(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		s.Join("bela@example.com", "Bela", "Nagy", roster.RoleAuditor)
		m, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		p := s.signedIn("bela@example.com", browser.Options{})
		p.Open(link)
		p.WaitText("This invitation is for another address")
		p.WaitText("It was sent to anna@example.com, and you are signed in as bela@example.com. Nothing has been accepted.")
		if now := s.member(m.ID); now.Status != roster.Invited || now.Live.State != roster.InvitationLive {
			t.Errorf("something was accepted: %s", now.Status)
		}
		p.Click("Stay signed in as bela@example.com")
		p.WaitURL("/o/acme/team")
		p.Open(link)
		p.Click("Sign out and go on with the invitation")
		p.WaitURL("/invitation")
		if got := p.Value("E-mail"); got != "anna@example.com" {
			t.Errorf("the form is for %q", got)
		}
		accept(p)
		signIn(p, "anna@example.com")
		p.WaitText("Anna Berg")
		if now := s.member(m.ID); now.Status != roster.Active {
			t.Errorf("Anna is %s", now.Status)
		}
	})
}

func TestAKnownPersonSignsInAndJustAccepts(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		_, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		p := s.visitor(browser.Options{})
		p.Open(link)
		accept(p)
		p.WaitURL("/sign-in")

		founded, err := s.Orgs.Create(s.CLI(""), org.Founding{Name: "Zephyr", Owner: "anna@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		// The first Owner's printed link proves no address, so it makes a person of Zephyr alone.
		p.Open(s.url + act.InvitationPath(founded.Organisation.ID, founded.Link))
		p.WaitText("Join Zephyr")
		p.WaitText("You are invited to Zephyr")
		p.WaitOffer("Accept invitation")

		acme := s.Acme
		s.foundAs("Quartz", "quentin@example.com", roster.PlanPlayground)
		m, link := s.invited("anna@example.com", 2)
		p.Open(link)
		p.WaitText("You have a password here already.")
		p.Fill("Password", "a wrong password")
		p.Click("Sign in to accept")
		p.WaitText("The e-mail address or the password is not right.")
		signIn(p, "anna@example.com")
		p.WaitURL("/invitation")
		p.WaitText("You are signed in as anna@example.com, so all that is left is to accept.")
		p.Click("Join Quartz")
		p.WaitText("Welcome to Quartz.")
		if now := s.member(m.ID); now.Status != roster.Active || now.VerifiedAt.IsZero() {
			t.Errorf("Anna is %s in Quartz, verified %v", now.Status, now.VerifiedAt)
		}
		p.Open(s.url)
		p.WaitText("Choose an organisation")
		p.Click("Acme")
		p.WaitURL("/o/" + acme.Slug + "/team")
		p.Click("Organisation: Acme")
		p.Click("Quartz")
		p.WaitURL("/o/quartz/team")
	})
}

func TestDeadLinksSayWhyAndWhatToDo(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		p := s.visitor(browser.Options{})
		dead := func(link, title, what string) {
			t.Helper()
			if status := p.Open(link); status != http.StatusGone && status != http.StatusNotFound {
				t.Errorf("%s: %d", title, status)
			}
			p.WaitText(title)
			p.WaitText(what)
			if strings.Contains(p.HTML(), act.InvitationPrefix) || p.Offers("Accept invitation") {
				t.Errorf("%s: the page holds the secret, or offers to accept", title)
			}
		}

		m, first := s.invite("anna@example.com", "Anna", "Berg", roster.RoleMember)
		if _, err := s.Team.Resend(s.As(s.Owner), m.ID); err != nil {
			t.Fatal(err)
		}
		second := s.mail.Wait(t, "anna@example.com", 2).Link(t, "/invitation/")
		dead(first, "There is a newer invitation", "Look for the latest letter and use the link in it.")
		p.WaitText("It was for Acme.")

		p.Open(second)
		accept(p)
		p.WaitURL("/sign-in")
		dead(second, "This invitation was used already", "If it was you, sign in with your address and password.")
		p.Click("Sign in")
		p.WaitURL("/sign-in")

		m, link := s.invite("bela@example.com", "Bela", "Nagy", roster.RoleMember)
		if _, err := s.Team.Remove(s.As(s.Owner), m.ID); err != nil {
			t.Fatal(err)
		}
		dead(link, "This invitation was withdrawn", "Ask Olga Owner to send you a new invitation.")

		m, link = s.invite("cara@example.com", "Cara", "Roth", roster.RoleMember)
		if _, err := s.Team.Block(s.As(s.Owner), m.ID, ""); err != nil {
			t.Fatal(err)
		}
		dead(link, "This invitation was withdrawn", "It can no longer be accepted.")

		m, link = s.invite("dora@example.com", "Dora", "Lind", roster.RoleMember)
		s.sent(m.ID)
		p.Open(link)
		p.WaitText("Join Acme")
		s.clock.pass(8 * 24 * time.Hour)
		p.Forgive("/password/criteria answered 410") // where the criteria are asked for before the form is sent
		p.Fill("Password", "violet-anchor-tuesday-47")
		p.Fill("Password again", "violet-anchor-tuesday-47")
		p.Click("Accept invitation")
		p.WaitText("This invitation has expired")
		dead(link, "This invitation has expired", "Ask Olga Owner to send you a new invitation.")
		dead(link[:len(link)-4], "This link does not work", "Open it from the letter again, or paste it whole.")
		dead(s.url+"/invitation/org_unknown/"+act.InvitationPrefix+"x", "This link does not work", "Perhaps it was cut when it was copied.")
	})
}
