package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

func TestJobsOfKindsWithoutAHandlerWait(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		mine, other := enqueue(t, h, "mine"), enqueue(t, h, "other")
		log := &journal{}
		r := jobs.NewRunner(h.Gate, jobs.Settings{Log: log.log(), Handlers: map[string]jobs.Handler{"mine": finish(h, jobdb.Done)}})
		if n := due(t, r); n != 1 {
			t.Errorf("%d attempts, want 1", n)
		}
		if n := due(t, jobs.NewRunner(h.Gate, jobs.Settings{Log: log.log()})); n != 0 {
			t.Errorf("a runner without handlers made %d attempts", n)
		}
		if j := job(t, h, mine); j.State != jobdb.Done || j.Attempt != 1 {
			t.Errorf("mine is %s after %d attempts, want done after 1", j.State, j.Attempt)
		}
		if j := job(t, h, other); j.State != jobdb.Waiting || j.Attempt != 0 {
			t.Errorf("the other is %s after %d attempts, want waiting after none", j.State, j.Attempt)
		}
		if n, err := jobs.Waiting(context.Background(), h.Gate); n != 1 || err != nil {
			t.Errorf("%d wait (%v), want 1", n, err)
		}
		if diff := cmp.Diff([]jobs.Count{{Kind: "mine", Outcome: jobdb.Done, N: 1}}, r.Counts()); diff != "" {
			t.Errorf("counts: %s", diff)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), `"outcome":"done"`) {
			t.Errorf("one attempt, %d lines: %s", n, log)
		}
	})
}

func TestAHandlerThatFailsOrPanicsIsTriedAgainAndThenGivenUp(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		fails, panics := enqueue(t, h, "fails"), enqueue(t, h, "panics")
		log := &journal{}
		r := jobs.NewRunner(h.Gate, jobs.Settings{Log: log.log(), Again: jobs.Steps{time.Minute}, Handlers: map[string]jobs.Handler{
			"fails":  func(context.Context, jobdb.Job) (jobs.Outcome, error) { return jobs.Outcome{}, errors.New("no disk") },
			"panics": func(context.Context, jobdb.Job) (jobs.Outcome, error) { panic("at the disco") },
		}})
		if n := due(t, r); n != 2 {
			t.Errorf("%d attempts at first, want 2", n)
		}
		for _, id := range []string{fails, panics} {
			j := job(t, h, id)
			if wait := j.DueAt.Sub(h.Clock.Now()); j.State != jobdb.Waiting || wait < time.Minute || wait > 66*time.Second {
				t.Errorf("after the first failure it is %s for %s, want waiting for 60 to 66 s", j.State, wait)
			}
			if strings.Contains(j.Error, "disk") {
				t.Errorf("an administrator reads our own error: %s", j.Error)
			}
		}
		h.Clock.Pass(67 * time.Second)
		if n := due(t, r); n != 2 {
			t.Errorf("%d attempts after the wait, want 2", n)
		}
		for _, id := range []string{fails, panics} {
			if j := job(t, h, id); j.State != jobdb.GivenUp {
				t.Errorf("after the last step it is %s, want given up", j.State)
			}
		}
		for _, want := range []string{"no disk", "at the disco", "runner_test.go"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not tell %q", want)
			}
		}
	})
}

func TestACrashedRunnersJobComesAgainWhenItsLeaseHasRunOut(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		id := enqueue(t, h, "mine")
		var stale jobdb.Job
		first := jobs.NewRunner(h.Gate, jobs.Settings{Log: new(journal).log(), Handlers: map[string]jobs.Handler{
			"mine": func(_ context.Context, j jobdb.Job) (jobs.Outcome, error) {
				stale = j // and nothing is kept, as if the process had been killed
				return jobs.Outcome{State: jobdb.Done}, nil
			},
		}})
		r := jobs.NewRunner(h.Gate, jobs.Settings{Log: new(journal).log(), Handlers: map[string]jobs.Handler{"mine": finish(h, jobdb.Done)}})
		due(t, first)
		h.Clock.Pass(2*time.Minute - time.Second)
		if n := due(t, r); n != 0 {
			t.Errorf("the job was claimed anew while its lease lasted")
		}
		h.Clock.Pass(time.Second)
		if n := due(t, r); n != 1 {
			t.Errorf("the job did not come again")
		}
		// The dead one's answer, late: it must not undo the second attempt.
		if _, err := finish(h, jobdb.Refused)(context.Background(), stale); err != nil {
			t.Fatal(err)
		}
		if j := job(t, h, id); j.State != jobdb.Done || j.Attempt != 2 {
			t.Errorf("it is %s after %d attempts, want done after 2", j.State, j.Attempt)
		}
	})
}

// gateway is a handler whose jobs go on until they are let through.
type gateway struct {
	begun chan string
	let   chan struct{}
	cut   atomic.Bool
}

func (g *gateway) handle(then jobs.Handler) jobs.Handler {
	return func(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
		g.begun <- j.ID
		select {
		case <-g.let:
		case <-ctx.Done():
			g.cut.Store(true)
			return jobs.Outcome{}, ctx.Err()
		}
		return then(ctx, j)
	}
}

func run(r *jobs.Runner) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

func TestAStopFinishesWhatIsUnderWayAndHandsBackTheRest(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		var ids []string
		for range 6 {
			ids = append(ids, enqueue(t, h, "slow"))
		}
		g := &gateway{begun: make(chan string, 6), let: make(chan struct{})}
		r := jobs.NewRunner(h.Gate, jobs.Settings{
			Log: new(journal).log(), Parallel: 3, Poll: 10 * time.Millisecond,
			Handlers: map[string]jobs.Handler{"slow": g.handle(finish(h, jobdb.Done))},
		})
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		for range 3 {
			<-g.begun
		}
		cancel()
		states := func() map[jobdb.State]int {
			n := map[jobdb.State]int{}
			for _, id := range ids {
				j := job(t, h, id)
				n[j.State]++
				if j.State == jobdb.Waiting && j.Attempt != 0 {
					t.Errorf("a job that was handed back counts %d attempts", j.Attempt)
				}
			}
			return n
		}
		eventually(t, "three are handed back", func() bool { return states()[jobdb.Waiting] == 3 })
		close(g.let)
		if err := <-ended; err != nil {
			t.Errorf("the stop: %v", err)
		}
		if diff := cmp.Diff(map[jobdb.State]int{jobdb.Done: 3, jobdb.Waiting: 3}, states()); diff != "" {
			t.Errorf("after the stop: %s", diff)
		}
	})
}

func TestAStopCutsOffWhatDoesNotEndWithinTheGrace(t *testing.T) {
	h := rostertest.SQLite(t)
	id := enqueue(t, h, "slow")
	g := &gateway{begun: make(chan string, 1), let: make(chan struct{})}
	r := jobs.NewRunner(h.Gate, jobs.Settings{
		Log: new(journal).log(), Poll: 10 * time.Millisecond, Grace: 50 * time.Millisecond,
		Handlers: map[string]jobs.Handler{"slow": g.handle(finish(h, jobdb.Done))},
	})
	stop := run(r)
	<-g.begun
	if err := stop(); err != nil {
		t.Errorf("the stop: %v", err)
	}
	if j := job(t, h, id); !g.cut.Load() || j.State != jobdb.Waiting {
		t.Errorf("cut off %t, the job is %s; want it cut off and waiting", g.cut.Load(), j.State)
	}
}

// TestOfOneOrganisationOneAtOnce: others have theirs meanwhile, and the next one begins when the one before it has ended.
func TestOfOneOrganisationOneAtOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		const each = 10
		for i := range 2 * each {
			org := h.Acme.ID
			if i >= each { // those of Acme came first
				org = "org_other"
			}
			note(t, h, func(ctx context.Context, tx store.Noter) error {
				return jobdb.Enqueue(ctx, tx.Tx, jobdb.Job{Org: org, ID: roster.NewID("job_"), Kind: "slow", Payload: "{}"})
			})
		}
		var mu sync.Mutex
		under, begun, done := map[roster.OrgID]int{}, map[roster.OrgID]int{}, 0
		let := make(chan struct{})
		finishing := finish(h, jobdb.Done)
		r := jobs.NewRunner(h.Gate, jobs.Settings{Log: new(journal).log(), Apart: true, Poll: time.Hour, Handlers: map[string]jobs.Handler{
			"slow": func(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
				mu.Lock()
				if under[j.Org]++; under[j.Org] > 1 {
					t.Errorf("%d of %s are under way", under[j.Org], j.Org)
				}
				begun[j.Org]++
				mu.Unlock()
				<-let
				mu.Lock()
				under[j.Org]--
				done++
				mu.Unlock()
				return finishing(ctx, j)
			},
		}})
		stop := run(r)
		holds := func(what func() bool) func() bool {
			return func() bool {
				mu.Lock()
				defer mu.Unlock()
				return what()
			}
		}
		eventually(t, "one of each begins", holds(func() bool { return begun[h.Acme.ID] == 1 && begun["org_other"] == 1 }))
		close(let)
		eventually(t, "all are done", holds(func() bool { return done == 2*each }))
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestAWakeIsHeardBeforeTheNextLook(t *testing.T) {
	h := rostertest.SQLite(t)
	wake := make(chan struct{}, 1)
	r := jobs.NewRunner(h.Gate, jobs.Settings{
		Log: new(journal).log(), Poll: time.Hour, Wake: wake,
		Handlers: map[string]jobs.Handler{"mine": finish(h, jobdb.Done)},
	})
	stop := run(r)
	var ids []string
	for range 20 {
		ids = append(ids, enqueue(t, h, "mine"))
	}
	wake <- struct{}{}
	eventually(t, "every job is done", func() bool {
		for _, id := range ids {
			if job(t, h, id).State != jobdb.Done {
				return false
			}
		}
		return true
	})
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestARunnerKeepsLookingWhileTheDatabaseFails(t *testing.T) {
	h := rostertest.SQLite(t)
	log := &journal{}
	inner := real(t, h.Database)
	r := jobs.NewRunner(inner.Gate, jobs.Settings{Log: log.log(), Poll: time.Millisecond, Handlers: map[string]jobs.Handler{"mine": finish(h, jobdb.Done)}})
	if err := inner.Close(); err != nil {
		t.Fatal(err)
	}
	stop := run(r)
	eventually(t, "failures are logged", func() bool { return strings.Count(log.String(), "cannot be claimed") >= 3 })
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestStepsEnd(t *testing.T) {
	s := jobs.Steps{time.Second, time.Minute}
	for attempt, least := range []time.Duration{1: time.Second, 2: time.Minute} {
		if attempt == 0 {
			continue
		}
		if wait, ok := s.After(attempt); !ok || wait < least || wait > least*11/10 {
			t.Errorf("after attempt %d: %s, %t", attempt, wait, ok)
		}
	}
	if _, ok := s.After(3); ok {
		t.Error("there is no third step")
	}
}
