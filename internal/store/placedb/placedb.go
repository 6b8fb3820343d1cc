// Package placedb keeps who has to do with which customer account, in the order of members' names, so that the list of an
// account's people is read off an index. It is derived: what a member is bound to and was given stands elsewhere.
package placedb

import (
	"context"
	"fmt"
	"slices"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// most is how many members are placed by one statement.
const most = 256

// Follow brings the places up to what an action has told that it changed: members who are new, get another name or are
// removed, grants that begin or end, and customer accounts that move.
func Follow(ctx context.Context, tx *store.Tx) error {
	all, err := moved(ctx, tx)
	if err != nil {
		return err
	}
	all = append(all, tx.ToReread()...)
	for _, g := range slices.Concat(tx.Given(), tx.Taken()) {
		if g.Unit != "" {
			all = append(all, g.Member)
		}
	}
	fresh := map[roster.MemberID]bool{}
	for _, m := range tx.Subjects() {
		if m.Version <= 1 {
			if fresh[m.ID] = true; m.Unit != "" {
				all = append(all, m.ID)
			}
		}
	}
	for _, c := range tx.Changes() {
		if m := roster.MemberID(c.Of.ID); c.Of.Kind == "member" && !fresh[m] && (names(c.Field) || c.Field == "status" && c.To == string(roster.Removed)) {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	for part := range slices.Chunk(slices.Compact(all), most) {
		if err := place(ctx, tx, part); err != nil {
			return err
		}
	}
	return nil
}

// names tells whether the order by name follows from a member's field.
func names(field string) bool {
	return slices.Contains([]string{"first_name", "last_name", "name", "email"}, field)
}

// moved gives the members who stand at customer accounts that got another parent: at the new one and above it they
// stand too.
func moved(ctx context.Context, tx *store.Tx) ([]roster.MemberID, error) {
	var all []roster.MemberID
	for _, u := range tx.Units() {
		if u.Was.ID == "" || u.Was.Parent == u.Now.Parent {
			continue
		}
		here, err := store.All(ctx, tx, store.Scan[roster.MemberID], `SELECT member_id FROM member_place WHERE org_id = $1 AND unit_id = $2`, tx.Org(), u.Now.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, here...)
	}
	return all, nil
}

// place keeps anew where some members stand.
func place(ctx context.Context, tx *store.Tx, some []roster.MemberID) error {
	in, args := query.Marks(query.Anys(some))
	args = append(args, tx.Org())
	org := fmt.Sprintf("$%d", len(args))
	old := `DELETE FROM member_place WHERE org_id = ` + org + ` AND member_id IN (` + in + `)`
	now := `INSERT INTO member_place (org_id, unit_id, sort_name, member_id)
		WITH RECURSIVE place (org_id, unit_id, sort_name, member_id) AS (
			SELECT s.org_id, s.unit_id, s.sort_name, s.member_id FROM (
				SELECT m.org_id, m.unit_id, m.sort_name, m.id AS member_id FROM member m WHERE m.org_id = ` + org + ` AND m.id IN (` + in + `) AND m.status <> 'removed' AND m.unit_id IS NOT NULL
				UNION SELECT m.org_id, g.unit_id, m.sort_name, m.id FROM member m JOIN member_grant g ON g.org_id = m.org_id AND g.member_id = m.id
					WHERE m.org_id = ` + org + ` AND m.id IN (` + in + `) AND m.status <> 'removed' AND g.unit_id IS NOT NULL) s
			UNION SELECT p.org_id, u.parent_id, p.sort_name, p.member_id FROM place p JOIN unit u ON u.org_id = p.org_id AND u.id = p.unit_id WHERE u.parent_id IS NOT NULL)
		SELECT org_id, unit_id, sort_name, member_id FROM place`
	if _, err := tx.Note(ctx, store.BookPlace, old, args...); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookPlace, now, args...)
	return err
}
