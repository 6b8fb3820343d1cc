package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/app"
	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/replicadb"
)

// quick are a lease's times for tests: short, and long enough for a busy machine.
func quick() jobs.LeaseSettings {
	return jobs.LeaseSettings{Beat: 50 * time.Millisecond, Dead: 1500 * time.Millisecond, Patience: 1500 * time.Millisecond}
}

// server is one that holds a lease and keeps it.
type server struct {
	stop  context.CancelFunc
	ended chan error
}

func serve(t *testing.T, h *app.House, place string) server {
	t.Helper()
	l, err := jobs.Take(context.Background(), h.Gate, place, quick())
	if err != nil {
		t.Fatalf("%s: %v", place, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s := server{stop, make(chan error, 1)}
	go func() { s.ended <- l.Keep(ctx) }()
	return s
}

func rows(t *testing.T, h *app.House) (all []replicadb.Replica) {
	t.Helper()
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		var err error
		all, err = replicadb.Live(ctx, tx, time.Time{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func eachPair(t *testing.T, test func(t *testing.T, one, two *app.House)) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		test(t, real(t, h.Database), real(t, h.Database))
	})
}

func TestASecondServerIsRefusedWhileTheFirstLives(t *testing.T) {
	eachPair(t, func(t *testing.T, one, two *app.House) {
		first := serve(t, one, "alpha:17")
		_, err := jobs.Take(context.Background(), two.Gate, "beta:18", quick())
		if e := roster.AsError(err); e.Code != "already_serving" || e.Kind != roster.Unavailable || !strings.Contains(e.Message, "alpha:17") {
			t.Fatalf("the second server: %v", err)
		}
		first.stop()
		if err := <-first.ended; err != nil {
			t.Errorf("the first one's stop: %v", err)
		}
		if left := rows(t, one); len(left) != 0 {
			t.Errorf("a stopped server left %v", left)
		}
		begun := time.Now()
		second := serve(t, two, "beta:18")
		if took := time.Since(begun); took > quick().Dead {
			t.Errorf("after a stop the next server waited %s", took)
		}
		second.stop()
		if err := <-second.ended; err != nil {
			t.Error(err)
		}
	})
}

func TestACrashedServerIsSucceeded(t *testing.T) {
	eachPair(t, func(t *testing.T, one, two *app.House) {
		crashed, err := jobs.Take(context.Background(), one.Gate, "alpha:17", quick())
		if err != nil {
			t.Fatal(err)
		}
		serve(t, two, "beta:18")
		if left := rows(t, two); len(left) != 1 || left[0].Place != "beta:18" {
			t.Errorf("the rows are %v, want beta's alone", left)
		}
		// Not crashed but stuck: when it comes to itself, it must learn that it is succeeded.
		if err := crashed.Keep(context.Background()); err == nil || !strings.Contains(err.Error(), "taken over") {
			t.Errorf("the stuck server goes on: %v", err)
		}
	})
}

// shifted opens another house whose clock is off by so much.
func shifted(t *testing.T, database string, off time.Duration) *app.House {
	t.Helper()
	h, err := app.Open(context.Background(), app.Settings{Database: database, Clock: func() time.Time { return time.Now().UTC().Add(off) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestAHeartbeatThatStandsStillIsDeadWhateverItsMoment(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		begun := time.Now()
		if _, err := jobs.Take(context.Background(), shifted(t, h.Database, time.Hour).Gate, "alpha:17", quick()); err != nil {
			t.Fatal(err)
		}
		serve(t, real(t, h.Database), "beta:18")
		if took := time.Since(begun); took < quick().Dead {
			t.Errorf("a heartbeat from the future was watched for %s only", took)
		}
	})
}

func TestAServerDeadForLongIsSucceededAtOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if _, err := jobs.Take(context.Background(), shifted(t, h.Database, -time.Hour).Gate, "alpha:17", quick()); err != nil {
			t.Fatal(err)
		}
		inner := real(t, h.Database)
		begun := time.Now()
		serve(t, inner, "beta:18")
		if took := time.Since(begun); took > quick().Dead {
			t.Errorf("the next server waited %s", took)
		}
	})
}

func TestOfServersThatStartTogetherOneServes(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		var wg sync.WaitGroup
		var took, refused atomic.Int32
		ctx, cancel := context.WithCancel(context.Background())
		for range 6 {
			inner := real(t, h.Database)
			wg.Go(func() {
				l, err := jobs.Take(ctx, inner.Gate, "gamma:1", quick())
				switch {
				case err == nil:
					took.Add(1)
					if err := l.Keep(ctx); err != nil {
						t.Errorf("keep: %v", err)
					}
				case roster.Is(err, "already_serving"):
					refused.Add(1)
				default:
					t.Errorf("take: %v", err)
				}
			})
		}
		eventually(t, "all but one are refused", func() bool { return took.Load()+refused.Load() == 6 })
		cancel()
		wg.Wait()
		if took.Load() != 1 {
			t.Errorf("%d took the lease", took.Load())
		}
	})
}

func TestAServerWhoseDatabaseFailsStopsLoudly(t *testing.T) {
	eachPair(t, func(t *testing.T, one, two *app.House) {
		first := serve(t, one, "alpha:17")
		if err := one.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-first.ended:
			if err == nil || !strings.Contains(err.Error(), "no heartbeat") {
				t.Errorf("the server ends with %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the server goes on without a database")
		}
	})
}

// TestAServerOutlastsWhatItsOwnTransactionsTake: a file's one writer may be taken longer than heartbeats may fail, and so may
// every connection of a pool. A second server is refused all the same.
func TestAServerOutlastsWhatItsOwnTransactionsTake(t *testing.T) {
	eachPair(t, func(t *testing.T, one, two *app.House) {
		first := serve(t, one, "alpha:17")
		held, release := make(chan struct{}, 40), make(chan struct{})
		var all sync.WaitGroup
		for range 40 { // more than there are connections
			all.Go(func() {
				err := action.Note(context.Background(), one.Gate, func(context.Context, store.Noter) error {
					held <- struct{}{}
					<-release
					return nil
				})
				if err != nil {
					t.Errorf("a long transaction: %v", err)
				}
			})
		}
		<-held
		second := make(chan error, 1)
		go func() {
			_, err := jobs.Take(context.Background(), two.Gate, "beta:18", quick())
			second <- err
		}()
		select {
		case err := <-first.ended:
			t.Errorf("the server ended: %v", err)
		case <-time.After(2 * quick().Patience):
		}
		close(release)
		all.Wait()
		if err := <-second; !roster.Is(err, "already_serving") {
			t.Errorf("the second server: %v", err)
		}
		first.stop()
		if err := <-first.ended; err != nil {
			t.Errorf("its stop: %v", err)
		}
	})
}

func TestTakingALeaseEndsWithItsContext(t *testing.T) {
	h := rostertest.SQLite(t)
	if _, err := jobs.Take(context.Background(), h.Gate, "alpha:17", jobs.LeaseSettings{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := jobs.Take(ctx, h.Gate, "beta:18", jobs.LeaseSettings{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("take: %v", err)
	}
}

func TestACrashedServersJobsComeAgainAtOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		id := enqueue(t, h, "letter")
		note(t, h, func(ctx context.Context, tx store.Noter) error {
			claimed, err := jobdb.Claim(ctx, tx, []string{"letter"}, 1, time.Hour)
			if err == nil && len(claimed) != 1 {
				err = errors.New("nothing was claimed")
			}
			return err
		})
		if _, err := jobs.Take(context.Background(), h.Gate, "beta:18", quick()); err != nil {
			t.Fatal(err)
		}
		r := jobs.NewRunner(h.Gate, jobs.Settings{Handlers: map[string]jobs.Handler{"letter": finish(h, jobdb.Done)}, Log: slog.New(slog.DiscardHandler)})
		if n := due(t, r); n != 1 {
			t.Errorf("%d jobs are due", n)
		}
		if j := job(t, h, id); j.State != jobdb.Done || j.Attempt != 2 {
			t.Errorf("the job: %s, attempt %d", j.State, j.Attempt)
		}
	})
}
