package action

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
)

// refusal is what was refused, and why.
type refusal struct {
	on  roster.Ref
	err error
	of  act.Name // of a series, which of its actions; empty for the one under way
}

// refused counts refusals of a signed-in actor, those of a batch together; their lines follow when the minute
// is over. That a refusal could not be counted must not change the answer, so it is joined nowhere.
func (g *Gate) refused(ctx context.Context, org roster.OrgID, in *inside, all ...refusal) {
	actor := in.actor
	if !actor.SignedIn() || actor.Organisation == "" || org == "" || in.tries() {
		return
	}
	actor.Call, actor.Proofs = nil, nil
	var counts []eventdb.Refusal
	for _, r := range all {
		var e *roster.Error
		if !errors.As(r.err, &e) || !tells(e) {
			continue
		}
		name := string(cmp.Or(r.of, in.action.Name))
		i := slices.IndexFunc(counts, func(c eventdb.Refusal) bool { return c.Code == e.Code && c.Action == name })
		if i < 0 {
			i = len(counts)
			counts = append(counts, eventdb.Refusal{Org: org, Action: name, Code: e.Code, Actor: actor, Target: eventdb.Asked(r.on)})
		}
		counts[i].Count++
	}
	if len(counts) == 0 {
		return
	}
	_ = g.db.Keep(context.WithoutCancel(ctx), func(ctx context.Context, tx store.Noter) error {
		for _, c := range counts {
			if err := eventdb.CountRefusal(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// tells picks the refusals worth a line: those by a right or a rule, not slips of the keyboard.
func tells(e *roster.Error) bool {
	return e.Kind == roster.Denied && e.Code != "confirmation_required" || e.Code == "seat_limit" || e.Code == "last_owner"
}

// SealRefusals turns refusals whose minute is over into lines of the history, one for each actor, action and code.
func (g *Gate) SealRefusals(ctx context.Context) error {
	r := g.db.Reader()
	now, err := r.Now(ctx)
	if err != nil {
		return err
	}
	due, err := eventdb.DueRefusals(ctx, r, now)
	if err != nil {
		return err
	}
	var failed []error
	for _, v := range due {
		err := g.db.Write(ctx, v.Org, func(ctx context.Context, tx *store.Tx) error {
			dropped, err := eventdb.DropRefusal(ctx, tx, v)
			if err != nil || !dropped {
				return err
			}
			e := line(g.actions[act.Name(v.Action)], v.Actor, v.Target)
			e.Action, e.Refused, e.Count = v.Action, v.Code, v.Count
			_, err = tx.Record(ctx, e)
			return err
		})
		failed = append(failed, err) // one that fails does not keep the others
	}
	return errors.Join(failed...)
}
