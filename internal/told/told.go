// Package told is what a transaction tells of what it changes, beside the statements, so that the rules can be asked of
// it. It holds no rule.
package told

import "roster/internal/roster"

// UnitChange is a unit before and after; Was is zero for a new one.
type UnitChange struct{ Was, Now roster.Unit }

// RoleChange is a role before and after: Was is nil for a new one, Now for one that ends.
type RoleChange struct{ Was, Now *roster.Role }

// Told is what a transaction tells the gate about what it changes.
type Told struct {
	given    []roster.Grant
	taken    []roster.Grant
	reread   []roster.MemberID // whose grants are fewer, though nobody lost anything
	subjects []roster.Member
	units    []UnitChange
	roles    []RoleChange
	people   int
	apis     int
	ways     bool // ways in, statuses or grants changed: rule 5 must be asked
}

// Seat counts members that begin (positive) or end (negative) to take a seat; Record keeps the count.
func (t *Told) Seat(kind roster.MemberKind, n int) {
	if kind == roster.API {
		t.apis += n
	} else {
		t.people += n
	}
}

// Seats gives how the seats in use change.
func (t *Told) Seats() (people, apiUsers int) { return t.people, t.apis }

// Give tells that a grant begins, so that rule 1 is asked of it.
func (t *Told) Give(g roster.Grant) { t.given = append(t.given, g) }

// Take tells that a grant ends, so that rules 1 and 5 are asked of it.
func (t *Told) Take(g roster.Grant) { t.taken = append(t.taken, g); t.ways = true }

// Reread tells that grants of a member went that had no effect any more: nothing was taken from anybody, so no
// rule is asked, and what decisions are made from forgets them too.
func (t *Told) Reread(m roster.MemberID) { t.reread = append(t.reread, m) }

// ToReread gives the members of whom Reread told.
func (t *Told) ToReread() []roster.MemberID { return t.reread }

// Given gives the grants that begin.
func (t *Told) Given() []roster.Grant { return t.given }

// Taken gives the grants that end.
func (t *Told) Taken() []roster.Grant { return t.taken }

// Subject tells that a member is new or changed, with the state after it.
func (t *Told) Subject(m roster.Member) { t.subjects = append(t.subjects, m) }

// Subjects gives the members that are new or changed, each as often as it was written, the last state last.
func (t *Told) Subjects() []roster.Member { return t.subjects }

// Unit tells that a unit is new (was is zero) or changed.
func (t *Told) Unit(was, now roster.Unit) { t.units = append(t.units, UnitChange{was, now}) }

// Units gives the units that are new or changed, in the order of their writing.
func (t *Told) Units() []UnitChange { return t.units }

// Role tells that a role of the organisation's own is new (was is nil), changed, or ends (now is nil).
func (t *Told) Role(was, now *roster.Role) { t.roles = append(t.roles, RoleChange{was, now}) }

// RolesChanged gives the roles that are new, changed or ended, in the order of their writing.
func (t *Told) RolesChanged() []RoleChange { return t.roles }

// MovesWays tells the gate that somebody's way in, status or grants change, so that rule 5 is asked.
func (t *Told) MovesWays() { t.ways = true }

// WaysMoved tells whether rule 5 must be asked.
func (t *Told) WaysMoved() bool { return t.ways }
