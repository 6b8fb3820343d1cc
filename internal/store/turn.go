package store

import (
	"context"
	"database/sql"
	"time"

	"roster/internal/roster"
	"roster/internal/turn"
)

// turns are those at writing, before a connection is taken: a quarter of the connections is left to who reads.
func turns(connections int) *turn.Turns { return turn.New(max(1, connections*3/4)) }

// writing is the way to one of an organisation's: its writers wait for each other anyway.
func (db *DB) writing(org roster.OrgID) turn.Way { return db.turns.Of(string(org), 6) }

// noting is the way to one of bookkeeping. That of an organisation's actors may wait for what its writers hold.
func (db *DB) noting(ctx context.Context) turn.Way {
	if org := roster.ActorFrom(ctx).Organisation; org != "" {
		return db.turns.Of("notes of "+string(org), 3)
	}
	return db.turns.Any
}

// locked is how long the one writer of a file may be another's before a server that cannot show that it is alive gives up.
const locked = time.Minute

type aheadKey struct{}

// Ahead gives a context in which Keep waits for no other of this process, and has so much time: for what shows that a
// server lives. Where there is one writer it is next, whenever that is free: until then nobody else takes the server for dead.
func Ahead(ctx context.Context, within time.Duration) context.Context {
	return context.WithValue(ctx, aheadKey{}, within)
}

func (db *DB) ahead(ctx context.Context, within time.Duration, fn func(context.Context, Noter) error) error {
	on := db.aside
	if on == nil {
		on, within = db.writer, max(within, locked)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return db.again(ctx, func() error {
		keep := func() error { return db.keep(ctx, on, fn) }
		if on == db.aside {
			return keep()
		}
		return turn.Way(db.turns.First).Run(ctx, keep)
	})
}

// aside reads on those connections.
type aside struct{ *plain }

func (a aside) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	a.db.looked.Add(1)
	return a.db.aside.rows(ctx, query, args)
}
