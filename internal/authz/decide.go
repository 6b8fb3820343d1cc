package authz

import (
	"slices"
	"time"

	"roster/internal/roster"
)

// Question is whether a member may do something at a unit, the organisation when it is empty. Token names the
// permissions that the presented access token is narrowed to; nil when it is not.
type Question struct {
	Member     roster.MemberID
	Permission string
	Unit       roster.UnitID
	Token      []string
}

// Decide answers a question at a moment: the member is active, a live grant gives the permission at the unit
// or above, and another (or the same) its scope, if it names one (design page 1). Whatever is not known is
// answered with no. It allocates nothing.
func (s *Snapshot) Decide(q Question, at time.Time) bool {
	p, ok := s.catalogue.items[q.Permission]
	if !ok {
		return false
	}
	u, ok := s.unit(q.Unit)
	if !ok {
		return false
	}
	n, ok := s.member(q.Member)
	if !ok || q.Token != nil && !slices.Contains(q.Token, q.Permission) {
		return false
	}
	m := s.members.At(n)
	return m.live(at.UnixMicro()) && s.allows(m.holdings, p, s.paths.At(u), at.UnixMicro())
}

// allows goes through what a member holds until it has found permission and scope.
func (s *Snapshot) allows(all []holding, permission int, at *path, now int64) bool {
	scope := s.catalogue.needs[permission]
	given, satisfied := false, scope < 0
	for i := range all {
		h := &all[i]
		if h.until <= now || !at.holds(h.unit) {
			continue
		}
		given = given || s.gives(h.what, permission)
		satisfied = satisfied || s.gives(h.what, scope)
		if given && satisfied {
			return true
		}
	}
	return false
}
