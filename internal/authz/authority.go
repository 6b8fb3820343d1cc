package authz

import (
	"cmp"
	"math"
	"slices"
	"time"

	"roster/internal/roster"
)

// never is the end of what is not held.
const never = math.MinInt64

// Authority is what somebody holds at a moment, through grants that are live then, in the tree of units of
// one snapshot. Two things are told apart: its items, which are the permissions and scopes that grants give
// at a place, and its effective authority, which is the permissions whose scope is given there too. The zero
// Authority holds nothing.
type Authority struct {
	root   bool // outside permissions
	s      *Snapshot
	lines  []holding
	narrow bool // to the named permissions alone
	named  []string
	mask   []uint64
}

// Root is the authority of the command line and of Roster itself: it lacks nothing.
func Root() Authority { return Authority{root: true} }

// Authority gives what a member holds at a moment; nothing for someone who is not there. It does not look at
// the member's status: for somebody who is not active it is what they would hold.
func (s *Snapshot) Authority(m roster.MemberID, at time.Time) Authority {
	n, ok := s.member(m)
	if !ok {
		return Authority{s: s}
	}
	return s.authority(s.members.At(n).holdings, at)
}

// AuthorityOf gives what somebody would hold with these grants and no others.
func (s *Snapshot) AuthorityOf(grants []roster.Grant, at time.Time) Authority {
	next := *s
	ch := next.change()
	return next.authority(ch.hold(grants), at)
}

func (s *Snapshot) authority(all []holding, at time.Time) Authority {
	a, now := Authority{s: s}, at.UnixMicro()
	for _, h := range all {
		if h.until > now {
			a.lines = append(a.lines, h)
		}
	}
	return a
}

// Narrow gives the authority without the permissions not named, and without the scopes that none of those
// named needs; an access token narrows its API user so.
func (a Authority) Narrow(permissions []string) Authority {
	named := slices.Sorted(slices.Values(permissions))
	if a.narrow {
		named = slices.DeleteFunc(named, func(p string) bool { return !slices.Contains(a.named, p) })
	}
	a.narrow, a.named, a.mask = true, slices.Compact(named), nil
	if a.s != nil {
		c := a.s.catalogue
		a.mask = make([]uint64, c.words)
		for _, key := range a.named {
			if p, ok := c.items[key]; ok {
				a.mask[p/64] |= 1 << (p % 64)
				if need := c.needs[p]; need >= 0 {
					a.mask[need/64] |= 1 << (need % 64)
				}
			}
		}
	}
	return a
}

// Holds tells whether a permission is effective at a unit, the organisation when it is empty.
func (a Authority) Holds(permission string, unit roster.UnitID) bool {
	return a.until(permission, unit) != never
}

// Until tells whether a permission is effective at a unit, and until when: zero for endless.
func (a Authority) Until(permission string, unit roster.UnitID) (end time.Time, held bool) {
	until := a.until(permission, unit)
	if until == never {
		return time.Time{}, false
	}
	return moment(until), true
}

// HoldsSomewhere tells whether a permission is effective at any place.
func (a Authority) HoldsSomewhere(permission string) bool {
	return slices.ContainsFunc(a.places(), func(u roster.UnitID) bool { return a.until(permission, u) != never })
}

// Last gives until when a permission is effective at any place, wherever that lasts longest: zero for endless.
func (a Authority) Last(permission string) (end time.Time, held bool) {
	last := int64(never)
	for _, u := range a.places() {
		last = max(last, a.until(permission, u))
	}
	if last == never {
		return time.Time{}, false
	}
	return moment(last), true
}

// Places gives the topmost units where a permission is effective, sorted; the organisation alone, which is
// the empty ID, when it is effective everywhere.
func (a Authority) Places(permission string) []roster.UnitID {
	var all []roster.UnitID
	for _, u := range a.places() {
		if a.until(permission, u) != never && !slices.ContainsFunc(all, func(above roster.UnitID) bool { return a.s == nil || a.s.Within(u, above) }) {
			all = append(all, u)
		}
	}
	slices.Sort(all)
	return all
}

// Effective is a permission that can really be used at a unit and below, until a time; zero for endless.
type Effective struct {
	Permission string
	Unit       roster.UnitID
	Until      time.Time
}

// Effective gives the effective authority: each permission at each place where it begins, or lasts longer
// than above. It is sorted by permission, and places above others come first. Root's cannot be told and is
// empty.
func (a Authority) Effective() []Effective {
	var all []Effective
	if a.s == nil {
		return nil
	}
	places := a.places()
	for i, p := range a.s.catalogue.permissions {
		type end struct {
			unit  roster.UnitID
			until int64
		}
		var above []end
		for _, u := range places {
			until := a.effective(i, u)
			if until == never || slices.ContainsFunc(above, func(e end) bool { return e.until >= until && a.s.Within(u, e.unit) }) {
				continue
			}
			above = append(above, end{u, until})
			all = append(all, Effective{p.Key, u, moment(until)})
		}
	}
	slices.SortStableFunc(all, func(a, b Effective) int { return cmp.Compare(a.Permission, b.Permission) })
	return all
}

// Keys gives the permissions that are effective on the whole organisation, sorted. Root's are Roster's own.
func (a Authority) Keys() []string {
	var keys []string
	switch {
	case a.s != nil:
		for i, p := range a.s.catalogue.permissions {
			if a.effective(i, "") != never {
				keys = append(keys, p.Key)
			}
		}
	case a.root:
		for _, p := range ownPermissions() {
			if a.until(p.Key, "") != never {
				keys = append(keys, p.Key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// until gives until when a permission is effective at a unit.
func (a Authority) until(permission string, unit roster.UnitID) int64 {
	if a.root {
		if a.narrow && !slices.Contains(a.named, permission) {
			return never
		}
		return endless
	}
	if a.s == nil {
		return never
	}
	p, ok := a.s.catalogue.items[permission]
	if !ok {
		return never
	}
	return a.effective(p, unit)
}

// effective gives until when a permission and its scope are given at a unit.
func (a Authority) effective(permission int, unit roster.UnitID) int64 {
	until := a.item(permission, unit)
	if need := a.s.catalogue.needs[permission]; need >= 0 && until != never {
		until = min(until, a.item(need, unit))
	}
	return until
}

// item gives until when a permission or scope is given at a unit or above.
func (a Authority) item(item int, unit roster.UnitID) int64 {
	end := int64(never)
	n, ok := a.s.unit(unit)
	if !ok || a.mask != nil && a.mask[item/64]&(1<<(item%64)) == 0 {
		return end
	}
	p := a.s.paths.At(n)
	for _, h := range a.lines {
		if h.until > end && p.holds(h.unit) && a.s.gives(h.what, item) {
			end = h.until
		}
	}
	return end
}

// gives tells whether what was granted is or contains a permission or scope.
func (s *Snapshot) gives(w what, item int) bool {
	switch w & whatKind {
	case whatRole:
		return s.content[int(w.number())*s.catalogue.words+item/64]&(1<<(item%64)) != 0
	case whatItem:
		return int(w.number()) == item
	}
	return false
}

// places gives the organisation and every unit that a grant names, those above before those below: between
// them the authority is the same as at the nearest above.
func (a Authority) places() []roster.UnitID {
	all := []roster.UnitID{""}
	if a.s == nil {
		return all
	}
	numbers := []uint32{0}
	for _, h := range a.lines {
		if !slices.Contains(numbers, h.unit) && a.s.paths.At(h.unit)[0] != 0 {
			numbers = append(numbers, h.unit)
		}
	}
	slices.SortFunc(numbers, func(a1, b1 uint32) int {
		p, q := a.s.paths.At(a1), a.s.paths.At(b1)
		return cmp.Or(cmp.Compare(p.depth(), q.depth()), cmp.Compare(a.s.units.At(a1).ID, a.s.units.At(b1).ID))
	})
	for _, n := range numbers[1:] {
		all = append(all, a.s.units.At(n).ID)
	}
	return all
}

func (p *path) depth() int {
	for i, u := range p {
		if u == 0 {
			return i
		}
	}
	return len(p)
}
