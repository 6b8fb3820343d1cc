package action

import (
	"context"
	"slices"

	"roster/internal/authz"
	"roster/internal/roster"
)

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
	places := slices.Concat(authority.Places(in.action.Permission), authority.Places(authz.MembersRead))
	if slices.Contains(places, "") {
		return func(roster.Grant) bool { return true }, nil
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	if err != nil {
		return nil, err
	}
	return func(g roster.Grant) bool { return g.Member == in.actor.Member || within(snap, places, g.Unit) }, nil
}
