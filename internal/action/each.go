package action

import (
	"context"
	"errors"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
)

// Outcome is what became of one row of a batch: its result, or the refusal that kept it from being done.
type Outcome[T any] struct {
	Result T
	Err    error // a *roster.Error
}

// MostRows bounds a batch: so long its organisation's lock is held.
const MostRows = 500

// DoEach runs an action on several rows under one lock and in one transaction. Each row is permitted, guarded,
// held to the rules and written into the history by itself, and sees what the rows before it did; a row that is
// refused leaves nothing behind and takes no other down. on tells what a row is about. An error is no row's: then
// nothing at all was done.
func DoEach[R, T any](ctx context.Context, g *Gate, name Name, rows []R, on func(R) roster.Ref, fn func(context.Context, *store.Tx, R) (T, error)) ([]Outcome[T], error) {
	if len(rows) > MostRows {
		return nil, roster.Errorf(roster.Invalid, "too_many_rows", "At most %d at once, please.", MostRows)
	}
	in, ctx, err := g.begin(ctx, name)
	if err != nil {
		return nil, err
	}
	org := place(in.action, in.actor)
	var all []Outcome[T]
	var after *authz.Snapshot
	err = g.db.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
		all, after = make([]Outcome[T], len(rows)), nil
		in.tx, in.at, in.snaps, in.authorities = tx, tx.At(), nil, nil
		if replayed, err := replay(ctx, tx, in.actor); err != nil || replayed {
			return err
		}
		for i, row := range rows {
			snap, err := in.row(ctx, on(row), func(ctx context.Context) (any, error) {
				var err error
				all[i].Result, err = fn(ctx, tx, row)
				return nil, err
			})
			var refused *roster.Error
			switch {
			case err == nil && snap != nil:
				after = snap
			case errors.As(err, &refused) && !errors.Is(err, store.ErrBroken):
				all[i] = Outcome[T]{Err: err}
			case err != nil:
				return err
			}
		}
		return keep(ctx, tx, in.actor, all)
	})
	if err != nil {
		g.refused(ctx, org, in, roster.Ref{}, err)
		return nil, err
	}
	for i := range all {
		if all[i].Err != nil {
			g.refused(ctx, org, in, on(rows[i]), all[i].Err)
		}
	}
	g.snaps.publish(org, after)
	g.wake()
	return all, nil
}

// row is what happens for one row; the rows after it see what it did.
func (in *inside) row(ctx context.Context, on roster.Ref, fn func(context.Context) (any, error)) (*authz.Snapshot, error) {
	var after *authz.Snapshot
	err := in.tx.Row(ctx, func(ctx context.Context) error {
		authority, err := in.permit(ctx, in.tx, on)
		if err == nil {
			_, after, err = in.act(ctx, authority, on, fn)
		}
		return err
	})
	in.snaps, in.authorities = nil, nil
	if err != nil {
		return nil, err
	}
	if after != nil {
		in.snaps = map[roster.OrgID]*authz.Snapshot{in.tx.Org(): after}
	}
	return after, nil
}
