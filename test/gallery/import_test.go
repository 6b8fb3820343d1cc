package gallery

import (
	"fmt"
	"testing"
	"time"

	"github.com/a-h/templ"

	tables "roster/internal/action/team/apply/imports"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/server/web"
	pages "roster/internal/server/web/imports"
	"roster/internal/store/importdb"
)

// imported is a table that was sent in, so many rows of each state in the order of importdb.RowStates.
func (m maker) imported(state importdb.State, counts ...int) pages.Import {
	v := tables.View{
		Import: importdb.Import{
			ID: "imp_1", Name: m.text(3, "new colleagues.xlsx"), State: state, MadeAt: now.Add(-2 * time.Hour), Version: 3,
			Header: []string{"Vorname", m.text(0, "Surname"), "E-mail", "Role", m.text(3, "Account"), "Shoe size"},
		},
		Mapping: column.Mapping{column.FirstName, column.LastName, column.Email, column.Roles, column.Unit, column.None},
		Left:    []string{m.text(1, "Shoe size")}, Rows: map[importdb.RowState]int{},
	}
	for i, s := range importdb.RowStates() {
		if i < len(counts) && counts[i] > 0 {
			v.Rows[s], v.Total = counts[i], v.Total+counts[i]
		}
	}
	if state != importdb.Open {
		v.StartedAt = now.Add(-time.Hour)
	}
	if state != importdb.Open && state != importdb.Running {
		v.EndedAt = now
	}
	return pages.Import{View: v}
}

// importRow is a row of such a table.
func (m maker) importRow(n int, state importdb.RowState, wrong ...string) pages.Row {
	who := people[n%len(people)]
	r := pages.Row{Row: tables.Row{Number: n, State: state}, Cells: []pages.Cell{
		{Field: column.FirstName, Label: "Vorname", Text: who[0]},
		{Field: column.LastName, Label: m.text(0, "Surname"), Text: m.text(n, who[1])},
		{Field: column.Email, Label: "E-mail", Text: m.text(n, fmt.Sprintf("p%d@example.com", n))},
		{Field: column.Roles, Label: "Role", Text: m.text(2, "auditor")},
		{Field: column.Unit, Label: m.text(3, "Account")},
	}}
	for i := 0; i+1 < len(wrong); i += 2 {
		for k, c := range r.Cells {
			if string(c.Field) == wrong[i] {
				r.Cells[k].Error = wrong[i+1]
			}
		}
		if wrong[i] == "" {
			r.Faults = append(r.Faults, wrong[i+1])
		}
	}
	return r
}

func (m maker) importDone(n int) pages.Row {
	r := m.importRow(n, importdb.Changed)
	r.Deeds = []pages.Deed{
		{Act: "profile changes", URL: "/o/acme/team/" + string(id(n)), Difference: web.Difference{Fields: []web.Altered{{Label: "Last name", From: "Costa", To: m.text(1, "Costa Lima")}}}},
		{Act: "access changes", URL: "/o/acme/team/" + string(id(n)), Difference: web.Difference{Gained: []string{m.text(0, "Auditor") + " at Nordwind"}}},
	}
	return r
}

func (m maker) importNew(n int) pages.Row {
	r := m.importRow(n, importdb.Changed)
	r.Did = []tables.Deed{{Action: "member.invite"}}
	r.Deeds = []pages.Deed{{Act: "is invited", Difference: web.Difference{Fields: []web.Altered{{Label: "Kind", To: "Person"}, {Label: "First name", To: people[n%10][0]}}, Gained: []string{"Auditor"}}}}
	return r
}

const (
	noAddress = "This is not an e-mail address. It looks like anna@example.com."
	noRole    = "There is no role \"Adminstrator\" here."
	noUnit    = "There is no customer account \"Nordwint\" here. Name it by its external ID, or by its path, such as Nordwind / Fleet."
	noSeat    = "The plan playground allows 10 users and 10 are in use. Remove someone or change the plan to add more."
)

// importPages are tables of people: sent in, told what they mean, corrected, tried and followed.
func (m maker) importPages() []sample {
	show := func(of pages.Import, state string, rows []pages.Row, change ...func(*pages.ShowView)) templ.Component {
		v := pages.ShowView{Page: m.page(), Of: of, Now: now, At: pages.At{State: state}, Rows: rows, Pager: web.Pager{Shown: fmt.Sprintf("%d of %d", len(rows), len(rows))}}
		for _, c := range change {
			c(&v)
		}
		return pages.Show(v)
	}
	columns := func(form web.Form) templ.Component {
		of := m.imported(importdb.Open, 4)
		return pages.Columns(pages.ColumnsView{Page: m.page(), Form: form, Of: of, Means: of.Mapping, Samples: [][]string{{"Anna", "Bruno"}, {m.text(3, "Silva"), m.text(0, "Costa")}, {"anna@example.com", m.text(1, "bruno@example.com")}, {"auditor"}, nil, {"38", "44"}}})
	}
	wrong := []pages.Row{
		m.importRow(4, importdb.Wrong, "email", noAddress), m.importRow(9, importdb.Wrong, "email", noAddress, "first_name", "Fill this in.", "", "Kind: A kind is regular, external or api."),
	}
	refused := []pages.Row{m.importRow(5, importdb.Refused, "roles", noRole, "unit", noUnit), m.importRow(7, importdb.Refused, "", noSeat)}
	stopped := m.imported(importdb.Stopped, 12, 0, 30)
	stopped.Why = roster.Errorf(roster.Denied, "blocked", "Your access to this organisation is blocked.")
	return append(m.importPlans(refused), []sample{
		{"imports", pages.Start(pages.StartView{Page: m.page()})},
		{"imports-list", pages.Start(pages.StartView{Page: m.page(), Imports: []pages.Import{m.imported(importdb.Running, 900, 0, 334), m.imported(importdb.Open, 3, 2), stopped, m.imported(importdb.Cancelled, 3, 0, 1), m.imported(importdb.Done, 0, 0, 99_000, 800, 200)}})},
		{"imports-refused", pages.Start(pages.StartView{Page: m.page(), Form: fields("file", "The file is an old .xls, or protected by a password. Save it as .xlsx or as CSV without one, please.")})},
		{"import-columns", columns(web.Form{})},
		{"import-columns-refused", columns(fields("columns", "Tell which column holds the e-mail address, the external ID, the client ID or the ID, by which members are found."))},
		{"import-wrong", show(m.imported(importdb.Open, 3, 2), "wrong", wrong)},
		{"import-waiting", show(m.imported(importdb.Open, 27), "waiting", []pages.Row{m.importRow(2, importdb.Waiting), m.importRow(3, importdb.Waiting), m.importRow(4, importdb.Waiting)}, func(v *pages.ShowView) {
			v.Pager = web.Pager{Shown: "25 of 27", NextURL: "/o/acme/imports/imp_1?state=waiting&cursor=x"}
			v.Toast = &web.Toast{Message: "Row 4 is left out.", Undo: web.Link{URL: "/o/acme/imports/imp_1/rows/4/take", Label: "Undo"}}
		})},
		{"import-left-out", show(m.imported(importdb.Open, 1, 0, 0, 0, 0, 2), "left_out", []pages.Row{m.importRow(2, importdb.LeftOut), m.importRow(3, importdb.LeftOut)})},
		{"import-running", show(m.imported(importdb.Running, 900, 1, 300, 30, 4), "", nil)},
		{"import-running-paced", show(m.imported(importdb.Running, 900, 0, 1000), "", nil, func(v *pages.ShowView) { v.Of.Due = now.Add(40 * time.Minute) })},
		{"import-refused", show(m.imported(importdb.Done, 0, 0, 2, 0, 2), "refused", refused)},
		{"import-done", show(m.imported(importdb.Done, 0, 0, 2), "changed", []pages.Row{m.importNew(2), m.importDone(3)})},
		{"import-forget", pages.Forget(pages.ForgetView{Page: m.page(), Of: m.imported(importdb.Done, 0, 0, 2)})},
		{"import-stopped", show(stopped, "waiting", []pages.Row{m.importRow(2, importdb.Waiting)})},
		{"import-conflict", show(m.imported(importdb.Open, 1), "waiting", []pages.Row{m.importRow(2, importdb.Waiting)}, func(v *pages.ShowView) {
			v.Form = failed(roster.Conflict, "This import is under way. Cancel it first.")
		})},
	}...)
}

func (m maker) importPlans(refused []pages.Row) []sample {
	plan := func(change func(*pages.PlanView)) templ.Component {
		v := pages.PlanView{
			Page: m.page(), Of: m.imported(importdb.Open, 7, 2), New: 3, Changed: 1, Same: 1, Refused: 2, Letters: 2, APIUsers: 1, Plan: playground, People: 7, Programs: 1,
			Rows: append(refused[:2:2], m.importNew(2), m.importDone(3), m.importNew(6)), All: 6,
		}
		change(&v)
		return pages.Plan(v)
	}
	return []sample{
		{"import-plan", plan(func(*pages.PlanView) {})},
		{"import-plan-later", plan(func(v *pages.PlanView) {
			v.Of = m.imported(importdb.Open, 12_000)
			v.New, v.Letters, v.APIUsers, v.Changed, v.Refused, v.Left, v.Paced, v.From, v.All, v.Plan, v.Rows = 1000, 1000, 0, 0, 0, 11_000, true, 50, 1000, roster.Plans()[1], v.Rows[2:]
		})},
		{"import-plan-same", plan(func(v *pages.PlanView) {
			v.Of = m.imported(importdb.Open, 7)
			v.New, v.Changed, v.Same, v.Refused, v.Letters, v.APIUsers, v.Rows, v.All = 0, 0, 7, 0, 0, 0, nil, 0
		})},
		{"import-plan-full", plan(func(v *pages.PlanView) {
			v.New, v.Changed, v.Same, v.Refused, v.People, v.Letters, v.APIUsers, v.Rows, v.All = 0, 0, 0, 2, 10, 0, 0, refused, 2
		})},
	}
}

// An import that is under way is looked at again by itself where there are scripts, until it has ended; without them
// somebody asks.
func TestAnImportIsFollowedToItsEnd(t *testing.T) {
	p := open(t, browser.Options{}, "/o/acme/imports/imp_1")
	p.WaitText("335 of 1,235 rows are dealt with")
	p.WaitText("2 rows · 2 done")
	p.CheckAxe()
	plain := open(t, browser.Options{NoScript: true}, "/o/acme/imports/imp_1")
	for range 2 {
		plain.WaitText("335 of 1,235 rows are dealt with")
		plain.Click("Look again")
	}
	plain.WaitText("2 rows · 2 done")
}
