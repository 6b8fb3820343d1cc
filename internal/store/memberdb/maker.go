package memberdb

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// Waiting is a member who has not accepted, as whoever invited them or gave them something leaves it.
type Waiting struct {
	roster.Member
	Invited bool // the live invitation is the leaver's
}

// WaitingOn gives who was invited by a member or given something by them and has not accepted; by name, at most so
// many.
func WaitingOn(ctx context.Context, r store.Reader, org roster.OrgID, by roster.MemberID, most int) ([]Waiting, error) {
	return store.All(ctx, r, func(row store.Row) (Waiting, error) {
		var w Waiting
		return w, row.Scan(append(fields(&w.Member), &w.Invited)...)
	}, `SELECT `+columns+`, i.member_id IS NOT NULL FROM member m
	    LEFT JOIN invitation i ON i.org_id = m.org_id AND i.member_id = m.id AND i.state = 'live' AND i.inviter = $2
	    WHERE m.org_id = $1 AND (m.status = 'invited' OR m.status = 'blocked' AND m.before = 'invited')
	    AND (i.member_id IS NOT NULL OR EXISTS (SELECT 1 FROM member_grant g WHERE g.org_id = m.org_id AND g.member_id = m.id AND g.given_by = $2))
	    ORDER BY m.sort_name, m.id LIMIT $3`, org, by, most)
}

// MadeBy gives the API users that a member made and that were not removed; by name, at most so many.
func MadeBy(ctx context.Context, r store.Reader, org roster.OrgID, by roster.MemberID, most int) ([]roster.Member, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.created_by = $2 AND m.kind = 'api' AND m.status <> 'removed'
		ORDER BY m.sort_name, m.id LIMIT $3`, org, by, most)
}

// HandOver makes another member the maker of an API user.
func HandOver(ctx context.Context, tx *store.Tx, m, was, now roster.Member) error {
	told := []roster.Change{
		{Of: m.Ref(), Field: "created_by", From: was.Label(), To: now.Label()},
		{Of: m.Ref(), Field: "created_by_id", From: string(was.ID), To: string(now.ID)},
	}
	_, err := tx.Change(ctx, told,
		`UPDATE member SET created_by = $1, version = version + 1 WHERE org_id = $2 AND id = $3 AND created_by = $4`, now.ID, m.Org, m.ID, was.ID)
	return err
}
