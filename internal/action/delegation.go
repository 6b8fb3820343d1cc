package action

import (
	"context"
	"slices"

	"roster/internal/authz"
	"roster/internal/authz/giving"
	"roster/internal/roster"
	"roster/internal/snapshot"
	"roster/internal/store/cataloguedb"
	"roster/internal/told"
)

// bound tells whether rule 1 binds the actor: members and API users. What an invitation's acceptance
// leaves of its grants is asked of their givers (Overtaken).
func (in *inside) bound() bool {
	switch in.actor.Kind {
	case roster.ActorCLI, roster.ActorSystem, roster.ActorClient, roster.ActorInvitee, roster.ActorOperator:
		return false
	}
	return in.tx.Org() != roster.Installation && in.tx.Org() == in.actor.Organisation
}

// gives tells whether the transaction touched what anybody holds, or for how long.
func (in *inside) gives() bool {
	tx := in.tx
	ends := func(c roster.Change) bool { return c.Field == "ends_at" }
	return len(tx.Given())+len(tx.Taken())+len(tx.RolesChanged())+len(tx.Units()) > 0 || slices.ContainsFunc(tx.Changes(), ends)
}

// move gives the organisation's snapshot before and after the transaction's changes; nil for both where
// nobody needs them and the one before is not at hand.
func (in *inside) move(ctx context.Context) (before, after *authz.Snapshot, err error) {
	tx := in.tx
	if tx.Org() == roster.Installation || tx.Org() != in.actor.Organisation {
		return nil, nil, nil
	}
	if in.gives() { // until the end nobody may take a key out of the catalogue that is being given
		if err := cataloguedb.Hold(ctx, tx); err != nil {
			return nil, nil, err
		}
	}
	if before = in.snaps[tx.Org()]; before == nil {
		if before = in.gate.snaps.Peek(tx.Org(), tx.Position()); before == nil && in.bound() && in.gives() {
			before, err = in.snapshot(ctx, tx.Org())
		}
	}
	if err != nil || before == nil {
		return nil, nil, err
	}
	delta, err := snapshot.Delta(ctx, tx, before)
	return before, before.With(delta), err
}

// delegated is rule 1 (design page 1): each thing given or taken lies in the actor's own, where it is given
// and for no shorter; and so does every change of what anybody can really use, that came of it.
func (in *inside) delegated(ctx context.Context, actor authz.Authority, before, after *authz.Snapshot) error {
	if !in.gives() {
		return nil
	}
	tx := in.tx
	var missing []authz.Lacking
	for _, g := range append(slices.Clone(tx.Given()), tx.Taken()...) {
		if !actor.Holds(authz.MembersWrite, g.Unit) {
			return in.lacks(ctx, tx, []authz.Lacking{{Permission: authz.MembersWrite, Unit: g.Unit}}, "You need the permission %s to change what people hold there.")
		}
		if len(missing) <= mostMissing && g.Live(tx.At()) { // what has ended gives nobody anything
			missing = append(missing, actor.LacksItems(g)...)
		}
	}
	touched := map[roster.MemberID]bool{}
	for _, g := range append(slices.Clone(tx.Given()), tx.Taken()...) {
		touched[g.Member] = true
	}
	for _, r := range tx.RolesChanged() {
		if len(missing) > mostMissing {
			break
		}
		missing = append(missing, actor.LacksRole(authz.RoleDifference(r.Was, r.Now))...)
		for _, m := range before.Holders(roleID(r)) {
			touched[m] = true
		}
	}
	moved, err := in.moved(ctx, actor, before, after, touched)
	if err != nil {
		return err
	}
	for m := range touched {
		if len(missing) > mostMissing {
			break
		}
		missing = append(missing, actor.LacksChange(before.Authority(m, tx.At()), after.Authority(m, tx.At()), moved...)...)
	}
	if missing = append(missing, in.lasts(actor, before, after)...); len(missing) == 0 {
		return nil
	}
	e := in.lacks(ctx, tx, missing, "You cannot give or take what you lack, nor for longer than you hold it: %s.")
	e.Code = "exceeds_authority"
	return e
}

// lasts asks rule 1's second test of API users whose end moved: it gives or takes all that they hold for the time between.
func (in *inside) lasts(actor authz.Authority, before, after *authz.Snapshot) []authz.Lacking {
	var missing []authz.Lacking
	for _, m := range in.tx.Subjects() {
		if was, known := before.Member(m.ID); known && !was.Ends.Equal(m.Ends) {
			missing = append(missing, actor.LacksChange(giving.Lasting(before, m.ID, in.at), giving.Lasting(after, m.ID, in.at))...)
		}
	}
	return missing
}

// mostMissing bounds how much a refusal looks for, and how much it names.
const mostMissing = 20

// moved gives the units that the transaction moved, after asking for both ends' authority, and adds who is
// touched by it: those with a grant on the way to only one of the two places.
func (in *inside) moved(ctx context.Context, actor authz.Authority, before, after *authz.Snapshot, touched map[roster.MemberID]bool) ([]roster.UnitID, error) {
	var units []roster.UnitID
	for _, u := range in.tx.Units() {
		if u.Was.ID == "" || u.Was.Parent == u.Now.Parent {
			continue
		}
		for _, end := range []roster.UnitID{u.Was.Parent, u.Now.Parent} {
			if !actor.Holds(authz.UnitsWrite, end) {
				return nil, in.lacks(ctx, in.tx, []authz.Lacking{{Permission: authz.UnitsWrite, Unit: end}}, "You need the permission %s at both ends of a move.")
			}
		}
		units = append(units, u.Now.ID)
		was, now := before.Path(u.Was.Parent), after.Path(u.Now.Parent)
		var only []roster.UnitID
		for _, p := range append(slices.Clone(was), now...) {
			if !slices.Contains(was, p) || !slices.Contains(now, p) {
				only = append(only, p)
			}
		}
		for _, m := range before.HoldersAt(only...) {
			touched[m] = true
		}
	}
	return units, nil
}

func roleID(c told.RoleChange) string {
	if c.Now != nil {
		return c.Now.ID
	}
	return c.Was.ID
}
