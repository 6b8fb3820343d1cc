package browser_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/secret"
)

// TestBloquoAddAUserToTheOrganisation is the vendor's procedure, step by step: Add User at the top right, first the
// user type; Cancel saves nothing; first access by the letter, with a password, a proved address and an authenticator
// whose enrolment code is not accepted again; an API user with a name alone, whose secret is shown once; the table.
func TestBloquoAddAUserToTheOrganisation(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		p := s.signedIn(s.email, o)
		bia := s.addsRegular(t, p)
		s.firstAccess(t, o, bia)
		p.Open(s.at("team"))
		id, key := s.addsAPI(t, p)
		works(t, s, id, key)
		s.readsTable(t, p, o, bia, id)
		p.Open(s.at("team", string(bia.ID)))
		p.In("header.head").Click("Edit")
		p.Tick("Auditor", true)
		p.Click("Save changes")
		p.WaitText("Bia Souza was saved.")
		if got := strings.ReplaceAll(s.told(), "member.invite ", ""); got != "member.edit member.export api_user.create invitation.accept invitation.accept organisation.create" {
			t.Errorf("the history tells %s", got)
		}
		s.Verified(s.Acme.ID)
	})
}

// addsRegular cancels once, and adds a person with a phone.
func (s *site) addsRegular(t *testing.T, p *browser.Page) team.View {
	t.Helper()
	email := "bia." + s.Acme.Slug + "@example.com"
	fill := func(phone string) {
		p.In(".nav").Click("Team")
		p.In("header.head").Click("Add user")
		p.Tick("Person", true)
		p.Fill("E-mail", email)
		p.Fill("First name", "Bia")
		p.Fill("Last name", "Souza")
		p.Fill("Phone", phone)
		p.Tick("Member", true)
	}
	fill("+55 11 5555 0100")
	p.In("main").Click("Cancel")
	p.WaitURL("/team")
	if p.Shows(email) || strings.Contains(s.told(), "member.invite") {
		t.Error("Cancel has saved something")
	}
	fill("5555")
	p.Click("Send invitation")
	p.WaitText("This needs your attention")
	p.Fill("Phone", "+55 11 5555 0100")
	p.Click("Send invitation")
	p.WaitText("Bia Souza is invited.")
	return s.external(t, email)
}

// firstAccess chooses a password by the letter, signs in, sets the authenticator up, and signs in with it.
func (s *site) firstAccess(t *testing.T, o browser.Options, bia team.View) {
	t.Helper()
	hers := s.visitor(o)
	hers.Open(s.mail.Wait(t, bia.Email.Typed, 1).Link(t, "/invitation/"))
	accept(hers)
	signIn(hers, bia.Email.Typed)
	if now := s.member(bia.ID); now.Status != roster.Active || now.VerifiedAt.IsZero() {
		t.Errorf("after first access: %s, verified at %s", now.Status, now.VerifiedAt)
	}
	hers.Open(s.url + "/me/security")
	hers.Click("Set up an authenticator app")
	hers.WaitText("scan this code")
	if !browser.Eval[bool](hers, `document.querySelector("svg.qr").getBoundingClientRect().width > 100`) {
		t.Error("there is no QR code")
	}
	app := strings.ReplaceAll(browser.Eval[string](hers, `document.getElementById("key").textContent`), " ", "")
	enrolment := s.code(t, app)
	hers.Fill("Code", enrolment)
	hers.Click("Set up")
	hers.WaitText("Your authenticator app is set up.")
	hers.Tick("I have stored the codes", true)
	hers.Click("Go on")

	again := s.visitor(o)
	again.Open(s.url + "/sign-in")
	again.Fill("E-mail", bia.Email.Typed)
	again.Fill("Password", rostertest.Password)
	again.Click("Sign in")
	again.WaitText("Enter your code")
	again.Fill("Code", enrolment)
	again.In("main").Click("Verify")
	again.WaitText("This code is not right, or it was used already.")
	s.clock.pass(31 * time.Second)
	again.Fill("Code", s.code(t, app))
	again.In("main").Click("Verify")
	again.WaitText("Your profile")
}

// code gives what an authenticator shows now.
func (s *site) code(t *testing.T, app string) string {
	t.Helper()
	code, err := secret.TOTPCode(app, s.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// addsAPI makes an API user by its name, and finds its secret nowhere afterwards.
func (s *site) addsAPI(t *testing.T, p *browser.Page) (id, key string) {
	t.Helper()
	p.In("header.head").Click("Add user")
	p.Tick("API user", true)
	p.Fill("Name", "Core banking")
	p.Tick("Auditor", true)
	p.Click("Make API user")
	p.WaitText("Core banking is ready")
	p.WaitText("The secret is shown this once.")
	id = browser.Eval[string](p, `document.getElementById("client-id").textContent`)
	key = browser.Eval[string](p, `document.getElementById("client-secret").textContent`)
	p.Tick("I have stored it", true)
	p.Click("Close")
	p.WaitURL("/team/mem_")
	p.WaitText(id)
	if strings.Contains(p.HTML(), key) {
		t.Error("the API user's page shows the secret")
	}
	return id, key
}

// readsTable searches, sorts, chooses columns, exports and turns pages.
func (s *site) readsTable(t *testing.T, p *browser.Page, o browser.Options, bia team.View, id string) {
	t.Helper()
	for n := range 12 {
		if _, err := s.Team.Invite(s.As(s.Owner), invitationOf(fmt.Sprintf("z%02d.%s@example.com", n, s.Acme.Slug), roster.RoleMember)); err != nil {
			t.Fatal(err)
		}
	}
	p.In(".nav").Click("Team")
	p.Click("Columns")
	for _, column := range []string{"Identifier", "Phone", "Status", "Verified", "MFA", "Created", "Created by", "Updated", "Updated by"} {
		p.In("#columns").Tick(column, true)
	}
	p.In("#columns").Click("Show these")
	p.WaitURL("columns=")
	row := p.Row(bia.Email.Typed)
	for _, text := range []string{"Bia Souza", "+551155550100", "Active", "Yes", "Olga Owner"} {
		row.WaitText(text)
	}
	if api := p.Row(id); api.Shows("+55") || !api.Shows("Core banking") || !api.Shows("Olga Owner") {
		t.Errorf("the API user's row: %s", api.Text())
	}
	p.In("thead").Click("Created")
	p.WaitURL("sort=created_at")
	first := browser.Eval[string](p, `document.querySelector("tbody tr").innerText`)
	if !strings.Contains(first, "Olga Owner") {
		t.Errorf("the oldest is %q", first)
	}
	p.Open(s.at("team") + "?limit=10")
	p.WaitText("15 in total")
	p.Click("Next")
	p.WaitOffer("First page")
	p.Open(s.at("team") + "?mfa=true")
	p.WaitText("1 in total")
	p.WaitText("Bia Souza")
	p.Open(s.at("team") + "?q=souza")
	p.WaitText("1 in total")
	p.Click("Export")
	p.Click("Excel (.xlsx)")
	book, err := excelize.OpenReader(bytes.NewReader(p.Downloaded("members-" + s.clock.now().Format(time.DateOnly) + ".xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if rows, err := book.GetRows("Team"); err != nil || len(rows) != 2 || rows[1][0] != "Bia Souza" {
		t.Errorf("the workbook has %v: %v", rows, err)
	}
}
