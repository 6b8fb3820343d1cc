// Package question makes out what a host product's questions ask (AuthZEN Authorization API 1.0): the member,
// the permission and the place that a subject, an action and a resource stand for, by the catalogue's
// mappings; and it searches for whom, what and where the answer is yes. It decides nothing itself, does no
// I/O, and knows nothing of how questions travel.
package question

import (
	"strings"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Request is a question as a host product asks it (AuthZEN Authorization API 1.0, section 5).
type Request struct {
	Subject struct {
		Type, ID   string
		Properties Properties
	}
	Action struct {
		Name       string
		Properties Properties
	}
	Resource struct {
		Type, ID   string
		Properties Properties
	}
	Context      Properties
	Organisation roster.OrgID // which is asked; by this a resource of type organisation is told from another's
}

// Types of subjects and resources that Roster itself knows.
const (
	TypeUser         = "user"     // a person: a regular or external member
	TypeIdentity     = "identity" // a member of any kind
	TypeAPIUser      = "api_user"
	TypeUnit         = "unit"
	TypeOrganisation = "organisation"
)

// Reason is why a question cannot be made out: a stable code.
type Reason string

// The reasons.
const (
	SubjectUnknown  Reason = "subject_unknown"  // nobody of that type and name is a member here
	ResourceUnknown Reason = "resource_unknown" // no unit of that name here, or another organisation
)

// Resolve makes out what a request asks: who, which permission, where. The first of the catalogue's
// mappings that fits decides; without one the action's name is the permission. The unit is what the mapping
// says, else the resource itself if its type is unit, else what its property unit names, else the
// organisation: no unit named is the strictest place, where only who may it everywhere may it. What is not
// known here gives false and the reason. It allocates nothing unless the request spells its texts with
// escapes or an address in a form of its own.
func (m *Mappings) Resolve(s *authz.Snapshot, r *Request) (authz.Question, Reason, bool) {
	q, _, why, ok := m.resolve(s, r)
	return q, why, ok
}

// resolve also tells whether it was the resource's ID that named the place.
func (m *Mappings) resolve(s *authz.Snapshot, r *Request) (q authz.Question, byID bool, why Reason, ok bool) {
	member, ok := subject(s, r.Subject.Type, r.Subject.ID)
	if !ok {
		return q, false, SubjectUnknown, false
	}
	q = authz.Question{Member: member, Permission: r.Action.Name}
	var unit *where
	if found := m.first(s, r, member); found != nil {
		q.Permission, unit = found.permission, found.unit
	}
	if q.Unit, byID, ok = place(s, r, unit); !ok {
		return q, byID, ResourceUnknown, false
	}
	return q, byID, "", true
}

// first gives the first mapping that answers a member's question; nil for none.
func (m *Mappings) first(s *authz.Snapshot, r *Request, member roster.MemberID) *mapping {
	all := m.of[r.Action.Name]
	for i := range all {
		if one := &all[i]; one.fits(r) && (one.own == nil || owns(s, one.own, r, member)) {
			return one
		}
	}
	return nil
}

// owns tells whether the resource names the member as its owner.
func owns(s *authz.Snapshot, own *where, r *Request, member roster.MemberID) bool {
	name, ok := own.text(r)
	if !ok {
		return false
	}
	owner, ok := named(s, name)
	return ok && owner == member
}

// place gives the unit a request is about, and whether the resource's ID named it.
func place(s *authz.Snapshot, r *Request, from *where) (unit roster.UnitID, byID, ok bool) {
	switch {
	case from != nil && from.part == wholeOrganisation:
		return "", false, true
	case from == nil && r.Resource.Type == TypeUnit:
		from = &where{part: resourceID}
	case from == nil && r.Resource.Type == TypeOrganisation:
		return "", true, r.Resource.ID == string(r.Organisation)
	case from == nil:
		raw, there := r.Resource.Properties.value(TypeUnit)
		if !there || raw == "null" {
			return "", false, true
		}
		from = &where{resourceProperty, TypeUnit}
	}
	name, ok := from.text(r)
	if !ok {
		return "", false, false
	}
	unit, ok = unitNamed(s, name)
	return unit, from.part == resourceID, ok
}

// unitNamed finds a unit by its ID or external ID.
func unitNamed(s *authz.Snapshot, name string) (roster.UnitID, bool) {
	u, ok := s.UnitNamed(name)
	return u.ID, ok
}

// subject finds the member that a subject's type and ID name: see named.
func subject(s *authz.Snapshot, kind, name string) (roster.MemberID, bool) {
	id, ok := named(s, name)
	if !ok {
		return "", false
	}
	m, _ := s.Member(id)
	return id, ofType(kind, m.Kind)
}

// ofType tells whether a member of a kind is a subject of a type.
func ofType(kind string, of roster.MemberKind) bool {
	switch kind {
	case TypeIdentity:
		return true
	case TypeUser:
		return of != roster.API
	case TypeAPIUser:
		return of == roster.API
	}
	return false
}

// named finds a member by ID, client ID, e-mail or external ID, in this order. External IDs come last: they
// are what an administrator writes, so that none of them can stand in for somebody's own name.
func named(s *authz.Snapshot, name string) (roster.MemberID, bool) {
	if name == "" {
		return "", false
	}
	if _, ok := s.Member(roster.MemberID(name)); ok {
		return roster.MemberID(name), true
	}
	if id, ok := s.ByClientID(name); ok {
		return id, true
	}
	if id, ok := byAddress(s, name); ok {
		return id, true
	}
	return s.ByExternalID(name)
}

// byAddress finds a member by an e-mail address, whatever its case.
func byAddress(s *authz.Snapshot, name string) (roster.MemberID, bool) {
	if strings.IndexByte(name, '@') < 0 {
		return "", false
	}
	if id, ok := s.ByEmail(name); ok { // folded already, as most are
		return id, true
	}
	address, err := roster.ParseEmail(name)
	if err != nil {
		return "", false
	}
	return s.ByEmail(address.Folded)
}
