package action

import (
	"context"
	"slices"

	"roster/internal/authz"
	"roster/internal/authz/standing"
	"roster/internal/bulletin"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
)

// How many are told of at once, and how many Owners are told.
const mostRaised, mostOwners = 10, 50

// TellOwners lets the Owners of an organisation be told that something of a kind happened, but for some of them.
func TellOwners(ctx context.Context, tx *store.Tx, org roster.OrgID, kind bulletin.News, about string, but ...roster.MemberID) error {
	owners, err := memberdb.Owners(ctx, tx, org, tx.At(), mostOwners)
	for i := 0; i < len(owners) && err == nil; i++ {
		if !slices.Contains(but, owners[i].ID) {
			err = newsdb.Tell(ctx, tx, org, owners[i].ID, kind, about)
		}
	}
	return err
}

// raised lets the Owners be told of who administers people and did not before. Who did it and who it is know already.
// before is nil where nobody asked what people hold.
func (in *inside) raised(ctx context.Context, before, after *authz.Snapshot) error {
	if before == nil {
		return nil
	}
	all := standing.Raised(before, after, &in.tx.Told, in.at)
	for _, m := range all[:min(len(all), mostRaised)] {
		if err := TellOwners(ctx, in.tx, in.tx.Org(), bulletin.NewsAdministrator, string(m), m, in.actor.Member); err != nil {
			return err
		}
	}
	return nil
}

// nearing lets the Owners be told when the seats in use reach nine tenths of the plan's limit by what is done.
func nearing(ctx context.Context, tx *store.Tx, plan roster.Plan) error {
	org := tx.Organisation()
	people, apis := tx.Seats()
	if roster.Nearing(plan.MaxUsers, org.People-people, org.People) {
		if err := TellOwners(ctx, tx, org.ID, bulletin.NewsSeats, ""); err != nil {
			return err
		}
	}
	if roster.Nearing(plan.MaxAPIUsers, org.APIUsers-apis, org.APIUsers) {
		return TellOwners(ctx, tx, org.ID, bulletin.NewsAPISeats, "")
	}
	return nil
}

// Portal tells what of its portal an organisation has to open for a member to come in by it.
func Portal(ctx context.Context, org roster.OrgID, m roster.MemberID) (policy.Portal, error) {
	in := insideOf(ctx)
	if in == nil {
		return "", errOutside
	}
	snap, err := in.snapshot(ctx, org)
	if err != nil {
		return "", err
	}
	return standing.Portal(snap, m, in.at), nil
}

// AsOwner refuses who lacks anything of what an Owner of their organisation holds. Kind: Denied (forbidden).
func AsOwner(ctx context.Context) error {
	authority, err := Authority(ctx)
	if err != nil {
		return err
	}
	in := insideOf(ctx)
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	if err != nil {
		return err
	}
	if lacking := authority.Excess(standing.Owner(snap, in.at)); len(lacking) > 0 {
		return in.lacks(ctx, in.tx, lacking, "Only who may do all that an Owner may can open this. You lack %s.")
	}
	return nil
}
