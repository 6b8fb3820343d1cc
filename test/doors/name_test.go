package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestHostileNamesAreTheSameEverywhere: whoever gives a name, and by whatever way, it is refused by the same code or stored
// as it is.
func TestHostileNamesAreTheSameEverywhere(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	owner, ctx := s.person("olga@example.com"), h.As(h.Owner)
	anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember).Member
	robot, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleMember)})
	must(t, err)
	asked := func(method, path, field string) func(int, string) string {
		return func(_ int, name string) string {
			body := map[string]any{field: name}
			if method == http.MethodPost {
				body["kind"] = "api"
			}
			a := owner.json(method, strings.TrimSuffix(at(h.Acme.ID, path), "/"), body, "Sec-Fetch-Site", "same-origin", "If-Match", "*")
			if a.status < 300 {
				if got := a.json(t)[field]; got != name {
					t.Errorf("%s %s stores %q as %q", method, path, name, got)
				}
				return ""
			}
			return a.body
		}
	}
	for way, give := range map[string]func(n int, name string) string{ // what was said of a refusal
		"an API user":          asked(http.MethodPost, "members", "name"),
		"an API user's edit":   asked(http.MethodPatch, "members/"+string(robot.ID), "name"),
		"a person's edit":      asked(http.MethodPatch, "members/"+string(anna), "last_name"),
		"an organisation's":    asked(http.MethodPatch, "", "name"),
		"a customer account's": asked(http.MethodPatch, "units/"+string(h.Account("Nordwind", "")), "name"),
		"at the acceptance": func(n int, name string) string {
			invited, err := h.Team.Invite(ctx, team.Invitation{Email: numbered("later#@example.com", n), NamesLater: true})
			must(t, err)
			link, err := h.Team.Link(ctx, invited.ID)
			must(t, err)
			nobody := roster.WithActor(t.Context(), roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard})
			_, err = h.SignIn.Accept(nobody, signin.Acceptance{Org: h.Acme.ID, Secret: link.Secret, FirstName: name, LastName: "Name", Password: rostertest.Password, Repeat: rostertest.Password})
			if err == nil {
				return ""
			}
			said := roster.AsError(err).Code
			for _, f := range roster.AsError(err).Fields {
				said += " " + f.Code
			}
			return said
		},
	} {
		for n, c := range hostile {
			want := c.code
			if strings.Contains(c.name, "\x00") && way != "at the acceptance" {
				want = "malformed" // in JSON no text may hold one, whatever it is for
			}
			if said := give(n, c.name); (said == "") != (want == "") || !strings.Contains(said, want) {
				t.Errorf("%s with %s: %q, not %q", way, c.what, said, want)
			}
		}
	}
	for n, c := range hostile {
		if code, _, complaint := s.command("user", "invite", numbered("line#@example.com", n), "--first-name", c.name, "--last-name", "Name", "--org", "acme"); (code == 0) != (c.code == "") {
			t.Errorf("user invite with %s ends with %d: %s", c.what, code, complaint)
		}
		code, _, complaint := s.command("init", "--organisation", c.name, "--owner", numbered("first#@example.com", n))
		if none := strings.Contains(complaint, "letters or digits that make an address"); (code == 0) != (c.code == "") && !none {
			t.Errorf("init with %s ends with %d: %s", c.what, code, complaint)
		}
	}
	h.Verified(h.Acme.ID)
}
