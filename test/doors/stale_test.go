package doors_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

var formVersion = regexp.MustCompile(`name="version" value="([^"]+)"`)

// TestAStaleFormTellsWhatChangedAndGoesOn holds it for each form that edits: nothing is overwritten, what stands there
// now is shown beside what was typed, and a second save goes on from there.
func TestAStaleFormTellsWhatChangedAndGoesOn(t *testing.T) {
	h := rostertest.SQLite(t)
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	ctx := h.As(h.Owner)
	anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
	north := h.Account("Nordwind", "")
	made, err := h.Roles.Create(ctx, role.Draft{Name: "Reader", Description: "Reads.", Permissions: []string{authz.MembersRead}, Scopes: []string{authz.Admin}})
	must(t, err)
	first, phone, external, name, words := "Annabel", "+442079460100", "crm-1", "Nordwind AG", "Reads everything."
	for _, c := range []struct {
		page   string
		change func() error
		fields []string
		shown  []string
		saved  string
	}{
		{"/o/acme/team/" + string(anna.Member) + "/edit", func() error {
			_, err := h.Team.Edit(ctx, anna.Member, team.Edit{Profile: func(roster.Member) roster.Profile {
				return roster.Profile{FirstName: first, LastName: "Berg", Phone: phone}
			}, ExternalID: &external})
			return err
		}, []string{"first_name", "Anita", "last_name", "Berg", "phone", "", "external_id", "", "role", roster.RoleMember}, []string{first, phone, external, "Auditor", `value="Anita"`}, "Anita Berg"},
		{"/o/acme/units/" + string(north) + "/edit", func() error {
			_, err := h.Units.Edit(ctx, north, unit.Edit{Name: &name, ExternalID: &external})
			return err
		}, []string{"name", "Nordwind GmbH", "external_id", "acc-2"}, []string{name, external, `value="Nordwind GmbH"`}, "Nordwind GmbH"},
		{"/o/acme/roles/" + made.ID + "/edit", func() error {
			_, err := h.Roles.Edit(ctx, made.ID, role.Edit{Description: &words})
			return err
		}, []string{"do", "save", "name", "Looker", "description", "Looks.", "for", "", "line.0", "permission:" + authz.MembersRead + "@"}, []string{words, "Reader", "Your choice is kept"}, "Looker"},
		{"/o/acme/team/" + string(anna.Member) + "/access/edit", func() error {
			_, err := h.Team.Grant(ctx, anna.Member, team.Grants{All: team.RoleGivings(roster.RoleUserAdministrator)})
			return err
		}, []string{"do", "save", "line.0", "role:" + roster.RoleAuditor + "@"}, []string{"Your choice is kept", "User administrator"}, "Auditor"},
	} {
		seen := formVersion.FindStringSubmatch(owner.Get(c.page).Body)
		if seen == nil {
			t.Fatalf("%s has no version", c.page)
		}
		must(t, c.change())
		was := position(t, h, h.Acme.ID)
		a := owner.Post(c.page, append([]string{"version", seen[1]}, c.fields...)...)
		if a.Status != http.StatusPreconditionFailed {
			t.Errorf("%s: the stale form gives %d", c.page, a.Status)
		}
		for _, part := range c.shown {
			if !strings.Contains(a.Body, part) {
				t.Errorf("%s: the page lacks %q\n%s", c.page, part, a.Body)
			}
		}
		if now := position(t, h, h.Acme.ID); now != was {
			t.Errorf("%s: the stale form moved the history", c.page)
		}
		next := formVersion.FindStringSubmatch(a.Body)
		if next == nil || next[1] == seen[1] {
			t.Fatalf("%s: the form does not go on: %v", c.page, next)
		}
		if a := owner.Post(c.page, append([]string{"version", next[1]}, c.fields...)...); a.Status != http.StatusOK || a.Path == c.page || !strings.Contains(a.Body, c.saved) {
			t.Errorf("%s: the second save gives %d %s", c.page, a.Status, a.Path)
		}
	}
	h.Verified(h.Acme.ID)
}
