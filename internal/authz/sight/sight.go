// Package sight tells what of an organisation someone may know of: whoever administers a part of it sees that
// part, and to them nothing else exists (design page 1, rule 7 and the place of an act). It is pure.
package sight

import (
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Eye is someone who looks for the sake of a permission: they see what lies where they hold it, and where they hold
// what shows members or units.
type Eye struct {
	Snap       *authz.Snapshot
	Authority  authz.Authority
	Permission string
	Self       roster.MemberID // empty for who is no member
	At         time.Time
}

// Unit tells whether a unit is seen.
func (e Eye) Unit(id roster.UnitID) bool {
	return e.Authority.Holds(e.Permission, id) || e.Authority.Holds(authz.UnitsRead, id) || e.within(e.Authority.Places(e.Permission), id)
}

// Member tells whether a member is seen, by their unit or a live grant. Everybody sees themselves.
func (e Eye) Member(m authz.Subject) bool {
	places := e.places()
	if m.ID == e.Self || e.within(places, m.Unit) {
		return true
	}
	return slices.ContainsFunc(e.Snap.GrantsOf(m.ID), func(g roster.Grant) bool { return g.Live(e.At) && e.within(places, g.Unit) })
}

// Grants gives the question which grants are seen: one's own, and those that lie where members are seen.
func (e Eye) Grants() func(roster.Grant) bool {
	places := e.places()
	return func(g roster.Grant) bool { return g.Member == e.Self || e.within(places, g.Unit) }
}

// places are the units at and below which members are seen; empty for the whole organisation.
func (e Eye) places() []roster.UnitID {
	return slices.Concat(e.Authority.Places(e.Permission), e.Authority.Places(authz.MembersRead))
}

// within tells whether a unit lies at or below one of some places.
func (e Eye) within(places []roster.UnitID, unit roster.UnitID) bool {
	return slices.ContainsFunc(places, func(p roster.UnitID) bool { return p == "" || unit != "" && e.Snap.Within(unit, p) })
}
