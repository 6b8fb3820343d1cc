package apply_test

import (
	"context"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/action/team/apply"
	"roster/internal/action/unit"
	"roster/internal/people"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// rows does rows of a table, of which the first is the header, and tells what became of each.
func rows(t *testing.T, ctx context.Context, h *rostertest.House, lines ...string) string {
	t.Helper()
	m := column.Guess(strings.Split(lines[0], "|"))
	var members []people.Member
	for i, l := range lines[1:] {
		one, err := m.Read(i+2, strings.Split(l, "|"))
		must(t, err)
		members = append(members, one)
	}
	all, err := action.DoSeries(ctx, h.Gate, act.PeopleApply, func(ctx context.Context, s *action.Series) ([][]apply.Change, error) {
		return apply.Rows(ctx, s, members)
	})
	must(t, err)
	var out []string
	for _, changes := range all {
		var of []string
		for _, c := range changes {
			of = append(of, told(c))
		}
		out = append(out, strings.Join(of, "; "))
	}
	return strings.Join(out, "\n")
}

// TestRowsAddAndTakeNothingAway: rows bring in who is new, change who is there, give beside what is held, and done again
// change nothing.
func TestRowsAddAndTakeNothingAway(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		root := h.CLI(h.Acme.ID)
		north, err := h.Units.Create(root, unit.Draft{Kind: roster.Account, Name: "Nordwind", ExternalID: "north"})
		must(t, err)
		_, err = h.Units.Create(root, unit.Draft{Kind: roster.Group, Name: "Fleet", Parent: string(north.ID)})
		must(t, err)
		header := "Kind|E-mail|First name|Last name|Roles|Where|Until|Customer account|External ID|Name"
		file := []string{
			header,
			"|anna@example.com|Anna|Berg|Auditor|nordwind / FLEET|2027-03-31",
			"external|bo@example.com|Bo|Ek|member|||Nordwind",
			"api||||auditor||||gw|Gateway",
			"|anna@example.com|Anna|Berg|auditor|north",
			"|cy@example.com|Cy|Dahl|No such role",
			"|dee@example.com|Dee|Ek|auditor|Nowhere",
		}
		got := rows(t, root, h, file...)
		for i, want := range []string{"member.invite", "member.invite", "api_user.create", "member.grant", "!role_unknown@roles", "!unit_unknown@at"} {
			if l := strings.Split(got, "\n")[i]; !strings.Contains(l, want) || strings.Count(l, ";") > 0 {
				t.Errorf("row %d: %s, want %s", i+2, l, want)
			}
		}
		if again := rows(t, root, h, file[:5]...); strings.TrimSpace(again) != "" {
			t.Errorf("done again: %s", again)
		}
		if got := rows(t, root, h, header, "|anna@example.com||||", "|anna@example.com|||auditor|Fleet|2027-01-31", "|anna@example.com|Anne"); !strings.HasPrefix(got, "\n") ||
			!strings.HasSuffix(got, "4 member.edit Anna Berg first_name:Anna→Anne") || strings.Contains(got, "-role") {
			t.Errorf("later: %q", got)
		}
		if got := rows(t, root, h, header, "|anna@example.com|||Auditor|Nordwind / Fleet|2028-03-31"); !strings.Contains(got, "+role auditor") {
			t.Errorf("longer: %q", got)
		}
		if got := rows(t, root, h, header, "|anna@example.com|||Auditor|Nordwind / Fleet"); strings.TrimSpace(got) != "" {
			t.Errorf("without an end: %q", got)
		}
	})
}

// TestRowsTellOfNoAccountOutOfSight: what a row names by the ID, the external ID or the name of an account that the actor does
// not see is as unknown as what there is not.
func TestRowsTellOfNoAccountOutOfSight(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		root, north := h.CLI(h.Acme.ID), h.Account("Nordwind", "")
		south, err := h.Units.Create(root, unit.Draft{Kind: roster.Account, Name: "Secret South", ExternalID: "south"})
		must(t, err)
		bob := h.Join("bob@example.com", "Bob", "One", roster.RoleMember)
		_, err = h.Team.Grant(root, bob.Member, team.Grants{All: []team.Giving{{Role: roster.RoleMember, Unit: north}, {Role: roster.RoleMember, Unit: south.ID}}})
		must(t, err)
		lea := h.As(h.Holder("Lea", team.Giving{Role: roster.RoleUserAdministrator, Unit: north}))
		tell := func(name string) string {
			got := rows(t, lea, h, "Kind|E-mail|Roles|Where|Customer account", "|bob@example.com|member|"+name, "external|new@example.com|member||"+name)
			return strings.ReplaceAll(got, name, "GUESS")
		}
		unknown := tell("nowhere")
		if strings.Count(unknown, "!unit_unknown@") != 2 {
			t.Errorf("an account that there is not: %s", unknown)
		}
		for _, name := range []string{"south", string(south.ID), "Secret South"} {
			if got := tell(name); got != unknown {
				t.Errorf("%s:\n%s\nwhere there is none:\n%s", name, got, unknown)
			}
		}
		if got := rows(t, root, h, "Kind|E-mail|Roles|Where", "|bob@example.com|member|south"); got != "" {
			t.Errorf("who sees all changes %s", got)
		}
	})
}
