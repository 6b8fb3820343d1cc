package imports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	rows "roster/internal/action/team/apply/imports"
	"roster/internal/people"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/store/importdb"
)

// How many rows a page shows: of an import, and of a plan.
const (
	rowsAtOnce    = 25
	plannedAtOnce = 50
)

func (d *Door) show(v *web.Visit) error {
	view, err := d.view(v, At{v.R.URL.Query().Get("state"), v.R.URL.Query().Get("cursor")})
	if err == nil {
		v.Show(Show(view))
	}
	return err
}

// view loads an import's page. Where there are no rows of the state that is asked for, those are shown that ask for somebody.
func (d *Door) view(v *web.Visit, at At) (ShowView, error) {
	i, err := d.room.Show(v.Context(), id(v))
	view := ShowView{Page: v.Page, Of: Import{i}, Now: v.Now(), At: at}
	if err != nil || view.Of.runs() {
		return view, err
	}
	if state := importdb.RowState(at.State); at.State == "" || slices.Contains(states(), state) && i.Rows[state] == 0 {
		view.At = At{State: view.Of.first()}
	}
	q := rows.Query{State: importdb.RowState(view.At.State), Cursor: view.At.Cursor, Limit: rowsAtOnce}
	if view.At.State == every {
		q.State = ""
	}
	list, err := d.room.Rows(v.Context(), i.ID, q)
	view.Rows = told(v, i, list.Rows, false)
	view.Pager.Shown = v.Page.Say("import.shown", "n", v.Page.Number(len(list.Rows)), "total", v.Page.Number(list.Total))
	if view.At.Cursor != "" {
		view.Pager.FirstURL = view.Of.page(v.Page) + At{State: view.At.State}.query()
	}
	if list.Next != "" {
		view.Pager.NextURL = view.Of.page(v.Page) + At{view.At.State, list.Next}.query()
	}
	return view, err
}

// again shows the import's page with what was wrong.
func (d *Door) again(v *web.Visit, wrong error, at At) error {
	view, err := d.view(v, at)
	if err != nil {
		return wrong // who may not see it is told what was wrong alone
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Form = form
		return Show(view)
	})
}

// sent reads a form about a row: its number, which rows were shown, and what was written into its cells.
func sent(v *web.Visit) (number int, at At, cells map[column.Field]string, err error) {
	f, err := server.OpenForm(v.R)
	if err != nil {
		return 0, at, nil, err
	}
	number, err = strconv.Atoi(v.R.PathValue("row"))
	if err != nil {
		return 0, at, nil, roster.Errorf(roster.NotFound, "not_found", "There is nothing here.")
	}
	cells = map[column.Field]string{}
	for key, value := range f {
		field, is := strings.CutPrefix(key, "r"+strconv.Itoa(number)+".")
		switch {
		case is:
			cells[column.Field(field)] = value
		case key == "state":
			at.State = value
		case key == "cursor":
			at.Cursor = value
		default:
			return 0, at, nil, malformed()
		}
	}
	return number, at, cells, nil
}

// correct gives a row what was written into its cells.
func (d *Door) correct(v *web.Visit) error {
	number, at, cells, err := sent(v)
	if err != nil {
		return err
	}
	row, err := d.written(v, number, cells)
	if err != nil {
		return d.again(v, err, at)
	}
	back := Import{rows.View{Import: importdb.Import{ID: id(v)}}}.page(v.Page) + at.query()
	if row.State == importdb.Wrong {
		return v.Go(back+"#"+Row{Row: row}.anchor(), "toast.import_row_wrong", "n", v.Page.Number(number))
	}
	return v.Go(back, "toast.import_row_corrected", "n", v.Page.Number(number))
}

// written corrects a row: cells that the form does not have stay as they are.
func (d *Door) written(v *web.Visit, number int, sent map[column.Field]string) (rows.Row, error) {
	i, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return rows.Row{}, err
	}
	found, err := d.room.Read(v.Context(), i.ID, rows.Page{After: number - 1, Limit: 1})
	if err != nil {
		return rows.Row{}, err
	}
	var cells []string
	if len(found) == 1 && found[0].Number == number { // else the room says that there is none
		cells = found[0].Cells
	}
	if cells, err = i.Amended(cells, sent); err != nil {
		return rows.Row{}, err
	}
	return d.room.Correct(v.Context(), i.ID, number, cells)
}

// leave leaves a row out, or takes it in again.
func (d *Door) leave(out bool) web.Handler {
	return func(v *web.Visit) error {
		number, at, _, err := sent(v)
		if err != nil {
			return err
		}
		if _, err := d.room.Leave(v.Context(), id(v), number, out); err != nil {
			return d.again(v, err, at)
		}
		i := Import{rows.View{Import: importdb.Import{ID: id(v)}}}
		back, n := i.page(v.Page)+at.query(), v.Page.Number(number)
		if out {
			return v.GoBack(back, i.page(v.Page, "rows", strconv.Itoa(number), "take"), "toast.import_row_left_out", "n", n)
		}
		return v.Go(back, "toast.import_row_taken", "n", n)
	}
}

// told gives rows as the pages show them. What customer accounts are called is found out in one look.
func told(v *web.Visit, i rows.View, list []rows.Row, planned bool) []Row {
	var units []roster.UnitID
	for _, r := range list {
		for _, d := range r.Did {
			for _, c := range d.Changes {
				if c.Field == "unit" {
					units = append(units, roster.UnitID(c.From), roster.UnitID(c.To))
				}
			}
		}
	}
	v.LookUp(units...)
	all := make([]Row, len(list))
	for n, r := range list {
		all[n] = rowOf(v, i, r, planned)
	}
	return all
}

// rowOf gives a row as the pages show it. Of a plan, whoever would be made is not there.
func rowOf(v *web.Visit, i rows.View, r rows.Row, planned bool) Row {
	out := Row{Row: r}
	for at, f := range i.Mapping {
		if f == column.None || at >= len(i.Header) {
			continue
		}
		c := Cell{Field: f, Label: cmp.Or(i.Header[at], f.Heading(tag(v.Page)))}
		if at < len(r.Cells) {
			c.Text = r.Cells[at]
		}
		out.Cells = append(out.Cells, c)
	}
	if r.Problem != nil {
		out.blame(v.Page, r.Problem.In(v.Page.Words.Tell))
	}
	for _, deed := range r.Did {
		out.Deeds = append(out.Deeds, deedOf(v, deed, planned))
	}
	return out
}

// blame puts what is wrong where it can be corrected: beside the cell, or where no cell holds it beside the row.
func (r *Row) blame(p web.Page, e *roster.Error) {
	if len(e.Fields) == 0 {
		r.Faults = []string{e.Message}
	}
	for _, f := range e.Fields {
		at := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.means(f.Field) })
		switch {
		case at < 0:
			label := cmp.Or(column.Field(f.Field).Heading(tag(p)), f.Field)
			r.Faults = append(r.Faults, p.Say("import.fault", "field", label, "text", f.Message))
		case r.Cells[at].Error == "":
			r.Cells[at].Error = f.Message
		default:
			r.Cells[at].Error += " " + f.Message
		}
	}
}

// means tells whether a field that is at fault stands in the cell. Whatever is wrong with a grant stands with the roles.
func (c Cell) means(field string) bool {
	if strings.HasPrefix(field, "grants") && c.Field == column.Roles {
		return true
	}
	return string(c.Field) == field
}

// deedOf tells an act as people read it.
func deedOf(v *web.Visit, d rows.Deed, planned bool) Deed {
	out := Deed{Act: v.Page.Say("people.act." + d.Action)}
	if !planned || !d.Made() {
		out.URL, out.ClientID = v.Page.Member(roster.MemberID(d.ID)), d.ClientID
	}
	for _, c := range d.Changes {
		if c.Field == "unit" {
			c.From, c.To = placed(v, c.From), placed(v, c.To)
		}
		out.Fields = append(out.Fields, v.Page.Alter(c.Field, c.From, c.To))
	}
	for _, text := range d.Gained {
		out.Gained = append(out.Gained, held(v, text, d.Names))
	}
	for _, text := range d.Lost {
		out.Lost = append(out.Lost, held(v, text, d.Names))
	}
	return out
}

// placed calls a customer account by its name.
func placed(v *web.Visit, unit string) string {
	if unit == "" {
		return ""
	}
	return v.PlaceName(roster.UnitID(unit))
}

// held says a grant that was kept as it stands in a cell, with names for what it names.
func held(v *web.Visit, text string, names map[string]string) string {
	all, err := people.ParseGrants(text)
	if err != nil || len(all) != 1 {
		return text
	}
	g := all[0]
	what := g.Permission + g.Scope
	if g.Role != "" {
		if what = v.RoleName(g.Role); what == g.Role {
			what = cmp.Or(names[g.Role], g.Role)
		}
	}
	return v.Page.Held(what, cmp.Or(names[g.Unit], g.Unit), g.Until)
}
