package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Sees tells whether the actor may know of a member: whom they do not see a refusal does not name either.
func Sees(ctx context.Context, id roster.MemberID) bool {
	return looks(ctx, func(in *inside, snap *authz.Snapshot, authority authz.Authority) bool {
		m, known := snap.Member(id)
		return known && in.seesMember(snap, authority, m)
	})
}

// SeesUnit tells whether the actor may know of a unit.
func SeesUnit(ctx context.Context, id roster.UnitID) bool {
	return looks(ctx, func(in *inside, snap *authz.Snapshot, authority authz.Authority) bool {
		return in.sees(snap, authority, id)
	})
}

// looks asks something of what the actor sees; who holds the action's permission on the whole organisation sees all.
func looks(ctx context.Context, sees func(*inside, *authz.Snapshot, authz.Authority) bool) bool {
	in := insideOf(ctx)
	if in == nil {
		return false
	}
	authority, err := in.authority(ctx, in.actor)
	if err != nil {
		return false
	}
	if authority.Holds(in.action.Permission, "") {
		return true
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	return err == nil && sees(in, snap, authority)
}
