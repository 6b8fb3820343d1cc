// Package law holds the house to the laws of who may hand on what (design page 1): random organisations and
// races through the doors, judged by a reading of the page's words that shares nothing with the engine. What
// one rule answers in one case is held elsewhere.
package law_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

// endless is the end of what has none, and nothing that of what is not held.
const (
	endless = math.MaxInt64
	nothing = 0
)

// world is an organisation as plain lists: the model's own memory of what ought to be there.
type world struct {
	permissions []authz.Permission
	scopes      []string
	units       map[roster.UnitID]roster.Unit
	roles       map[string]roster.Role
	members     map[roster.MemberID]authz.Subject
	before      map[roster.MemberID]roster.Status // what unblocking gives back
	grants      []roster.Grant
	managed     map[roster.MemberID]bool     // who comes in with a password that administrators may set
	given       map[roster.MemberID]bool     // who has one that was set, and chooses their own on coming in
	comes       map[roster.MemberID]string   // what the connection's provider calls who comes in by it
	shut        map[roster.MemberID]bool     // whom the organisation manages and who has no password
	open        map[roster.MemberID]bool     // whose invitation is neither used nor withdrawn
	spent       map[roster.MemberID]bool     // whose links from before the acts in question are dead
	secrets     map[roster.MemberID][]string // of API users, by their IDs, the one that their program goes by first
	keys        map[roster.MemberID][]string // public ones of API users
	at          time.Time
}

func (w *world) clone() *world {
	c := *w
	c.units, c.roles, c.members = maps.Clone(w.units), maps.Clone(w.roles), maps.Clone(w.members)
	c.before, c.grants, c.spent = maps.Clone(w.before), slices.Clone(w.grants), maps.Clone(w.spent)
	c.managed, c.given, c.comes = maps.Clone(w.managed), maps.Clone(w.given), maps.Clone(w.comes)
	c.shut, c.open = maps.Clone(w.shut), maps.Clone(w.open)
	c.secrets, c.keys = maps.Clone(w.secrets), maps.Clone(w.keys)
	return &c
}

// way gives a unit and everything above it, the organisation last.
func (w *world) way(u roster.UnitID) []roster.UnitID {
	var all []roster.UnitID
	for ; u != ""; u = w.units[u].Parent {
		all = append(all, u)
	}
	return append(all, "")
}

// places gives every unit, and the organisation.
func (w *world) places() []roster.UnitID {
	return append(slices.Sorted(maps.Keys(w.units)), "")
}

func (w *world) archived(u roster.UnitID) bool {
	return slices.ContainsFunc(w.way(u), func(a roster.UnitID) bool { return w.units[a].Archived() })
}

// content tells what a grant gives: the permissions, then the scopes.
func (w *world) content(g roster.Grant) (permissions, scopes []string) {
	switch {
	case g.Permission != "":
		return []string{g.Permission}, nil
	case g.Scope != "":
		return nil, []string{g.Scope}
	}
	of := func(keep func(authz.Permission) bool) {
		for _, p := range w.permissions {
			if keep(p) {
				permissions = append(permissions, p.Key)
				if p.Scope != "" {
					scopes = append(scopes, p.Scope)
				}
			}
		}
	}
	switch g.Role {
	case roster.RoleOwner:
		of(func(authz.Permission) bool { return true })
		return permissions, w.scopes
	case roster.RoleAuditor:
		of(func(p authz.Permission) bool { return p.Kind == authz.Read })
	case roster.RoleUserAdministrator:
		of(func(p authz.Permission) bool {
			return p.Scope == "admin" && (strings.HasPrefix(p.Key, "members.") && p.Key != "members.erase" || p.Key == "roles.write" || p.Key == "units.read" || p.Key == "history.read")
		})
	case roster.RoleMember:
	default:
		r := w.roles[g.Role]
		return r.Permissions, r.Scopes
	}
	return permissions, scopes
}

func end(g roster.Grant) int64 {
	if g.Until.IsZero() {
		return endless
	}
	return g.Until.UnixMicro()
}

func (w *world) of(m roster.MemberID) []roster.Grant {
	var all []roster.Grant
	for _, g := range w.grants {
		if g.Member == m {
			all = append(all, g)
		}
	}
	return all
}

// table is what some grants give: ends by place and key.
type table map[roster.UnitID]map[string]int64

func (t table) raise(u roster.UnitID, key string, until int64) {
	if t[u] == nil {
		t[u] = map[string]int64{}
	}
	t[u][key] = max(t[u][key], until)
}

// holding is what somebody holds: each permission and scope as grants name them, and the permissions that
// can really be used. Scopes' keys stand behind a "#".
type holding struct{ items, effective table }

// hold works out what grants give, narrowed to some permissions unless narrow is nil.
func (w *world) hold(grants []roster.Grant, narrow []string) holding {
	h := holding{table{}, table{}}
	for _, u := range w.places() {
		way := w.way(u)
		for _, g := range grants {
			if !g.Live(w.at) || !slices.Contains(way, g.Unit) {
				continue
			}
			permissions, scopes := w.content(g)
			for _, p := range permissions {
				if narrow == nil || slices.Contains(narrow, p) {
					h.items.raise(u, p, end(g))
				}
			}
			for _, s := range scopes {
				if narrow == nil || slices.ContainsFunc(w.permissions, func(p authz.Permission) bool { return p.Scope == s && slices.Contains(narrow, p.Key) }) {
					h.items.raise(u, "#"+s, end(g))
				}
			}
		}
		for _, p := range w.permissions {
			until := h.items[u][p.Key]
			if p.Scope != "" {
				until = min(until, h.items[u]["#"+p.Scope])
			}
			if until != nothing {
				h.effective.raise(u, p.Key, until)
			}
		}
	}
	return h
}

func (w *world) member(m roster.MemberID) holding { return w.hold(w.of(m), nil) }

// lasting is what somebody may give: what they hold, for no longer than they are there.
func (w *world) lasting(m roster.MemberID, narrow []string) holding {
	all, ends := w.of(m), w.members[m].Ends
	for i, g := range all {
		if !ends.IsZero() && (g.Until.IsZero() || ends.Before(g.Until)) {
			all[i].Until = ends
		}
	}
	return w.hold(all, narrow)
}

// over tells whether an API user's time is over.
func (w *world) over(m roster.MemberID) bool {
	ends := w.members[m].Ends
	return !ends.IsZero() && !ends.After(w.at)
}

// may is the decision itself: an active member whose time is not over, and the permission with its scope at the place or
// above.
func (w *world) may(m roster.MemberID, h holding, p string, u roster.UnitID) bool {
	return w.members[m].Status == roster.Active && !w.over(m) && h.effective[u][p] != nothing
}

// coversItems is rule 1's first test for one grant.
func (w *world) coversItems(h holding, g roster.Grant) bool {
	permissions, scopes := w.content(g)
	for _, p := range permissions {
		if h.items[g.Unit][p] < end(g) {
			return false
		}
	}
	for _, s := range scopes {
		if h.items[g.Unit]["#"+s] < end(g) {
			return false
		}
	}
	return true
}

// coversChange is rule 1's second test: whatever moved of what somebody can use lies in h, until the later end.
func (w *world) coversChange(h, before, after holding) bool {
	for _, u := range w.places() {
		for _, p := range w.permissions {
			b, a := before.effective[u][p.Key], after.effective[u][p.Key]
			if b != a && h.effective[u][p.Key] < max(a, b) {
				return false
			}
		}
	}
	return true
}

// alike tells whether two grants say the same of the same member; who gave them does not matter.
func alike(a, b roster.Grant) bool {
	return a.Member == b.Member && a.Role == b.Role && a.Permission == b.Permission && a.Scope == b.Scope && a.Unit == b.Unit && a.Until.Equal(b.Until)
}

// only gives the grants of one list that the other lacks.
func only(a, b []roster.Grant) []roster.Grant {
	return slices.DeleteFunc(slices.Clone(a), func(g roster.Grant) bool {
		return slices.ContainsFunc(b, func(o roster.Grant) bool { return alike(g, o) })
	})
}

// lawful reads rule 1 for an act of someone who held h when they did it: "" or what stands against it.
// Withdrawal of a whole membership gives and takes nothing: what is gone is the member. Neither does what
// had ended of a role that goes.
func (w *world) lawful(h holding, after *world) string {
	kept := func(g roster.Grant) bool {
		_, still := after.members[g.Member]
		_, was := w.roles[g.Role]
		_, is := after.roles[g.Role]
		return still && (is || !was || g.Live(w.at))
	}
	for _, g := range append(only(after.grants, w.grants), only(w.grants, after.grants)...) {
		switch {
		case !kept(g):
		case h.effective[g.Unit]["members.write"] == nothing:
			return "no members.write at " + string(g.Unit)
		case g.Live(w.at) && !w.coversItems(h, g):
			return "items of " + g.What() + " at " + string(g.Unit)
		}
	}
	ids := maps.Clone(w.roles)
	maps.Copy(ids, after.roles)
	for id := range ids {
		for _, what := range apart(w.roles[id].Permissions, after.roles[id].Permissions) {
			if h.items[""][what] != endless {
				return "role " + id + " by " + what
			}
		}
		for _, what := range apart(w.roles[id].Scopes, after.roles[id].Scopes) {
			if h.items[""]["#"+what] != endless {
				return "role " + id + " by scope " + what
			}
		}
	}
	for m := range after.members {
		if !w.coversChange(h, w.member(m), after.member(m)) {
			return "change of what " + string(m) + " can use"
		}
		if was, known := w.members[m]; known && !was.Ends.Equal(after.members[m].Ends) && !w.coversChange(h, w.lasting(m, nil), after.lasting(m, nil)) {
			return "change of how long " + string(m) + " can use it"
		}
	}
	return ""
}

func apart(a, b []string) []string {
	var all []string
	for _, k := range slices.Concat(a, b) {
		if slices.Contains(a, k) != slices.Contains(b, k) {
			all = append(all, k)
		}
	}
	return all
}

// above tells whether a target holds an admin permission somewhere that h lacks there (rule 2).
func (w *world) above(h, target holding) bool {
	for u, of := range target.effective {
		for _, p := range w.permissions {
			if p.Scope == "admin" && of[p.Key] != nothing && h.effective[u][p.Key] == nothing {
				return true
			}
		}
	}
	return false
}

// stands gives those of an invited member's grants that whoever gave them could give now, in their order.
func (w *world) stands(m roster.MemberID) []roster.Grant { return w.standing(w.of(m)) }

func (w *world) standing(all []roster.Grant) []roster.Grant {
	var stand []roster.Grant
	for _, g := range all {
		giver := holding{}
		if by := roster.MemberID(g.GivenBy); w.members[by].Status == roster.Active && !w.over(by) {
			giver = w.lasting(by, nil)
		}
		next := append(slices.Clone(stand), g)
		if !roster.IsMemberID(g.GivenBy) || !g.Live(w.at) ||
			giver.effective[g.Unit]["members.write"] != nothing && w.coversItems(giver, g) && w.coversChange(giver, w.hold(stand, nil), w.hold(next, nil)) {
			stand = next
		}
	}
	return stand
}

// broken gives what must never be, whatever happened.
func (w *world) broken() string {
	people, apis, owner := 0, 0, false
	for id, m := range w.members {
		if m.Kind == roster.API {
			apis++
		} else {
			people++
		}
		for _, g := range w.of(id) {
			if m.Kind == roster.External && (g.Unit == "" || !slices.Contains(w.way(g.Unit), m.Unit)) {
				return "the external member " + string(id) + " holds something outside their account"
			}
			owner = owner || m.Kind == roster.Regular && m.Status == roster.Active && !w.given[id] && !w.shut[id] && g.Role == roster.RoleOwner && g.Unit == "" && g.Until.IsZero()
		}
	}
	switch {
	case !owner:
		return "no Owner is left"
	case people > 10 || apis > 10:
		return "more seats than the plan has"
	}
	return ""
}
