package apply_test

import (
	"context"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action"
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
