package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/policy"
	"roster/internal/roster"
)

// PortalOf tells what of its portal an organisation has to open for a member to come in by it, by all that the member may do
// now: a stronger one than Owners there is not.
func PortalOf(ctx context.Context, org roster.OrgID, m roster.MemberID) (policy.Portal, error) {
	in := insideOf(ctx)
	if in == nil {
		return "", errOutside
	}
	snap, err := in.snapshot(ctx, org)
	if err != nil {
		return "", err
	}
	has := snap.Authority(m, in.at)
	switch {
	case len(has.Excess(owner(snap, in))) == 0:
		return policy.PortalOwners, nil
	case len(snap.AuthorityOf(nil, in.at).ExcessAdmin(has)) > 0:
		return policy.PortalAdministrators, nil
	}
	return policy.PortalMembers, nil
}

// owner gives what an Owner may do.
func owner(snap *authz.Snapshot, in *inside) authz.Authority {
	return snap.AuthorityOf([]roster.Grant{{Role: roster.RoleOwner}}, in.at)
}

// AsOwner refuses who lacks anything of what an Owner of their organisation holds. Kind: Denied (forbidden).
func AsOwner(ctx context.Context) error {
	authority, err := Authority(ctx)
	if err != nil {
		return err
	}
	snap, err := Snapshot(ctx)
	if err != nil {
		return err
	}
	in := insideOf(ctx)
	lacking := authority.Excess(owner(snap, in))
	if len(lacking) == 0 {
		return nil
	}
	return in.lacks(ctx, in.tx, lacking, "Only who may do all that an Owner may can open this. You lack %s.")
}
