package memberdb

import (
	"context"
	"fmt"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Filter chooses members of one organisation; removed ones are listed only when asked for by status.
type Filter struct {
	Org    roster.OrgID
	Words  []string // folded; each must begin one of the member's words
	Status []roster.Status
	Kinds  []roster.MemberKind
	Role   string          // a role's ID; held where Within is, where that is given
	Unit   roster.UnitID   // only who is bound or holds something at this unit or below; empty for all
	Within []roster.UnitID // only who is bound or holds something at one of these units or below; nil for all
	At     time.Time       // the moment of holding: a grant that has ended by then counts no more
	Sort   Sort
	After  *Key // the last row of the page before; nil for the first page
	Limit  int
}

// Sort is the order of a list.
type Sort string

// The orders there are; each ends with the ID, so that it is total.
const (
	ByName     Sort = "name"
	ByNameDesc Sort = "-name"
	ByAge      Sort = "created_at"
	ByAgeDesc  Sort = "-created_at"
)

// Key is a row's place in an order.
type Key struct {
	Name []byte
	At   int64
	ID   roster.MemberID
}

// Row is a member as the list shows it.
type Row struct {
	roster.Member
	Live      roster.Invitation // the live invitation; zero without one
	CreatedBy string            // the maker's name; the actor's ID where it is no member
	UpdatedBy string
	Sort      []byte
}

// Key gives the row's place, to go on from.
func (r Row) Key() *Key { return &Key{Name: r.Sort, At: store.Micros(r.CreatedAt), ID: r.ID} }

const rowColumns = columns + `, m.sort_name, COALESCE(NULLIF(c.name, ''), NULLIF(c.email, ''), m.created_by), COALESCE(NULLIF(u.name, ''), NULLIF(u.email, ''), m.updated_by),
 COALESCE(i.generation, 0), COALESCE(i.state, ''), COALESCE(i.sent_at, 0), COALESCE(i.expires_at, 0)`

const rowJoins = ` FROM member m
 LEFT JOIN member c ON c.org_id = m.org_id AND c.id = m.created_by
 LEFT JOIN member u ON u.org_id = m.org_id AND u.id = m.updated_by
 LEFT JOIN invitation i ON i.org_id = m.org_id AND i.member_id = m.id AND i.state = 'live'`

func scanRow(row store.Row) (Row, error) {
	var r Row
	all := append(fields(&r.Member), &r.Sort, &r.CreatedBy, &r.UpdatedBy,
		&r.Live.Generation, &r.Live.State, store.When(&r.Live.SentAt), store.When(&r.Live.ExpiresAt))
	return r, row.Scan(all...)
}

// RowByID finds one member as the list shows it.
func RowByID(ctx context.Context, r store.Reader, org roster.OrgID, id roster.MemberID) (store.Found[Row], error) {
	return store.One(ctx, r, scanRow, `SELECT `+rowColumns+rowJoins+` WHERE m.org_id = $1 AND m.id = $2`, org, id)
}

// List gives one page of members.
func List(ctx context.Context, r store.Reader, f Filter) ([]Row, error) {
	with, q := where(f)
	order := "m.sort_name, m.id"
	compare, key := ">", "m.sort_name"
	var at any
	if f.After != nil {
		at = f.After.Name
	}
	switch f.Sort {
	case ByNameDesc:
		order, compare = "m.sort_name DESC, m.id DESC", "<"
	case ByAge, ByAgeDesc:
		order, key = "m.created_at, m.id", "m.created_at"
		if f.After != nil {
			at = f.After.At
		}
		if f.Sort == ByAgeDesc {
			order, compare = "m.created_at DESC, m.id DESC", "<"
		}
	}
	if f.After != nil {
		q.Add("("+key+", m.id) "+compare+" (%s, %s)", at, f.After.ID)
	}
	limit := q.Arg(f.Limit)
	return store.All(ctx, r, scanRow, fmt.Sprintf(`%sSELECT %s%s WHERE %s ORDER BY %s LIMIT %s`,
		with, rowColumns, rowJoins, q.Text(), order, limit), q.Args()...)
}

// Count counts the members of a filter, but no more than limit.
func Count(ctx context.Context, r store.Reader, f Filter, limit int) (int, error) {
	with, q := where(f)
	most := q.Arg(limit)
	n, err := store.One(ctx, r, store.Scan[int], fmt.Sprintf(`%sSELECT count(*) FROM (SELECT 1 FROM member m WHERE %s LIMIT %s) AS counted`, with, q.Text(), most), q.Args()...)
	return n.Value, err
}

// where gives the conditions of a filter, and what stands before the SELECT for them.
func where(f Filter) (with string, q *query.Conditions) {
	q = &query.Conditions{}
	q.Add("m.org_id = %s", f.Org)
	if len(f.Status) == 0 {
		q.Add("m.status <> 'removed'")
	} else {
		q.AddIn("m.status", query.Anys(f.Status))
	}
	if len(f.Kinds) > 0 {
		q.AddIn("m.kind", query.Anys(f.Kinds))
	}
	for _, w := range f.Words {
		q.Add("EXISTS (SELECT 1 FROM member_word w WHERE w.org_id = m.org_id AND w.member_id = m.id AND w.word >= %s AND w.word < %s)", []byte(w), query.PrefixEnd(w))
	}
	live := "(g.until_at = 0 OR g.until_at > %s)"
	held := "g.org_id = m.org_id AND g.member_id = m.id AND " + live
	at := store.Micros(f.At)
	if f.Within != nil {
		with = q.Below(with, "sight", f.Org, f.Within)
		q.Add(there("sight", live), at)
		held += " AND g.unit_id IN (SELECT id FROM sight)"
	}
	if f.Role != "" {
		q.Add("EXISTS (SELECT 1 FROM member_grant g WHERE "+held+" AND g.role_id = %s)", at, f.Role)
	}
	if f.Unit != "" {
		with = q.Below(with, "here", f.Org, []roster.UnitID{f.Unit})
		q.Add(there("here", live), at)
	}
	return with, q
}

// there is the condition that a member has to do with one of the units of a table: is bound there or holds something
// live there.
func there(units, live string) string {
	return `m.id IN (SELECT b.id FROM ` + units + ` t JOIN member b ON b.org_id = m.org_id AND b.unit_id = t.id
	 UNION SELECT g.member_id FROM ` + units + ` t JOIN member_grant g ON g.org_id = m.org_id AND g.unit_id = t.id AND ` + live + `)`
}

// SeenBefore tells whether a member's last visit is old enough to note a new one.
func SeenBefore(m roster.Member, now time.Time) bool { return now.Sub(m.LastSeenAt) >= time.Minute }
