package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
	"roster/internal/store/factordb"
	"roster/internal/store/idempotencydb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/methoddb"
	"roster/internal/store/passkeydb"
	"roster/internal/store/recoverydb"
	"roster/internal/store/sessiondb"
	"roster/internal/store/tokendb"
)

// Sweep is something done again and again. Doing it twice, or in two processes at once, is harmless.
type Sweep struct {
	Name  string
	Every time.Duration
	Do    func(context.Context) error
}

// How long things are kept that nobody asks for any more.
const (
	keepAnswers  = 24 * time.Hour                         // answers under an Idempotency-Key (design page 7)
	keepAttempts = 5 * 24 * time.Hour                     // tries at a secret, since the last one: longer than any run of them is held
	keepTokens   = time.Hour                              // revoked tokens, beyond their own end: clocks differ
	tellExpired  = 2 * 24 * time.Hour                     // invitations that expired: whoever hears of them later does nothing with it
	keepNews     = 90 * 24 * time.Hour                    // what members are told of what happened
	keepJobs     = roster.MaxInvitationTTL + 24*time.Hour // ended jobs: a letter's fate, as long as its link can last
)

// Sweeps gives what a server sweeps. idle is how long a session may stay unused.
func Sweeps(g *action.Gate, idle time.Duration) []Sweep {
	note := func(name string, every time.Duration, fn func(context.Context, store.Noter) error) Sweep {
		return Sweep{name, every, func(ctx context.Context) error { return action.Note(ctx, g, fn) }}
	}
	return []Sweep{
		{"refusals", 10 * time.Second, g.SealRefusals},
		note("sessions", 10*time.Minute, func(ctx context.Context, tx store.Noter) error { return sessiondb.Sweep(ctx, tx, tx.At(), idle) }),
		note("half sign-ins", 10*time.Minute, func(ctx context.Context, tx store.Noter) error { return factordb.SweepHalves(ctx, tx, tx.At()) }),
		note("passkey challenges", 10*time.Minute, func(ctx context.Context, tx store.Noter) error { return passkeydb.Sweep(ctx, tx, tx.At()) }),
		note("factor resets", time.Hour, func(ctx context.Context, tx store.Noter) error { return factordb.SweepResets(ctx, tx, tx.At()) }),
		note("links of persons", time.Hour, func(ctx context.Context, tx store.Noter) error { return recoverydb.Sweep(ctx, tx, tx.At()) }),
		note("attempts", time.Hour, func(ctx context.Context, tx store.Noter) error {
			return credentialdb.Sweep(ctx, tx, tx.At().Add(-keepAttempts))
		}),
		note("devices", 24*time.Hour, func(ctx context.Context, tx store.Noter) error {
			return credentialdb.SweepDevices(ctx, tx, tx.At().Add(-roster.DeviceLasts))
		}),
		note("answers", time.Hour, func(ctx context.Context, tx store.Noter) error {
			return idempotencydb.Sweep(ctx, tx, tx.At().Add(-keepAnswers))
		}),
		note("logins", time.Hour, func(ctx context.Context, tx store.Noter) error { return methoddb.Sweep(ctx, tx, tx.At()) }),
		note("tokens", time.Hour, func(ctx context.Context, tx store.Noter) error {
			return tokendb.Sweep(ctx, tx, tx.At().Add(-keepTokens))
		}),
		note("expired invitations", time.Minute, func(ctx context.Context, tx store.Noter) error {
			return newsdb.Expired(ctx, tx, tx.At().Add(-tellExpired))
		}),
		note("notifications", 6*time.Hour, func(ctx context.Context, tx store.Noter) error { return newsdb.Sweep(ctx, tx, tx.At().Add(-keepNews)) }),
		{"imports", time.Hour, func(ctx context.Context) error { return forgetImports(ctx, g) }},
		note("jobs", 6*time.Hour, func(ctx context.Context, tx store.Noter) error { return jobdb.Sweep(ctx, tx, tx.At().Add(-keepJobs)) }),
	}
}

// soon is when a sweep runs for the first time at the latest: a server that is started anew each night would never come to
// those of a day.
const soon = 10 * time.Minute

// Sweeping runs sweeps, one at a time, until ctx ends; each first after its time has passed once, or soon.
// One that fails is logged and comes again at its time.
func Sweeping(ctx context.Context, log *slog.Logger, sweeps []Sweep) {
	next := make([]time.Time, len(sweeps))
	shortest := time.Minute
	for i, s := range sweeps {
		next[i], shortest = time.Now().Add(min(s.Every, soon)), min(shortest, s.Every)
	}
	tick := time.NewTicker(shortest)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for i, s := range sweeps {
			// A tick may come a little before its time.
			if time.Until(next[i]) > shortest/2 {
				continue
			}
			next[i] = time.Now().Add(s.Every)
			if err := s.run(ctx); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "sweep", "name", s.Name, "error", err)
			}
		}
	}
}

func (s Sweep) run(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	ctx, cancel := context.WithTimeout(system(ctx), time.Minute)
	defer cancel()
	return s.Do(ctx)
}
