package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"roster/internal/gather"
	"roster/internal/roster"
)

// beside opens the same database once more, as another process does.
func beside(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(context.Background(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// serve makes a database's handle a server: with a row, heartbeats, and changes followed, each until it is stopped.
func serve(t *testing.T, db *DB, id string) (stopBeats, stopFollowing func()) {
	t.Helper()
	beat := func(ctx context.Context) error {
		sent := time.Now()
		err := db.Keep(ctx, func(ctx context.Context, tx Noter) error {
			_, err := tx.Note(ctx, BookReplica, `INSERT INTO replica (id, place, started_at, seen_at) VALUES ($1, 'here', 0, $2) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`, id, Micros(tx.At()))
			return err
		})
		if err == nil {
			db.Live(sent)
		}
		return err
	}
	if err := beat(context.Background()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	running := func(run func(ctx context.Context)) func() {
		ctx, stop := context.WithCancel(context.Background())
		all.Go(func() { run(ctx) })
		t.Cleanup(stop)
		return stop
	}
	stopBeats = running(func(ctx context.Context) {
		for ctx.Err() == nil {
			_ = beat(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	return stopBeats, running(func(ctx context.Context) { db.Follow(ctx, id) })
}

func seqAt(t *testing.T, db *DB, org roster.OrgID) int64 {
	t.Helper()
	p, err := db.Position(context.Background(), org)
	if err != nil {
		t.Fatal(err)
	}
	return p.Seq
}

// save gives the catalogue another version.
func save(t *testing.T, db *DB, version int64) {
	t.Helper()
	err := db.Write(context.Background(), roster.Installation, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Change(ctx, []roster.Change{{Field: "catalogue"}}, `UPDATE catalogue SET version = $1 WHERE id = 'catalogue'`, version); err != nil {
			return err
		}
		tx.Catalogued(version)
		_, err := tx.Record(ctx, roster.Event{Action: "catalogue.apply"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAServerKnowsOfEveryChangeThatReturned(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		acme, zeta := found(t, db, "acme"), found(t, db, "zeta")
		other := beside(t, url)
		serve(t, db, "rep_1")
		for i := range int64(30) {
			writer := db
			if i%3 > 0 {
				writer = other
			}
			edit(t, writer, acme, fmt.Sprint("Acme ", i))
			if got := seqAt(t, db, acme); got != i+2 {
				t.Errorf("after change %d the server believes seq %d", i+2, got)
			}
			save(t, writer, i+1)
			if p, err := db.Position(context.Background(), zeta); err != nil || p != (Position{Catalogue: i + 1, Seq: 1}) {
				t.Errorf("after the catalogue's version %d: %v %v", i+1, p, err)
			}
			if got := seqAt(t, db, roster.Installation); got != i+3 {
				t.Errorf("the installation is at %d, and the server believes %d", i+3, got)
			}
		}
		if _, err := db.Position(context.Background(), "org_none"); roster.AsError(err).Kind != roster.NotFound {
			t.Errorf("an unknown organisation: %v", err)
		}
	})
}

func TestAServerRemembersAndDoesNotAsk(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		serve(t, db, "rep_1")
		seqAt(t, db, org)
		asked := 0
		db.asked = gather.New(func(ctx context.Context, r Reader, orgs []roster.OrgID) (map[roster.OrgID]Position, error) {
			asked++
			return positionsOf(ctx, r, orgs)
		})
		for range 1000 {
			seqAt(t, db, org)
		}
		if asked > 20 { // heartbeats are commits to a file too
			t.Errorf("the database was asked %d times", asked)
		}
	})
}

func TestWhoIsNoServerAlwaysAsks(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		org := found(t, db, "acme")
		other := beside(t, url)
		for i := range int64(10) {
			edit(t, other, org, fmt.Sprint("Acme ", i))
			if got := seqAt(t, db, org); got != i+2 {
				t.Errorf("after change %d: %d", i+2, got)
			}
		}
	})
}

// Several decide while others write: none is ever behind what had returned when it began.
func TestNoDecisionIsBehindWhateverRunsAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		org := found(t, db, "acme")
		serve(t, db, "rep_1")
		var returned sync.Map // writer → the seq after its last change
		var writers, readers sync.WaitGroup
		stop := make(chan struct{})
		for w, writer := range []*DB{db, beside(t, url), beside(t, url)} {
			writers.Go(func() {
				for i := range 15 {
					var seq int64
					err := writer.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
						if err := rename(ctx, tx, fmt.Sprint(w, " ", i)); err != nil {
							return err
						}
						e, err := tx.Record(ctx, roster.Event{Action: "organisation.edit"})
						seq = e.Seq
						return err
					})
					if err != nil {
						t.Error(err)
					}
					returned.Store(w, seq)
				}
			})
		}
		for range 4 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					least := int64(0)
					returned.Range(func(_, seq any) bool { least = max(least, seq.(int64)); return true })
					if p, err := db.Position(context.Background(), org); err != nil || p.Seq < least {
						t.Errorf("a decision begins at %d when %d had returned: %v", p.Seq, least, err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		readers.Wait()
	})
}

func TestAServerThatDoesNotFollowIsWaitedForUntilItsLeaseEnds(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		org := found(t, db, "acme")
		other := beside(t, url)
		stopBeats, stopFollowing := serve(t, db, "rep_1")
		seqAt(t, db, org)
		stopFollowing() // stuck; and a server that does not follow sends no heartbeat either
		stopBeats()
		begun := time.Now()
		edit(t, other, org, "Behind its back")
		took := time.Since(begun)
		if got := seqAt(t, db, org); got != 2 {
			t.Errorf("the server believes seq %d when the writer has returned after %s", got, took)
		}
		if took > DeadTime+time.Second {
			t.Errorf("the writer waited %s for a server that is stuck", took)
		}
		// It comes to itself: what it remembers from before is forgotten.
		edit(t, other, org, "Again")
		db.Live(time.Now())
		if got := seqAt(t, db, org); got != 3 {
			t.Errorf("with a new lease the server believes seq %d", got)
		}
	})
}

func TestADeadServerDelaysNobodyForLongerThanItsLease(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		org := found(t, db, "acme")
		err := db.Keep(context.Background(), func(ctx context.Context, tx Noter) error {
			for i, at := range []time.Time{tx.At().Add(-DeadTime), tx.At(), tx.At().Add(time.Hour)} { // the last one's clock was wrong
				if _, err := tx.Note(ctx, BookReplica, `INSERT INTO replica (id, place, started_at, seen_at) VALUES ($1, 'gone', 0, $2)`, fmt.Sprint("rep_", i), Micros(at)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		edit(t, beside(t, url), org, "Alone")
		if took := time.Since(begun); took > DeadTime+2*time.Second {
			t.Errorf("a dead server delayed a writer by %s", took)
		}
	})
}

func TestACommitOfWhichNobodyHeardIsNotRemembered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		org := found(t, db, "acme")
		serve(t, db, "rep_1")
		seqAt(t, db, org)
		db.known.Doubt(time.Now().Add(time.Minute))
		exec(t, beside(t, url), `UPDATE organisation SET seq = 7`) // as a commit does that lands late: without any notice
		if got := seqAt(t, db, org); got != 7 {
			t.Errorf("the server believes seq %d", got)
		}
	})
}

func TestWhoWritesWhenTheLeaseIsOverTellsTheNextServer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		if db.Kind() == "sqlite" {
			return // a file tells by itself
		}
		org := found(t, db, "acme")
		next := beside(t, url)
		db.Live(time.Now())
		var late *Tx
		err := db.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
			late = tx
			serve(t, next, "rep_2")
			if got := seqAt(t, next, org); got != 1 {
				t.Errorf("the next server begins at %d", got)
			}
			if err := rename(ctx, tx, "Late"); err != nil {
				return err
			}
			_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		db.Live(time.Time{}) // between the last look before the commit and the first one after it
		if err := late.after(context.Background(), false); err != nil {
			t.Fatal(err)
		}
		if got := seqAt(t, next, org); got != 2 {
			t.Errorf("the next server believes seq %d", got)
		}
	})
}

func BenchmarkPosition(b *testing.B) {
	db, err := Open(b.Context(), Options{URL: b.TempDir() + "/r.db"})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.Position(b.Context(), roster.Installation); err != nil {
			b.Fatal(err)
		}
	}
}
