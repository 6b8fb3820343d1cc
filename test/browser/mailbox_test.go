package browser_test

import (
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestSomebodyChangesTheirAddressAndTakesItBack: asked for and confirmed in a browser with scripts, in another without the
// old mailbox confirms and later takes it back, with a new password.
func TestSomebodyChangesTheirAddressAndTakesItBack(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		_, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		p := s.visitor(browser.Options{})
		p.Open(link)
		accept(p)
		p.WaitURL("/sign-in")
		signIn(p, "anna@example.com")
		p.Open(s.url + "/me")
		p.Click("Change e-mail address")
		p.WaitText("Both mailboxes get a letter")
		p.CheckAxe()
		p.Fill("New address", "anna@example")
		p.Click("Send both letters")
		p.WaitText("This is not an e-mail address")
		p.Fill("New address", "anna@example.net")
		p.Click("Send both letters")
		p.WaitText("A change to anna@example.net is waiting.")
		p.CheckAxe()

		old := s.visitor(browser.Options{NoScript: true})
		old.Open(s.mail.Wait(t, "anna@example.com", 2).Link(t, s.url+"/email-change/"))
		old.WaitText("anna@example.net")
		old.CheckAxe()
		old.Click("Confirm the change")
		old.WaitText("This mailbox has confirmed")
		old.CheckAxe()
		p.Open(s.mail.Wait(t, "anna@example.net", 1).Link(t, s.url+"/email-change/"))
		p.WaitText("Is this your address?")
		p.CheckAxe()
		p.Click("Yes, it is mine")
		p.WaitText("You sign in by anna@example.net from now on.")
		signIn(p, "anna@example.net")

		old.Open(s.mail.Wait(t, "anna@example.com", 3).Link(t, s.url+"/email-change/"))
		old.WaitText("Take your address back")
		old.CheckAxe()
		old.Click("Take the address back")
		old.WaitURL("/sign-in/password")
		old.Fill("New password", rostertest.Password+"-anew")
		old.Fill("Password again", rostertest.Password+"-anew")
		old.Click("Save and go on")
		old.WaitURL("/o/" + s.Acme.Slug)
		p.Open(s.url + "/me")
		p.WaitURL("/sign-in")
		s.Verified(s.Acme.ID)
		s.Verified(roster.Installation)
	})
}
