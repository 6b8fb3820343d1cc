package bare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
)

// Lines gives an owner's organisation a history of so many lines more, the last at a moment, which have the bodies of two:
// they are read, and do not verify. One in a thousand is of a rare act, one in a hundred gives a reason for a block, and a
// thousand people take turns in acting.
func (r *Rows) Lines(ctx context.Context, by roster.Actor, n int, end time.Time, every time.Duration) error {
	about := roster.RefMember(by.Member, "Olga Owner")
	e := roster.Event{
		Organisation: by.Organisation, Seq: 1, At: end, Action: "member.edit", ActorKind: roster.ActorMember, ActorID: string(by.Member), ActorName: "Olga Owner",
		Door: roster.DoorDashboard, Request: "req_bench", IP: "192.0.2.1", Target: about,
		Changes: []roster.Change{{Of: about, Field: "phone", From: "+49301234567", To: "+49307654321"}, {Of: about, Field: "last_name", From: "Berg", To: "Tal"}},
	}
	l, err := chain.Make(e, "")
	if err != nil {
		return err
	}
	e.Changes[1] = roster.Change{Of: about, Field: "block_reason", To: "asked for by Berta Berg"}
	reasoned, err := chain.Make(e, "")
	if err != nil {
		return err
	}
	if r.kind == "SQLite" { // its one connection fills the indexes by who and by what everywhere at once, which leave the usual 2 MB with every line
		if _, err := r.db.ExecContext(ctx, `PRAGMA cache_size = -1000000`); err != nil {
			return err
		}
	}
	var seq int64
	if err := r.db.QueryRowContext(ctx, `SELECT seq FROM organisation WHERE id = $1`, by.Organisation).Scan(&seq); err != nil {
		return err
	}
	for from := 0; from < n; from += linesAtOnce {
		_, err = r.db.ExecContext(ctx, `WITH RECURSIVE line (i) AS (SELECT CAST($1 AS INTEGER) UNION ALL SELECT i + 1 FROM line WHERE i < CAST($2 AS INTEGER))
			INSERT INTO event (org_id, seq, at, action, actor_id, target_id, beside, body, vals, hash)
			SELECT CAST($3 AS TEXT), CAST($4 AS BIGINT) + i, CAST($5 AS BIGINT) + i * CAST($6 AS BIGINT),
				CASE WHEN i % 1000 = 0 THEN 'role.edit' ELSE 'member.edit' END, 'per_' || (1000000 + CAST(i AS BIGINT) * 7919 % 1000), CAST($7 AS TEXT), i % 100 = 50,
				CASE WHEN i % 100 = 50 THEN CAST($11 AS TEXT) ELSE CAST($8 AS TEXT) END, CASE WHEN i % 100 = 50 THEN CAST($12 AS TEXT) ELSE CAST($9 AS TEXT) END, CAST($10 AS TEXT) FROM line`,
			from+1, min(from+linesAtOnce, n), by.Organisation, seq, end.Add(-time.Duration(n)*every).UnixMicro(), every.Microseconds(), by.Member, l.Body, l.Kept, l.Hash, reasoned.Body, reasoned.Kept)
		if err != nil {
			return err
		}
	}
	if _, err = r.db.ExecContext(ctx, `UPDATE organisation SET seq = seq + $1 WHERE id = $2`, n, by.Organisation); err != nil || r.kind == "SQLite" {
		return err
	}
	_, err = r.db.ExecContext(ctx, `ANALYZE event`) // as PostgreSQL does by itself after a while
	return err
}

// linesAtOnce is how many lines one statement writes: SQLite's log of a single one of ten million grows to 20 GB, and is searched
// for each page.
const linesAtOnce = 100_000

// Past gives an organisation a history of so many more lines that verifies, of the size that edits have, without anything
// behind them.
func (r *Rows) Past(ctx context.Context, org roster.OrgID, by string, n int) ([]chain.Line, error) {
	var seq int64
	var head string
	if err := r.db.QueryRowContext(ctx, `SELECT seq, head FROM organisation WHERE id = $1`, org).Scan(&seq, &head); err != nil {
		return nil, err
	}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing to take back
	put, err := tx.PrepareContext(ctx, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, beside, body, vals, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
	if err != nil {
		return nil, err
	}
	all := make([]chain.Line, 0, n)
	for i := range n {
		about := roster.RefMember(roster.MemberID(fmt.Sprintf("mem_%026d", i)), fmt.Sprintf("Member %d", i))
		seq++
		l, err := chain.Make(roster.Event{
			Organisation: org, Seq: seq, At: time.Now(), Action: "member.edit", ActorKind: roster.ActorMember, ActorID: by, ActorName: "Olga Owner",
			Door: roster.DoorDashboard, Request: "req_bench", IP: "192.0.2.1", Target: about,
			Changes: []roster.Change{{Of: about, Field: "phone", From: "+49301234567", To: "+49307654321"}, {Of: about, Field: "last_name", From: "Berg", To: "Tal"}},
		}, head)
		if err != nil {
			return nil, err
		}
		if _, err := put.ExecContext(ctx, org, l.Seq, l.At, l.Action, l.Actor, l.Target, l.Beside, l.Body, l.Kept, l.Hash); err != nil {
			return nil, err
		}
		all, head = append(all, l), l.Hash
	}
	_, err = tx.ExecContext(ctx, `UPDATE organisation SET seq = $1, head = $2 WHERE id = $3`, seq, head, org)
	return all, errors.Join(err, tx.Commit())
}
