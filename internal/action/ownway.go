package action

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// keepsOwnWay is the last part of rule 4 (design page 1), whatever the action did, be it to a grant or to a role
// of the actor's own: nobody takes their own last administrative access away, nor lets it end sooner.
func (in *inside) keepsOwnWay(before, after *authz.Snapshot) error {
	if before == nil || in.actor.Member == "" {
		return nil
	}
	was, held := before.Authority(in.actor.Member, in.at).Last(authz.MembersWrite)
	if !held {
		return nil
	}
	now, holds := after.Authority(in.actor.Member, in.at).Last(authz.MembersWrite)
	switch {
	case !holds:
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot take your own last administrative role away. Ask another administrator.")
	case !now.IsZero() && (was.IsZero() || now.Before(was)):
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot let your own last administrative role end sooner. Ask another administrator.")
	}
	return nil
}
