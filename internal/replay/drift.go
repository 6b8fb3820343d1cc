package replay

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"roster/internal/roster"
)

// Drift is where a table says otherwise than the history.
type Drift struct {
	What    string // "member", "grant", "role", "item of a role" or "customer account"
	ID      string // what it is known by
	Name    string
	Field   string // the column; empty where the whole row is missing, or is one too many
	History string // what the history says; empty for a row of which it says nothing, or that it ended
	Table   string // what the table says; empty for a row that it does not have
	Seq     int64  // the line that says so; 0 where none does
}

// There stands in a drift for a row as a whole.
const There = "(there)"

// Row is a row of one of the tables, with its keys and the columns that are rebuilt, in their order.
type Row struct {
	Table  string
	Keys   []string
	Values []string
}

// mostDrifts is how many drifts are kept.
const mostDrifts = 100

// Begin begins to hold rows against what was rebuilt.
func (r *Replay) Begin() {
	r.turn++
	r.drifts, r.count = nil, 0
}

// Hold holds a row against what was rebuilt.
func (r *Replay) Hold(row Row) {
	table := slices.IndexFunc(r.tables, func(s shape) bool { return s.Name == row.Table })
	s := r.tables[table]
	k := key{table, s.id(row.Keys)}
	if !r.mine(owner(k.id)) {
		return
	}
	t := r.things[k]
	if t == nil {
		r.drift(Drift{What: s.What, ID: k.id, Table: There, Seq: r.ended[k]})
		return
	}
	t.seen = r.turn
	said := r.whole(k, t)
	for i, c := range s.rebuilt {
		if v := said[i]; !v.fits(row.Values[i]) {
			r.drift(Drift{s.What, k.id, t.name, c.Name, shown(c, v.text), shown(c, row.Values[i]), v.seq})
		}
	}
}

// End tells of what no row was held against, and gives the drifts, at most a hundred of so many.
func (r *Replay) End() (drifts []Drift, count int) {
	var missing []Drift
	for k, t := range r.things {
		if t.seen != r.turn {
			missing = append(missing, Drift{What: r.tables[k.table].What, ID: k.id, Name: t.name, History: There, Seq: t.since})
		}
	}
	slices.SortFunc(missing, func(a, b Drift) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.What, b.What), cmp.Compare(a.ID, b.ID))
	})
	for _, d := range missing {
		r.drift(d)
	}
	return r.drifts, r.count
}

// Count gives how many things there are, by what they are.
func (r *Replay) Count() map[string]int {
	n := map[string]int{}
	for k := range r.things {
		n[r.tables[k.table].What]++
	}
	return n
}

func (r *Replay) drift(d Drift) {
	r.count++
	if len(r.drifts) < mostDrifts {
		r.drifts = append(r.drifts, d)
	}
}

// fits tells whether a table's value is what the history says, as far as it says it.
func (v value) fits(text string) bool {
	if v.trust == coarse && v.text != text {
		said, err := strconv.ParseInt(v.text, 10, 64)
		kept, err2 := strconv.ParseInt(text, 10, 64)
		return err == nil && err2 == nil && said/second == kept/second
	}
	return v.trust == none || v.text == text
}

// second is a second in microseconds.
const second = 1_000_000

// whole gives a thing's values with those that follow from others: sorts, folded names, a person's name.
func (r *Replay) whole(k key, t *thing) []value {
	all := slices.Clone(t.values)
	s := r.tables[k.table]
	get := func(column string) value { return all[s.at[column]] }
	follow := func(column string, of func() string, from ...string) {
		v := value{}
		for _, c := range from {
			v.seq = max(v.seq, get(c).seq)
			if get(c).trust == none {
				v.trust = none
			}
		}
		v.text = of()
		all[s.at[column]] = v
	}
	text := func(column string) string { return get(column).text }
	switch k.table {
	case members:
		follow("email_folded", func() string { return folded(text("email")) }, "email")
		if text("kind") != string(roster.API) {
			follow("name", func() string { return strings.TrimSpace(text("first_name") + " " + text("last_name")) }, "first_name", "last_name")
		}
		follow("sort_name", func() string { return roster.Fold(cmp.Or(text("name"), text("email"), k.id)) }, "name", "email")
		if text("kind") == string(roster.API) {
			follow("sort_identifier", func() string { return text("client_id") }, "client_id")
		} else {
			follow("sort_identifier", func() string { return text("email_folded") }, "email")
		}
	case units:
		follow("sort_name", func() string { return roster.Fold(text("name")) }, "name")
	case roles:
		follow("name_folded", func() string { return roster.Fold(text("name")) }, "name")
	}
	return all
}

func folded(typed string) string {
	if typed == "" {
		return ""
	}
	address, err := roster.ParseEmail(typed)
	if err != nil {
		return typed
	}
	return address.Folded
}

// shown writes a column's value for people: moments as such.
func shown(c Column, text string) string {
	if c.Form != Moment {
		return text
	}
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil || at == 0 {
		return ""
	}
	return written(at)
}
