package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"roster/bench/bare"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// adds compares adding a member (permission, rules, seats, history, job) with writing the same rows bare: one
// transaction of the same statements that write, on the same database, as durable, without the reads.
// One worker adds to each organisation; on SQLite there is one writer, however many ask.
func adds(ctx context.Context, b *bench, show func(line)) error {
	return b.eachHouse(ctx, connections, func(h *house) error {
		var n atomic.Int64
		ours := side{workers: connections, op: func(ctx context.Context, w int) error {
			i := n.Add(1)
			_, err := h.Team.Invite(roster.WithActor(ctx, h.owners[w]), team.Invitation{
				Email: fmt.Sprintf("person%d@example.com", i), Profile: roster.Profile{FirstName: "Ada", LastName: fmt.Sprintf("Person%d", i)},
			})
			return err
		}}
		rows, err := bare.Open(ctx, h.kind, h.url, h.orgs())
		if err != nil {
			return err
		}
		defer rows.Close()
		if err := rows.Same(ctx, ours.op); err != nil {
			return err
		}
		l, err := b.compare(ctx, pair{name: fmt.Sprintf("add, %s, %d organisations", h.kind, connections), ours: ours, limit: side{workers: connections, op: rows.Add}, reach: 0.6})
		if err == nil {
			show(l)
		}
		return err
	})
}
