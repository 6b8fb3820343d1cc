package jobs

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
)

// importTurn is how long an import goes on before its job is handed back, so that others get to theirs.
const importTurn = 20 * time.Second

// Imports applies imports step by step. Each step stands by itself, so after a crash the next attempt goes on where the last
// one was. An import whose letters must wait is put off until they may leave.
func Imports(g *action.Gate, room *imports.Room) Handler {
	return func(ctx context.Context, j jobdb.Job) (Outcome, error) {
		until := time.Now().Add(importTurn)
		for {
			v, err := room.Step(ctx, j.Org, j.About)
			switch {
			case roster.AsError(err).Kind == roster.NotFound && err != nil:
				return ended(ctx, g, j, jobdb.Done, 0)
			case err != nil:
				return Outcome{}, err
			case v.State != imports.Running:
				return ended(ctx, g, j, jobdb.Done, 0)
			case v.Wait > 0:
				return ended(ctx, g, j, jobdb.Waiting, v.Wait)
			case time.Now().After(until) || ctx.Err() != nil:
				return Outcome{State: jobdb.Waiting}, action.Note(context.WithoutCancel(ctx), g, func(ctx context.Context, tx store.Noter) error { return jobdb.HandBack(ctx, tx, j) })
			}
		}
	}
}

// forgetImports forgets imports whose time is over, some rows in each transaction.
func forgetImports(ctx context.Context, g *action.Gate) error {
	for more := true; more && ctx.Err() == nil; {
		err := action.Note(ctx, g, func(ctx context.Context, tx store.Noter) error {
			var err error
			more, err = importdb.Sweep(ctx, tx, tx.At().Add(-imports.Kept))
			return err
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// ended keeps what became of an attempt.
func ended(ctx context.Context, g *action.Gate, j jobdb.Job, state jobdb.State, wait time.Duration) (Outcome, error) {
	return Outcome{State: state}, action.Note(context.WithoutCancel(ctx), g, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Finish(ctx, tx, j, state, tx.At().Add(wait), "")
	})
}
