package unitdb

import (
	"context"
	"fmt"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Filter chooses units of one organisation.
type Filter struct {
	Org      roster.OrgID
	Parent   *roster.UnitID  // only those directly below; pointing to an empty one for those below the organisation; nil for all
	Words    []string        // folded; each must begin one of the unit's words
	Within   []roster.UnitID // only these and what stands below them; nil for everywhere
	Only     []roster.UnitID // only these; nil for all
	Archived bool            // archived ones too
	After    *Key            // the last row of the page before; nil for the first page
	Limit    int

	live bool // counts only children that are not archived
}

// Key is a row's place in the list, which is ordered by name.
type Key struct {
	Name []byte
	ID   roster.UnitID
}

// Row is a unit as the list shows it.
type Row struct {
	roster.Unit
	Children int // units directly below that the list would show: archived ones only if the filter asks for them
	Members  int // who is bound to this very unit or holds something at it; removed ones left out
	Sort     []byte
}

// Key gives the row's place, to go on from.
func (r Row) Key() *Key { return &Key{Name: r.Sort, ID: r.ID} }

// List gives one page of units, by name.
func List(ctx context.Context, r store.Reader, f Filter) ([]Row, error) {
	with, q := where(f)
	if f.After != nil {
		q.Add("(u.sort_name, u.id) > (%s, %s)", f.After.Name, f.After.ID)
	}
	limit := q.Arg(f.Limit)
	return store.All(ctx, r, func(row store.Row) (Row, error) {
		var v Row
		return v, row.Scan(append(fields(&v.Unit), &v.Sort, &v.Children, &v.Members)...)
	}, fmt.Sprintf(`%sSELECT %s, u.sort_name,
	    (SELECT count(*) FROM unit c WHERE c.org_id = u.org_id AND c.parent_id = u.id%s),
	    (SELECT count(*) FROM (SELECT b.id FROM member b WHERE b.org_id = u.org_id AND b.unit_id = u.id AND b.status <> 'removed'
	      UNION SELECT h.id FROM member_grant g JOIN member h ON h.org_id = g.org_id AND h.id = g.member_id AND h.status <> 'removed'
	      WHERE g.org_id = u.org_id AND g.unit_id = u.id) AS people)
	    FROM unit u WHERE %s ORDER BY u.sort_name, u.id LIMIT %s`, with, columns, archived(Filter{Archived: f.Archived && !f.live}, "c"), q.Text(), limit), q.Args()...)
}

// RowByID finds one unit as the list shows it, with its children that are not archived.
func RowByID(ctx context.Context, r store.Reader, org roster.OrgID, id roster.UnitID) (store.Found[Row], error) {
	rows, err := List(ctx, r, Filter{Org: org, Only: []roster.UnitID{id}, Archived: true, live: true, Limit: 1})
	if err != nil || len(rows) == 0 {
		return store.Found[Row]{}, err
	}
	return store.Found[Row]{Value: rows[0], OK: true}, nil
}

// Count counts the units of a filter, but no more than limit.
func Count(ctx context.Context, r store.Reader, f Filter, limit int) (int, error) {
	with, q := where(f)
	most := q.Arg(limit)
	n, err := store.One(ctx, r, store.Scan[int], fmt.Sprintf(`%sSELECT count(*) FROM (SELECT 1 FROM unit u WHERE %s LIMIT %s) AS counted`, with, q.Text(), most), q.Args()...)
	return n.Value, err
}

func archived(f Filter, table string) string {
	if f.Archived {
		return ""
	}
	return " AND " + table + ".archived_at = 0"
}

// People are the members who have to do with a unit, counted; removed ones are left out, and ended grants count.
type People struct {
	Bound int // external members bound to this very unit
	Here  int // with a grant at this very unit
	Below int // bound or with a grant below it
	Above int // with a grant above it, or on the whole organisation
}

// PeopleOf counts the members who have to do with a unit. Who counts in several ways is counted in each.
func PeopleOf(ctx context.Context, r store.Reader, org roster.OrgID, id roster.UnitID) (People, error) {
	found, err := store.One(ctx, r, func(row store.Row) (People, error) {
		var p People
		return p, row.Scan(&p.Bound, &p.Here, &p.Below, &p.Above)
	}, `WITH RECURSIVE `+inside+`,
	    above (id, parent_id) AS (SELECT id, parent_id FROM unit WHERE org_id = $1 AND id = $2
	    UNION SELECT u.id, u.parent_id FROM unit u JOIN above a ON u.org_id = $1 AND u.id = a.parent_id)
	    SELECT (SELECT count(*) FROM member m WHERE m.org_id = $1 AND m.unit_id = $2 AND m.status <> 'removed'),
	    (SELECT count(DISTINCT m.id) FROM member_grant g JOIN member m ON m.org_id = $1 AND m.id = g.member_id AND m.status <> 'removed'
	     WHERE g.org_id = $1 AND g.unit_id = $2),
	    (SELECT count(*) FROM (SELECT m.id FROM inside i JOIN member m ON m.org_id = $1 AND m.unit_id = i.id AND m.status <> 'removed' WHERE i.id <> $2
	     UNION SELECT m.id FROM inside i JOIN member_grant g ON g.org_id = $1 AND g.unit_id = i.id
	     JOIN member m ON m.org_id = $1 AND m.id = g.member_id AND m.status <> 'removed' WHERE i.id <> $2) AS below),
	    (SELECT count(DISTINCT m.id) FROM member_grant g JOIN member m ON m.org_id = $1 AND m.id = g.member_id AND m.status <> 'removed'
	     WHERE g.org_id = $1 AND (g.unit_id IS NULL OR g.unit_id <> $2 AND g.unit_id IN (SELECT id FROM above)))`, org, id)
	return found.Value, err
}

// where gives the conditions of a filter, and what stands before the SELECT for them.
func where(f Filter) (with string, q *query.Conditions) {
	q = &query.Conditions{}
	q.Add("u.org_id = %s"+archived(f, "u"), f.Org)
	switch {
	case f.Parent == nil:
	case *f.Parent == "":
		q.Add("u.parent_id IS NULL")
	default:
		q.Add("u.parent_id = %s", *f.Parent)
	}
	for _, w := range f.Words {
		q.Add("EXISTS (SELECT 1 FROM unit_word w WHERE w.org_id = u.org_id AND w.unit_id = u.id AND w.word >= %s AND w.word < %s)", []byte(w), query.PrefixEnd(w))
	}
	if f.Only != nil {
		q.AddIn("u.id", query.Anys(f.Only))
	}
	if f.Within != nil {
		with = q.Below("", "sight", f.Org, f.Within)
		q.Add("u.id IN (SELECT id FROM sight)")
	}
	return with, q
}
