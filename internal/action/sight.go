package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/authz/sight"
	"roster/internal/roster"
)

// Sees tells whether the actor may know of a member: whom they do not see a refusal does not name either.
func Sees(ctx context.Context, id roster.MemberID) bool {
	return looks(ctx, func(e sight.Eye) bool {
		m, known := e.Snap.Member(id)
		return known && e.Member(m)
	})
}

// SeesUnit tells whether the actor may know of a unit.
func SeesUnit(ctx context.Context, id roster.UnitID) bool {
	return looks(ctx, func(e sight.Eye) bool { return e.Unit(id) })
}

// looks asks something of what the actor sees; who holds the action's permission on the whole organisation sees all.
func looks(ctx context.Context, sees func(sight.Eye) bool) bool {
	in := insideOf(ctx)
	if in == nil {
		return false
	}
	authority, err := in.authority(ctx, in.actor)
	if err != nil || authority.Holds(in.action.Permission, "") {
		return err == nil
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	return err == nil && sees(in.eye(snap, authority))
}

// Seen gives the question which of some members' grants the actor may know of: their own, and those that lie
// where they hold the action's permission or the one that shows members. Whoever administers one account is
// told nothing of what people hold around it, and takes none of it away.
func Seen(ctx context.Context) (func(roster.Grant) bool, error) {
	in := insideOf(ctx)
	if in == nil {
		return nil, errOutside
	}
	authority, err := in.authority(ctx, roster.ActorFrom(ctx))
	if err != nil {
		return nil, err
	}
	if authority.Holds(in.action.Permission, "") || authority.Holds(authz.MembersRead, "") {
		return func(roster.Grant) bool { return true }, nil
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	if err != nil {
		return nil, err
	}
	return in.eye(snap, authority).Grants(), nil
}
