package team

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	members "roster/internal/action/team"
	"roster/internal/action/team/view"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/memberdb"
)

// Filter is what the list shows, as it stands in the address.
type Filter struct {
	Q        string
	Status   string // "invited", "active", "blocked" or empty
	Kind     string // "regular", "external", "api" or empty
	Role     string // who holds it, by its ID or key
	Unit     string // who belongs there or holds something there or below, by its ID
	NotRole  string // who does not hold it
	NotUnit  string // who does not belong there and holds nothing there or below
	Verified string // "true", "false" or empty
	MFA      string // likewise
	Size     int    // rows of a page; 0 for the standard number
	Columns  string // of view.Columns, with commas between; "all", or empty for the standard ones
	Sort     string // a column of memberdb.Columns, with a hyphen from the last to the first; by name when empty
	Cursor   string
	Pick     string // who is chosen as the page opens: "page", "all" or empty; in no other link
}

// StandardSize is how many rows a page has when the address does not say.
const StandardSize = 50

// FilterOf reads a filter from an address's query. Several columns may be given apart.
func FilterOf(q url.Values) Filter {
	f := Filter{
		Q: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Kind: q.Get("kind"), Role: q.Get("role"), Unit: q.Get("unit"),
		NotRole: q.Get("not_role"), NotUnit: q.Get("not_unit"), Verified: q.Get("verified"), MFA: q.Get("mfa"),
		Columns: columnsOf(q["columns"]), Sort: q.Get("sort"), Cursor: q.Get("cursor"), Pick: q.Get("pick"),
	}
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		f.Size = n
	}
	return f
}

// columnsOf gives the columns that there are of those that are asked for, in the list's order.
func columnsOf(asked []string) string {
	var some []string
	all := strings.Split(strings.Join(asked, ","), ",")
	for _, c := range view.Columns() {
		if slices.Contains(all, c) {
			some = append(some, c)
		}
	}
	if slices.Contains(all, "all") || len(some) == len(view.Columns()) {
		return "all"
	}
	return strings.Join(some, ",")
}

// values gives the filter as it stands in an address, from the first page on. The order always stands there, so that
// an address with nothing in it can mean what was seen last.
func (f Filter) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"q": f.Q, "status": f.Status, "kind": f.Kind, "role": f.Role, "unit": f.Unit, "not_role": f.NotRole, "not_unit": f.NotUnit,
		"verified": f.Verified, "mfa": f.MFA, "columns": f.Columns, "sort": f.order(),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Size != 0 && f.Size != StandardSize {
		q.Set("limit", strconv.Itoa(f.Size))
	}
	return q
}

// hidden gives the filter's parts but some, for a form that asks for those.
func (f Filter) hidden(but ...string) []web.Hidden {
	var all []web.Hidden
	q := f.values()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(but, name) {
			all = append(all, web.Hidden{Name: name, Value: q.Get(name)})
		}
	}
	return all
}

// Query gives the filter as it stands in an address, its page left out.
func (f Filter) Query() string { return f.values().Encode() }

func (f Filter) order() string {
	if f.Sort == "" {
		return string(memberdb.ByName)
	}
	return f.Sort
}

// URL gives the list's address.
func (f Filter) URL(p web.Page) string {
	q := f.values()
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	return p.In("team") + "?" + q.Encode()
}

// picking gives the address of the same page with some of it chosen.
func (f Filter) picking(p web.Page, what string) string {
	if what == "" {
		return f.URL(p)
	}
	return f.URL(p) + "&pick=" + what
}

// List names the list whose last state is remembered: API users have an item of their own in the navigation.
func (f Filter) List() string {
	if f.Kind == string(roster.API) {
		return view.Lists()[1]
	}
	return view.Lists()[0]
}

// bare tells whether an address says nothing but which list is meant: then what was seen there last is shown.
func bare(q url.Values) bool {
	return len(q) == 0 || len(q) == 1 && q.Get("kind") == string(roster.API)
}

// Chosen gives the filter as the room takes it. Kind: Invalid.
func (f Filter) Chosen() (members.Query, error) {
	q := members.Query{
		Text: f.Q, Role: f.Role, Unit: roster.UnitID(f.Unit), NotRole: f.NotRole, NotUnit: roster.UnitID(f.NotUnit),
		Sort: memberdb.Sort(f.Sort), Limit: f.Size, Cursor: f.Cursor,
	}
	if f.Status != "" {
		q.Status = []roster.Status{roster.Status(f.Status)}
	}
	if f.Kind != "" {
		q.Kinds = []roster.MemberKind{roster.MemberKind(f.Kind)}
	}
	var bad roster.Problems
	for field, text := range map[string]string{"role": f.Role, "unit": f.Unit, "not_role": f.NotRole, "not_unit": f.NotUnit} {
		_, err := roster.CleanName(text)
		bad.Add(field, err)
	}
	var err error
	q.Verified, err = roster.ParseYes(f.Verified)
	bad.Add("verified", err)
	q.MFA, err = roster.ParseYes(f.MFA)
	bad.Add("mfa", err)
	return q, bad.Err()
}

// without gives the filter with one condition taken off, from its first page on; with "" with all of them off.
func (f Filter) without(name string) Filter {
	f.Cursor = ""
	for condition, at := range f.conditions() {
		if name == condition || name == "" {
			*at = ""
		}
	}
	return f
}

func (f *Filter) conditions() map[string]*string {
	return map[string]*string{
		"q": &f.Q, "status": &f.Status, "kind": &f.Kind, "role": &f.Role, "unit": &f.Unit, "not_role": &f.NotRole, "not_unit": &f.NotUnit,
		"verified": &f.Verified, "mfa": &f.MFA,
	}
}

// Any tells whether something narrows the list.
func (f Filter) Any() bool {
	for _, at := range f.conditions() {
		if *at != "" {
			return true
		}
	}
	return false
}

// alone tells whether the list of API users is narrowed by nothing else.
func (f Filter) alone() bool { return f.Kind == string(roster.API) && !f.without("kind").Any() }

// arranged tells whether columns, order or page size are not the standard ones.
func (f Filter) arranged() bool {
	return f.Columns != "" || f.order() != string(memberdb.ByName) || f.Size != 0 && f.Size != StandardSize
}

// columnList takes columns apart.
func columnList(columns string) []string { return strings.Split(columns, ",") }

// shows tells whether a column is shown. The standard ones depend on the window, so that all of them are there.
func (f Filter) shows(column string) bool {
	return f.Columns == "" && column != "units" || f.Columns == "all" || slices.Contains(columnList(f.Columns), column)
}

// ticked tells whether the column chooser has a column ticked.
func (f Filter) ticked(column string) bool {
	if f.Columns == "" {
		return slices.Contains([]string{"identifier", "roles", "status", "last_seen_at", "created_at", "created_by"}, column)
	}
	return f.shows(column)
}

// sorted gives how a column's header stands: the word of aria-sort, empty for another column, and the order that a
// press on it asks for.
func (f Filter) sorted(column string) (aria, next string) {
	switch f.order() {
	case column:
		return "ascending", "-" + column
	case "-" + column:
		return "descending", column
	}
	return "", column
}
