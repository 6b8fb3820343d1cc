// Package viewdb keeps how members look at lists: views under a name, and how a list stood when they last saw it. It
// is bookkeeping: no right rests on it, and the history does not tell of it. What a query means it does not know.
package viewdb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Row is a view that is kept. Its name is empty where it is how a list stood last; then its ID is the list's own name.
type Row struct {
	Org    roster.OrgID
	Member roster.MemberID
	ID     string
	Name   string
	Query  string
	MadeAt time.Time
}

// folded is what no two views of a member have in common. Names have no space before them, so that a list's own row is
// never in the way of one.
func (v Row) folded() string {
	if v.Name == "" {
		return " " + v.ID
	}
	return roster.Fold(v.Name)
}

// Of gives all that is kept of a member, by the names.
func Of(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]Row, error) {
	return store.All(ctx, r, func(row store.Row) (Row, error) {
		v := Row{Org: org, Member: m}
		return v, row.Scan(&v.ID, &v.Name, &v.Query, store.When(&v.MadeAt))
	}, `SELECT id, name, query, made_at FROM view WHERE org_id = $1 AND member_id = $2 ORDER BY folded`, org, m)
}

// Insert keeps a view under a name that the member's other views do not have; done tells whether it could. Time is the
// transaction's.
func Insert(ctx context.Context, tx store.Noter, v Row) (done bool, err error) {
	n, err := tx.Note(ctx, store.BookView, `INSERT INTO view (org_id, member_id, id, name, folded, query, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`, v.Org, v.Member, v.ID, v.Name, v.folded(), v.Query, store.Micros(tx.At()))
	return n == 1, err
}

// Put keeps how a list stands, in place of how it stood.
func Put(ctx context.Context, tx store.Noter, v Row) error {
	_, err := tx.Note(ctx, store.BookView, `INSERT INTO view (org_id, member_id, id, name, folded, query, made_at) VALUES ($1, $2, $3, '', $4, $5, $6)
		ON CONFLICT (org_id, member_id, id) DO UPDATE SET query = excluded.query`, v.Org, v.Member, v.ID, v.folded(), v.Query, store.Micros(tx.At()))
	return err
}

// Update gives a view its name and query; done tells whether there is such a view, whose name no other has.
func Update(ctx context.Context, tx store.Noter, v Row) (done bool, err error) {
	n, err := tx.Note(ctx, store.BookView, `UPDATE view SET name = $1, folded = $2, query = $3 WHERE org_id = $4 AND member_id = $5 AND id = $6
		AND NOT EXISTS (SELECT 1 FROM view o WHERE o.org_id = $4 AND o.member_id = $5 AND o.folded = $2 AND o.id <> $6)`,
		v.Name, v.folded(), v.Query, v.Org, v.Member, v.ID)
	return n == 1, err
}

// Delete deletes a view.
func Delete(ctx context.Context, tx store.Noter, v Row) error {
	_, err := tx.Note(ctx, store.BookView, `DELETE FROM view WHERE org_id = $1 AND member_id = $2 AND id = $3`, v.Org, v.Member, v.ID)
	return err
}
