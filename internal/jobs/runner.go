package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Handler does the jobs of one kind. It keeps what became of the attempt itself, in one transaction
// with what that means; an error (or a panic) says that nothing was kept, and the job comes again
// later. The same job may come again after a crash, so whatever it did may be done twice.
type Handler func(ctx context.Context, j jobdb.Job) (Outcome, error)

// Outcome is what a handler has kept of an attempt.
type Outcome struct {
	State jobdb.State
	Why   string // for the log: no secret, no address in full
}

// Settings tell how jobs are run. Zero values stand for the defaults.
type Settings struct {
	Handlers map[string]Handler // by kind; jobs of other kinds wait
	Wake     <-chan struct{}    // receives when there may be work
	Log      *slog.Logger       // needed
	Parallel int                // attempts at once: 4
	Apart    bool               // of one organisation one at once
	Poll     time.Duration      // how often to look without a wake: 1 s
	Lease    time.Duration      // how long a claimed job is this runner's: 2 min
	Patience time.Duration      // how long an attempt may take: 75 s; at most three quarters of Lease
	Grace    time.Duration      // how long attempts may go on at a stop: 15 s
	Again    Steps              // the waits after an error of a handler
}

// grace is how long attempts may go on at a stop.
const grace = 15 * time.Second

// keeping bounds how long it may take to keep what became of an attempt.
const keeping = 10 * time.Second

func (s Settings) complete() Settings {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&s.Poll, time.Second)
	set(&s.Lease, 2*time.Minute)
	set(&s.Patience, 75*time.Second)
	s.Patience = min(s.Patience, s.Lease*3/4)
	set(&s.Grace, grace)
	if s.Parallel == 0 {
		s.Parallel = 4
	}
	if s.Again == nil {
		s.Again = again()
	}
	return s
}

// Runner runs jobs.
type Runner struct {
	gate  *action.Gate
	set   Settings
	kinds []string
	ended chan struct{} // receives when an attempt has ended for which others wait

	mu     sync.Mutex
	counts map[Count]int64 // with N left zero
}

// NewRunner makes a runner.
func NewRunner(g *action.Gate, s Settings) *Runner {
	r := &Runner{gate: g, set: s.complete(), ended: make(chan struct{}, 1), counts: map[Count]int64{}}
	for kind := range s.Handlers {
		r.kinds = append(r.kinds, kind)
	}
	slices.Sort(r.kinds)
	return r
}

// claimed is a job that this runner holds.
type claimed struct {
	jobdb.Job
	at time.Time
}

// Run runs jobs until ctx ends. Then it begins no more, hands back what was claimed and not begun, and
// lets attempts under way finish for the grace; after that they are told to stop. An error says that
// one did not: its job comes again when its lease has run out.
func (r *Runner) Run(ctx context.Context) error {
	if len(r.kinds) == 0 {
		<-ctx.Done()
		return nil
	}
	work, cut := context.WithCancel(context.WithoutCancel(system(ctx)))
	defer cut()
	var under sync.WaitGroup
	slots := make(chan struct{}, r.set.Parallel)
	tick := time.NewTicker(r.set.Poll)
	defer tick.Stop()
	for failures := 0; r.free(ctx, slots); {
		jobs, err := r.claim(work)
		if failures++; err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			r.set.Log.ErrorContext(ctx, "jobs cannot be claimed", "error", err)
		}
		<-slots
		r.begin(ctx, work, &under, slots, jobs)
		if len(jobs) < r.batch() {
			r.rest(ctx, tick.C, min(failures, 30))
		}
	}
	return r.stop(&under, cut)
}

// system is the context in which Roster itself acts.
func system(ctx context.Context) context.Context {
	return roster.WithActor(ctx, roster.Actor{Kind: roster.ActorSystem, Name: "Roster", Door: roster.DoorJobs})
}

// free waits until an attempt could begin; false at the end of ctx.
func (r *Runner) free(ctx context.Context, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// rest waits for a wake or the next look; where claiming failed, for several looks without a wake.
func (r *Runner) rest(ctx context.Context, tick <-chan time.Time, failures int) {
	wake, ended := r.set.Wake, r.ended
	if failures > 0 {
		wake, ended = nil, nil
	}
	for range max(1, failures) {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			return
		case <-ended:
			return
		case <-tick:
		}
	}
}

func (r *Runner) batch() int { return 2 * r.set.Parallel }

// claim takes jobs that are due. It does not end with the runner's ctx, for then nobody knew what was
// claimed.
func (r *Runner) claim(ctx context.Context) ([]claimed, error) {
	ctx, cancel := context.WithTimeout(ctx, keeping)
	defer cancel()
	at := time.Now()
	var due []jobdb.Job
	take := jobdb.Claim
	if r.set.Apart {
		take = jobdb.ClaimApart
	}
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		var err error
		due, err = take(ctx, tx, r.kinds, r.batch(), r.set.Lease)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	jobs := make([]claimed, len(due))
	for i, j := range due {
		jobs[i] = claimed{j, at}
	}
	return jobs, nil
}

// begin begins jobs as places become free, and hands back those that came to wait too long for their
// lease, or for the end of ctx.
func (r *Runner) begin(ctx, work context.Context, under *sync.WaitGroup, slots chan struct{}, jobs []claimed) {
	for i, j := range jobs {
		if !r.free(ctx, slots) {
			r.handBack(work, jobs[i:])
			return
		}
		if time.Since(j.at) > (r.set.Lease-r.set.Patience)/2 {
			<-slots
			r.handBack(work, jobs[i:])
			return
		}
		under.Go(func() {
			defer func() { <-slots }()
			r.attempt(work, j.Job)
			r.next()
		})
	}
}

// next lets the job be found that waited for another of its organisation to end.
func (r *Runner) next() {
	if !r.set.Apart {
		return
	}
	select {
	case r.ended <- struct{}{}:
	default: // it is looked already
	}
}

func (r *Runner) handBack(ctx context.Context, jobs []claimed) {
	ctx, cancel := context.WithTimeout(ctx, keeping)
	defer cancel()
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		for _, j := range jobs {
			if err := jobdb.HandBack(ctx, tx, j.Job); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		r.set.Log.WarnContext(ctx, "jobs could not be handed back; they come again when their lease has run out", "jobs", len(jobs), "error", err)
	}
}

func (r *Runner) stop(under *sync.WaitGroup, cut context.CancelFunc) error {
	done := make(chan struct{})
	go func() { under.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(r.set.Grace):
	}
	cut()
	select {
	case <-done:
		return nil
	case <-time.After(keeping + time.Second):
		return errors.New("jobs: an attempt did not stop; its job comes again when its lease has run out")
	}
}

// Due runs what is due now, and what became due meanwhile, and returns how many attempts that were. It
// is for callers without a loop of their own, such as tests.
func (r *Runner) Due(ctx context.Context) (attempts int, err error) {
	ctx = system(ctx)
	slots := make(chan struct{}, r.set.Parallel)
	for len(r.kinds) > 0 {
		jobs, err := r.claim(ctx)
		if err != nil || len(jobs) == 0 {
			return attempts, err
		}
		var under sync.WaitGroup
		r.begin(ctx, ctx, &under, slots, jobs)
		under.Wait()
		attempts += len(jobs)
	}
	return attempts, ctx.Err()
}

// attempt runs a job once, and tells the log and the counts what came of it.
func (r *Runner) attempt(ctx context.Context, j jobdb.Job) {
	begun := time.Now()
	trying, cancel := context.WithTimeout(ctx, r.set.Patience)
	out, err := r.do(trying, j)
	cancel()
	if err != nil {
		out = r.failed(ctx, j)
	}
	r.add(j.Kind, out.State)
	level, attrs := slog.LevelInfo, []any{"kind", j.Kind, "job", j.ID, "organisation", j.Org, "about", j.About, "attempt", j.Attempt, "outcome", out.State, "took", time.Since(begun)}
	if out.Why != "" {
		level, attrs = slog.LevelWarn, append(attrs, "why", out.Why)
	}
	if err != nil {
		level, attrs = slog.LevelError, append(attrs, "error", err)
	}
	r.set.Log.Log(ctx, level, "job", attrs...)
}

// do calls the handler, and makes an error of a panic.
func (r *Runner) do(ctx context.Context, j jobdb.Job) (out Outcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return r.set.Handlers[j.Kind](ctx, j)
}

// failed keeps that a handler could not deal with its job: later again, or given up.
func (r *Runner) failed(ctx context.Context, j jobdb.Job) Outcome {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	out := Outcome{State: jobdb.Waiting}
	wait, ok := r.set.Again.After(j.Attempt)
	if !ok {
		out.State = jobdb.GivenUp
	}
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Finish(ctx, tx, j, out.State, tx.At().Add(wait), "Something went wrong on our side. The operator's log says what.")
	})
	if err != nil {
		out.Why = "not kept: " + err.Error()
	}
	return out
}
