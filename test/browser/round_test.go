package browser_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"roster/internal/action/operator"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/provider"
)

// hand is how somebody uses pages: what they press, fill in, choose and tick is found by its name.
type hand interface {
	sees() *browser.Page
	press(name string)
	fill(label, text string)
	choose(label, option string)
	tick(label string)
	look() // holds what must be so of each page that they come to
}

// The same round without scripts and by keyboard alone: a person's own pages, an Owner's login methods and the operator's
// area, each first with a mistake, after which nothing that was typed is lost.

func TestTheWaysInAreWalkedWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) {
		s.walked(t, func() hand { return plain{s.visitor(browser.Options{NoScript: true}), t} })
	})
}

func (s *site) walked(t *testing.T, comes func() hand) {
	s.found(roster.PlanUnlimited)
	m, link := s.invite("anna@example.com", "Anna", "Berg", roster.RoleOwner)
	_, key, _ := strings.Cut(link, string(s.Acme.ID)+"/")
	s.Accept(s.Acme.ID, key, "Anna", "Berg")
	h := comes()
	h.sees().Open(s.url + "/sign-in")
	h.look()
	h.fill("E-mail", "anna@example.com")
	h.fill("Password", "not-the-password-1")
	h.press("Sign in")
	keeps(t, h, "E-mail", "anna@example.com")
	h.fill("Password", rostertest.Password)
	h.press("Sign in")
	h.sees().WaitURL("/o/acme/team")
	codes := s.addsAnApp(t, h)

	h = comes()
	h.sees().Open(s.at("sign-in"))
	h.fill("E-mail", "anna@example.com")
	h.fill("Password", rostertest.Password)
	h.press("Sign in")
	h.sees().WaitText("Enter your code")
	h.look()
	h.fill("Code", "aaaaa-bbbbb-ccccc-ddddd-eeeee")
	h.press("Verify")
	h.sees().WaitText("This code is not right")
	h.fill("Code", codes[0])
	h.press("Verify")
	h.sees().WaitURL("/o/acme")
	s.removesTheApp(h)
	s.prefers(t, h)
	s.takesData(t, h)
	s.connects(t, h)
	h = s.takesAnotherAddress(t, h, comes)
	s.leavesAcme(t, h, m.ID)
	s.runs(t, comes())
	s.Verified(s.Acme.ID)
	s.Verified(roster.Installation)
}

// keeps holds that a form that came back has what was typed.
func keeps(t *testing.T, h hand, label, text string) {
	t.Helper()
	if got := h.sees().Value(label); got != text {
		t.Errorf("after a mistake %s is %q, and was %q", label, got, text)
	}
}

// addsAnApp sets an authenticator app up from Security, goes on back to it, and gives the recovery codes.
func (s *site) addsAnApp(t *testing.T, h hand) []string {
	t.Helper()
	p := h.sees()
	p.Open(s.url + "/me/security?in=acme")
	h.look()
	h.press("Set up an authenticator app")
	p.WaitText("Take the key into your app")
	h.look()
	key := strings.ReplaceAll(browser.Eval[string](p, `document.getElementById("key").textContent`), " ", "")
	h.fill("Name", "Work phone")
	h.fill("Code", "000000")
	h.press("Set up")
	p.WaitText("This code is not right")
	keeps(t, h, "Name", "Work phone")
	h.fill("Code", authenticator{s, key}.shows())
	h.press("Set up")
	p.WaitText("Store these codes now")
	h.look()
	codes := strings.Fields(browser.Eval[string](p, `document.getElementById("codes").textContent`))
	h.tick("I have stored the codes")
	h.press("Go on")
	p.WaitURL("/me/security?in=acme")
	p.WaitText("Recovery codes left: 10")
	return codes
}

// removesTheApp gives the app another name, first none, and removes it.
func (s *site) removesTheApp(h hand) {
	p := h.sees()
	p.Open(s.url + "/me/security?in=acme")
	p.WaitText("Recovery codes left: 9")
	h.press("Rename Work phone")
	p.WaitText("Save name")
	h.look()
	h.fill("Name", " ")
	h.press("Save name")
	p.WaitText("Fill this in.")
	h.fill("Name", "Old phone")
	h.press("Save name")
	p.WaitText("Recovery codes left: 9")
	h.look()
	h.press("Remove Old phone")
	p.WaitText("your password alone will let you in")
	h.look()
	h.press("Remove Old phone")
	p.WaitText("You have none yet.")
}

// prefers chooses another look and language, and takes the language back.
func (s *site) prefers(t *testing.T, h hand) {
	t.Helper()
	p := h.sees()
	p.Open(s.url + "/me/preferences?in=acme")
	h.look()
	h.choose("Theme", "Dark")
	h.choose("Density", "Compact")
	h.press("Save preferences")
	p.WaitText("Your preferences are saved.")
	if look := browser.Eval[string](p, `document.documentElement.dataset.theme + " " + document.documentElement.dataset.density`); look != "dark compact" {
		t.Errorf("the page looks %s", look)
	}
	h.choose("Language", "Português (Brasil)")
	h.press("Save preferences")
	p.WaitText("Salvar preferências")
	h.look()
	h.choose("Idioma", "English")
	h.press("Salvar preferências")
	p.WaitText("Your preferences are saved.")
}

func (s *site) takesData(t *testing.T, h hand) {
	t.Helper()
	p := h.sees()
	p.Open(s.url + "/me?in=acme")
	h.look()
	h.press("Download")
	var d struct{ Person struct{ Email string } }
	if err := json.Unmarshal(p.Downloaded("roster-my-data.json"), &d); err != nil || d.Person.Email != "anna@example.com" {
		t.Errorf("the file: %v, of %q", err, d.Person.Email)
	}
}

// connects adds a connection, first without what it needs.
func (s *site) connects(t *testing.T, h hand) {
	t.Helper()
	p := h.sees()
	p.Open(s.at("settings", "methods"))
	h.look()
	h.press("Add connection")
	p.WaitURL("/methods/add")
	h.look()
	h.fill("Button name", "Okta")
	h.fill("Identifier claim", "email")
	h.press("Add connection")
	p.WaitText("This needs your attention")
	keeps(t, h, "Button name", "Okta")
	keeps(t, h, "Identifier claim", "email")
	h.look()
	h.fill("Issuer", "http://127.0.0.1:9")
	h.fill("Client ID", provider.Client)
	h.fill("Client secret", provider.Secret)
	h.press("Add connection")
	p.WaitText("Okta was added. Test it next.")
	h.look()
}

// takesAnotherAddress changes the address, first to none, and gives the hand of who signed in by the new one.
func (s *site) takesAnotherAddress(t *testing.T, h hand, comes func() hand) hand {
	t.Helper()
	p := h.sees()
	p.Open(s.url + "/me?in=acme")
	h.press("Change e-mail address")
	p.WaitText("Both mailboxes get a letter")
	h.look()
	h.fill("New address", "anna@example")
	h.press("Send both letters")
	p.WaitText("This is not an e-mail address")
	keeps(t, h, "New address", "anna@example")
	h.fill("New address", "anna@example.net")
	h.press("Send both letters")
	p.WaitText("A change to anna@example.net is waiting.")
	h.look()
	old := comes()
	old.sees().Open(linkTo(t, s, "anna@example.com", "/email-change/"))
	old.look()
	old.press("Confirm the change")
	old.sees().WaitText("This mailbox has confirmed")
	p.Open(linkTo(t, s, "anna@example.net", "/email-change/"))
	h.look()
	h.press("Yes, it is mine")
	p.WaitText("You sign in by anna@example.net from now on.")
	h.fill("E-mail", "anna@example.net")
	h.fill("Password", rostertest.Password)
	h.press("Sign in")
	p.WaitURL("/o/acme")
	return h
}

// linkTo waits for a letter to somebody with a link to a page, and gives the link.
func linkTo(t *testing.T, s *site, to, page string) string {
	t.Helper()
	for n := 1; ; n++ {
		l := s.mail.Wait(t, to, n)
		for _, link := range l.Links() {
			if strings.Contains(link, page) {
				return link
			}
		}
	}
}

func (s *site) leavesAcme(t *testing.T, h hand, m roster.MemberID) {
	t.Helper()
	p := h.sees()
	p.Open(s.at("me"))
	h.look()
	h.press("Leave")
	p.WaitText("You will not be a member of Acme any more.")
	h.look()
	h.fill("Type the organisation's name to confirm", "Acmo")
	h.press("Leave Acme")
	p.WaitText("exactly")
	keeps(t, h, "Type the organisation's name to confirm", "Acmo")
	h.fill("Type the organisation's name to confirm", "Acme")
	h.press("Leave Acme")
	p.WaitURL("/sign-in")
	if got := s.member(m).Status; got != roster.Removed {
		t.Errorf("who left is %s", got)
	}
}

// runs is the operator's part: in for the first time, an organisation made, put on a plan, suspended and resumed, and a
// letter that was refused tried again.
func (s *site) runs(t *testing.T, h hand) {
	t.Helper()
	const given = "amber-harbour-lantern-33"
	if _, err := s.Operators.Add(s.CLI(""), operator.Draft{Email: "ana@example.net", Password: given, Repeat: given}); err != nil {
		t.Fatal(err)
	}
	s.mail.Fail(postbox.Fault{Way: postbox.Refuse, To: "refused@example.com"})
	if _, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Email: "refused@example.com", Profile: roster.Profile{FirstName: "Rita", LastName: "Refused"}}); err != nil {
		t.Fatal(err)
	}
	p := h.sees()
	p.Open(s.url + "/operator")
	h.fill("E-mail", "ana@example.net")
	h.fill("Password", given)
	h.press("Sign in")
	p.WaitText("was set for you on the machine")
	h.look()
	h.fill("New password", rostertest.Password)
	h.fill("Password again", "another")
	h.press("Save and go on")
	p.WaitText("The two passwords are not the same.")
	h.fill("New password", rostertest.Password)
	h.fill("Password again", rostertest.Password)
	h.press("Save and go on")
	p.WaitText("Take the key into your app")
	key := strings.ReplaceAll(browser.Eval[string](p, `document.getElementById("key").textContent`), " ", "")
	h.fill("Code", authenticator{s, key}.shows())
	h.press("Set up")
	p.WaitText("Store these codes now")
	h.tick("I have stored the codes")
	h.press("Go on")
	p.WaitURL("/operator")
	h.look()
	h.press("Add organisation")
	p.WaitURL("/operator/add")
	h.look()
	h.fill("Name", "Beta")
	h.fill("First Owner's e-mail address", "nobody")
	h.press("Add organisation")
	p.WaitText("This is not an e-mail address")
	keeps(t, h, "Name", "Beta")
	keeps(t, h, "First Owner's e-mail address", "nobody")
	h.fill("First Owner's e-mail address", "bea@example.com")
	h.press("Add organisation")
	p.WaitText("Beta is made")
	h.look()
	if !regexp.MustCompile(`/invitation/org_[a-z0-9]+/rinv_`).MatchString(p.HTML()) {
		t.Error("no link is shown")
	}
	h.press("Go to Beta")
	h.look()
	h.choose("Another plan", "Unlimited")
	h.press("Look")
	h.press("Put it on Unlimited")
	p.WaitText("Beta is on the plan Unlimited now.")
	h.press("Suspend")
	p.WaitText("Access tokens and decisions are refused at once.")
	h.look()
	h.press("Suspend Beta")
	p.WaitText("Beta is suspended.")
	h.press("Resume")
	p.WaitText("Beta is open again.")
	p.Open(s.url + "/operator/jobs")
	for end := time.Now().Add(20 * time.Second); !p.Shows("Refused") && time.Now().Before(end); p.Reload() { // the list does not change by itself
		time.Sleep(25 * time.Millisecond)
	}
	h.look()
	h.press("Try again")
	p.WaitText("It is tried again.")
}

// plain is somebody whose browser runs no scripts.
type plain struct {
	p *browser.Page
	t *testing.T
}

func (h plain) sees() *browser.Page         { return h.p }
func (h plain) press(name string)           { h.p.In("main").Click(name) }
func (h plain) fill(label, text string)     { h.p.Fill(label, text) }
func (h plain) choose(label, option string) { h.p.Choose(label, option) }
func (h plain) tick(label string)           { h.p.Tick(label, true) }

// look holds that nothing is offered which needs a script.
func (h plain) look() {
	h.t.Helper()
	idle := browser.Eval[[]string](h.p, `[...document.querySelectorAll("main button")]
		.filter(e => e.checkVisibility() && !(e.form && e.type === "submit") && !e.popoverTargetElement).map(e => e.textContent.trim())`)
	if len(idle) > 0 {
		h.t.Errorf("%s offers what does nothing without scripts: %q", h.p.URL(), idle)
	}
}
