package browser_test

import (
	"net/http"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/provider"
)

// at the provider, and back.
func throughTheProvider(p *browser.Page, o browser.Options) {
	p.WaitText("Sign in at the provider")
	p.Click("Go on")
	if o.NoScript {
		p.WaitText("You are back from your provider.")
		p.CheckAxe()
		p.Click("Go on")
	}
}

// ubisend's OAuth 2.0 procedure, from the Owner's set-up to the person's sign-in: the method is tested by a real
// sign-in before it is offered, and only who has the invited identifier comes in.
func TestAnOwnerConnectsAProviderAndPeopleComeInByIt(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		address := map[bool]string{false: "anna@example.com", true: "anna.plain@example.com"}[o.NoScript]
		at := provider.Start(t, map[string]any{"sub": "anna-1", "email": "anna@example.com", "email_verified": true, "name": "Anna Berg"})
		at.Bends(provider.Bend{Asks: true})
		owner := s.signedIn(s.email, o)
		owner.Open(s.at("settings"))
		owner.Click("Login methods")
		owner.WaitText("E-mail and password")
		owner.In("header.head").Click("Add connection")
		owner.Fill("Button name", "Okta")
		owner.Click("Add connection")
		owner.WaitText("This needs your attention")
		owner.CheckAxe()
		owner.Fill("Issuer", at.URL)
		owner.Fill("Client ID", provider.Client)
		owner.Fill("Client secret", provider.Secret)
		owner.Fill("Identifier claim", "email")
		owner.Click("Add connection")
		owner.WaitText("Okta was added. Test it next.")
		owner.WaitText("To be tested")
		owner.CheckAxe()
		if owner.Shows(provider.Secret) {
			t.Error("the client secret is shown")
		}

		owner.Open(s.at("team", "add"))
		owner.WaitText("How do they come in?")
		if owner.Shows("They get a letter, and sign in with the account that they have at Okta.") {
			t.Error("what is not ready is offered")
		}
		owner.Back()
		owner.Click("Test")
		throughTheProvider(owner, o)
		owner.WaitText("Okta works")
		owner.WaitText("anna@example.com")
		owner.WaitText("email_verified")
		owner.CheckAxe()
		owner.Click("Go on and switch it on")
		owner.WaitText("Tested, off")
		owner.Click("Switch on")
		owner.WaitText("Okta is switched on.")
		owner.WaitText("Ready")

		owner.Open(s.at("team", "add"))
		owner.Fill("E-mail", address)
		owner.Fill("First name", "Anna")
		owner.Fill("Last name", "Berg")
		owner.Tick("Okta", true)
		owner.Click("Send invitation")
		owner.WaitText("Fill in how the provider calls this person.")
		owner.CheckAxe()
		owner.Fill("User identifier", "anna.b@example.com")
		owner.Click("Send invitation")
		owner.WaitText("Anna Berg is invited.")

		letter := s.mail.Wait(t, address, 1)
		anna := s.visitor(o)
		anna.Open(letter.Link(t, "/invitation/"))
		anna.WaitText("You come in with your account at Okta.")
		anna.CheckAxe()
		anna.Click("Continue with Okta")
		throughTheProvider(anna, o)
		anna.WaitText(`Okta says that you are "anna@example.com", and that is not who was invited to ` + s.Acme.Name + ".")
		anna.CheckAxe()
		anna.Click("Back to the invitation")
		at.SignsIn(map[string]any{"sub": "anna-1", "email": "anna.b@example.com", "email_verified": true})
		anna.Click("Continue with Okta")
		throughTheProvider(anna, o)
		anna.WaitText("Your profile")
		anna.WaitText(s.Acme.Name)

		again := s.visitor(o)
		again.Open(s.at("sign-in"))
		again.CheckAxe()
		again.Click("Continue with Okta")
		throughTheProvider(again, o)
		again.WaitText("Your profile")

		owner.Open(s.at("team"))
		owner.Row(address).WaitText("Active")
		page, err := s.Team.List(s.As(s.Owner), team.Query{Text: address})
		if err != nil || len(page.Members) != 1 || page.Members[0].Status != roster.Active || page.Members[0].VerifiedAt.IsZero() {
			t.Errorf("Anna: %+v %v", page.Members, err)
		}
		s.comesAnotherWay(t, owner, again, address)
		s.Verified(s.Acme.ID)
	})
}

// comesAnotherWay changes how Anna comes in, first wrongly: by password, which ends her session and sends a letter, and
// by the connection again.
func (s *site) comesAnotherWay(t *testing.T, owner, anna *browser.Page, address string) {
	t.Helper()
	owner.Click("Anna Berg")
	owner.Click("Sign-in")
	owner.Click("Change login method")
	owner.WaitText("How Anna Berg signs in")
	owner.CheckAxe()
	owner.Fill("User identifier", "")
	owner.Click("Save login method")
	owner.WaitText("Fill in how the provider calls this person.")
	if owner.Status() != http.StatusUnprocessableEntity || owner.Value("Okta") != "true" {
		t.Errorf("after a mistake: %d, Okta is chosen: %s", owner.Status(), owner.Value("Okta"))
	}
	owner.CheckAxe()
	owner.Tick("E-mail and password", true)
	owner.Click("Save login method")
	owner.WaitText("How Anna Berg signs in is saved.")
	anna.Reload()
	anna.WaitURL("/sign-in")
	if l := s.mail.Wait(t, address, 2); l.Subject != "How you sign in to "+s.Acme.Name {
		t.Errorf("Anna is told %q", l.Subject)
	}
	owner.Click("Change login method")
	owner.Tick("Okta", true)
	owner.Fill("User identifier", "anna.b@example.com")
	owner.Click("Save login method")
	owner.WaitText("How Anna Berg signs in is saved.")
	owner.WaitText("anna.b@example.com")
	owner.CheckAxe()
}
