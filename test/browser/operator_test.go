package browser_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/history"
	"roster/internal/action/operator"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestAnOperatorRunsTheInstallation is the operator's day: in for the first time with a password from the machine and a
// second factor, an organisation made, put on a plan, suspended, closed and taken back; the outbox and the mail server;
// the catalogue; the settings; the history; and a visit inside that the Owners see.
func TestAnOperatorRunsTheInstallation(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		own := strings.ToLower(roster.NewID("x"))
		p := s.operates(t, o, "ana."+own+"@example.net")
		name, bea := "Beta "+own, "bea."+own+"@example.com"
		owner := s.adds(t, p, name, bea)
		s.plansAndStops(t, p, name)
		s.closes(t, p, name, bea)
		s.tendsTheOutbox(t, p, owner, own)
		s.looksAround(t, p, name, own)
		s.dresses(t, p, o, own)
		s.visits(t, p, owner, name, bea)
		s.Verified(owner.Organisation)
		s.Verified(roster.Installation)
	})
}

// operates makes an operator on the machine, who comes in, chooses a password and sets up an authenticator.
func (s *site) operates(t *testing.T, o browser.Options, email string) *browser.Page {
	t.Helper()
	const given = "amber-harbour-lantern-33"
	if _, err := s.Operators.Add(s.CLI(""), operator.Draft{Email: email, Password: given, Repeat: given}); err != nil {
		t.Fatal(err)
	}
	p := s.visitor(o)
	p.Open(s.url + "/operator")
	p.Fill("E-mail", email)
	p.Fill("Password", given)
	p.Click("Sign in")
	p.WaitText("The password you used was set for you on the machine that runs this installation.")
	p.Fill("New password", rostertest.Password)
	p.Fill("Password again", rostertest.Password)
	p.Click("Save and go on")
	p.WaitText("Set up an authenticator app")
	_, key, _ := strings.Cut(p.HTML(), `<code id="key"`)
	_, key, _ = strings.Cut(key, ">")
	key, _, _ = strings.Cut(key, "<")
	p.Fill("Code", authenticator{s, strings.ReplaceAll(key, " ", "")}.shows())
	p.Click("Set up")
	p.WaitText("Store these codes now")
	p.Tick("I have stored the codes", true)
	p.Click("Go on")
	p.WaitURL("/operator")
	return p
}

// adds makes an organisation, first wrongly, and its first Owner comes in by the link that is shown.
func (s *site) adds(t *testing.T, p *browser.Page, name, email string) roster.Actor {
	t.Helper()
	p.In("header.head").Click("Add organisation")
	p.Fill("Name", name)
	p.Fill("First Owner's e-mail address", "nobody")
	p.In("form").Click("Add organisation")
	p.WaitText("This is not an e-mail address")
	if p.Status() != http.StatusUnprocessableEntity || p.Value("Name") != name {
		t.Errorf("after a mistake: %d, %q", p.Status(), p.Value("Name"))
	}
	p.Fill("First Owner's e-mail address", email)
	p.In("form").Click("Add organisation")
	p.WaitText(name + " is made")
	p.CheckAxe()
	link := regexp.MustCompile(`/invitation/(org_[a-z0-9]+)/(rinv_[A-Za-z0-9_-]+)`).FindStringSubmatch(p.HTML())
	if link == nil {
		t.Fatal("no link is shown")
	}
	owner := s.Accept(roster.OrgID(link[1]), link[2], "Bea", "Beta")
	p.Click("Go to " + name)
	p.WaitText("Has an Owner who can sign in")
	return owner
}

// plansAndStops puts the organisation on a plan, after looking what that would be, and suspends and resumes it.
func (s *site) plansAndStops(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	p.Choose("Another plan", "Unlimited")
	p.Click("Look")
	p.Click("Put it on Unlimited")
	p.WaitText(name + " is on the plan Unlimited now.")
	p.Click("Suspend")
	p.WaitText("Access tokens and decisions are refused at once.")
	p.Click("Suspend " + name)
	p.WaitText(name + " is suspended.")
	p.Click("Resume")
	p.WaitText(name + " is open again.")
}

// closes asks that the organisation be deleted, first by a wrong name, and takes that back; its Owner gets both letters.
func (s *site) closes(t *testing.T, p *browser.Page, name, owner string) {
	t.Helper()
	p.Click("Delete")
	p.Fill("Type the organisation's name", "Acme")
	p.Click("Delete " + name)
	p.WaitText("Type the name exactly as it stands here: " + name)
	if p.Value("Type the organisation's name") != "Acme" {
		t.Error("what was typed is lost")
	}
	p.CheckAxe()
	p.Fill("Type the organisation's name", name)
	p.Click("Delete " + name)
	p.WaitText(name + " is closed. Its Owners are told.")
	p.WaitText("Everything in it is deleted on")
	p.CheckAxe()
	if l := s.mail.Wait(t, owner, 1); l.Subject != name+" is closed and will be deleted" || len(l.Links()) > 0 {
		t.Errorf("the Owner is told %q, with %v", l.Subject, l.Links())
	}
	p.Click("Take the deletion back")
	p.WaitText(name + " is not deleted. It is as it was before.")
	if l := s.mail.Wait(t, owner, 2); l.Subject != name+" will not be deleted" {
		t.Errorf("the Owner is told %q", l.Subject)
	}
}

// tendsTheOutbox finds a letter that the mail server refused, tries it again and then discards it; and sends one on trial.
func (s *site) tendsTheOutbox(t *testing.T, p *browser.Page, owner roster.Actor, own string) {
	t.Helper()
	refused := "refused." + own + "@example.com"
	s.mail.Fail(postbox.Fault{Way: postbox.Refuse, To: refused})
	if _, err := s.Team.Invite(s.As(owner), team.Invitation{Email: refused, Profile: roster.Profile{FirstName: "Rita", LastName: "Refused"}}); err != nil {
		t.Fatal(err)
	}
	p.In(".nav").Click("Outbox and jobs")
	for range 400 { // the list does not change by itself
		if p.Shows(refused) && p.Row(refused).Shows("Refused") {
			break
		}
		time.Sleep(25 * time.Millisecond)
		p.Reload()
	}
	p.Row(refused).WaitText("Refused")
	p.CheckAxe()
	p.Row(refused).Click("Try again")
	p.WaitText("It is tried again.")
	for range 400 {
		if p.Row(refused).Offers("Discard") && p.Row(refused).Shows("Refused") {
			break
		}
		time.Sleep(25 * time.Millisecond)
		p.Reload()
	}
	p.Row(refused).Click("Discard")
	p.WaitText("It is discarded.")
	p.WaitGone(refused)
	p.Fill("To", "trial."+own+"@example.net")
	p.Click("Send a letter")
	p.WaitText("is on its way")
	s.mail.Wait(t, "trial."+own+"@example.net", 1)
}

// looksAround applies a catalogue after looking at it, and sees the settings, plans, operators and history.
func (s *site) looksAround(t *testing.T, p *browser.Page, name, own string) {
	t.Helper()
	p.In(".nav").Click("Catalogue")
	p.Fill("Document, YAML or JSON", "scopes: [{key: extra_"+own+", name: Extra}]")
	p.Click("See what would change")
	p.WaitText("New scope extra_" + own)
	p.Click("Apply it")
	p.WaitText("The catalogue is at version")
	p.In(".nav").Click("Settings")
	p.WaitText("What this server was started with")
	p.In(".nav").Click("Plans")
	p.WaitText("Playground")
	p.In(".nav").Click("Operators")
	p.WaitText("ana." + own + "@example.net")
	p.In(".nav").Click("Installation's history")
	p.WaitText("made the organisation " + name)
	p.CheckAxe()
}

// dresses chooses how the installation looks, first in a colour that nobody could read; who comes to sign in sees it.
func (s *site) dresses(t *testing.T, p *browser.Page, o browser.Options, own string) {
	t.Helper()
	product := "Nordwind " + own
	p.In(".nav").Click("Branding")
	p.Fill("Product name", product)
	p.Fill("Colour", "#ffcc00")
	p.Fill("Links below pages", "Imprint = https://example.com/imprint")
	p.Click("Save changes")
	p.WaitText("Text in #ffcc00 could not be read by everybody.")
	if p.Status() != http.StatusUnprocessableEntity || p.Value("Product name") != product {
		t.Errorf("after a mistake: %d, %q", p.Status(), p.Value("Product name"))
	}
	p.CheckAxe()
	p.Fill("Colour", "#1f6f4a")
	p.Click("Save changes")
	p.WaitText("How this installation looks is saved.")
	p.WaitText("#1f6f4a. These pages wear it now.")
	p.Attach("Picture", portrait(t))
	p.Click("Save picture")
	p.WaitText("The picture is saved.")
	p.CheckAxe()
	who := s.visitor(o)
	who.Open(s.url + "/sign-in")
	who.WaitText(product)
	loaded(t, who, "main .brand img")
	if !who.Offers("Imprint") || !strings.Contains(who.HTML(), "/brand/1f6f4a.css") {
		t.Error("the links below pages, or the colour, are not there")
	}
	who.CheckAxe()
	p.Click("Take the picture away")
	p.WaitText("The picture is gone.")
	p.Fill("Product name", "")
	p.Click("Save changes")
	p.WaitText("How this installation looks is saved.")
}

// visits enters the organisation for a reason: to look, and once an Owner lets it to change something.
func (s *site) visits(t *testing.T, p *browser.Page, owner roster.Actor, name, email string) {
	t.Helper()
	p.In(".nav").Click("Organisations")
	p.Click(name)
	p.Click("Enter the organisation")
	p.Click("Enter " + name)
	p.WaitText("Fill this in.")
	p.Fill("Reason", "Ticket 4711")
	p.Click("Enter " + name)
	p.WaitText("You are in " + name + " as an operator, and only look")
	p.CheckAxe()
	if p.Offers("Add user") {
		t.Error("who only looks is offered to add users")
	}
	if l := s.mail.Wait(t, email, 3); l.Subject != "An operator entered "+name || !strings.Contains(l.Text, "Ticket 4711") || !strings.Contains(l.Text, "@example.net") {
		t.Errorf("the Owner is told %q\n%s", l.Subject, l.Text)
	}
	if _, err := s.Fleet.Admit(s.As(owner), time.Hour); err != nil {
		t.Fatal(err)
	}
	p.Reload()
	p.WaitText("You are in " + name + " as an operator, and may change something")
	p.WaitOffer("Add user")
	seen, err := s.History.List(s.As(owner), history.Query{Action: string(act.OrganisationVisit)})
	if err != nil || len(seen.Events) != 1 || seen.Events[0].Changes[0].To != "Ticket 4711" || !strings.HasPrefix(seen.Events[0].ActorName, "ana.") {
		t.Errorf("the Owner's history tells %+v: %v", seen.Events, err)
	}
	p.Click("End the visit")
	p.WaitText("You left " + name + ".")
}
