package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// Passwords that people type in the story of external users.
const (
	handedOver = "copper-lantern-meadow-31"
	secondOne  = "silver-pebble-orchard-92"
	herOwn     = "walnut-harbour-comet-58"
)

// TestLocalpaymentExternalUsers is the vendor's procedure, step by step: Clients → Edit → External Users; ADD USER
// with a password by the criteria displayed; Edit; Password; History; Enable/Disable with OK. The administrator
// administers that one client alone.
func TestLocalpaymentExternalUsers(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		account := s.Account("North Foods", "")
		s.Account("South Foods", "")
		if _, err := s.Roles.Create(s.As(s.Owner), role.Draft{Name: "Viewer", Description: "Sees the team.", For: "external", Permissions: []string{"members.read"}, Scopes: []string{"admin"}}); err != nil {
			t.Fatal(err)
		}
		nora := s.Holder("Nora", team.Giving{Role: roster.RoleUserAdministrator, Unit: account})
		p := s.signedIn(s.member(nora.Member).Email.Typed, o)
		p.Open(s.at("units"))
		p.Click("North Foods")
		p.In(".tabs").Click("External users")
		p.WaitText("No external user yet")
		p.CheckAxe()
		email := "paola." + strings.ToLower(roster.NewID("x")) + "@north.example"
		s.addsWithPassword(t, p, o, email)
		p.WaitText("Paola Prada can sign in with the password you set.")
		paola := s.external(t, email)
		if paola.Status != roster.Active || paola.Kind != roster.External || paola.Unit != account {
			t.Errorf("Paola is %+v", paola.Member)
		}
		hers := s.entersWithGiven(t, o, email)
		s.editsAndSets(t, p, paola)
		hers.Open(s.at("team"))
		hers.WaitText("Sign in")
		s.blocksAndTells(t, p, paola)
		s.Verified(s.Acme.ID)
	})
}

// addsWithPassword fills in the form: first wrongly, then well.
func (s *site) addsWithPassword(t *testing.T, p *browser.Page, o browser.Options, email string) {
	t.Helper()
	p.In("header.head").Click("Add user")
	p.Fill("First name", "Paola")
	p.Fill("Last name", "Prada")
	p.Fill("E-mail", email)
	p.Tick("Viewer", true)
	p.WaitOffer("Send invitation")
	p.Tick("Set a password now", true)
	p.WaitOffer("Create user")
	p.Fill("Password", "prada")
	p.Fill("Password again", "parda")
	p.Click("Create user")
	p.WaitText("This needs your attention")
	p.WaitText("The two passwords are not the same.")
	if p.Status() != http.StatusUnprocessableEntity || p.Value("E-mail") != email || p.Value("Password") != "" {
		t.Errorf("a weak password: %d, %q, %q", p.Status(), p.Value("E-mail"), p.Value("Password"))
	}
	p.CheckAxe()
	p.Fill("Password", handedOver)
	p.Fill("Password again", handedOver)
	if !o.NoScript {
		p.WaitText("not be common or easy to guess (met)")
		p.WaitText("not be built from your name, address or organisation (met)")
	}
	p.Click("Create user")
}

// external finds the external user of an address.
func (s *site) external(t *testing.T, email string) team.View {
	t.Helper()
	page, err := s.Team.List(s.As(s.Owner), team.Query{Text: email})
	if err != nil || len(page.Members) != 1 {
		t.Fatalf("%d have the address %s: %v", len(page.Members), email, err)
	}
	return page.Members[0]
}

// entersWithGiven signs in at the organisation's address with what was handed over, and chooses another password.
func (s *site) entersWithGiven(t *testing.T, o browser.Options, email string) *browser.Page {
	t.Helper()
	p := s.visitor(o)
	p.Open(s.at("sign-in"))
	p.WaitText("Sign in to " + s.Acme.Slug)
	p.Fill("E-mail", email)
	p.Fill("Password", handedOver)
	p.Click("Sign in")
	p.WaitText("Choose your password")
	p.CheckAxe()
	for _, c := range p.Cookies() {
		if c.Name == "__Host-roster" {
			t.Error("there is a session before the password was chosen")
		}
	}
	p.Fill("New password", handedOver)
	p.Fill("Password again", handedOver)
	p.Click("Save and go on")
	p.WaitText("That is the password you were given.")
	p.Fill("New password", herOwn)
	p.Fill("Password again", herOwn)
	p.Click("Save and go on")
	p.WaitText("Paola Prada")
	return p
}

// editsAndSets changes names and role, and sets another password.
func (s *site) editsAndSets(t *testing.T, p *browser.Page, paola team.View) {
	t.Helper()
	p.Open(s.at("team", string(paola.ID), "edit"))
	p.Fill("First name", "Paula")
	p.Tick("Member", true)
	p.Click("Save")
	p.WaitText("Paula Prada was saved.")
	p.In("header.head").Click("Set a password")
	p.WaitText("All of their sessions end at once.")
	p.CheckAxe()
	p.Fill("Password", secondOne)
	p.Fill("Password again", secondOne)
	p.In("main").Click("Set password")
	p.WaitText("The password of Paula Prada is set")
}

// blocksAndTells disables and enables, and reads the history.
func (s *site) blocksAndTells(t *testing.T, p *browser.Page, paola team.View) {
	t.Helper()
	p.Open(s.at("team", string(paola.ID), "block"))
	p.Click("Block Paula Prada")
	p.WaitText("Paula Prada is blocked.")
	if got := s.member(paola.ID).Status; got != roster.Blocked {
		t.Errorf("after the block: %s", got)
	}
	p.Open(s.at("team", string(paola.ID), "unblock"))
	p.Click("Unblock Paula Prada")
	p.WaitText("Paula Prada is unblocked.")
	p.Open(s.at("team", string(paola.ID), "history"))
	for _, line := range []string{"History of Paula Prada", "created, with a password,", "set the password of", "Nora Holder", "blocked", "chose their own password", "Paola"} {
		p.WaitText(line)
	}
	if text := p.Text(); strings.Contains(text, handedOver) || strings.Contains(text, secondOne) || strings.Contains(text, herOwn) {
		t.Error("the history shows a password")
	}
	p.CheckAxe()
	page, err := s.History.OfMember(s.As(s.Owner), history.Query{Member: paola.ID, Forward: true})
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for _, e := range page.Events {
		did = append(did, e.Action)
	}
	if got := strings.Join(did, " "); got != "member.create password.choose member.edit member.password member.block member.unblock" {
		t.Errorf("the history tells %s", got)
	}
}
