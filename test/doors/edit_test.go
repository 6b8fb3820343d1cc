package doors_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestEditingAProfileLeavesAccessAlone: what is more than one endless role on the whole stays as it was given, to the byte,
// whatever role the form of the profile brings.
func TestEditingAProfileLeavesAccessAlone(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		owner := h.Serve().Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		ctx, n := h.As(h.Owner), 0
		for _, c := range []struct {
			what   string
			grants []team.Giving
			same   string // what the form would call it, chosen again
		}{
			{"a role at a customer account", []team.Giving{{Role: roster.RoleAuditor, Unit: h.Account("Nordwind", "")}}, roster.RoleAuditor},
			{"a role until a day", []team.Giving{{Role: roster.RoleAuditor, Until: h.Clock.Now().AddDate(0, 1, 0)}}, roster.RoleAuditor},
			{"two roles", team.RoleGivings(roster.RoleMember, roster.RoleAuditor), ""},
			{"a permission", []team.Giving{{Permission: authz.MembersRead}}, ""},
		} {
			n++
			id := h.Join(fmt.Sprintf("anna%d@example.com", n), "Anna", "Berg").Member
			_, err := h.Team.Grant(ctx, id, team.Grants{All: c.grants})
			must(t, err)
			held := func() string {
				t.Helper()
				v, err := h.Team.Show(ctx, id)
				must(t, err)
				text, err := json.Marshal(v.Grants)
				must(t, err)
				return string(text)
			}
			was, page := held(), "/o/acme/team/"+string(id)+"/edit"
			post := func(fields ...string) rostertest.Answer {
				t.Helper()
				form := owner.Get(page).Body
				if strings.Contains(form, `name="role"`) || !strings.Contains(form, `/o/acme/team/`+string(id)+`/access/edit`) {
					t.Errorf("%s: the form offers a role, or leads to no other", c.what)
				}
				return owner.Post(page, append([]string{"version", formVersion.FindStringSubmatch(form)[1], "first_name", "Anna", "last_name", "Berg", "external_id", ""}, fields...)...)
			}
			phone := func(want string) {
				t.Helper()
				if v, err := h.Team.Show(ctx, id); err != nil || v.Phone != want {
					t.Errorf("%s: the phone number is %q, not %q: %v", c.what, v.Phone, want, err)
				}
				if now := held(); now != was {
					t.Errorf("%s became\n%s, and was\n%s", c.what, now, was)
				}
			}
			post("phone", "+442079460100")
			phone("+442079460100")
			if c.same != "" {
				post("phone", "+442079460101", "role", c.same)
				phone("+442079460101")
				post("phone", "+442079460100")
			}
			a := post("phone", "+442079460102", "role", roster.RoleUserAdministrator)
			if a.Status != http.StatusConflict || !strings.Contains(a.Body, "is more than this form can change") {
				t.Errorf("%s: another role is answered %d", c.what, a.Status)
			}
			phone("+442079460100")
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnAPIUserStartsBlocked: the form's box holds for every kind of member.
func TestAnAPIUserStartsBlocked(t *testing.T) {
	h := rostertest.SQLite(t)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	for name, want := range map[string]roster.Status{"Later": roster.Blocked, "Now": roster.Active} {
		fields := []string{"form_key", roster.NewID("key_"), "kind", "api", "name", name, "role", roster.RoleMember}
		if want == roster.Blocked {
			fields = append(fields, "start_blocked", "true")
		}
		if a := owner.Post("/o/acme/team/add", fields...); a.Status != http.StatusOK {
			t.Fatalf("%s is not made: %d", name, a.Status)
		}
		found, err := h.Team.List(h.As(h.Owner), team.Query{Text: name})
		must(t, err)
		if len(found.Members) != 1 || found.Members[0].Status != want {
			t.Errorf("%s: %d found, and not %s: %+v", name, len(found.Members), want, found.Members)
		}
	}
}
