package team_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// TestMembersAreExported: an export is a file, and a line of the history that names its filter; an Auditor may, whoever
// sees one customer account gets that, and each order that cannot be meant is refused at its field.
func TestMembersAreExported(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		north := r.Account("North", "")
		ann, annas := r.Holder(t, "Ann", team.Giving{Role: roster.RoleAuditor})
		uma, _ := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator, Unit: north})
		got := ann.With("Idempotency-Key", "export").Ask("POST", "members/export", `{"format":"csv","filter":{"role":"auditor"},"sort":"-name","columns":["name","roles"]}`)
		rest.Equal(t, "status", got.StatusCode, 200)
		rest.Equal(t, "type", got.Header.Get("Content-Type"), "text/csv; charset=utf-8")
		rest.Equal(t, "name", got.Header.Get("Content-Disposition"), "attachment; filename=members-2026-11-22.csv")
		rest.Equal(t, "cache", got.Header.Get("Cache-Control"), "no-store")
		rows, err := csv.NewReader(strings.NewReader(got.Text)).ReadAll()
		rest.Must(t, err)
		rest.Equal(t, "rows", rest.Show(rows), `[["Name","Roles"],["Ann Holder","Auditor"]]`)
		e := r.Newest(t, nil)
		rest.Equal(t, "told", e.Action+" "+e.ActorID+" "+got.Header.Get("Roster-Seq"), "member.export "+string(annas.Member)+" "+rest.Show(e.Seq))
		for _, want := range []string{"filter", "role=auditor", "name, roles", "-name"} {
			if !strings.Contains(rest.Show(e.Changes), want) {
				t.Errorf("the history does not tell %q: %v", want, e.Changes)
			}
		}
		book := ann.Ask("POST", "members/export", `{"format":"xlsx"}`)
		rest.Equal(t, "a workbook", book.Text[:2]+book.Header.Get("Content-Disposition"), "PKattachment; filename=members-2026-11-22.xlsx")
		part := uma.Ask("POST", "members/export", `{"format":"csv","columns":["name"]}`)
		rest.Equal(t, "whom she sees", part.Text, "Name\r\nUma Holder\r\n")
		last := r.Newest(t, nil)
		for _, bad := range []struct{ body, field, code string }{
			{`{}`, "format", "format_unknown"},
			{`{"format":"pdf"}`, "format", "format_unknown"},
			{`{"format":"csv","columns":["password"]}`, "columns", "column_unknown"},
			{`{"format":"csv","sort":"secret"}`, "sort", "sort_unknown"},
			{`{"format":"csv","filter":{"unit":"nowhere"}}`, "unit", "unit_unknown"},
		} {
			ann.Ask("POST", "members/export", bad.body).At(422, bad.field, bad.code)
		}
		r.Quiet(t, last) // refused orders are no exports
		bob, _ := r.Holder(t, "Bob")
		since := r.Newest(t, nil)
		bob.Ask("POST", "members/export", `{"format":"csv"}`).Refuses(403, "forbidden")
		r.Quiet(t, since)
	})
}
