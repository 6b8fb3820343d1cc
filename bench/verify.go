package main

import (
	"context"
	"crypto/sha256"
	"fmt"

	"roster/bench/bare"
	"roster/internal/action/history"
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
		rows, err := bare.Open(ctx, h.kind, h.url, h.orgs())
		if err != nil {
			return err
		}
		defer rows.Close()
		lines, err := rows.Past(ctx, org, string(h.owners[0].Member), provenLines)
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
		alone := side{workers: 1, op: func(context.Context, int) error {
			for _, l := range lines {
				s := sha256.New()
				for _, text := range []string{l.Hash, l.Body, l.Kept} {
					s.Write([]byte(text))
				}
				s.Sum(nil)
			}
			return nil
		}}
		l, err := few.compare(ctx, pair{name: fmt.Sprintf("verify %d lines, %s", provenLines, h.kind), ours: ours, limit: alone})
		if err != nil {
			return err
		}
		l.figure = fmt.Sprintf("%.0f lines a second (%.1f MB/s), bare %.0f (%.0f %%)", l.ours*provenLines, l.ours*float64(bytes)/1e6, l.limit*provenLines, 100*l.ratio)
		l.limit = 0
		show(l)
		return nil
	})
}
