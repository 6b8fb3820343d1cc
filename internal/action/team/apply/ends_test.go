package apply_test

import (
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestTheEndsOfAPIUsersAreInTheFile: a file sets, moves and clears them, as the API user's own page does and by the same right;
// what is exported has them.
func TestTheEndsOfAPIUsersAreInTheFile(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		sync, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Sync", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		must(t, err)
		api := h.As(rostertest.Actor(sync.Member))
		for _, c := range []struct{ what, text, want string }{
			{"new", `{kind: api, external_id: gateway, name: Gateway, ends_at: 2027-12-31}`, `1 api_user.create Gateway kind:→api external_id:→gateway name:→Gateway ends_at:→2028-01-01T00:00:00Z +role member`},
			{"moved", `{external_id: gateway, ends_at: 2027-03-31T18:00:00Z}`, `1 api_user.end Gateway ends_at:2028-01-01T00:00:00Z→2027-03-31T18:00:00Z`},
			{"not named", `{external_id: gateway}`, ``},
			{"passed", `{external_id: gateway, ends_at: 2020-01-01}`, `1 api_user.end Gateway ends_at:2027-03-31T18:00:00Z→2020-01-02T00:00:00Z !end_passed@ends_at`},
			{"a person's", `{email: bob@example.com, ends_at: 2027-12-31}`, `1  Bob One !field_unknown@ends_at`},
			{"a new person's", `{email: ina@example.com, ends_at: 2027-12-31}`, `1 member.invite ina@example.com kind:→regular ends_at:→2028-01-01T00:00:00Z +role member !field_unknown@ends_at`},
		} {
			f := read(t, "members: ["+c.text+"]")
			equal(t, c.what+" planned", plan(t, ctx, h, f), c.want)
			equal(t, c.what, all(applied(t, ctx, h, f)), c.want)
			if !strings.Contains(c.want, "!") {
				equal(t, c.what+" again", plan(t, ctx, h, f), "")
			}
		}
		for _, format := range people.Formats() {
			text := exported(t, ctx, h, format)
			if strings.Count(text, "2027-03-31T18:00:00Z") != 1 {
				t.Errorf("exported as %s: %s", format, text)
			}
			equal(t, "what was exported as "+string(format), plan(t, ctx, h, read(t, text)), "")
		}
		f := read(t, "external_id,ends_at\ngateway,-\n")
		equal(t, "by an API user", all(applied(t, api, h, f)), `2 api_user.end Gateway ends_at:2027-03-31T18:00:00Z→ !people_only`)
		equal(t, "cleared", all(applied(t, ctx, h, f)), `2 api_user.end Gateway ends_at:2027-03-31T18:00:00Z→`)
		h.Verified(h.Acme.ID)
	})
}
