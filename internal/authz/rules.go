package authz

import (
	"slices"
	"time"

	"roster/internal/roster"
)

// Lacking is what somebody would have to hold, and does not: a permission or a scope, at a place, until a
// time; zero for endless.
type Lacking struct {
	Permission string
	Scope      string
	Unit       roster.UnitID
	Until      time.Time
}

// Keys gives the permissions and scopes that are lacking, sorted, each once.
func Keys(lacking []Lacking) []string {
	var keys []string
	for _, l := range lacking {
		keys = append(keys, l.Permission+l.Scope)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// LacksItems gives what is lacking to give or take a grant, by the first test of rule 1 (design page 1): each
// permission and scope that it gives is given to the actor by the actor's own grants, there or above, for no
// shorter. It is empty when nothing is. What the catalogue does not know gives nothing and takes nothing.
func (a Authority) LacksItems(g roster.Grant) []Lacking {
	permissions, scopes := a.content(g)
	return a.lacksContent(permissions, scopes, g.Unit, micros(g.Until))
}

// LacksRole is LacksItems for what a role holds, as on the whole organisation and endless: for making and
// editing it.
func (a Authority) LacksRole(r roster.Role) []Lacking {
	return a.lacksContent(r.Permissions, r.Scopes, "", endless)
}

func (a Authority) content(g roster.Grant) (permissions, scopes []string) {
	switch {
	case g.Permission != "":
		return []string{g.Permission}, nil
	case g.Scope != "":
		return nil, []string{g.Scope}
	case a.s != nil:
		r, _ := a.s.Role(g.Role)
		return r.Permissions, r.Scopes
	}
	return nil, nil
}

func (a Authority) lacksContent(permissions, scopes []string, unit roster.UnitID, until int64) []Lacking {
	if a.root {
		return nil
	}
	var lacking []Lacking
	for _, key := range permissions {
		if a.lacksItem(key, false, unit, until) {
			lacking = append(lacking, Lacking{Permission: key, Unit: unit, Until: moment(until)})
		}
	}
	for _, key := range scopes {
		if a.lacksItem(key, true, unit, until) {
			lacking = append(lacking, Lacking{Scope: key, Unit: unit, Until: moment(until)})
		}
	}
	return lacking
}

func (a Authority) lacksItem(key string, scope bool, unit roster.UnitID, until int64) bool {
	if a.s == nil {
		return true
	}
	numbers := a.s.catalogue.items
	if scope {
		numbers = a.s.catalogue.areas
	}
	item, ok := numbers[key]
	return ok && a.item(item, unit) < until
}

// LacksChange gives what is lacking by the second test of rule 1: at every unit, each permission whose
// effective end someone's change moves (gained, lost, lengthened or shortened) is effective for the actor
// there until at least the later of the two ends. Before and after are the touched member's, each in the
// snapshot of its time; also names the units that moved in between. The actor's authority is the one from
// before. It tells the topmost places first, none below a place that it told of already, and at most
// mostLacking things.
func (a Authority) LacksChange(before, after Authority, also ...roster.UnitID) []Lacking {
	return a.change(mostLacking, before, after, also)
}

// MayChange tells whether nothing is lacking by the second test of rule 1 (LacksChange).
func (a Authority) MayChange(before, after Authority) bool {
	return len(a.change(1, before, after, nil)) == 0
}

// mostLacking bounds what is told of one member; a refusal names far fewer.
const mostLacking = 1000

func (a Authority) change(most int, before, after Authority, also []roster.UnitID) []Lacking {
	if a.root {
		return nil
	}
	places := slices.Concat(before.places(), after.places(), a.places(), also)
	was, is := before.local(), after.local()
	return a.lacks(most, places, after, func(permission string, unit roster.UnitID) int64 {
		if from, to := was.until(permission, unit), is.until(permission, unit); from != to {
			return max(from, to)
		}
		return never
	})
}

// local is an authority that is asked for many permissions at each of some places: which of its grants reach a
// place is looked out once.
type local struct {
	Authority
	here map[roster.UnitID]Authority
}

func (a Authority) local() local { return local{a, map[roster.UnitID]Authority{}} }

func (l local) until(permission string, unit roster.UnitID) int64 {
	here, known := l.here[unit]
	if !known {
		here = l.at(unit)
		l.here[unit] = here
	}
	return here.until(permission, unit)
}

// at gives the authority without the grants that do not reach a unit.
func (a Authority) at(unit roster.UnitID) Authority {
	if a.s == nil {
		return a
	}
	n, ok := a.s.unit(unit)
	lines := a.lines
	a.lines = nil
	for _, h := range lines {
		if ok && a.s.paths.At(n).holds(h.unit) {
			a.lines = append(a.lines, h)
		}
	}
	return a
}

// Excess gives every effective permission that another has, anywhere, and the actor has not there at this
// moment; ends do not matter (rule 3, design page 1).
func (a Authority) Excess(other Authority) []Lacking {
	return a.excess(other, func(Permission) bool { return true })
}

// ExcessAdmin is Excess for the permissions of scope admin (rule 2, design page 1).
func (a Authority) ExcessAdmin(other Authority) []Lacking {
	return a.excess(other, func(p Permission) bool { return p.Scope == Admin })
}

func (a Authority) excess(other Authority, counts func(Permission) bool) []Lacking {
	if a.root {
		return nil
	}
	theirs, own := other.local(), a.local()
	return a.lacks(mostLacking, slices.Concat(other.places(), a.places()), other, func(permission string, unit roster.UnitID) int64 {
		until := theirs.until(permission, unit)
		if p, _ := other.permission(permission); until == never || !counts(p) || own.until(permission, unit) != never {
			return never
		}
		return until
	})
}

// LacksAt gives every effective permission that anybody has at a unit at a moment and the actor has not for so
// long: what they would lack to take all of it.
func (a Authority) LacksAt(s *Snapshot, unit roster.UnitID, at time.Time) []Lacking {
	var open []string // that the actor does not hold endlessly, so that somebody may hold more
	for _, p := range s.catalogue.permissions {
		if a.until(p.Key, unit) != endless {
			open = append(open, p.Key)
		}
	}
	if len(open) == 0 {
		return nil
	}
	latest := map[string]int64{}
	for _, m := range s.HoldersAt(append(s.Path(unit), "")...) {
		of := s.Authority(m, at)
		for _, key := range open {
			latest[key] = max(latest[key], of.until(key, unit))
		}
	}
	var lacking []Lacking
	for _, key := range open {
		if until := latest[key]; until > max(a.until(key, unit), 0) {
			lacking = append(lacking, Lacking{Permission: key, Unit: unit, Until: moment(until)})
		}
	}
	return lacking
}

func (a Authority) permission(key string) (Permission, bool) {
	if a.s == nil {
		return Permission{}, false
	}
	return a.s.catalogue.Permission(key)
}

// lacks asks at each place until when each permission is needed, and gives what a does not hold for so long, at
// most so many things.
func (a Authority) lacks(most int, places []roster.UnitID, of Authority, needed func(permission string, unit roster.UnitID) int64) []Lacking {
	if of.s == nil {
		return nil
	}
	places, own := of.order(places), a.local()
	var lacking []Lacking
	for _, p := range of.s.catalogue.permissions {
		from := len(lacking)
		for _, u := range places {
			until := needed(p.Key, u)
			if until == never || own.until(p.Key, u) >= until {
				continue
			}
			if len(lacking) == most {
				return lacking
			}
			told := slices.ContainsFunc(lacking[from:], func(l Lacking) bool { return micros(l.Until) >= until && of.s.Within(u, l.Unit) })
			if !told {
				lacking = append(lacking, Lacking{Permission: p.Key, Unit: u, Until: moment(until)})
			}
		}
	}
	return lacking
}
