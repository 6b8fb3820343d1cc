package main

import (
	"context"
	"fmt"

	"roster/bench/bare"
	"roster/bench/throng"
	"roster/internal/action/team/export"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/words"
)

// exportRows is how many members are exported at once.
const exportRows = 100_000

// exports compares the export of a large list (permission, roles and units by name, what the history is told, and the
// file) with reading the same members by one statement and writing them as CSV.
func exports(ctx context.Context, b *bench, show func(line)) error {
	catalogue, err := words.English()
	if err != nil {
		return err
	}
	few := *b
	few.rounds = min(b.rounds, 3) // each takes seconds
	return b.eachHouse(ctx, 1, func(h *house) error {
		n := min(exportRows, b.many)
		if _, err := throng.Fill(ctx, h.kind, h.url, h.owners[0], n); err != nil {
			return err
		}
		if err := h.again(ctx); err != nil {
			return err
		}
		rows, err := bare.Open(ctx, h.kind, h.url, h.orgs())
		if err != nil {
			return err
		}
		defer rows.Close()
		for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			ours := side{workers: 1, op: func(ctx context.Context, _ int) error {
				file, err := h.Exports.Export(roster.WithActor(ctx, h.owners[0]), export.Order{Format: f, Words: catalogue})
				if err != nil {
					return err
				}
				return file.Close()
			}}
			l, err := few.compare(ctx, pair{name: fmt.Sprintf("export of %d members as %s, %s", n, f, h.kind), ours: ours, limit: side{workers: 1, op: rows.Export}})
			if err != nil {
				return err
			}
			l.figure = fmt.Sprintf("%.0f rows a second, bare %.0f (%.0f %%)", l.ours*float64(n), l.limit*float64(n), 100*l.ratio)
			l.limit = 0
			show(l)
		}
		return nil
	})
}
