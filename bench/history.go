package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"roster/bench/bare"
	"roster/bench/past"
	"roster/internal/roster"
)

// A long history is ten times as many lines as the large organisation has members; the short one has so many.
const (
	shortHistory = 100_000
	linesEach    = 10
)

// histories compares the pages of a long history with the same of a short one, by the time that each takes when sixteen
// ask at once.
func histories(ctx context.Context, b *bench, show func(line)) error {
	end := time.Now()
	return b.eachHouse(ctx, 2, func(h *house) error {
		rows, err := bare.Open(ctx, h.kind, h.url, h.orgs())
		if err != nil {
			return err
		}
		defer rows.Close()
		for i, n := range []int{min(shortHistory, b.many*linesEach), b.many * linesEach} {
			if err := rows.Lines(ctx, h.owners[i], n, end, 4*time.Second); err != nil {
				return err
			}
		}
		for _, p := range past.Pages(end) {
			fmt.Fprintf(os.Stderr, "  history, %s, %s\n", p.Name, h.kind)
			var ops [2]func(context.Context) error
			for i := range ops {
				ops[i] = func(ctx context.Context) error { return p.Ask(roster.WithActor(ctx, h.owners[i]), h.History) }
			}
			if err := b.turns(ctx, "history, "+p.Name+", "+h.kind, ops, show); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
		for _, o := range h.owners {
			found, err := past.Search(roster.WithActor(ctx, o), h.House)
			if err != nil {
				return err
			}
			show(line{name: "an erasure's search, " + h.kind, figure: found})
		}
		return nil
	})
}
