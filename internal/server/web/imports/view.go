// Package imports holds the pages of tables of people: one is sent in, its columns are told, its rows corrected, tried and
// followed, and what became of them taken along. What a row means and does is the rooms'. The pages are made from their
// structs alone.
package imports

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	rows "roster/internal/action/team/apply/imports"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/importdb"
)

// Import is a table that was sent in, as the pages show it.
type Import struct{ rows.View }

func (i Import) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"imports", i.ID}, parts...)...)
}

// called is what the import is called: as its file is.
func (i Import) called(p web.Page) string {
	if i.Name != "" {
		return i.Name
	}
	return p.Say("import.unnamed")
}

func (i Import) runs() bool { return i.State == importdb.Running }

// ready tells how many rows starting it would try.
func (i Import) ready() int { return i.Rows[importdb.Waiting] + i.Rows[importdb.Refused] }

// told says how many rows there are, and how far it is.
func (i Import) told(p web.Page) string {
	text := p.Counted("import.rows", i.Total)
	if t := i.tally(p); t != "" {
		text += " · " + t
	}
	return text
}

// tally says what became of rows.
func (i Import) tally(p web.Page) string {
	var all []string
	for _, s := range []importdb.RowState{importdb.Changed, importdb.Refused, importdb.Wrong} {
		if n := i.Rows[s]; n > 0 {
			all = append(all, p.Counted("import.count."+string(s), n))
		}
	}
	return strings.Join(all, " · ")
}

// open tells whether there are rows that can be done still.
func (i Import) open() bool {
	return i.ready()+i.Rows[importdb.Wrong]+i.Rows[importdb.LeftOut] > 0
}

// tone is how a state looks.
func (i Import) tone() string {
	return map[importdb.State]string{importdb.Open: "wait", importdb.Running: "wait", importdb.Done: "good", importdb.Stopped: "stop", importdb.Cancelled: "off"}[i.State]
}

// states are those that rows are looked at by, what asks for somebody first.
func states() []importdb.RowState {
	return []importdb.RowState{importdb.Wrong, importdb.Refused, importdb.Waiting, importdb.Changed, importdb.Same, importdb.LeftOut}
}

// every is the value by which rows of any state are asked for.
const every = "all"

// first gives the state whose rows are shown where none is asked for.
func (i Import) first() string {
	for _, s := range states() {
		if i.Rows[s] > 0 {
			return string(s)
		}
	}
	return every
}

// StartView is the page on which a table is sent in, with those that were.
type StartView struct {
	web.Page
	Form    web.Form
	Imports []Import
}

// ColumnsView is what the columns of a table mean.
type ColumnsView struct {
	web.Page
	Form    web.Form
	Of      Import
	Means   column.Mapping // as it is, or as it was chosen
	Samples [][]string     // a few values of each column
}

// options are what a column may mean.
func (v ColumnsView) options(at int) []web.Option {
	all := []web.Option{{Label: v.Say("import.columns.none")}}
	for _, f := range column.Fields() {
		all = append(all, web.Option{Value: string(f), Label: f.Heading(tag(v.Page)), Checked: at < len(v.Means) && v.Means[at] == f})
	}
	return all
}

// heading calls a column as the file does, or by its place.
func (v ColumnsView) heading(at int) string {
	if h := v.Of.Header[at]; h != "" {
		return h
	}
	return v.Say("import.columns.unheaded", "n", v.Number(at+1))
}

func tag(p web.Page) language.Tag { return language.Make(p.Words.Language()) }

// ShowView is an import: while it runs how far it is, else its rows.
type ShowView struct {
	web.Page
	Of    Import
	Form  web.Form
	Now   time.Time
	At    At
	Rows  []Row
	Pager web.Pager
}

// ForgetView asks before an import is forgotten.
type ForgetView struct {
	web.Page
	Of Import
}

// At is which rows are shown.
type At struct{ State, Cursor string }

// query gives the address's end that leads there.
func (a At) query() string {
	q := url.Values{"state": {a.State}}
	if a.Cursor != "" {
		q.Set("cursor", a.Cursor)
	}
	return "?" + q.Encode()
}

// tabs lead to the rows of each state that there are.
func (v ShowView) tabs() []web.Tab {
	var all []web.Tab
	add := func(state string, n int) {
		t := web.Tab{Label: v.Say("import.tab", "state", v.Say("import.tab."+state), "n", v.Number(n)), URL: v.Of.page(v.Page) + At{State: state}.query()}
		if state == v.At.State {
			t.URL = ""
		}
		all = append(all, t)
	}
	for _, s := range states() {
		if n := v.Of.Rows[s]; n > 0 {
			add(string(s), n)
		}
	}
	if len(all) > 1 {
		add(every, v.Of.Total)
	}
	return all
}

// waits tells whether letters must wait, and so the rows.
func (v ShowView) waits() bool { return v.Of.Due.Sub(v.Now) > 10*time.Second }

// Row is a row with what became of it and what can be corrected.
type Row struct {
	rows.Row
	Cells  []Cell   // those whose columns mean something
	Faults []string // what is wrong, where no cell holds it
	Deeds  []Deed
}

// Deed is an act that was done for a row, or would be.
type Deed struct {
	Act, URL string // the URL is the member's page, where they are there
	ClientID string
	web.Difference
}

// Cell is what stands in a row below a heading.
type Cell struct {
	Field              column.Field
	Label, Text, Error string
}

// control is the name of a cell's control: no two rows of a page have the same.
func (r Row) control(c Cell) string { return r.prefix() + string(c.Field) }

func (r Row) prefix() string { return "r" + strconv.Itoa(r.Number) + "." }

func (r Row) anchor() string { return "row-" + strconv.Itoa(r.Number) }

// called is how people find the row again: by whom it is about.
func (r Row) called() string {
	if i := r.names(); i >= 0 {
		return r.Cells[i].Text
	}
	return ""
}

// names gives the place of the cell that the row is called by.
func (r Row) names() int {
	for _, f := range []column.Field{column.Email, column.Name, column.ClientID, column.ExternalID, column.ID} {
		if i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.Field == f && c.Text != "" }); i >= 0 {
			return i
		}
	}
	return slices.IndexFunc(r.Cells, func(c Cell) bool { return c.Text != "" })
}

// says gives what else stands in the row.
func (r Row) says() string {
	var all []string
	at := r.names()
	for i, c := range r.Cells {
		if i != at && c.Text != "" {
			all = append(all, short(c.Text))
		}
	}
	return strings.Join(all, " · ")
}

// wrong gives the cells that are to be corrected, and right the others.
func (r Row) wrong() []Cell {
	return slices.DeleteFunc(slices.Clone(r.Cells), func(c Cell) bool { return c.Error == "" })
}

func (r Row) right() []Cell {
	return slices.DeleteFunc(slices.Clone(r.Cells), func(c Cell) bool { return c.Error != "" })
}

// open tells whether the row can be corrected still.
func (r Row) open() bool { return r.State != importdb.Changed && r.State != importdb.Same }

// becomes tells what a plan says that becomes of the row.
func (r Row) becomes() string {
	switch {
	case r.State == importdb.Refused || r.State == importdb.Wrong:
		return "refused"
	case r.makes():
		return "new"
	}
	return "changed"
}

// makes tells whether somebody comes in by the row.
func (r Row) makes() bool { return slices.ContainsFunc(r.Did, rows.Deed.Made) }

// mark is the icon of a row's state and the class of its line.
func (r Row) mark() (icon, class string) {
	switch r.State {
	case importdb.Wrong, importdb.Refused:
		return "alert", "refused"
	case importdb.Changed:
		return "check", "done"
	case importdb.Same:
		return "check", "idle"
	case importdb.LeftOut:
		return "block", "idle"
	}
	return "clock", "idle"
}

// PlanView is what starting an import would do now.
type PlanView struct {
	web.Page
	Of       Import
	New      int // people and API users
	Changed  int
	Same     int
	Refused  int
	Left     int // rows that were not tried
	Paced    bool
	Letters  int
	APIUsers int // among the new ones
	Plan     roster.Plan
	People   int // seats that are taken now
	Programs int // likewise, of API users
	Rows     []Row
	From     int // the place of the first of Rows among those that are told of
	All      int // how many these are
}

// counts are what the plan comes to, each with what it counts.
func (v PlanView) counts() [][2]string {
	var all [][2]string
	for _, c := range []struct {
		key string
		n   int
	}{{"new", v.New}, {"changed", v.Changed}, {"same", v.Same}, {"refused", v.Refused}, {"wrong", v.Of.Rows[importdb.Wrong]}, {"left_out", v.Of.Rows[importdb.LeftOut]}, {"untried", v.Left}} {
		if c.n > 0 || c.key == "new" || c.key == "changed" {
			all = append(all, [2]string{v.Say("import.plan.count." + c.key), v.Number(c.n)})
		}
	}
	return all
}

// seats says how many seats of a kind are taken before and after; a limit below zero is none.
func (v PlanView) seats(kind string, used, more, limit int) string {
	if limit < 0 {
		return v.Say("import.seats."+kind+".unlimited", "before", v.Number(used), "after", v.Number(used+more))
	}
	return v.Say("import.seats."+kind, "before", v.Number(used), "after", v.Number(used+more), "limit", v.Number(limit))
}

func (i Import) version() string { return strconv.FormatInt(i.Version, 10) }

// control is the name of a column's control.
func control(at int) string { return "column." + strconv.Itoa(at) }

// longest bounds a sample, in letters.
const longest = 60

// short gives the beginning of a long text.
func short(text string) string {
	if all := []rune(text); len(all) > longest {
		return string(all[:longest]) + "…"
	}
	return text
}

// mostNamed is how many columns are named that are left out.
const mostNamed = 8

// shorter names columns that are left out, the first of many.
func shorter(left []string) string {
	if len(left) > mostNamed {
		return strings.Join(left[:mostNamed], ", ") + " …"
	}
	return strings.Join(left, ", ")
}
