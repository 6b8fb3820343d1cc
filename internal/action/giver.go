package action

import (
	"context"
	"slices"
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
	taken, _ := t.offer(t.over, actor)
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
	t := tested{at: in.at}
	if t.snap, err = in.snapshot(ctx, in.actor.Organisation); err != nil {
		return nil, nil, err
	}
	var theirs, others []roster.Grant
	for _, g := range grants {
		switch {
		case !g.Live(t.at):
		case g.GivenBy == string(from):
			theirs = append(theirs, g)
		default:
			others = append(others, g)
		}
	}
	t.give(others)
	actor, err := Authority(ctx)
	if err != nil {
		return nil, nil, err
	}
	taker := t.giver(roster.Grant{GivenBy: string(to)})
	pass, stay = t.offer(theirs, taker, actor)
	return pass, stay, nil
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
	t.over = t.give(grants)
	return t, nil
}

// give lets those of some grants stand that whoever gave them could give now, in the order in which they were
// given, and gives the others.
func (t *tested) give(grants []roster.Grant) (over []roster.Grant) {
	for len(grants) > 0 {
		by, n := grants[0].GivenBy, 1
		for n < len(grants) && grants[n].GivenBy == by {
			n++
		}
		if roster.IsMemberID(by) {
			_, stay := t.offer(grants[:n], t.giver(grants[0]))
			over = append(over, stay...)
		} else {
			t.stand = append(t.stand, grants[:n]...)
		}
		grants = grants[n:]
	}
	return over
}

// giver gives the present authority of who gave a grant: nothing, unless they are active.
func (t tested) giver(g roster.Grant) authz.Authority {
	if m, known := t.snap.Member(roster.MemberID(g.GivenBy)); known && m.Status == roster.Active {
		return t.snap.Authority(m.ID, t.at)
	}
	return t.snap.AuthorityOf(nil, t.at)
}

// offer parts grants by whether each of some authorities could give them beside those that stand: it administers
// there, and holds what is given. Those that all of them could, stand from then on; what has ended does too, since
// it gives nothing.
func (t *tested) offer(all []roster.Grant, by ...authz.Authority) (pass, stay []roster.Grant) {
	could := make([]bool, len(all))
	var open []int
	for i, g := range all {
		could[i] = !g.Live(t.at)
		lacks := func(a authz.Authority) bool {
			return !a.Holds(authz.MembersWrite, g.Unit) || len(a.LacksItems(g)) > 0
		}
		if !could[i] && !slices.ContainsFunc(by, lacks) {
			open = append(open, i)
		}
	}
	t.halve(all, open, could, by)
	for i, g := range all {
		if could[i] {
			pass = append(pass, g)
		} else {
			stay = append(stay, g)
		}
	}
	return pass, stay
}

// halve asks rule 1's second test of some of the grants at once, and where they fail of each half by itself. That
// says the same as asking one after the other: giving only moves ends on, so that the last end of each permission at
// each place is asked either way. Mostly one question is enough, for who gave them can still give them.
func (t *tested) halve(all []roster.Grant, some []int, could []bool, by []authz.Authority) {
	if len(some) == 0 {
		return
	}
	with := t.stand[:len(t.stand):len(t.stand)]
	for _, i := range some {
		with = append(with, all[i])
	}
	before, after := t.snap.AuthorityOf(t.stand, t.at), t.snap.AuthorityOf(with, t.at)
	switch {
	case !slices.ContainsFunc(by, func(a authz.Authority) bool { return !a.MayChange(before, after) }):
		t.stand = with
		for _, i := range some {
			could[i] = true
		}
	case len(some) > 1:
		t.halve(all, some[:len(some)/2], could, by)
		t.halve(all, some[len(some)/2:], could, by)
	}
}
