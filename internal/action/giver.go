package action

import (
	"context"

	"roster/internal/authz/giving"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Overtaken gives those of a pending member's grants that whoever gave them could not give now: demoted,
// blocked or removed since, or the role was widened (design page 1, rule 1). Grants are asked in the order
// in which they were given, each beside those before it that stand, by both tests of the rule. What the
// command line, a product client and Roster gave stands.
func Overtaken(ctx context.Context, tx *store.Tx, of roster.MemberID) ([]roster.Grant, error) {
	_, over, err := part(ctx, tx, of)
	return over, err
}

// Takeable gives those of a pending member's overtaken grants that the actor could give now.
func Takeable(ctx context.Context, tx *store.Tx, of roster.MemberID) ([]roster.Grant, error) {
	t, over, err := part(ctx, tx, of)
	if err != nil || len(over) == 0 {
		return nil, err
	}
	actor, err := Authority(ctx)
	if err != nil {
		return nil, err
	}
	taken, _ := t.Offer(over, actor)
	return taken, nil
}

// Passable parts what one member gave to a pending one by whether another could give it now in their place, beside
// what others gave. Rule 1 is asked of the taker, and of the actor, who is the one that gives it on. Without a
// taker, and of one who is not active, nothing passes; what has ended is in neither part.
func Passable(ctx context.Context, grants []roster.Grant, from, to roster.MemberID) (pass, stay []roster.Grant, err error) {
	in := insideOf(ctx)
	if in == nil {
		return nil, nil, errOutside
	}
	snap, err := in.snapshot(ctx, in.actor.Organisation)
	if err != nil {
		return nil, nil, err
	}
	t := giving.New(snap, in.at)
	var theirs, others []roster.Grant
	for _, g := range grants {
		switch {
		case !g.Live(in.at):
		case g.GivenBy == string(from):
			theirs = append(theirs, g)
		default:
			others = append(others, g)
		}
	}
	t.Give(others)
	actor, err := Authority(ctx)
	if err != nil {
		return nil, nil, err
	}
	taker := t.Giver(roster.Grant{GivenBy: string(to)})
	pass, stay = t.Offer(theirs, taker, actor)
	return pass, stay, nil
}

// part asks each of a member's grants of who gave it: the test as it is then, and those that do not stand.
func part(ctx context.Context, tx *store.Tx, of roster.MemberID) (t giving.Test, over []roster.Grant, err error) {
	in := insideOf(ctx)
	if in == nil {
		return t, nil, errOutside
	}
	grants, err := roledb.Grants(ctx, tx, tx.Org(), of)
	if err != nil || len(grants) == 0 {
		return t, nil, err
	}
	snap, err := in.snapshot(ctx, tx.Org())
	if err != nil {
		return t, nil, err
	}
	t = giving.New(snap, in.at)
	return t, t.Give(grants), nil
}
