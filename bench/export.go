package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

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
		bare, err := openBare(ctx, h)
		if err != nil {
			return err
		}
		defer bare.db.Close()
		for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
			ours := side{workers: 1, op: func(ctx context.Context, _ int) error {
				file, err := h.Exports.Export(roster.WithActor(ctx, h.owners[0]), export.Order{Format: f, Words: catalogue})
				if err != nil {
					return err
				}
				return file.Close()
			}}
			l, err := few.compare(ctx, pair{name: fmt.Sprintf("export of %d members as %s, %s", n, f, h.kind), ours: ours, limit: side{workers: 1, op: bare.export}})
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

// export reads the members and writes them as they stand.
func (r *rows) export(ctx context.Context, _ int) error {
	found, err := r.db.QueryContext(ctx, `SELECT m.name, m.email, m.client_id, m.kind, m.phone, m.status, m.verified_at, m.last_seen_at, m.created_at, m.updated_at, c.name
		FROM member m JOIN member c ON c.org_id = m.org_id AND c.id = m.created_by WHERE m.org_id = $1 AND m.status <> 'removed' ORDER BY m.sort_name, m.id`, r.orgs[0])
	if err != nil {
		return err
	}
	defer found.Close()
	out := csv.NewWriter(io.Discard)
	var texts [7]string
	var times [4]int64
	for found.Next() {
		if err := found.Scan(&texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &times[0], &times[1], &times[2], &times[3], &texts[6]); err != nil {
			return err
		}
		cells := texts[:]
		for _, t := range times {
			cells = append(cells, strconv.FormatInt(t, 10))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return found.Err()
}
