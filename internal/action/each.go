package action

import (
	"context"
	"errors"
	"maps"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
)

// Outcome is what became of one row of a batch: its result, or the refusal that kept it from being done.
type Outcome[T any] struct {
	Result T
	Err    *roster.Error
}

// MostRows bounds a batch: so long its organisation's lock is held. One that is only tried may be longer: its steps could not
// build on each other otherwise.
const MostRows = 500

// DoEach runs an action on several rows under one lock and in one transaction. Whoever may do it nowhere is
// refused as a whole, before an answer that was kept is given again. Each row is permitted, guarded, held to the
// rules and written into the history by itself, and sees what the rows before it did; a row that is refused
// leaves nothing behind and takes no other down. on tells what a row is about. An error is no row's: then
// nothing at all was done, unless its code is outcome_unknown, which says that all may stand (store.DB.Write).
func DoEach[R, T any](ctx context.Context, g *Gate, name act.Name, rows []R, on func(R) roster.Ref, fn func(context.Context, *store.Tx, R) (T, error)) ([]Outcome[T], error) {
	in, ctx, err := g.begin(ctx, name)
	if err != nil {
		return nil, err
	}
	if len(rows) > MostRows && !in.tries() {
		return nil, roster.Errorf(roster.Invalid, "too_many_rows", "At most %d at once, please.", MostRows)
	}
	org := place(in.action, in.actor)
	var all []Outcome[T]
	var after *authz.Snapshot
	err = g.db.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
		all, after = make([]Outcome[T], len(rows)), nil
		in.tx, in.at, in.snaps, in.authorities = tx, tx.At(), nil, nil
		if err := in.somewhere(ctx); err != nil {
			return err
		}
		if replayed, err := in.replayed(ctx); err != nil || replayed {
			return err
		}
		for i, row := range rows {
			snap, err := in.row(ctx, on(row), func(ctx context.Context) (any, error) {
				var err error
				all[i].Result, err = fn(ctx, tx, row)
				return nil, err
			})
			if refused := askers(err); refused != nil {
				all[i] = Outcome[T]{Err: refused}
			} else if err != nil {
				return err
			}
			if snap != nil {
				after = snap
			}
		}
		return in.keep(ctx, all)
	})
	if errors.Is(err, errTried) {
		return all, nil
	}
	if err != nil {
		g.refused(ctx, org, in, refusal{err: err})
		return nil, err
	}
	g.snaps.Publish(org, after)
	g.wake()
	g.refused(ctx, org, in, refusals(rows, on, all)...)
	return all, nil
}

// refusals gives what was refused of a batch.
func refusals[R, T any](rows []R, on func(R) roster.Ref, all []Outcome[T]) []refusal {
	var refused []refusal
	for i, o := range all {
		if o.Err != nil {
			refused = append(refused, refusal{on: on(rows[i]), err: o.Err})
		}
	}
	return refused
}

// errTried ends the transaction of what was only tried (roster.Call.DryRun).
var errTried = errors.New("tried, and taken back")

func (in *inside) tries() bool { return in.actor.Call != nil && in.actor.Call.DryRun }

// replayed finds out whether the request was answered before; what is tried is new each time.
func (in *inside) replayed(ctx context.Context) (bool, error) {
	if in.tries() {
		return false, nil
	}
	return replay(ctx, in.tx, in.tx.Org(), in.actor)
}

// askers gives an error that is the asker's own matter, and so a row's. Any other is the batch's.
func askers(err error) *roster.Error {
	var e *roster.Error
	if errors.As(err, &e) && e.Kind != roster.Internal && e.Kind != roster.Unavailable {
		return e
	}
	return nil
}

// somewhere asks whether the actor may do the action at any place at all.
func (in *inside) somewhere(ctx context.Context) error {
	is := in.action
	defer func() { in.action = is }()
	in.action.On, in.action.Also, in.action.Anywhere = "", "", true
	_, err := in.permit(ctx, in.tx, roster.Ref{})
	return err
}

// row is what happens for one row. The rows after it see what it did; of one that is refused they see nothing.
func (in *inside) row(ctx context.Context, on roster.Ref, fn func(context.Context) (any, error)) (*authz.Snapshot, error) {
	var after *authz.Snapshot
	before, seq := maps.Clone(in.snaps), in.tx.Seq()
	err := in.tx.Row(ctx, func(ctx context.Context) error {
		authority, err := in.permit(ctx, in.tx, on)
		if err == nil {
			_, after, err = in.act(ctx, authority, on, fn)
		}
		return err
	})
	switch {
	case err != nil:
		in.snaps, in.authorities = before, nil
		return nil, err
	case in.tx.Seq() == seq: // nothing changed
		return nil, nil
	}
	in.snaps, in.authorities = nil, nil
	if after != nil {
		in.snaps = map[roster.OrgID]*authz.Snapshot{in.tx.Org(): after}
	}
	return after, nil
}
