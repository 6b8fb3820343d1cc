package memberdb

import (
	"strings"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Sort is the order of a list: a column, with a hyphen before it from the last to the first. Each ends with the
// ID, so that it is total, and each has its index.
type Sort string

// The orders that are spoken of by name.
const (
	ByName Sort = "name"
	ByAge  Sort = "created_at"
)

// Columns are the columns that a list is ordered by.
func Columns() []string {
	return []string{"name", "identifier", "kind", "phone", "status", "verified", "last_seen_at", "created_at", "updated_at"}
}

// Sorts gives every order there is.
func Sorts() []Sort {
	var all []Sort
	for _, c := range Columns() {
		all = append(all, Sort(c), Sort("-"+c))
	}
	return all
}

// Column gives the order's column; Down tells whether it goes from the last to the first.
func (s Sort) Column() string { return strings.TrimPrefix(string(s), "-") }

// Down tells whether the order goes from the last to the first.
func (s Sort) Down() bool { return strings.HasPrefix(string(s), "-") }

// byName tells whether the order is by name, one way or the other.
func (s Sort) byName() bool { return s.Column() == "" || s.Column() == string(ByName) }

// Key is a row's place in an order, by the column's value: bytes, a text, or a moment.
type Key struct {
	Bytes []byte `json:",omitempty"`
	Text  string `json:",omitempty"`
	At    int64  `json:",omitempty"`
	ID    roster.MemberID
}

// order is a Sort in the words of SQL.
type order struct {
	column, id         string
	after, until, down string
	place              func(Key) any
}

func (s Sort) order() order {
	o := order{id: "m.id", after: ">", until: "<=", place: func(k Key) any { return k.At }}
	if s.Down() {
		o.after, o.until, o.down = "<", ">=", " DESC"
	}
	switch c := s.Column(); c {
	case "", "name":
		o.column, o.place = "m.sort_name", func(k Key) any { return k.Bytes }
	case "identifier":
		o.column, o.place = "m.sort_identifier", func(k Key) any { return k.Bytes }
	case "kind", "phone", "status":
		o.column, o.place = "m."+c, func(k Key) any { return k.Text }
	case "verified":
		o.column = "m.verified_at"
	default:
		o.column = "m." + c
	}
	return o
}

// scan reads a place in an order from its column and the ID.
func (s Sort) scan(row store.Row) (Key, error) {
	var k Key
	switch s.Column() {
	case "", "name", "identifier":
		return k, row.Scan(&k.Bytes, &k.ID)
	case "kind", "phone", "status":
		return k, row.Scan(&k.Text, &k.ID)
	default:
		return k, row.Scan(&k.At, &k.ID)
	}
}

// Place gives a row's place in an order, to go on from.
func (s Sort) Place(r Row) *Key {
	k := &Key{ID: r.ID}
	switch s.Column() {
	case "", "name":
		k.Bytes = r.SortName
	case "identifier":
		k.Bytes = sortIdentifier(r.Member)
	case "kind":
		k.Text = string(r.Kind)
	case "phone":
		k.Text = r.Phone
	case "status":
		k.Text = string(r.Status)
	case "verified":
		k.At = store.Micros(r.VerifiedAt)
	case "last_seen_at":
		k.At = store.Micros(r.LastSeenAt)
	case "created_at":
		k.At = store.Micros(r.CreatedAt)
	case "updated_at":
		k.At = store.Micros(r.UpdatedAt)
	}
	return k
}

// sorted is the ORDER BY.
func (o order) sorted() string {
	return "ORDER BY " + o.column + o.down + ", " + o.id + o.down
}

// compared is a condition on the place in the order.
func (o order) compared(q *query.Conditions, how string, k Key) {
	q.Add("("+o.column+", "+o.id+") "+how+" (%s, %s)", o.place(k), k.ID)
}
