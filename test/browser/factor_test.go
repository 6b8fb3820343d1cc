package browser_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/secret"
)

// authenticator is somebody's authenticator app.
type authenticator struct {
	s   *site
	key string
}

// shows gives the code that the app shows now.
func (a authenticator) shows() string {
	a.s.t.Helper()
	code, err := secret.TOTPCode(a.key, a.s.clock.now())
	if err != nil {
		a.s.t.Fatal(err)
	}
	return code
}

// TestBloquoFirstAccess is the second half of the vendor's procedure: the person completes first access from the link in
// the mail, invents a password, signs in, sets up the authenticator by QR, and that enrolment code is not accepted again.
func TestBloquoFirstAccess(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		yes := true
		if _, err := s.Orgs.Edit(s.As(s.Owner), org.Edit{FactorRequired: &yes}); err != nil {
			t.Fatal(err)
		}
		email := "bia." + strings.ToLower(roster.NewID("x")) + "@example.com"
		m, link := s.invited(email, 1)
		p := s.visitor(o)
		p.Open(link)
		accept(p)
		signIn(p, email)
		app, used, codes := s.setsUp(t, p)
		p.WaitURL("/o/" + s.Acme.Slug)

		again := s.visitor(o)
		again.Open(s.at("sign-in"))
		signIn(again, email)
		again.WaitText("Enter your code")
		again.CheckAxe()
		again.Fill("Code", used)
		again.Click("Verify")
		again.WaitText("was used already")
		again.CheckAxe()
		s.clock.pass(30 * time.Second)
		again.Fill("Code", app.shows())
		again.Click("Verify")
		again.WaitURL("/o/" + s.Acme.Slug)

		lost := s.visitor(o)
		lost.Open(s.at("sign-in"))
		signIn(lost, email)
		lost.Fill("Code", codes[3])
		lost.Click("Verify")
		lost.WaitURL("/o/" + s.Acme.Slug)
		lost.Open(s.url + "/me/security")
		lost.WaitText("Recovery codes left: 9")
		lost.CheckAxe()

		owner := s.signedOwner(o)
		owner.Open(s.at("team") + "?mfa=true&q=" + email)
		owner.WaitText(email)
		owner.Open(s.at("team", string(m.ID)) + "/factor-reset")
		owner.WaitText("Reset the second factor of")
		owner.CheckAxe()
		s.Verified(s.Acme.ID)
		s.Verified(roster.Installation)
	})
}

// signedOwner is the Owner, who has to set up a factor too.
func (s *site) signedOwner(o browser.Options) *browser.Page {
	s.t.Helper()
	p := s.visitor(o)
	p.Open(s.at("sign-in"))
	signIn(p, s.email)
	s.setsUp(s.t, p)
	return p
}

// setsUp sets an authenticator app up on the page where one is led to, and gives it with the code that confirmed it and
// the recovery codes.
func (s *site) setsUp(t *testing.T, p *browser.Page) (app authenticator, used string, codes []string) {
	t.Helper()
	p.WaitText("Set up an authenticator app")
	p.WaitText("asks for a second factor")
	p.CheckAxe()
	html := p.HTML()
	if !strings.Contains(html, "<svg class=\"qr\"") {
		t.Error("there is no QR code")
	}
	_, key, _ := strings.Cut(html, `<code id="key"`)
	_, key, _ = strings.Cut(key, ">")
	key, _, _ = strings.Cut(key, "<")
	app = authenticator{s, strings.ReplaceAll(key, " ", "")}
	p.Fill("Code", "000000")
	p.Click("Set up")
	p.WaitText("This code is not right")
	if !strings.Contains(p.HTML(), key) {
		t.Error("after a wrong code there is another key")
	}
	used = app.shows()
	p.Fill("Code", used)
	p.Click("Set up")
	p.WaitText("Store these codes now")
	p.CheckAxe()
	_, list, _ := strings.Cut(p.HTML(), `<pre id="codes"`)
	_, list, _ = strings.Cut(list, ">")
	list, _, _ = strings.Cut(list, "<")
	codes = strings.Fields(list)
	if len(codes) != roster.RecoveryCodes {
		t.Fatalf("%d recovery codes", len(codes))
	}
	p.Tick("I have stored the codes", true)
	p.Click("Go on")
	return app, used, codes
}

// TestASensitiveActWaitsForItsConfirmation lets a form wait: nothing that was typed is lost, and it goes on by itself.
func TestASensitiveActWaitsForItsConfirmation(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		p := s.signedIn(s.email, o)
		p.Open(s.at("team", "add") + "?kind=api")
		p.Tick("API", true)
		p.Fill("Name", "Payroll export")
		s.clock.pass(11 * time.Minute)
		p.Click("Make API user")
		p.WaitText("Confirm that it is you")
		p.WaitText("What you typed is kept")
		p.CheckAxe()
		p.Fill("Password", "not-the-password-1")
		p.Click("Confirm and go on")
		p.WaitText("This is not your password.")
		p.CheckAxe()
		p.Fill("Password", rostertest.Password)
		p.Click("Confirm and go on")
		p.WaitText("Payroll export")
		p.WaitText("Client secret")
		s.Verified(s.Acme.ID)
	})
}
