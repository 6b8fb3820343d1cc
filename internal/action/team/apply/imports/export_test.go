package imports

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/importdb"
)

// StepOf is Step of at most so many rows.
func (r *Room) StepOf(ctx context.Context, org roster.OrgID, id string, most int) (Stepped, error) {
	return r.step(ctx, org, id, most)
}

// MapIn is Map in steps of so many rows.
func (r *Room) MapIn(ctx context.Context, id string, m column.Mapping, most int) (View, error) {
	return r.mapped(ctx, id, m, 0, most)
}

// PlanWithin is Plan that begins nothing more after so long.
func (r *Room) PlanWithin(ctx context.Context, id string, within time.Duration) (Planned, error) {
	return r.plan(ctx, id, within)
}

// StepSeen is what a step does that looked at an import a while ago; ctx is as for Step, in the import's organisation.
func (r *Room) StepSeen(ctx context.Context, seen importdb.Import) (Stepped, error) {
	return r.onward(ctx, seen, rowsOfStep)
}

// PutSeen is how a row is corrected by who looked at its import a while ago.
func (r *Room) PutSeen(ctx context.Context, seen importdb.Import, row importdb.Row) (Row, error) {
	return action.Do(ctx, r.gate, act.ImportCorrect, seen.Ref(), func(ctx context.Context, tx *store.Tx) (Row, error) {
		return put(ctx, tx, seen, row)
	})
}
