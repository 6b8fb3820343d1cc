package action

import (
	"context"

	"roster/internal/act"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/persondb"
)

// confirmed asks, before a sensitive act, that the session's person proved just now that it is they (design page 6,
// step-up). Who has no session, such as an API user, has nothing to confirm with.
func (in *inside) confirmed(ctx context.Context, r store.Reader) error {
	actor := in.actor
	if actor.Session == "" || roster.Confirmed(actor.Proofs, actor.Organisation, in.at) {
		return nil
	}
	if actor.Organisation == "" { // about themselves: a managed person's connection is their organisation's
		p, err := persondb.ByID(ctx, r, actor.Person)
		if err != nil || p.OK && p.Value.ManagedBy != "" && roster.Confirmed(actor.Proofs, p.Value.ManagedBy, in.at) {
			return err
		}
	}
	return roster.Unconfirmed()
}

// Confirmed asks the same within an action that is sensitive only for what it is given.
func Confirmed(ctx context.Context) error {
	in := insideOf(ctx)
	if in == nil {
		return errOutside
	}
	if in.visit != "" { // what is sensitive is closed to operators inside (act.Action.ToOperator)
		return act.Action{Confirm: true}.ToOperator(true)
	}
	var r store.Reader = in.gate.db.Reader()
	if in.tx != nil {
		r = in.tx
	}
	return in.confirmed(ctx, r)
}
