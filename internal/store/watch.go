package store

import (
	"context"
	"slices"
	"time"

	"roster/internal/bell"
	"roster/internal/known"
	"roster/internal/roster"
)

// Listen gives an ear that hears of commits to the histories of some organisations, by whatever process; the
// installation's is one too, and bell.Any means all.
func (db *DB) Listen(orgs ...roster.OrgID) *bell.Ear {
	keys := make([]string, len(orgs))
	for i, o := range orgs {
		keys[i] = string(o)
	}
	return db.bell.Listen(keys...)
}

// raise takes note of positions that were committed, and wakes who waits for them.
func (db *DB) raise(all []known.Point) {
	if db.commits == nil {
		db.known.Raise(all)
	}
	for _, n := range all {
		db.bell.Ring(string(n.Of), n.Seq)
	}
}

// unheard is how often a process that is no server asks a database, which tells it nothing, whether anything was committed.
const unheard = time.Second

// watch rings for what other processes commit, as long as anybody listens. A server on PostgreSQL need not: it follows.
func (db *DB) watch(ctx context.Context) {
	tick, last, asked := time.NewTicker(followTime), int64(-1), time.Time{}
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		mark, err := db.markNow(ctx)
		if still := db.commits != nil && mark == last; err != nil || still || db.commits == nil && (mark >= 0 || time.Since(asked) < unheard) {
			continue
		}
		if db.ringAll(ctx) == nil {
			last, asked = mark, time.Now()
		}
	}
}

// ringAll rings for every position that somebody listens to.
func (db *DB) ringAll(ctx context.Context) error {
	var orgs []roster.OrgID
	for _, k := range db.bell.Keys() {
		if k == bell.Any {
			db.bell.Ring(bell.Any, time.Now().UnixNano()) // which organisations moved is for who listens to find out
			continue
		}
		orgs = append(orgs, roster.OrgID(k))
	}
	for part := range slices.Chunk(orgs, 50) {
		at, err := positionsOf(ctx, db.Reader(), part)
		if err != nil {
			return err
		}
		for org, p := range at {
			db.bell.Ring(string(org), p.Seq)
		}
	}
	return nil
}
