package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"roster/internal/roster"
)

// TestWritersOfOneOrganisationLeaveOthersTheirs: however many of them wait for its lock, others write and read, and the
// server shows that it is alive. A file has one writer, for which all wait: there it shows that next.
func TestWritersOfOneOrganisationLeaveOthersTheirs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		acme, zeta := found(t, db, "acme"), found(t, db, "zeta")
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		held, release := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		write := func(fn func(context.Context, *Tx) error) {
			all.Go(func() {
				if err := db.Write(ctx, acme, fn); err != nil {
					t.Errorf("a writer: %v", err)
				}
			})
		}
		write(func(context.Context, *Tx) error {
			close(held)
			<-release
			return nil
		})
		<-held
		var mu sync.Mutex
		var after []string
		note := func(who string) error {
			mu.Lock()
			defer mu.Unlock()
			after = append(after, who)
			return nil
		}
		for range 20 {
			write(func(context.Context, *Tx) error { return note("writer") })
			all.Go(func() {
				mine := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorMember, Organisation: acme})
				err := db.Keep(mine, func(ctx context.Context, tx Noter) error { // as a request does that may come again
					_, err := One(ctx, tx, Scan[string], `SELECT id FROM organisation WHERE id = $1`+ForUpdate(tx), acme)
					return errors.Join(err, note("keeper"))
				})
				if err != nil {
					t.Errorf("a keeper: %v", err)
				}
			})
		}
		alive := func() {
			if err := db.Keep(Ahead(ctx, 5*time.Second), func(context.Context, Noter) error { return note("alive") }); err != nil {
				t.Error(err)
			}
		}
		await(t, db, 20-1+20-4) // the others have turns, and wait for what the first one holds
		if db.Kind() == "sqlite" {
			all.Go(alive)
			await(t, db, 41)
			others(t, db, zeta, false)
		} else {
			others(t, db, zeta, true)
			alive()
		}
		close(release)
		all.Wait()
		if len(after) != 41 || after[0] != "alive" {
			t.Errorf("in this order: %v", after)
		}
	})
}

// await waits until so many wait for a turn.
func await(t *testing.T, db *DB, n int) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); db.turns.Waiting() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Errorf("%d wait for a turn, not %d", db.turns.Waiting(), n)
			return
		}
	}
}

// others tells whether others read, and write, one time after the other.
func others(t *testing.T, db *DB, org roster.OrgID, write bool) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			if write {
				edit(t, db, org, fmt.Sprint("Zeta ", i))
			}
			if err := db.Ping(context.Background()); err != nil {
				t.Errorf("a reader: %v", err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("others wait, too")
	}
}
