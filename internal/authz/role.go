package authz

import (
	"slices"

	"roster/internal/roster"
)

// RoleDifference gives a role that holds what one of two states of a role holds and the other does not: what
// rule 1 asks of who changes it. Of a new role the first state is nil, of one that ends the second.
func RoleDifference(was, now *roster.Role) roster.Role {
	var before, after roster.Role
	d := roster.Role{}
	if was != nil {
		before, d.ID, d.Key = *was, was.ID, was.Key
	}
	if now != nil {
		after, d.ID, d.Key = *now, now.ID, now.Key
	}
	d.Permissions, d.Scopes = apart(before.Permissions, after.Permissions), apart(before.Scopes, after.Scopes)
	return d
}

// apart gives what stands in one of two lists only.
func apart(a, b []string) []string {
	return slices.DeleteFunc(slices.Concat(a, b), func(k string) bool { return slices.Contains(a, k) && slices.Contains(b, k) })
}

// LacksToGive gives what is lacking to give a grant or take it away, by its items: what it gives, and the right to
// change what people hold there. What follows from it for somebody is asked by LacksChange.
func (a Authority) LacksToGive(g roster.Grant) []Lacking {
	missing := a.LacksItems(g)
	if !a.Holds(MembersWrite, g.Unit) {
		missing = append(missing, Lacking{Permission: MembersWrite, Unit: g.Unit})
	}
	return missing
}
