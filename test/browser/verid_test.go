package browser_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
)

// TestVerIDAddYourUsers is the vendor's procedure, step by step: Create user leads to the user's own page; the
// letter's link expires, and Resend stands on that page; one role each, Owner or Auditor; ten users on the plan
// that is the default, and the eleventh is refused; Edit, Block, which can be undone, and Remove, which cannot.
func TestVerIDAddYourUsers(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		s.foundAs("Verid "+s.Acme.Slug, "vera."+s.Acme.Slug+"@example.com", "") // on the default plan
		p := s.signedIn(s.email, o)
		ada := s.createsUser(p)
		s.linkExpires(p, ada)
		s.auditorReads(t, s.accepts(o, ada))
		s.editsUser(p, ada)
		s.blocksAndRemoves(t, p, ada)
		s.eleventh(t, p)
		s.Verified(s.Acme.ID)
	})
}

// createsUser adds an Auditor, and lands on her own page.
func (s *site) createsUser(p *browser.Page) team.View {
	s.t.Helper()
	p.In(".nav").Click("Team")
	p.In("header.head").Click("Add user")
	p.WaitText("9 seats left in the plan Playground")
	email := "ada." + s.Acme.Slug + "@example.com"
	p.Fill("E-mail", email)
	p.Fill("First name", "Ada")
	p.Fill("Last name", "Moreau")
	p.Tick("Owner", true)
	p.Tick("Auditor", true) // one role each: the second choice takes the place of the first
	p.Click("Send invitation")
	p.WaitText("Ada Moreau is invited.")
	ada := s.external(s.t, email)
	p.WaitURL("/team/" + string(ada.ID))
	p.WaitText("Invited")
	if got := s.held(ada.ID); !slices.Equal(got, []string{roster.RoleAuditor}) {
		s.t.Errorf("Ada is to hold %v", got)
	}
	return ada
}

// linkExpires lets the time of the first letter run out, and sends another from the user's page.
func (s *site) linkExpires(p *browser.Page, ada team.View) {
	s.t.Helper()
	first := s.mail.Wait(s.t, ada.Email.Typed, 1).Link(s.t, "/invitation/")
	s.sent(ada.ID)
	s.clock.pass(roster.DefaultInvitationTTL + time.Minute)
	late := s.visitor(browser.Options{NoScript: true})
	if got := late.Open(first); got != http.StatusGone || !late.Shows("This invitation has expired") {
		s.t.Errorf("the link of the first letter: %d %s", got, late.Text())
	}
	p.Reload() // the administrator's own session has ended by now, too, and leads back here
	signIn(p, s.email)
	p.WaitURL("/team/" + string(ada.ID))
	p.WaitText("Invitation expired")
	p.CheckAxe()
	p.In("header.head").Click("Resend invitation")
	p.WaitText("A new letter goes to " + ada.Email.Typed)
	p.Click("Resend invitation")
	p.WaitText("A new invitation for Ada Moreau is on its way. Earlier links are dead.")
	late.Open(first)
	late.WaitText("There is a newer invitation")
}

// accepts sets the password by the second letter, and signs in.
func (s *site) accepts(o browser.Options, ada team.View) *browser.Page {
	s.t.Helper()
	hers := s.visitor(o)
	hers.Open(s.mail.Wait(s.t, ada.Email.Typed, 2).Link(s.t, "/invitation/"))
	hers.WaitText("Join " + s.Acme.Name)
	accept(hers)
	signIn(hers, ada.Email.Typed)
	hers.WaitURL("/team")
	return hers
}

// auditorReads everything and changes nothing.
func (s *site) auditorReads(t *testing.T, hers *browser.Page) {
	t.Helper()
	for _, page := range []string{"team", "units", "roles", "history", "settings"} {
		if got := hers.Open(s.at(page)); got != http.StatusOK {
			t.Errorf("an Auditor opens %s: %d", page, got)
		}
		for _, act := range []string{"Add user", "Add customer account", "Add role", "Save changes"} {
			if hers.In("main").Offers(act) {
				t.Errorf("an Auditor is offered %s", act)
			}
		}
	}
	if got := hers.Open(s.at("team", string(s.Owner.Member))); got != http.StatusOK || hers.In("main").Offers("Edit") || hers.In("main").Offers("Block") {
		t.Errorf("the Owner's page, for an Auditor: %d", got)
	}
	if got := hers.Open(s.at("team", "add")); got != http.StatusForbidden || !hers.Shows("members.write") {
		t.Errorf("an Auditor opens the form that adds users: %d", got)
	}
}

// editsUser changes first name, last name, role and picture on the user's page.
func (s *site) editsUser(p *browser.Page, ada team.View) {
	s.t.Helper()
	p.Open(s.at("team", string(ada.ID)))
	p.In("header.head").Click("Edit")
	p.Fill("First name", "Adèle")
	p.Fill("Last name", "Moreau-Roux")
	p.Tick("Owner", true)
	p.Click("Save changes")
	p.WaitText("Adèle Moreau-Roux was saved.")
	now := s.member(ada.ID)
	if now.Name != "Adèle Moreau-Roux" || !slices.Equal(now.Roles(), []string{roster.RoleOwner}) {
		s.t.Errorf("after the edit: %s, %v", now.Name, now.Roles())
	}
	p.In("header.head").Click("Picture")
	p.CheckAxe()
	p.Attach("Picture", portrait(s.t))
	p.Click("Save picture")
	p.WaitText("The picture is saved.")
	if s.member(ada.ID).Picture == "" || !browser.Eval[bool](p, `document.querySelector("main img").naturalWidth > 0`) {
		s.t.Error("no picture is shown")
	}
}

// portrait makes a PNG.
func portrait(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 80, 60))
	for x := range 80 {
		for y := range 60 {
			img.Set(x, y, color.RGBA{uint8(3 * x), uint8(4 * y), 120, 255})
		}
	}
	name := filepath.Join(t.TempDir(), "portrait.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	return name
}

// blocksAndRemoves: a block is undone, a removal is not.
func (s *site) blocksAndRemoves(t *testing.T, p *browser.Page, ada team.View) {
	t.Helper()
	p.Click("Block Adèle Moreau-Roux")
	p.WaitText("You can unblock at any time.")
	p.Click("Block Adèle Moreau-Roux")
	p.WaitText("Adèle Moreau-Roux is blocked.")
	hers := s.visitor(browser.Options{NoScript: true})
	hers.Open(s.url + "/sign-in")
	signIn(hers, ada.Email.Typed)
	if got := hers.Open(s.at("team")); got != http.StatusForbidden {
		t.Errorf("a blocked one opens the team: %d", got)
	}
	p.In("header.head").Click("Unblock")
	p.Click("Unblock Adèle Moreau-Roux")
	p.WaitText("Adèle Moreau-Roux is unblocked.")
	if got := hers.Open(s.at("team")); got != http.StatusOK {
		t.Errorf("after the block, the team: %d", got)
	}
	p.Click("Remove Adèle Moreau-Roux")
	p.WaitText("There is no way back.")
	p.Fill("Type the name to confirm", "Adèle Moreau-Roux")
	p.Click("Remove Adèle Moreau-Roux")
	p.WaitText("Adèle Moreau-Roux was removed.")
	p.Open(s.at("team", string(ada.ID)))
	for _, act := range []string{"Unblock", "Edit", "Resend invitation", "Undo"} {
		if p.In("main").Offers(act) {
			t.Errorf("%s is offered on somebody who was removed", act)
		}
	}
	hers.Open(s.at("team"))
	hers.WaitText("Sign in")
	if got := s.told(); got != "member.remove member.unblock member.block member.picture member.edit invitation.accept member.resend member.invite invitation.accept organisation.create" {
		t.Errorf("the history tells %s", got)
	}
}

// eleventh fills the plan: ten in total, and the next is refused.
func (s *site) eleventh(t *testing.T, p *browser.Page) {
	t.Helper()
	for n := range 9 {
		if _, err := s.Team.Invite(s.As(s.Owner), invitationOf(fmt.Sprintf("n%d.%s@example.com", n, s.Acme.Slug), roster.RoleMember)); err != nil {
			t.Fatal(err)
		}
	}
	p.Open(s.at("team"))
	p.WaitText("10 of 10 seats")
	p.In("header.head").Click("Add user")
	p.WaitText("No seat left in the plan Playground")
	status := s.post(p, s.at("team", "add"), "The plan Playground allows 10 users and 10 are in use. Remove someone or change the plan to add more.",
		"form_key", roster.NewID("frm"), "kind", "regular", "email", "eleventh@example.com", "first_name", "Late", "last_name", "Comer", "role", "member")
	if status != http.StatusConflict {
		t.Errorf("the eleventh: %d", status)
	}
	if page, err := s.Team.List(s.As(s.Owner), team.Query{}); err != nil || len(page.Members) != 10 || strings.Contains(fmt.Sprint(page.Members), "eleventh") {
		t.Errorf("%d members: %v", len(page.Members), err)
	}
}
