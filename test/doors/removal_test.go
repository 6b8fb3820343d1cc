package doors_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

func TestAMemberIsRemovedAndHandedOverWithoutScripts(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		site := h.Serve()
		bob := h.Holder("Bob", team.RoleGivings(roster.RoleUserAdministrator)...)
		carol := h.Holder("Carol", team.RoleGivings(roster.RoleUserAdministrator)...)
		iris, err := h.Team.Invite(h.As(bob), team.Invitation{Email: "iris@example.com", Profile: roster.Profile{FirstName: "Iris", LastName: "Invited"}, Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		must(t, err)
		_, err = h.Team.CreateAPIUser(h.As(bob), team.APIUser{Name: "Robot"})
		must(t, err)
		owner := site.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		page := "/o/acme/team/" + string(bob.Member) + "/remove"
		a := owner.Get(page)
		for _, part := range []string{"Left out when Iris Invited accepts: User administrator", "The API user Robot goes on working", "Carol Holder (", "Type the name"} {
			if !strings.Contains(a.Body, part) {
				t.Errorf("the question lacks %q: %d\n%s", part, a.Status, a.Body)
			}
		}
		if a := owner.Get(page + "?hand_over_to=" + string(carol.Member)); !strings.Contains(a.Body, "Iris Invited keeps User administrator") || strings.Contains(a.Body, "Left out when") {
			t.Errorf("with Carol: %s", a.Body)
		}
		if a := owner.Post(page, "confirm_name", "Rob", "hand_over_to", string(carol.Member)); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `value="`+string(carol.Member)+`" selected`) || !strings.Contains(a.Body, `value="Rob"`) {
			t.Errorf("the wrong name: %d\n%s", a.Status, a.Body)
		}
		if a := owner.Post(page, "confirm_name", "Bob Holder", "hand_over_to", "mem_none"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Choose another active person") {
			t.Errorf("an unknown taker: %d\n%s", a.Status, a.Body)
		}
		if a := owner.Post(page, "confirm_name", "Bob Holder", "hand_over_to", string(carol.Member)); a.Path != "/o/acme/team" || !strings.Contains(a.Body, "Carol Holder has taken over") {
			t.Errorf("removed: %d %s\n%s", a.Status, a.Path, a.Body)
		}
		if a := owner.Get("/o/acme/team/" + string(iris.ID)); !strings.Contains(a.Body, "Invited by Carol Holder") {
			t.Errorf("the invitation: %s", a.Body)
		}
		withdrawn := owner.Post("/o/acme/team/" + string(iris.ID) + "/remove")
		if withdrawn.Path != "/o/acme/team" {
			t.Errorf("withdrawing asks for no name: %d %s", withdrawn.Status, withdrawn.Path)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAMemberIsRemovedAndHandedOverByREST looks at what would end, hands it over, and finds it with the taker.
func TestAMemberIsRemovedAndHandedOverByREST(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		north := r.Account("North", "")
		bob := r.House.Holder("Bob", team.Giving{Role: roster.RoleUserAdministrator}, team.Giving{Role: roster.RoleMember, Unit: north})
		carol := r.House.Holder("Carol", team.RoleGivings(roster.RoleUserAdministrator)...)
		dora := r.House.Holder("Dora", team.RoleGivings(roster.RoleMember)...)
		iris, err := r.Team.Invite(r.As(bob), team.Invitation{Email: "iris@example.com", Profile: roster.Profile{FirstName: "Iris", LastName: "Invited"}, Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		must(t, err)
		robot, err := r.Team.CreateAPIUser(r.As(bob), team.APIUser{Name: "Robot"})
		must(t, err)
		olga, one := r.Olga(t), "members/"+string(bob.Member)
		before := olga.Get(one + "/removal")
		for part, want := range map[string]string{"hand_over_to": "null", "grants": "2", "last_owner": "false", "more": "false"} {
			rest.Equal(t, part, rest.Show(before[part]), want)
		}
		if text := rest.Show(before); !strings.Contains(text, string(iris.ID)) || !strings.Contains(text, string(robot.ID)) ||
			!strings.Contains(rest.Show(before["invitations"]), `"left_out":[{"role":"user_administrator"`) || !strings.Contains(rest.Show(before["last_member"]), string(north)) {
			t.Errorf("what hangs on Bob: %s", text)
		}
		for taker, passes := range map[roster.MemberID]bool{carol.Member: true, dora.Member: false} {
			seen := olga.Get(one + "/removal?hand_over_to=" + string(taker))
			if got := strings.Contains(rest.Show(seen["invitations"]), `"passes":[{"role":"user_administrator"`); got != passes {
				t.Errorf("with %s: %s", taker, rest.Show(seen["invitations"]))
			}
		}
		since := r.Newest(t, nil)
		for _, nobody := range []string{"mem_none", string(bob.Member), string(robot.ID), string(iris.ID)} {
			olga.Ask("GET", one+"/removal?hand_over_to="+nobody, "").Is(422)
			olga.Ask("DELETE", one+"?hand_over_to="+nobody, "").Is(422)
		}
		r.Quiet(t, since)
		olga.Ask("DELETE", one+"?hand_over_to="+string(carol.Member), "").Is(204)
		r.Tells(t, string(bob.Member), "member.remove", r.Owner.Member)
		rest.Equal(t, "Bob", olga.Get(one)["status"], any("removed"))
		hers := olga.Get("members/" + string(carol.Member) + "/removal") // all of it hangs on Carol now
		if text := rest.Show(hers); !strings.Contains(text, string(iris.ID)) || !strings.Contains(text, string(robot.ID)) {
			t.Errorf("what hangs on Carol: %s", text)
		}
		accepted(t, r, olga, "acme", string(iris.ID), "Iris", "Invited")
		rest.Equal(t, "what Iris holds", rest.Show(olga.Get("members/" + string(iris.ID))["grants"]), `[{"role":"user_administrator","unit":null,"until":null}]`)
		r.Verified(r.Acme.ID)
	})
}

// TestAnOpenedLinkIsTold holds that opening uses nothing up and is told, once a minute, for what it is.
func TestAnOpenedLinkIsTold(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		site := h.Serve()
		v, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}})
		must(t, err)
		linked, err := h.Team.Link(h.As(h.Owner), v.ID)
		must(t, err)
		opened := func() time.Time {
			d, err := h.Profiles.Show(h.As(h.Owner), v.ID, time.Hour)
			must(t, err)
			return d.Invitations[0].OpenedAt
		}
		owner := site.Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		page := "/o/acme/team/" + string(v.ID)
		if a := owner.Get(page); !opened().IsZero() || strings.Contains(a.Body, "The link was opened") {
			t.Error("opened before it was")
		}
		was := position(t, h, h.Acme.ID)
		link := act.InvitationPath(h.Acme.ID, linked.Secret)
		site.Visitor().Get(link)
		first := opened()
		if first.IsZero() {
			t.Fatal("not noted")
		}
		h.Clock.Pass(30 * time.Second)
		site.Visitor().Get(link)
		if !opened().Equal(first) {
			t.Error("noted twice within a minute")
		}
		h.Clock.Pass(time.Minute)
		site.Visitor().Get(link)
		if !opened().After(first) {
			t.Error("the next minute is not noted")
		}
		if now := position(t, h, h.Acme.ID); now != was {
			t.Errorf("opening moved the history from %d to %d", was, now)
		}
		if a := owner.Get(page); !strings.Contains(a.Body, "The link was opened") || !strings.Contains(a.Body, "scanner of mails") {
			t.Errorf("the page: %s", a.Body)
		}
		anna := h.Accept(h.Acme.ID, linked.Secret, "Anna", "Berg") // nothing was used up
		if a := owner.Get("/o/acme/team/" + string(anna.Member) + "/sign-in"); !strings.Contains(a.Body, "Managed by this organisation") {
			t.Errorf("the ways in: %s", a.Body)
		}
	})
}
