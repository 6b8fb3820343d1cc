package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/roster"
)

// bindings holds rule 3 over external IDs: under such a name the host product asks what somebody may do, or what
// may be done at a customer account, so that to move the name is to hand over the rights. A name for somebody
// or something new hands over none (decisions/016).
func (in *inside) bindings(ctx context.Context, actor authz.Authority, before *authz.Snapshot) error {
	tx := in.tx
	if len(tx.Subjects())+len(tx.Units()) == 0 {
		return nil
	}
	if before == nil {
		var err error
		if before, err = in.snapshot(ctx, tx.Org()); err != nil {
			return err
		}
	}
	for _, m := range tx.Subjects() {
		was, known := before.Member(m.ID)
		if !known || m.ExternalID == was.ExternalID {
			continue
		}
		if err := in.renames(ctx, actor, before, m); err != nil {
			return err
		}
	}
	return in.unnames(ctx, actor, before)
}

// unnames asks whether the actor may take from units what the host product calls them.
func (in *inside) unnames(ctx context.Context, actor authz.Authority, before *authz.Snapshot) error {
	for _, u := range in.tx.Units() {
		if u.Was.ExternalID == "" || u.Was.ExternalID == u.Now.ExternalID {
			continue
		}
		missing := actor.LacksAt(before, u.Was.ID, in.at)
		if len(missing) == 0 {
			continue
		}
		e := in.lacks(ctx, in.tx, missing, "Under its external ID the product asks what people may do at %s. Only who holds all that anybody holds there can take that name from it: %s.", u.Was.Name)
		e.Code, e.Field = "exceeds_authority", "external_id"
		return e
	}
	return nil
}

// renames asks whether the actor may change what the host product calls a member.
func (in *inside) renames(ctx context.Context, actor authz.Authority, before *authz.Snapshot, m roster.Member) error {
	at := roster.UnitID("")
	if m.Kind == roster.External {
		at = m.Unit
	}
	if !actor.Holds(authz.MembersCredentials, at) {
		e := in.lacks(ctx, in.tx, []authz.Lacking{{Permission: authz.MembersCredentials, Unit: at}}, "You need the permission %s to change an external ID: under it the product asks what somebody may do.")
		e.Field = "external_id"
		return e
	}
	if m.ID == in.actor.Member {
		return nil
	}
	missing := actor.Excess(before.Authority(m.ID, in.at))
	if len(missing) == 0 {
		return nil
	}
	e := in.lacks(ctx, in.tx, missing, "%s holds permissions that you lack, and the product asks for them under the external ID: %s.", m.Label())
	e.Code, e.Field = "stronger_target", "external_id"
	return e
}
