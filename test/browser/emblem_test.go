package browser_test

import (
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestPicturesStandWhereTheyBelong: an Owner gives the organisation and a member pictures; both are seen in the list and
// the switcher, the organisation's on an invitation's page too; what is none is refused and changes nothing.
func TestPicturesStandWhereTheyBelong(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { pictureStory(t, s, browser.Options{}) })
}

func TestPicturesStandWhereTheyBelongWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { pictureStory(t, s, browser.Options{NoScript: true}) })
}

func pictureStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	s.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
	p := s.signedIn("olga@example.com", o)
	p.In(".nav").Click("Settings")
	p.In("main").Click("Picture")
	p.Attach("Picture", portrait(t))
	p.Click("Save picture")
	p.WaitText("The picture is saved.")
	loaded(t, p, ".switcher img.badge")
	p.In(".nav").Click("Team")
	p.In("table").Click("Anna Berg")
	p.In("header.head").Click("Picture")
	p.Attach("Picture", portrait(t))
	p.Click("Save picture")
	p.WaitText("The picture is saved.")
	p.In(".nav").Click("Team")
	p.WaitText("anna@example.com")
	loaded(t, p, "table img.avatar")

	v, err := s.Team.Invite(s.As(s.Owner), invitationOf("ivo@example.com", roster.RoleMember))
	if err != nil {
		t.Fatal(err)
	}
	linked, err := s.Team.Link(s.As(s.Owner), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	ivo := s.visitor(o)
	ivo.Open(s.url + act.InvitationPath(s.Acme.ID, linked.Secret))
	ivo.WaitText("Join Acme")
	loaded(t, ivo, "main img.badge")

	p.In(".nav").Click("History")
	p.WaitText("Olga Owner set the picture of Anna Berg")
	p.WaitText("Olga Owner set the picture of Acme")
	s.Verified(s.Acme.ID)
}

// loaded holds that the first picture that a selector names is there and can be drawn.
func loaded(t *testing.T, p *browser.Page, css string) {
	t.Helper()
	why := browser.Eval[string](p, `(async () => {
		const picture = document.querySelector("`+css+`");
		if (!picture) return "is not there";
		try { await picture.decode(); } catch { return "cannot be drawn"; }
		return picture.naturalWidth > 0 ? "" : "is empty";
	})()`)
	if why != "" {
		t.Errorf("the picture at %s %s", css, why)
	}
}

// TestWhoLeavesHandsOver: the page that asks before a removal lists what ends and what hangs on the member; somebody
// else takes it over, and only the name, typed as it stands, removes.
func TestWhoLeavesHandsOver(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { handOverStory(t, s, browser.Options{}) })
}

func TestWhoLeavesHandsOverWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { handOverStory(t, s, browser.Options{NoScript: true}) })
}

func handOverStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	anna := s.Join("anna@example.com", "Anna", "Berg", roster.RoleUserAdministrator)
	s.Join("ben@example.com", "Ben", "Taker", roster.RoleUserAdministrator)
	waiting, err := s.Team.Invite(s.As(anna), invitationOf("ivo@example.com", roster.RoleMember))
	if err != nil {
		t.Fatal(err)
	}
	robot, err := s.Team.CreateAPIUser(s.As(anna), team.APIUser{Name: "Payroll"})
	if err != nil {
		t.Fatal(err)
	}
	p := s.signedIn("olga@example.com", o)
	p.In("table").Click("Anna Berg")
	p.In(".danger-zone").Click("Remove Anna Berg")
	for _, text := range []string{"There is no way back.", "What hangs on Anna Berg", "Left out when Some Body accepts: Member", "The API user Payroll goes on working."} {
		p.WaitText(text)
	}
	p.Choose("Hand over to", "Ben Taker (ben@example.com)")
	p.Fill("Type the name to confirm", "Anna")
	p.Click("Remove Anna Berg")
	p.WaitText("Type the name exactly as it stands here: Anna Berg.")
	if s.member(anna.Member).Status != roster.Active {
		t.Error("removed without the whole name")
	}
	p.Choose("Hand over to", "Ben Taker (ben@example.com)")
	p.Fill("Type the name to confirm", "Anna Berg")
	p.Click("Remove Anna Berg")
	p.WaitText("Ben Taker")
	if s.member(anna.Member).Status != roster.Removed || s.member(waiting.ID).Status != roster.Invited || s.member(robot.ID).Status != roster.Active {
		t.Errorf("after the removal: %s, %s, %s", s.member(anna.Member).Status, s.member(waiting.ID).Status, s.member(robot.ID).Status)
	}
	if by := s.member(robot.ID).Row.CreatedBy; by != "Ben Taker" {
		t.Errorf("the API user is %s's", by)
	}
	s.Verified(s.Acme.ID)
}
