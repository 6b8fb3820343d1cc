package own

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Leaving is what leaving the organisation would mean to the actor.
type Leaving struct {
	Profile
	LastOwner bool // no other Owner can sign in: leaving is refused
}

// Leaving tells what leaving would mean. Kind: Denied for who is not active there.
func (r *Room) Leaving(ctx context.Context) (Leaving, error) {
	return action.Look(ctx, r.gate, act.ProfileLeaving, func(ctx context.Context, rd store.Reader) (Leaving, error) {
		p, err := profile(ctx, rd)
		if err != nil {
			return Leaving{}, err
		}
		last, err := roledb.LastOwner(ctx, rd, p.Org, p.ID)
		return Leaving{p, last}, err
	})
}

// Leave ends the actor's own membership for good, as removing does: access ends, the seat is free, and with a person's
// last membership go their ways in. Kinds: Conflict (last_owner), Denied (confirmation_required).
func (r *Room) Leave(ctx context.Context) (roster.Organisation, error) {
	return action.Do(ctx, r.gate, act.ProfileLeave, self(ctx), func(ctx context.Context, tx *store.Tx) (roster.Organisation, error) {
		_, err := team.End(ctx, tx, roster.ActorFrom(ctx).Member)
		return tx.Organisation(), err
	})
}
