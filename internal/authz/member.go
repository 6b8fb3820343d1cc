package authz

import (
	"roster/internal/persist"
	"roster/internal/roster"
)

func (m *member) idText() string       { return m.text[:m.id] }
func (m *member) externalText() string { return m.text[m.id:m.external] }
func (m *member) emailText() string    { return m.text[m.external:m.email] }
func (m *member) clientText() string   { return m.text[m.email:] }

// statusActive is the number of the one status that lets a member do anything.
const statusActive = 1

// live tells whether a member can do anything at a moment, in microseconds.
func (m *member) live(now int64) bool { return m.status == statusActive && now < m.ends }

var (
	kinds    = [...]roster.MemberKind{"", roster.Regular, roster.External, roster.API}
	statuses = [...]roster.Status{"", roster.Active, roster.Invited, roster.Blocked}
)

func kindNumber(k roster.MemberKind) uint8 {
	for i, of := range kinds {
		if of == k {
			return uint8(i)
		}
	}
	return 0
}

func statusNumber(s roster.Status) uint8 {
	for i, of := range statuses {
		if of == s {
			return uint8(i)
		}
	}
	return 0
}

// member gives a member's number.
func (s *Snapshot) member(id roster.MemberID) (uint32, bool) {
	return s.byID.Find(s.byID.Hash(string(id)), func(n uint32) bool { return s.members.At(n).idText() == string(id) })
}

// named gives the member with a text.
func (s *Snapshot) named(x *persist.Index, text string, of func(*member) string) (roster.MemberID, bool) {
	if text == "" {
		return "", false
	}
	n, ok := x.Find(x.Hash(text), func(n uint32) bool { return of(s.members.At(n)) == text })
	if !ok {
		return "", false
	}
	return roster.MemberID(s.members.At(n).idText()), true
}

// subject gives a member as everyone else knows it.
func (s *Snapshot) subject(n uint32) Subject {
	m := s.members.At(n)
	return Subject{
		ID: roster.MemberID(m.idText()), Kind: kinds[m.kind], Status: statuses[m.status], Unit: s.units.At(m.unit).ID,
		ExternalID: m.externalText(), Email: m.emailText(), ClientID: m.clientText(), Ends: moment(m.ends),
	}
}

// unitAny gives the number of a unit, be it only a name in a grant.
func (s *Snapshot) unitAny(id roster.UnitID) (uint32, bool) {
	if id == "" {
		return 0, true
	}
	return s.unitByID.Find(s.unitByID.Hash(string(id)), func(n uint32) bool { return s.units.At(n).ID == id })
}

// unit gives the number of a unit that is there; the organisation's is 0.
func (s *Snapshot) unit(id roster.UnitID) (uint32, bool) {
	n, ok := s.unitAny(id)
	return n, ok && (n == 0 || s.paths.At(n)[0] != 0)
}

// holds tells whether a unit is on the path; the organisation is above all.
func (p *path) holds(unit uint32) bool {
	if unit == 0 {
		return true
	}
	for _, u := range p {
		if u == unit {
			return true
		}
		if u == 0 {
			return false
		}
	}
	return false
}
