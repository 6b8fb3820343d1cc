package profile

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/persondb"
	"roster/internal/store/sessiondb"
)

// SignOut ends what a member's sessions open here before it returns: they sign in anew, on every device. Elsewhere a session
// of a person of their own goes on, and nothing tells whether there is one (decisions/065). Kinds: NotFound, Conflict
// (no_sessions, removed), Denied (stronger_target, not_on_yourself).
func (r *Room) SignOut(ctx context.Context, id roster.MemberID) (roster.Member, error) {
	return action.Do(ctx, r.gate, act.MemberSignOut, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (roster.Member, error) {
		v, err := team.Of(ctx, tx, id)
		m := v.Member
		switch {
		case err != nil:
			return m, err
		case m.Status == roster.Removed:
			return m, m.Gone()
		case m.Person == "":
			return m, roster.Errorf(roster.Conflict, "no_sessions", "%s has never signed in here, so there is nothing to sign out of.", m.Label())
		}
		p, err := persondb.Lock(ctx, tx, m.Person)
		if err != nil {
			return m, err
		}
		if err := memberdb.SignOut(ctx, tx, m); err != nil {
			return m, err
		}
		if err := sessiondb.Out(ctx, tx, m.Org, m.Person); err != nil || p.Value.ManagedBy != m.Org {
			return m, err
		}
		return m, sessiondb.EndAll(ctx, tx, m.Person, "")
	})
}
