package authz

import (
	"cmp"
	"slices"
	"time"

	"roster/internal/roster"
)

// Explanation says why a question is answered as it is.
type Explanation struct {
	Allowed    bool
	Until      time.Time // until when it is allowed, as things stand: no longer than an API user is there; zero for endless
	Permission Source    // of an allowed one, what gives the permission
	Scope      *Source   // and what gives its scope; nil when it needs none
	Missing    []Lack    // of a refused one, all that stands against it
}

// Source is the grant that gives something, and its role's name if it is a role. Of several it is the one
// that lasts the longest.
type Source struct {
	Grant roster.Grant
	Role  string
}

// The kinds of lacks.
const (
	LackMember            = "member"             // there is no such member
	LackStatus            = "status"             // the member is not active
	LackPermission        = "permission"         // it is held nowhere
	LackScope             = "scope"              // the permission's scope is held nowhere
	LackUnit              = "unit"               // the permission or scope is held, but not at this place
	LackToken             = "token"              // the access token does not name the permission
	LackUnknownPermission = "unknown_permission" // the catalogue has no such permission
	LackUnknownUnit       = "unknown_unit"       // there is no such unit
)

// Lack is one thing that stands against an answer of yes.
type Lack struct {
	Kind      string
	Key       string          // the permission's or scope's
	IsScope   bool            // whether Key is a scope's
	Unit      roster.UnitID   // where it is lacking
	Elsewhere []roster.UnitID // of LackUnit: where it is held instead, the topmost places, sorted
	Status    roster.Status   // of LackStatus
}

// Explain answers a question as Decide does, and says why. Missing is complete as far as it can be told: of a
// member, permission or unit that is not there nothing more is known.
func (s *Snapshot) Explain(q Question, at time.Time) Explanation {
	var e Explanation
	p, known := s.catalogue.items[q.Permission]
	n, there := s.member(q.Member)
	_, placed := s.unit(q.Unit)
	e.lacks(!there, Lack{Kind: LackMember})
	e.lacks(!known, Lack{Kind: LackUnknownPermission, Key: q.Permission})
	e.lacks(!placed, Lack{Kind: LackUnknownUnit, Unit: q.Unit})
	if len(e.Missing) > 0 {
		return e
	}
	m := s.members.At(n)
	e.lacks(m.status != statusActive, Lack{Kind: LackStatus, Status: statuses[m.status]})
	e.lacks(m.status == statusActive && !m.live(at.UnixMicro()), Lack{Kind: LackStatus, Status: roster.Ended})
	e.lacks(q.Token != nil && !slices.Contains(q.Token, q.Permission), Lack{Kind: LackToken, Key: q.Permission})
	a := s.authority(m.holdings, at)
	until := a.item(p, q.Unit)
	e.lacks(until == never, a.lack(p, q.Unit))
	need := s.catalogue.needs[p]
	if need >= 0 {
		scope := a.item(need, q.Unit)
		e.lacks(scope == never, a.lack(need, q.Unit))
		until = min(until, scope)
	}
	if e.Allowed = len(e.Missing) == 0; !e.Allowed {
		return e
	}
	e.Until, e.Permission = moment(min(until, m.ends)), a.source(q.Member, p, q.Unit)
	if need >= 0 {
		source := a.source(q.Member, need, q.Unit)
		e.Scope = &source
	}
	return e
}

func (e *Explanation) lacks(is bool, l Lack) {
	if is {
		e.Missing = append(e.Missing, l)
	}
}

// lack tells how a permission or scope is lacking at a unit.
func (a Authority) lack(item int, unit roster.UnitID) Lack {
	c := a.s.catalogue
	l := Lack{Kind: LackPermission, Unit: unit}
	if l.IsScope = item >= len(c.permissions); l.IsScope {
		l.Kind, l.Key = LackScope, c.scopes[item-len(c.permissions)].Key
	} else {
		l.Key = c.permissions[item].Key
	}
	for _, u := range a.places() {
		if a.item(item, u) != never && !slices.ContainsFunc(l.Elsewhere, func(above roster.UnitID) bool { return a.s.Within(u, above) }) {
			l.Elsewhere = append(l.Elsewhere, u)
		}
	}
	if len(l.Elsewhere) > 0 {
		l.Kind = LackUnit
		slices.Sort(l.Elsewhere)
	}
	return l
}

// source gives the grant that gives a permission or scope at a unit for the longest.
func (a Authority) source(m roster.MemberID, item int, unit roster.UnitID) Source {
	return slices.MaxFunc(a.sources(m, item, unit), func(a, b Source) int { return cmp.Compare(micros(a.Grant.Until), micros(b.Grant.Until)) })
}

// sources gives the grants that give a permission or scope at a unit.
func (a Authority) sources(m roster.MemberID, item int, unit roster.UnitID) []Source {
	n, ok := a.s.unit(unit)
	if !ok {
		return nil
	}
	var all []Source
	for _, h := range a.lines {
		if a.s.paths.At(n).holds(h.unit) && a.s.gives(h.what, item) {
			source := Source{Grant: a.s.grant(m, h)}
			if h.what&whatKind == whatRole {
				source.Role = a.s.roles.At(h.what.number()).Name
			}
			all = append(all, source)
		}
	}
	return all
}

// Sources gives every live grant of a member that gives a permission at a unit, and every one that gives the
// scope it names, whatever the member's status.
func (s *Snapshot) Sources(m roster.MemberID, permission string, unit roster.UnitID, at time.Time) (permissions, scopes []Source) {
	p, ok := s.catalogue.items[permission]
	if !ok {
		return nil, nil
	}
	a := s.Authority(m, at)
	if need := s.catalogue.needs[p]; need >= 0 {
		scopes = a.sources(m, need, unit)
	}
	return a.sources(m, p, unit), scopes
}

// Givers gives active regular members, at most so many, who could give this grant at this moment: they may
// change members' grants at its place and hold what it gives, for as long, by both tests of rule 1 for
// somebody who has nothing yet.
func (s *Snapshot) Givers(item roster.Grant, at time.Time, most int) []roster.MemberID {
	var all []roster.MemberID
	nothing, with := Authority{s: s}, s.AuthorityOf([]roster.Grant{item}, at)
	for n := uint32(1); n < s.members.Len() && len(all) < most; n++ {
		m := s.members.At(n)
		if m.status != statusActive || kinds[m.kind] != roster.Regular || len(m.holdings) == 0 {
			continue
		}
		a := s.authority(m.holdings, at)
		if a.Holds(MembersWrite, item.Unit) && len(a.LacksItems(item)) == 0 && len(a.LacksChange(nothing, with)) == 0 {
			all = append(all, roster.MemberID(m.idText()))
		}
	}
	return all
}
