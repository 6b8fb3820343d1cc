package action

import (
	"context"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Overtaken gives those of a pending member's grants that whoever gave them could not give now: demoted,
// blocked or removed since, or the role was widened (design page 1, rule 1). Grants are asked in the order
// in which they were given, each beside those before it that stand, by both tests of the rule. What the
// command line, a product client and Roster gave stands.
func Overtaken(ctx context.Context, tx *store.Tx, of roster.MemberID) ([]roster.Grant, error) {
	grants, err := roledb.Grants(ctx, tx, tx.Org(), of)
	if err != nil || len(grants) == 0 {
		return nil, err
	}
	in := insideOf(ctx)
	if in == nil {
		return nil, errOutside
	}
	snap, err := in.snapshot(ctx, tx.Org())
	if err != nil {
		return nil, err
	}
	var stand, over []roster.Grant
	for _, g := range grants {
		if couldGive(snap, in, stand, g) {
			stand = append(stand, g)
		} else {
			over = append(over, g)
		}
	}
	return over, nil
}

// couldGive tells whether the giver of a grant could give it now, to someone who holds some others.
func couldGive(snap *authz.Snapshot, in *inside, beside []roster.Grant, g roster.Grant) bool {
	if !roster.IsMemberID(g.GivenBy) || !g.Live(in.at) {
		return true
	}
	before := snap.AuthorityOf(beside, in.at)
	after := snap.AuthorityOf(append(beside[:len(beside):len(beside)], g), in.at)
	giver := snap.AuthorityOf(nil, in.at) // nothing, unless active
	if m, known := snap.Member(roster.MemberID(g.GivenBy)); known && m.Status == roster.Active {
		giver = snap.Authority(m.ID, in.at)
	}
	return len(giver.LacksItems(g)) == 0 && len(giver.LacksChange(before, after)) == 0
}
