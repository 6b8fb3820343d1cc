// Package lonely tells what would be without anybody if a member left.
package lonely

import (
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Left gives what would be without anybody if a member left: the roles that no other active member holds at that
// place or above, and the customer accounts and groups to which no other active member belongs: is bound or holds
// something there or below. at is the moment of the question: what is over then holds nothing.
func Left(snap *authz.Snapshot, leaver roster.MemberID, at time.Time) (roles []roster.Grant, units []roster.Unit) {
	others := func(ids []roster.MemberID) []roster.MemberID {
		return slices.DeleteFunc(ids, func(id roster.MemberID) bool {
			m, _ := snap.Member(id)
			return id == leaver || m.Status != roster.Active || m.Over(at)
		})
	}
	holds := func(id roster.MemberID, is func(roster.Grant) bool) bool {
		return slices.ContainsFunc(snap.GrantsOf(id), func(g roster.Grant) bool { return g.Live(at) && is(g) })
	}
	me, _ := snap.Member(leaver)
	places := map[roster.UnitID]bool{me.Unit: true}
	for _, mine := range snap.GrantsOf(leaver) {
		if !mine.Live(at) {
			continue
		}
		places[mine.Unit] = true
		above := func(g roster.Grant) bool { return g.Role == mine.Role && snap.Within(mine.Unit, g.Unit) }
		if mine.Role != "" && !slices.ContainsFunc(others(snap.Holders(mine.Role)), func(id roster.MemberID) bool { return holds(id, above) }) {
			roles = append(roles, mine)
		}
	}
	delete(places, "")
	for u := range snap.Units() {
		if !places[u.ID] {
			continue
		}
		below := unitsBelow(snap, u.ID)
		here := func(g roster.Grant) bool { return slices.Contains(below, g.Unit) }
		belongs := slices.ContainsFunc(others(snap.HoldersAt(below...)), func(id roster.MemberID) bool { return holds(id, here) })
		if !belongs && !bound(snap, leaver, u.ID) {
			units = append(units, u)
		}
	}
	return roles, units
}

// unitsBelow gives a unit and those below it.
func unitsBelow(snap *authz.Snapshot, top roster.UnitID) []roster.UnitID {
	var all []roster.UnitID
	for u := range snap.Units() {
		if snap.Within(u.ID, top) {
			all = append(all, u.ID)
		}
	}
	return all
}

// bound tells whether an active member other than the leaver is bound to a unit or one below it.
func bound(snap *authz.Snapshot, leaver roster.MemberID, top roster.UnitID) bool {
	for m := range snap.Members() {
		if m.Unit != "" && m.ID != leaver && m.Status == roster.Active && snap.Within(m.Unit, top) {
			return true
		}
	}
	return false
}
