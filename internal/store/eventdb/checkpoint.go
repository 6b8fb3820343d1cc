package eventdb

import (
	"context"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
	"roster/internal/store"
)

// Checkpoint is what a history was at a moment, as it was signed.
type Checkpoint struct {
	Seq  int64
	At   time.Time
	Text string
}

// Head gives where an organisation's history stands, or the installation's, without its moment.
func Head(ctx context.Context, r store.Reader, org roster.OrgID) (store.Found[chain.Mark], error) {
	return store.One(ctx, r, scanMark, `SELECT id, seq, head FROM organisation WHERE id = $1 UNION ALL SELECT id, seq, head FROM installation WHERE id = $1`, org)
}

// Unmarked gives the histories that went on since their last checkpoint, where that was made before a moment; at most
// 200, without their moments. Those that are being deleted are none.
func Unmarked(ctx context.Context, r store.Reader, before time.Time) ([]chain.Mark, error) {
	return store.All(ctx, r, scanMark, `SELECT h.id, h.seq, h.head FROM
		(SELECT id, seq, head FROM organisation UNION ALL SELECT id, seq, head FROM installation) h
		WHERE h.seq > 0 AND NOT EXISTS (SELECT 1 FROM ending e WHERE e.org_id = h.id) AND NOT EXISTS (SELECT 1 FROM checkpoint c WHERE c.org_id = h.id AND (c.at >= $1 OR c.seq >= h.seq))
		ORDER BY h.id LIMIT 200`, store.Micros(before))
}

func scanMark(row store.Row) (chain.Mark, error) {
	var m chain.Mark
	return m, row.Scan(&m.Organisation, &m.Seq, &m.Hash)
}

// Keep keeps a checkpoint.
func Keep(ctx context.Context, tx store.Noter, org roster.OrgID, c Checkpoint) error {
	_, err := tx.Note(ctx, store.BookCheckpoint, `INSERT INTO checkpoint (org_id, seq, at, text) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, seq) DO NOTHING`,
		org, c.Seq, store.Micros(c.At), c.Text)
	return err
}

// Checkpoints gives those of an organisation that are kept, or the installation's, the newest first, before a position (0
// for all).
func Checkpoints(ctx context.Context, r store.Reader, org roster.OrgID, before int64, limit int) ([]Checkpoint, error) {
	return store.All(ctx, r, func(row store.Row) (Checkpoint, error) {
		var c Checkpoint
		var at int64
		err := row.Scan(&c.Seq, &at, &c.Text)
		c.At = store.Time(at)
		return c, err
	}, `SELECT seq, at, text FROM checkpoint WHERE org_id = $1 AND (CAST($2 AS BIGINT) = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`, org, before, limit)
}
