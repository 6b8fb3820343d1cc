package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"roster/internal/action/history"
	"roster/internal/chain"
	"roster/internal/roster"
)

// provenLines is how long the history is that is walked.
const provenLines = 50_000

// proofs compares walking a history (reading it, each line's hash, each text against its digest, the columns against the
// body) with SHA-256 alone over the same bytes, which are in memory already.
func proofs(ctx context.Context, b *bench, show func(line)) error {
	few := *b
	few.rounds = min(b.rounds, 5) // each takes seconds
	return b.eachHouse(ctx, 1, func(h *house) error {
		org := h.owners[0].Organisation
		lines, err := h.past(ctx, org, provenLines)
		if err != nil {
			return err
		}
		root := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Door: roster.DoorCLI, Organisation: org})
		ours := side{workers: 1, op: func(context.Context, int) error {
			p, err := h.History.Verify(root, history.Proving{})
			if err == nil && (p.Lines < provenLines || len(p.Faults) > 0) {
				err = fmt.Errorf("%d lines, %v", p.Lines, p.Faults)
			}
			return err
		}}
		bytes := 0
		for _, l := range lines {
			bytes += len(l.Body) + len(l.Kept) + len(l.Hash)
		}
		bare := side{workers: 1, op: func(context.Context, int) error {
			for _, l := range lines {
				s := sha256.New()
				for _, text := range []string{l.Hash, l.Body, l.Kept} {
					s.Write([]byte(text))
				}
				s.Sum(nil)
			}
			return nil
		}}
		l, err := few.compare(ctx, pair{name: fmt.Sprintf("verify %d lines, %s", provenLines, h.kind), ours: ours, limit: bare})
		if err != nil {
			return err
		}
		l.figure = fmt.Sprintf("%.0f lines a second (%.1f MB/s), bare %.0f (%.0f %%)", l.ours*provenLines, l.ours*float64(bytes)/1e6, l.limit*provenLines, 100*l.ratio)
		l.limit = 0
		show(l)
		return nil
	})
}

// past gives an organisation a history of so many more lines, of the size that edits have, without anything behind them.
func (h *house) past(ctx context.Context, org roster.OrgID, n int) ([]chain.Line, error) {
	bare, err := openBare(ctx, h)
	if err != nil {
		return nil, err
	}
	defer bare.db.Close()
	var seq int64
	var head string
	if err := bare.db.QueryRowContext(ctx, `SELECT seq, head FROM organisation WHERE id = $1`, org).Scan(&seq, &head); err != nil {
		return nil, err
	}
	tx, err := bare.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing to take back
	put, err := tx.PrepareContext(ctx, `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	if err != nil {
		return nil, err
	}
	all := make([]chain.Line, 0, n)
	for i := range n {
		about := roster.RefMember(roster.MemberID(fmt.Sprintf("mem_%026d", i)), fmt.Sprintf("Member %d", i))
		seq++
		l, err := chain.Make(roster.Event{
			Organisation: org, Seq: seq, At: time.Now(), Action: "member.edit", ActorKind: roster.ActorMember, ActorID: string(h.owners[0].Member), ActorName: "Olga Owner",
			Door: roster.DoorDashboard, Request: "req_bench", IP: "192.0.2.1", Target: about,
			Changes: []roster.Change{{Of: about, Field: "phone", From: "+49301234567", To: "+49307654321"}, {Of: about, Field: "last_name", From: "Berg", To: "Tal"}},
		}, head)
		if err != nil {
			return nil, err
		}
		if _, err := put.ExecContext(ctx, org, l.Seq, l.At, l.Action, l.Actor, l.Target, l.Body, l.Kept, l.Hash); err != nil {
			return nil, err
		}
		all, head = append(all, l), l.Hash
	}
	_, err = tx.ExecContext(ctx, `UPDATE organisation SET seq = $1, head = $2 WHERE id = $3`, seq, head, org)
	return all, errors.Join(err, tx.Commit())
}
