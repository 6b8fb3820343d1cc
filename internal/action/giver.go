package action

import (
	"context"
	"time"

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
	t, err := part(ctx, tx, of)
	return t.over, err
}

// Takeable gives those of a pending member's overtaken grants that the actor could give now.
func Takeable(ctx context.Context, tx *store.Tx, of roster.MemberID) ([]roster.Grant, error) {
	t, err := part(ctx, tx, of)
	if err != nil || len(t.over) == 0 {
		return nil, err
	}
	actor, err := Authority(ctx)
	if err != nil {
		return nil, err
	}
	var all []roster.Grant
	for _, g := range t.over {
		if t.gives(actor, g) {
			t.stand, all = append(t.stand, g), append(all, g)
		}
	}
	return all, nil
}

// tested is a pending member's grants, parted by whether their givers could give them now.
type tested struct {
	snap        *authz.Snapshot
	at          time.Time
	stand, over []roster.Grant
}

// part asks each of a member's grants of who gave it.
func part(ctx context.Context, tx *store.Tx, of roster.MemberID) (tested, error) {
	in := insideOf(ctx)
	if in == nil {
		return tested{}, errOutside
	}
	t := tested{at: in.at}
	grants, err := roledb.Grants(ctx, tx, tx.Org(), of)
	if err != nil || len(grants) == 0 {
		return t, err
	}
	if t.snap, err = in.snapshot(ctx, tx.Org()); err != nil {
		return t, err
	}
	for _, g := range grants {
		if !roster.IsMemberID(g.GivenBy) || !g.Live(t.at) || t.gives(t.giver(g), g) {
			t.stand = append(t.stand, g)
		} else {
			t.over = append(t.over, g)
		}
	}
	return t, nil
}

// giver gives the present authority of who gave a grant: nothing, unless they are active.
func (t tested) giver(g roster.Grant) authz.Authority {
	if m, known := t.snap.Member(roster.MemberID(g.GivenBy)); known && m.Status == roster.Active {
		return t.snap.Authority(m.ID, t.at)
	}
	return t.snap.AuthorityOf(nil, t.at)
}

// gives tells whether an authority could give a grant beside those that stand: it administers there, and holds what
// is given.
func (t tested) gives(by authz.Authority, g roster.Grant) bool {
	before := t.snap.AuthorityOf(t.stand, t.at)
	after := t.snap.AuthorityOf(append(t.stand[:len(t.stand):len(t.stand)], g), t.at)
	return by.Holds(authz.MembersWrite, g.Unit) && len(by.LacksItems(g)) == 0 && len(by.LacksChange(before, after)) == 0
}
