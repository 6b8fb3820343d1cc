package authz

import (
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"time"

	"roster/internal/persist"
	"roster/internal/roster"
)

// Subject is what deciding has to know of a member.
type Subject struct {
	ID         roster.MemberID
	Kind       roster.MemberKind
	Status     roster.Status
	Unit       roster.UnitID // an external member's
	ExternalID string
	Email      string    // folded
	ClientID   string    // an API user's
	Ends       time.Time // when an API user's time is over; zero for never
}

// Over tells whether an API user's time is over.
func (s Subject) Over(at time.Time) bool { return !s.Ends.IsZero() && !at.Before(s.Ends) }

// SubjectOf gives what decisions know of a member.
func SubjectOf(m roster.Member) Subject {
	return Subject{ID: m.ID, Kind: m.Kind, Status: m.Status, Unit: m.Unit, ExternalID: m.ExternalID, Email: m.Email.Folded, ClientID: m.ClientID, Ends: m.Ends}
}

// Facts are an organisation's units, own roles, members and grants, as they stand at a position of its
// history. Built-in roles are the catalogue's and not among them, nor are removed members.
type Facts struct {
	Seq     int64
	Units   []roster.Unit
	Roles   []roster.Role
	Members []Subject
	Grants  []roster.Grant
}

// Delta is what changed from one position of the history to a later one, each thing in its new state.
// Members that are removed leave. Grants are whole sets: what a member holds after.
type Delta struct {
	Seq       int64
	Units     []roster.Unit
	Roles     []roster.Role
	RolesGone []string // IDs
	Members   []Subject
	Grants    map[roster.MemberID][]roster.Grant
}

// Snapshot is what one organisation's decisions rest on, at one position of its history. It never changes
// and may be read by many at once. Scopes, permissions, roles and units are numbered, and what a role holds
// is a set of bits.
type Snapshot struct {
	catalogue *Catalogue
	seq       int64
	grants    int

	members    persist.Vector[member]
	free       uint32 // a member's number to use again, and through its unit the next; 0 for none
	byID       persist.Index
	byExternal persist.Index
	byEmail    persist.Index
	byClient   persist.Index

	units          persist.Vector[roster.Unit] // 0 stands for the organisation
	paths          persist.Vector[path]
	unitByID       persist.Index
	unitByExternal persist.Index

	roles     persist.Vector[roster.Role]
	content   []uint64 // of each role so many words as the catalogue needs
	roleByID  map[string]uint32
	roleByKey map[string]uint32
	strays    []string // what grants name and the catalogue does not know
}

// path is the units from the top down to one, itself included; zeros follow. A unit that is not there, or
// lies deeper than a unit may, has none.
type path [roster.MaxUnitDepth]uint32

// member is a Subject as it is kept.
type member struct {
	text     string // ID, external ID, address and client ID, one after another
	id       uint16 // where each of them ends
	external uint16
	email    uint16
	kind     uint8
	status   uint8
	unit     uint32 // of an external member; 0 for none
	ends     int64  // microseconds, as the store keeps them; endless when there is no end
	holdings []holding
}

// holding is a grant as it is kept.
type holding struct {
	what  what
	unit  uint32
	until int64 // microseconds, as the store keeps them; endless when there is no end
}

const endless = math.MaxInt64

// what is the thing granted: a role's number, or an item's, or that of a stray.
type what uint32

const (
	whatRole what = iota << 30
	whatItem
	whatStray
	whatKind = 3 << 30
)

func (w what) number() uint32 { return uint32(w &^ whatKind) }

// mostText bounds what is kept of a member's texts; they are far shorter.
const mostText = math.MaxUint16

// NewSnapshot makes a snapshot of facts. What cannot be made sense of, such as a unit whose parent is not
// there, gives nobody anything.
func NewSnapshot(c *Catalogue, f Facts) *Snapshot {
	seed := maphash.MakeSeed()
	n := len(f.Members)
	s := &Snapshot{
		catalogue: c,
		byID:      persist.NewIndex(seed, n), byExternal: persist.NewIndex(seed, 0), byEmail: persist.NewIndex(seed, n), byClient: persist.NewIndex(seed, 0),
		unitByID: persist.NewIndex(seed, len(f.Units)), unitByExternal: persist.NewIndex(seed, 0),
		roleByID: map[string]uint32{}, roleByKey: map[string]uint32{},
	}
	ch := s.change()
	ch.members.Push() // 0 is nobody
	ch.units.Push()
	ch.paths.Push()
	ch.setRoles(c.builtIn)
	ch.setUnits(f.Units)
	ch.setRoles(f.Roles)
	ch.setMembers(f.Members)
	held := make(map[roster.MemberID][]roster.Grant, n)
	for _, g := range f.Grants {
		held[g.Member] = append(held[g.Member], g)
	}
	ch.setGrants(held)
	s.seq = f.Seq
	return s
}

// With gives the snapshot after a change. It shares what did not change, and takes time by what did.
func (s *Snapshot) With(d Delta) *Snapshot {
	next := *s
	ch := next.change()
	ch.setUnits(d.Units)
	ch.dropRoles(d.RolesGone)
	ch.setRoles(d.Roles)
	ch.setMembers(d.Members)
	ch.setGrants(d.Grants)
	next.seq = d.Seq
	return &next
}

// Catalogue gives the catalogue the snapshot was made with.
func (s *Snapshot) Catalogue() *Catalogue { return s.catalogue }

// Seq gives the position of the organisation's history that the snapshot stands at.
func (s *Snapshot) Seq() int64 { return s.seq }

// Grants gives how many grants there are, by which the memory it takes can be told.
func (s *Snapshot) Grants() int { return s.grants }

// Things gives how many grants, members and units it holds, by which its memory is reckoned.
func (s *Snapshot) Things() int { return s.grants + int(s.members.Len()+s.units.Len()) }

// Member gives a member by ID, and whether there is one.
func (s *Snapshot) Member(id roster.MemberID) (Subject, bool) {
	n, ok := s.member(id)
	if !ok {
		return Subject{}, false
	}
	return s.subject(n), true
}

// Members goes through all members, in no order.
func (s *Snapshot) Members() iter.Seq[Subject] {
	return func(yield func(Subject) bool) {
		for n := uint32(1); n < s.members.Len(); n++ {
			if s.members.At(n).text != "" && !yield(s.subject(n)) {
				return
			}
		}
	}
}

// ByExternalID gives the member whom the host product knows by an ID of its own.
func (s *Snapshot) ByExternalID(id string) (roster.MemberID, bool) {
	return s.named(&s.byExternal, id, (*member).externalText)
}

// ByEmail gives the member with a folded address.
func (s *Snapshot) ByEmail(folded string) (roster.MemberID, bool) {
	return s.named(&s.byEmail, folded, (*member).emailText)
}

// ByClientID gives the API user with a client ID.
func (s *Snapshot) ByClientID(id string) (roster.MemberID, bool) {
	return s.named(&s.byClient, id, (*member).clientText)
}

// Unit gives a unit by ID, and whether there is one.
func (s *Snapshot) Unit(id roster.UnitID) (roster.Unit, bool) {
	n, ok := s.unit(id)
	if !ok || n == 0 {
		return roster.Unit{}, false
	}
	return *s.units.At(n), true
}

// UnitByExternalID gives the unit that the host product knows by an ID of its own.
func (s *Snapshot) UnitByExternalID(id string) (roster.UnitID, bool) {
	if id == "" {
		return "", false
	}
	n, ok := s.unitByExternal.Find(s.unitByExternal.Hash(id), func(n uint32) bool { return s.units.At(n).ExternalID == id })
	if !ok || s.paths.At(n)[0] == 0 {
		return "", false
	}
	return s.units.At(n).ID, true
}

// UnitNamed gives the unit that a name means: by its ID, else by its external ID. External IDs are written by
// administrators, and none of theirs takes the place of an ID.
func (s *Snapshot) UnitNamed(name string) (roster.Unit, bool) {
	if u, ok := s.Unit(roster.UnitID(name)); ok {
		return u, true
	}
	id, ok := s.UnitByExternalID(name)
	if !ok {
		return roster.Unit{}, false
	}
	return s.Unit(id)
}

// Units goes through all units, in no order.
func (s *Snapshot) Units() iter.Seq[roster.Unit] {
	return func(yield func(roster.Unit) bool) {
		for n := uint32(1); n < s.units.Len(); n++ {
			if s.paths.At(n)[0] != 0 && !yield(*s.units.At(n)) {
				return
			}
		}
	}
}

// Within tells whether a unit is another or lies below it. Everything is within the organisation, the empty
// ID; nothing that is not there is within anything else.
func (s *Snapshot) Within(inner, outer roster.UnitID) bool {
	if outer == "" {
		return true
	}
	in, ok := s.unit(inner)
	out, known := s.unit(outer)
	return ok && known && s.paths.At(in).holds(out)
}

// Path gives the units from the top down to one, itself included; none for the organisation and for a unit
// that is not there.
func (s *Snapshot) Path(id roster.UnitID) []roster.UnitID {
	n, ok := s.unit(id)
	if !ok {
		return nil
	}
	var all []roster.UnitID
	for _, u := range s.paths.At(n) {
		if u != 0 {
			all = append(all, s.units.At(u).ID)
		}
	}
	return all
}

// Role gives a role, built-in or the organisation's own, by its ID or its key.
func (s *Snapshot) Role(idOrKey string) (roster.Role, bool) {
	for _, numbers := range []map[string]uint32{s.roleByID, s.roleByKey} {
		if n, ok := numbers[idOrKey]; ok && there(s.roles.At(n)) {
			return *s.roles.At(n), true
		}
	}
	return roster.Role{}, false
}

// there tells whether a role is more than a name in grants.
func there(r *roster.Role) bool { return r.Key != "" || r.Name != "" }

// Roles gives all roles with what they hold, the built-in ones first.
func (s *Snapshot) Roles() []roster.Role {
	var all []roster.Role
	for n := range s.roles.Len() {
		if r := s.roles.At(n); there(r) {
			all = append(all, *r)
		}
	}
	return all
}

// GrantsOf gives what a member holds: what, where and until when. Grants that have ended are among them.
func (s *Snapshot) GrantsOf(m roster.MemberID) []roster.Grant {
	n, ok := s.member(m)
	if !ok {
		return nil
	}
	return s.grantsOf(m, s.members.At(n).holdings)
}

// Holders gives the members who hold a role, by its ID, wherever and until whenever, in no order.
func (s *Snapshot) Holders(role string) []roster.MemberID {
	number, ok := s.roleByID[role]
	if !ok {
		return nil
	}
	return s.membersWith(func(h holding) bool { return h.what == whatRole|what(number) })
}

// HoldersLive gives the members who hold a role, by its ID, at a moment, wherever, in no order.
func (s *Snapshot) HoldersLive(role string, at time.Time) []roster.MemberID {
	number, ok := s.roleByID[role]
	if !ok {
		return nil
	}
	now := at.UnixMicro()
	return s.membersWith(func(h holding) bool { return h.what == whatRole|what(number) && h.until > now })
}

// HoldersAt gives the members who hold something at one of these units itself, in no order.
func (s *Snapshot) HoldersAt(units ...roster.UnitID) []roster.MemberID {
	var at []uint32
	for _, u := range units {
		if n, ok := s.unitAny(u); ok {
			at = append(at, n)
		}
	}
	return s.membersWith(func(h holding) bool { return slices.Contains(at, h.unit) })
}

// membersWith gives the members who hold something of a kind.
func (s *Snapshot) membersWith(is func(holding) bool) []roster.MemberID {
	var all []roster.MemberID
	for n := uint32(1); n < s.members.Len(); n++ {
		if m := s.members.At(n); slices.ContainsFunc(m.holdings, is) {
			all = append(all, roster.MemberID(m.idText()))
		}
	}
	return all
}

func (s *Snapshot) grantsOf(m roster.MemberID, all []holding) []roster.Grant {
	grants := make([]roster.Grant, len(all))
	for i, h := range all {
		grants[i] = s.grant(m, h)
	}
	return grants
}

// grant gives a holding as a grant.
func (s *Snapshot) grant(m roster.MemberID, h holding) roster.Grant {
	g := roster.Grant{Member: m, Unit: s.units.At(h.unit).ID, Until: moment(h.until)}
	switch n := h.what.number(); h.what & whatKind {
	case whatRole:
		g.Role = s.roles.At(n).ID
	case whatItem:
		if c := s.catalogue; n < uint32(len(c.permissions)) {
			g.Permission = c.permissions[n].Key
		} else {
			g.Scope = c.scopes[n-uint32(len(c.permissions))].Key
		}
	default:
		stray := s.strays[n]
		if stray[0] == 'p' {
			g.Permission = stray[1:]
		} else {
			g.Scope = stray[1:]
		}
	}
	return g
}

// micros gives an end as it is kept.
func micros(until time.Time) int64 {
	if until.IsZero() {
		return endless
	}
	return until.UnixMicro()
}

// moment gives an end as everyone else knows it.
func moment(until int64) time.Time {
	if until == endless {
		return time.Time{}
	}
	return time.UnixMicro(until).UTC()
}
