// Package placedb keeps who has to do with which customer account, in the order of members' names, so that the list of an
// account's people is read off an index. It is derived: what a member is bound to and was given stands elsewhere.
package placedb

import (
	"context"
	"slices"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// most is how many members are placed by one statement.
const most = 200

// Follow brings the places up to what a transaction has told that it changed: of members who are new, renamed or
// removed, of grants that begin, and of customer accounts that move. What ends stays until the member is placed anew.
func Follow(ctx context.Context, tx *store.Tx) error {
	all, err := moved(ctx, tx)
	if err != nil {
		return err
	}
	for _, g := range tx.Given() {
		if g.Unit != "" {
			all = append(all, g.Member)
		}
	}
	var changed []roster.MemberID
	for _, m := range tx.Subjects() {
		switch {
		case m.Version > 1:
			changed = append(changed, m.ID)
		case m.Unit != "":
			all = append(all, m.ID)
		}
	}
	renamed, err := elsewhere(ctx, tx, changed)
	if err != nil {
		return err
	}
	all = append(all, renamed...)
	slices.Sort(all)
	for part := range slices.Chunk(slices.Compact(all), most) {
		if err := place(ctx, tx, part); err != nil {
			return err
		}
	}
	return nil
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

// elsewhere gives those of some members who stand in their places by another name, or stand there no more.
func elsewhere(ctx context.Context, tx *store.Tx, some []roster.MemberID) ([]roster.MemberID, error) {
	var all []roster.MemberID
	slices.Sort(some)
	for part := range slices.Chunk(slices.Compact(some), most) {
		q := &query.Conditions{}
		org, in := q.Arg(tx.Org()), q.List(query.Anys(part))
		found, err := store.All(ctx, tx, store.Scan[roster.MemberID], `SELECT DISTINCT m.id FROM member m JOIN member_place p ON p.org_id = m.org_id AND p.member_id = m.id
			WHERE m.org_id = `+org+` AND m.id IN (`+in+`) AND (p.sort_name <> m.sort_name OR m.status = 'removed')`, q.Args()...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// place keeps anew where some members stand.
func place(ctx context.Context, tx *store.Tx, some []roster.MemberID) error {
	q := &query.Conditions{}
	org, in := q.Arg(tx.Org()), q.List(query.Anys(some))
	old := `DELETE FROM member_place WHERE org_id = ` + org + ` AND member_id IN (` + in + `)`
	now := `INSERT INTO member_place (org_id, unit_id, sort_name, member_id)
		WITH RECURSIVE place (org_id, unit_id, sort_name, member_id) AS (
			SELECT s.org_id, s.unit_id, s.sort_name, s.member_id FROM (
				SELECT m.org_id, m.unit_id, m.sort_name, m.id AS member_id FROM member m WHERE m.org_id = ` + org + ` AND m.id IN (` + in + `) AND m.status <> 'removed' AND m.unit_id IS NOT NULL
				UNION SELECT m.org_id, g.unit_id, m.sort_name, m.id FROM member m JOIN member_grant g ON g.org_id = m.org_id AND g.member_id = m.id
					WHERE m.org_id = ` + org + ` AND m.id IN (` + in + `) AND m.status <> 'removed' AND g.unit_id IS NOT NULL) s
			UNION SELECT p.org_id, u.parent_id, p.sort_name, p.member_id FROM place p JOIN unit u ON u.org_id = p.org_id AND u.id = p.unit_id WHERE u.parent_id IS NOT NULL)
		SELECT org_id, unit_id, sort_name, member_id FROM place`
	if _, err := tx.Note(ctx, store.BookPlace, old, q.Args()...); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookPlace, now, q.Args()...)
	return err
}
