package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/replicadb"
)

// LeaseSettings are the times of a lease. Zero values stand for the defaults.
type LeaseSettings struct {
	Beat     time.Duration // between two heartbeats: 1 s
	Dead     time.Duration // without a heartbeat so long, a server is taken for dead: 4 s
	Patience time.Duration // heartbeats may fail so long before the server stops by itself: 3 s
}

func (s LeaseSettings) complete() LeaseSettings {
	if s.Beat == 0 {
		s.Beat = time.Second
	}
	if s.Dead == 0 {
		s.Dead = store.DeadTime
	}
	if s.Patience == 0 {
		s.Patience = store.LeaseTime
	}
	return s
}

// Lease is a server's right to serve a database: a row with its heartbeat, by the database's clock.
// As long as several servers on one database are not supported, there is one. While the lease lasts, the server
// knows what is newest without asking the database, for whoever writes beside it waits until it has followed
// (decision 011); so it follows as long as it keeps the lease, and sends no heartbeat when it does not get to it.
type Lease struct {
	gate *action.Gate
	id   string
	set  LeaseSettings
}

// Take takes the lease for a server; place names its host and process for people. Where another
// server's row is fresh, it watches that one's heartbeat for a little more than Dead, and else for two looks: a server that
// crashed is succeeded, and its jobs come again at once; one that lives is left alone. Kind:
// Unavailable, code already_serving.
func Take(ctx context.Context, g *action.Gate, place string, s LeaseSettings) (*Lease, error) {
	l := &Lease{gate: g, id: roster.NewID("rep_"), set: s.complete()}
	watch := watch{patience: l.set.Dead + l.set.Beat, dead: l.set.Dead, blind: l.set.Beat}
	for {
		taken, err := l.try(ctx, place, &watch)
		if taken || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(l.set.Beat / 4):
		}
	}
}

// watch is what was seen of other servers. Nobody is taken for dead at the first look. Where a look had to wait so long
// that heartbeats may have waited too, as they do for a file's one writer, what was seen before tells nothing.
type watch struct {
	begun                 time.Time
	patience, dead, blind time.Duration
	seen                  map[string]time.Time // their heartbeats at the first look; nil before it
}

// try takes the lease if no other server lives. Neither taken nor an error: that cannot be told yet.
func (l *Lease) try(ctx context.Context, place string, w *watch) (taken bool, err error) {
	sent := time.Now()
	err = action.Note(ctx, l.gate, func(ctx context.Context, tx store.Noter) error {
		taken = false // the transaction may run again
		if time.Since(sent) >= w.blind {
			w.seen = nil
		}
		if err := replicadb.Lock(ctx, tx); err != nil {
			return err
		}
		others, err := replicadb.Live(ctx, tx, time.Time{})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(others, func(o replicadb.Replica) bool { return o.ID == l.id }) {
			taken = true // by an earlier run of this transaction, whose answer was lost
			return nil
		}
		if alive, err := w.judge(others, tx.At()); err != nil || alive {
			return err
		}
		if err := replicadb.Clear(ctx, tx); err != nil {
			return err
		}
		taken = true
		// What a crashed server was at would wait for the end of its lease, though nobody is at it.
		if err := jobdb.Release(ctx, tx); err != nil {
			return err
		}
		return replicadb.Insert(ctx, tx, replicadb.Replica{ID: l.id, Place: place})
	})
	if err != nil {
		return false, fmt.Errorf("lease: %w", err)
	}
	if taken {
		l.gate.Live(sent)
	}
	return taken, nil
}

// judge tells whether a server may be alive; an error when one surely is. An old heartbeat that stands still is a dead
// server's; so is one that does for the whole watch, even where its moment lies in the future.
func (w *watch) judge(others []replicadb.Replica, now time.Time) (maybe bool, err error) {
	if w.seen == nil {
		w.begun, w.seen = time.Now(), map[string]time.Time{}
		for _, o := range others {
			w.seen[o.ID] = o.SeenAt
		}
		return len(others) > 0, nil
	}
	for _, o := range others {
		if before, known := w.seen[o.ID]; !known || !before.Equal(o.SeenAt) {
			return true, roster.Errorf(roster.Unavailable, "already_serving",
				"Another server is serving this database: %s, since %s. Stop it first.", o.Place, o.StartedAt.Format("2006-01-02 15:04:05 MST"))
		}
		maybe = maybe || now.Sub(o.SeenAt) < w.dead && time.Since(w.begun) < w.patience
	}
	return maybe, nil
}

// Keep keeps the lease until ctx ends, and then gives it up. An error says that the lease is lost (the
// row is gone, or no heartbeat reached the database for Patience; one that waits for a file's writer, which keeps others
// from it as well, has a minute): the server must stop at once.
func (l *Lease) Keep(ctx context.Context) error {
	follow, stop := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { l.gate.Follow(follow, l.id) })
	defer following.Wait()
	defer stop()
	defer l.gate.Live(time.Time{})
	tick := time.NewTicker(l.set.Beat)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return l.giveUp(ctx)
		case <-tick.C:
		}
		sent := time.Now()
		beats, err := l.beat(ctx, l.set.Patience-time.Since(last))
		switch {
		case ctx.Err() != nil:
		case err == nil && !beats:
			return errors.New("lease: another server has taken this one for dead and taken over")
		case err == nil:
			last = sent
			l.gate.Live(sent)
		case time.Since(last) >= l.set.Patience:
			return fmt.Errorf("lease: no heartbeat has reached the database for %s: %w", l.set.Patience, err)
		}
	}
}

// stuck is how long a server may be behind with what others commit before it tells nobody any more that it
// is alive: they would wait for it.
const stuck = time.Second

func (l *Lease) beat(ctx context.Context, within time.Duration) (beats bool, err error) {
	if behind := l.gate.Followed(); behind > stuck {
		return false, fmt.Errorf("what others change has not been followed for %s", behind.Round(time.Millisecond))
	}
	err = action.Note(store.Ahead(ctx, max(within, 0)), l.gate, func(ctx context.Context, tx store.Noter) error {
		beats, err = replicadb.Beat(ctx, tx, l.id)
		return err
	})
	return beats, err
}

// giveUp takes the row away. From here on nothing that is remembered is believed: others wait for this server no more.
func (l *Lease) giveUp(ctx context.Context) error {
	l.gate.Live(time.Time{})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	err := action.Note(ctx, l.gate, func(ctx context.Context, tx store.Noter) error {
		return replicadb.Delete(ctx, tx, l.id)
	})
	if err != nil {
		return fmt.Errorf("lease: give up: %w", err)
	}
	return nil
}
