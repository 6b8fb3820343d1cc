// Package standing tells how far somebody stands above others in an organisation, by all that they may do: whether they
// administer people, and whether they lack anything of what an Owner holds. The name of a role says nothing of it.
package standing

import (
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/told"
)

// Owner gives what an Owner may do.
func Owner(s *authz.Snapshot, at time.Time) authz.Authority {
	return s.AuthorityOf([]roster.Grant{{Role: roster.RoleOwner}}, at)
}

// Portal tells what of its portal an organisation has to open for a member to come in by it: a stronger one than Owners
// there is not.
func Portal(s *authz.Snapshot, m roster.MemberID, at time.Time) policy.Portal {
	has := s.Authority(m, at)
	switch {
	case len(has.Excess(Owner(s, at))) == 0:
		return policy.PortalOwners
	case len(s.AuthorityOf(nil, at).ExcessAdmin(has)) > 0:
		return policy.PortalAdministrators
	}
	return policy.PortalMembers
}

// Raised gives who administers people after a change and did not before it: by a grant, by what their role holds now, or
// since they came in.
func Raised(before, after *authz.Snapshot, by *told.Told, at time.Time) []roster.MemberID {
	return slices.DeleteFunc(touched(before, by), func(m roster.MemberID) bool {
		return administers(before, m, at) || !administers(after, m, at)
	})
}

// touched gives who may administer people by a change.
func touched(before *authz.Snapshot, by *told.Told) []roster.MemberID {
	var all []roster.MemberID
	for _, g := range by.Given() {
		all = append(all, g.Member)
	}
	for _, m := range by.Subjects() {
		all = append(all, m.ID)
	}
	for _, r := range by.RolesChanged() {
		if r.Was != nil && r.Now != nil && (adds(r.Was.Permissions, r.Now.Permissions, authz.MembersWrite) || adds(r.Was.Scopes, r.Now.Scopes, authz.Admin)) {
			all = append(all, before.Holders(r.Now.ID)...)
		}
	}
	return roster.Unique(all)
}

// adds tells whether something stands in a list that did not stand in the one before.
func adds(was, now []string, what string) bool {
	return slices.Contains(now, what) && !slices.Contains(was, what)
}

// administers tells whether somebody can change, at any place, what people hold.
func administers(s *authz.Snapshot, m roster.MemberID, at time.Time) bool {
	subject, known := s.Member(m)
	return known && subject.Status == roster.Active && s.Authority(m, at).HoldsSomewhere(authz.MembersWrite)
}
