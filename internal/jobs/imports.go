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

// importTurn is how long an import goes on before its job is handed back, so that others get to theirs. It is less than grace,
// of which the rest is for the step that was begun last: so a stop cuts off none.
const importTurn = 10 * time.Second

// Imports applies imports step by step. Each step stands by itself, so after a crash the next attempt goes on where the last
// one was. An import whose letters must wait is put off until they may leave.
func Imports(g *action.Gate, room *imports.Room) Handler {
	return func(ctx context.Context, j jobdb.Job) (Outcome, error) {
		until := time.Now().Add(importTurn)
		for {
			v, err := room.Step(ctx, j.Org, j.About)
			switch {
			case roster.AsError(err).Kind == roster.NotFound && err != nil:
				return done(ctx, g, j)
			case err != nil:
				return Outcome{}, err
			case v.State != imports.Running:
				return done(ctx, g, j)
			case v.Wait > 0 || time.Now().After(until) || ctx.Err() != nil:
				return Outcome{State: jobdb.Waiting}, action.Note(context.WithoutCancel(ctx), g, func(ctx context.Context, tx store.Noter) error {
					return jobdb.PutOff(ctx, tx, j, tx.At().Add(v.Wait))
				})
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

// done keeps that a job is over.
func done(ctx context.Context, g *action.Gate, j jobdb.Job) (Outcome, error) {
	return Outcome{State: jobdb.Done}, action.Note(context.WithoutCancel(ctx), g, func(ctx context.Context, tx store.Noter) error {
		return jobdb.Finish(ctx, tx, j, jobdb.Done, tx.At(), "")
	})
}
