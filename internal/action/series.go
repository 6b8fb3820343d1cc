package action

import (
	"context"
	"errors"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
)

// Series is several actions, each another one perhaps, under one lock and in one transaction: what a file asks for.
// Every one of them passes the gate as a row of DoEach does.
type Series struct {
	in      *inside
	tx      *store.Tx
	after   *authz.Snapshot
	refused []refusal
}

// DoSeries lets fn do a series of actions, of which name is the whole: whoever may do that nowhere is refused, and a fresh
// proof is asked for it alone, not for each. A series that is tried (roster.Call.DryRun) is taken back, and its result
// told; so is every other error of fn. What fn gives must come of the transaction alone: it may run again. Errors and
// repetitions are as of DoEach.
func DoSeries[T any](ctx context.Context, g *Gate, name act.Name, fn func(context.Context, *Series) (T, error)) (T, error) {
	var result, none T
	in, ctx, err := g.begin(ctx, name)
	if err != nil {
		return none, err
	}
	org := place(in.action, in.actor)
	var s *Series
	err = g.db.Write(ctx, org, func(ctx context.Context, tx *store.Tx) error {
		result, s = none, &Series{in: in, tx: tx}
		in.tx, in.at, in.snaps, in.authorities, in.proved = tx, tx.At(), nil, nil, false
		if err := in.somewhere(ctx); err != nil {
			return err
		}
		in.proved = true
		if replayed, err := in.replayed(ctx); err != nil || replayed {
			return err
		}
		var err error
		if result, err = fn(ctx, s); err != nil {
			return err
		}
		return in.keep(ctx, result)
	})
	if errors.Is(err, errTried) {
		return result, nil
	}
	if err != nil {
		g.refused(ctx, org, in, refusal{err: err})
		return none, err
	}
	g.snaps.Publish(org, s.after)
	g.wake()
	g.refused(ctx, org, in, s.refused...)
	return result, nil
}

// Tx gives the transaction, to read.
func (s *Series) Tx() *store.Tx { return s.tx }

// Do does one action of the series: permitted, guarded, held to the rules and written into the history by itself. One that
// is refused leaves nothing behind, and those after it go on. Any error that is no refusal is the series'.
func (s *Series) Do(ctx context.Context, name act.Name, on roster.Ref, fn func(context.Context, *store.Tx) error) (refused *roster.Error, err error) {
	back, err := s.as(name)
	if err != nil {
		return nil, err
	}
	defer back()
	snap, err := s.in.row(ctx, on, func(ctx context.Context) (any, error) { return nil, fn(ctx, s.tx) })
	if snap != nil {
		s.after = snap
	}
	if refused = askers(err); refused != nil {
		s.refused = append(s.refused, refusal{on, refused, name})
		return refused, nil
	}
	return nil, err
}

// May tells why the actor may not do an action of the series to something, if so; nil when they may. Nothing is done.
func (s *Series) May(ctx context.Context, name act.Name, on roster.Ref) error {
	back, err := s.as(name)
	if err != nil {
		return err
	}
	defer back()
	_, err = s.in.entitled(ctx, s.tx, on)
	return err
}

// Tell writes the line of the whole series, of what it is about and what is told of it.
func (s *Series) Tell(ctx context.Context, on roster.Ref, changes ...roster.Change) error {
	return s.tx.Row(ctx, func(ctx context.Context) error {
		s.tx.Tell(changes...)
		_, err := s.tx.Record(ctx, line(s.in.action, s.in.actor, on))
		return err
	})
}

// as makes an action the one under way, until what it gives is called. One that is not in the list is the series' error, as
// it is Do's: nobody may do it, the command line neither.
func (s *Series) as(name act.Name) (back func(), err error) {
	is := s.in.action
	a, known := s.in.gate.actions[name]
	if !known {
		return nil, unlisted(name)
	}
	s.in.action = a
	return func() { s.in.action = is }, nil
}
