// Package giving finds out what somebody can give, and which grants those who gave them could still give, by both tests of
// rule 1 (design page 1), from a snapshot alone.
package giving

import (
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Lasting gives what a member holds for no longer than they are there themselves: all of it goes with an API user whose time
// is over. It is what rule 1 weighs of whoever gives.
func Lasting(s *authz.Snapshot, m roster.MemberID, at time.Time) authz.Authority {
	who, known := s.Member(m)
	if !known || who.Ends.IsZero() {
		return s.Authority(m, at)
	}
	all := slices.Clone(s.GrantsOf(m))
	for i, g := range all {
		if g.Until.IsZero() || who.Ends.Before(g.Until) {
			all[i].Until = who.Ends
		}
	}
	return s.AuthorityOf(all, at)
}

// Test is a pending member's grants, as far as they were tested: those that stand.
type Test struct {
	snap  *authz.Snapshot
	at    time.Time
	stand []roster.Grant
}

// New begins with nothing that stands, at a moment.
func New(snap *authz.Snapshot, at time.Time) Test { return Test{snap: snap, at: at} }

// Give lets those of some grants stand that whoever gave them could give now, in the order in which they were
// given, and gives the others.
func (t *Test) Give(grants []roster.Grant) (over []roster.Grant) {
	for len(grants) > 0 {
		by, n := grants[0].GivenBy, 1
		for n < len(grants) && grants[n].GivenBy == by {
			n++
		}
		if roster.IsMemberID(by) {
			_, stay := t.Offer(grants[:n], t.Giver(grants[0]))
			over = append(over, stay...)
		} else {
			t.stand = append(t.stand, grants[:n]...)
		}
		grants = grants[n:]
	}
	return over
}

// Giver gives the present authority of who gave a grant, as long as it lasts: nothing, unless they are active, and an API
// user's time is not over.
func (t Test) Giver(g roster.Grant) authz.Authority {
	if m, known := t.snap.Member(roster.MemberID(g.GivenBy)); known && m.Status == roster.Active && !m.Over(t.at) {
		return Lasting(t.snap, m.ID, t.at)
	}
	return t.snap.AuthorityOf(nil, t.at)
}

// Offer parts grants by whether each of some authorities could give them beside those that stand: it administers
// there, and holds what is given. Those that all of them could, stand from then on; what has ended does too, since
// it gives nothing.
func (t *Test) Offer(all []roster.Grant, by ...authz.Authority) (pass, stay []roster.Grant) {
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
func (t *Test) halve(all []roster.Grant, some []int, could []bool, by []authz.Authority) {
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
