package authz

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/roster"
)

// held is an authority beside its naive reading.
type held struct {
	Authority
	naive
}

// drawHeld makes somebody's authority, now and then narrowed by a token.
func (w *world) drawHeld(t *rapid.T, s *Snapshot, name string) held {
	m := w.drawSubject(t, roster.MemberID(name))
	h := held{naive: naive{w: w, grants: w.drawGrants(t, m), at: now}}
	if rapid.Bool().Draw(t, "like another") { // so that both hold the same now and then
		h.grants = append(h.grants, w.grantsOf(w.Members[0].ID)...)
	}
	if rapid.IntRange(0, 3).Draw(t, "strong") == 3 {
		h.grants = append(h.grants, roster.Grant{Role: roster.RoleOwner, Unit: rapid.SampledFrom(w.places()).Draw(t, "owns")})
	}
	h.Authority = s.AuthorityOf(h.grants, now)
	if rapid.IntRange(0, 3).Draw(t, "narrowed") == 0 {
		h.narrowed(rapid.SliceOfDistinct(rapid.SampledFrom(w.permissions()), rapid.ID).Draw(t, "token"))
	}
	return h
}

func (h *held) narrowed(token []string) {
	h.token, h.Authority = slices.Clone(token), h.Narrow(token)
	if h.token == nil {
		h.token = []string{}
	}
}

func TestAnAuthorityIsWhatItsGrantsGive(t *testing.T) {
	check(t, 5, 60, func(t *rapid.T, w *world) {
		a := w.drawHeld(t, w.snapshot(), "a")
		effective := a.Effective()
		for _, p := range w.permissions() {
			somewhere := false
			for _, u := range w.places() {
				want := a.naive.until(p, u)
				is := !want.Equal(notHeld)
				somewhere = somewhere || is
				if end, held := a.Until(p, u); !same(end, held, want) || a.Holds(p, u) != is {
					t.Fatalf("%s at %q: %v %v, not %v", p, u, end, held, want)
				}
				told := slices.ContainsFunc(a.Places(p), func(above roster.UnitID) bool { return w.within(u, above) })
				longest := notHeld
				for _, e := range effective {
					if e.Permission == p && w.within(u, e.Unit) && same(e.Until, true, a.naive.until(p, e.Unit)) {
						if end := a.naive.until(p, e.Unit); end.After(longest) {
							longest = end
						}
					}
				}
				if told != is || !longest.Equal(want) || u == "" && slices.Contains(a.Keys(), p) != is {
					t.Fatalf("%s at %q is held %v: places %v, effective %+v, keys %v", p, u, want, a.Places(p), effective, a.Keys())
				}
			}
			if a.HoldsSomewhere(p) != somewhere {
				t.Fatalf("%s somewhere: %v", p, a.HoldsSomewhere(p))
			}
		}
		for i, e := range effective {
			for _, f := range effective[:i] {
				if e.Permission == f.Permission && w.within(e.Unit, f.Unit) && !a.naive.until(e.Permission, e.Unit).After(a.naive.until(e.Permission, f.Unit)) {
					t.Fatalf("%+v is told of above by %+v", e, f)
				}
			}
		}
	})
}

func TestNarrowingTwiceLeavesWhatBothName(t *testing.T) {
	check(t, 1, 20, func(t *rapid.T, w *world) {
		a := w.drawHeld(t, w.snapshot(), "a")
		some := rapid.SliceOf(rapid.SampledFrom(append(w.permissions(), "no.permission")))
		one, two := some.Draw(t, "one"), some.Draw(t, "two")
		both := slices.DeleteFunc(slices.Clone(one), func(p string) bool { return !slices.Contains(two, p) })
		twice, once, root := a.Narrow(one).Narrow(two), a.Narrow(both), Root().Narrow(one).Narrow(two)
		for _, u := range w.places() {
			for _, p := range w.permissions() {
				if twice.Holds(p, u) != once.Holds(p, u) || root.Holds(p, u) != slices.Contains(both, p) {
					t.Fatalf("%s at %q: %v, %v, root %v", p, u, twice.Holds(p, u), once.Holds(p, u), root.Holds(p, u))
				}
			}
			for _, s := range w.catalogue.Scopes() {
				g := roster.Grant{Scope: s.Key, Unit: u}
				if len(twice.LacksItems(g)) != len(once.LacksItems(g)) {
					t.Fatalf("%s at %q is lacking: %v, %v", s.Key, u, twice.LacksItems(g), once.LacksItems(g))
				}
			}
		}
	})
}

// covers tells whether the actor is given something at a unit for as long as needed.
func (n naive) covers(permission, scope string, unit roster.UnitID, until time.Time) bool {
	if until.IsZero() {
		until = forever
	}
	return !n.item(permission, scope, unit).Before(until)
}

func TestItemsAreGivenAndTakenByWhoHoldsThem(t *testing.T) {
	check(t, 5, 60, func(t *rapid.T, w *world) {
		s := w.snapshot()
		a := w.drawHeld(t, s, "a")
		g := w.drawGrant(t, Subject{ID: "b"})
		var want []string
		role, of := roster.Role{}, g
		if g.Role != "" {
			if role, _ = s.Role(g.Role); rapid.Bool().Draw(t, "as a role") {
				of = roster.Grant{}
			}
		}
		for _, p := range w.catalogue.Permissions() {
			if (g.Permission == p.Key || slices.Contains(role.Permissions, p.Key)) && !a.covers(p.Key, "", of.Unit, of.Until) {
				want = append(want, p.Key)
			}
		}
		for _, s := range w.catalogue.Scopes() {
			if (g.Scope == s.Key || slices.Contains(role.Scopes, s.Key)) && !a.covers("", s.Key, of.Unit, of.Until) {
				want = append(want, s.Key)
			}
		}
		slices.Sort(want)
		lacking := a.LacksItems(g)
		if of != g {
			lacking = a.LacksRole(role)
		}
		if got := Keys(lacking); !slices.Equal(got, want) || len(Root().LacksItems(g)) > 0 {
			t.Fatalf("to give %+v is lacking %v, not %v\nby %+v %v", g, got, want, a.grants, a.token)
		}
		for _, l := range lacking {
			if l.Unit != of.Unit || !l.Until.Equal(of.Until) {
				t.Fatalf("%+v for %+v", l, of)
			}
		}
	})
}

// TestAChangeIsAllowedByWhoHoldsIt is the second test of rule 1 with role edits, moves of units and changes
// of grants: what is lacking is exactly what the words say, so that nothing lacking means that nobody gains
// or loses anything, anywhere, that the actor does not hold there for as long.
func TestAChangeIsAllowedByWhoHoldsIt(t *testing.T) {
	changed, allowed := 0, 0
	check(t, 10, 100, func(t *rapid.T, w *world) {
		s := w.snapshot()
		a := w.drawHeld(t, s, "a")
		b := w.drawHeld(t, s, "b")
		next := *w
		next.Units, next.Roles = slices.Clone(w.Units), slices.Clone(w.Roles)
		var d Delta
		var moved []roster.UnitID
		if len(w.Units) > 0 && rapid.Bool().Draw(t, "move") {
			u := next.drawUnit(t, rapid.SampledFrom(w.Units).Draw(t, "moved").ID)
			next.Units = put(next.Units, u, func(of roster.Unit) bool { return of.ID == u.ID })
			d.Units, moved = []roster.Unit{u}, []roster.UnitID{u.ID}
		}
		if len(w.Roles) > 0 && rapid.Bool().Draw(t, "edit") {
			r := w.drawRole(t, rapid.SampledFrom(w.Roles).Draw(t, "edited").ID)
			next.Roles = put(next.Roles, r, func(of roster.Role) bool { return of.ID == r.ID })
			d.Roles = []roster.Role{r}
		}
		grants := b.grants
		if rapid.Bool().Draw(t, "grants") {
			grants = append(slices.Clone(grants), w.drawGrant(t, Subject{ID: "b"}))
			if rapid.Bool().Draw(t, "one less") {
				grants = grants[1:]
			}
		}
		after := held{s.With(d).AuthorityOf(grants, now), naive{w: &next, grants: grants, at: now}}
		b = held{s.AuthorityOf(b.grants, now), naive{w: w, grants: b.grants, at: now}}
		want, moves := w.lacksChange(a.naive, b.naive, after.naive)
		lacking := a.LacksChange(b.Authority, after.Authority, moved...)
		if got := Keys(lacking); !slices.Equal(got, want) || len(Root().LacksChange(b.Authority, after.Authority)) > 0 {
			t.Fatalf("is lacking %v, not %v\nactor %+v %v\nbefore %+v\nafter %+v\n%+v\n%+v", got, want, a.grants, a.token, b.grants, grants, w.Facts, d)
		}
		checkShifts(t, w, &next, b, after, moved)
		if moves {
			changed++
			if len(want) == 0 {
				allowed++
			}
		}
	})
	t.Logf("%d changes that move something, %d of them allowed", changed, allowed)
	if changed < 100 || allowed < 10 {
		t.Errorf("only %d changes that move something, %d of them allowed", changed, allowed)
	}
}

// lacksChange goes through all units there are.
func (w *world) lacksChange(actor, before, after naive) (lacking []string, moves bool) {
	for _, p := range w.permissions() {
		for _, u := range w.places() {
			from, to := before.until(p, u), after.until(p, u)
			if from.Equal(to) {
				continue
			}
			moves = true
			needed := from
			if to.After(from) {
				needed = to
			}
			if actor.until(p, u).Before(needed) {
				lacking = append(lacking, p)
			}
		}
	}
	slices.Sort(lacking)
	return slices.Compact(lacking), moves
}

// checkShifts holds the list of shifts to what moves at every unit.
func checkShifts(t *rapid.T, w, next *world, before, after held, moved []roster.UnitID) {
	shifts := Shifts(before.Authority, after.Authority, moved...)
	for _, p := range w.permissions() {
		for _, u := range w.places() {
			from, to := before.naive.until(p, u), after.naive.until(p, u)
			found := slices.ContainsFunc(shifts, func(s Shift) bool {
				return s.Permission == p && next.within(u, s.Unit) && same(s.Before.Until, s.Before.Held, from) && same(s.After.Until, s.After.Held, to)
			})
			if !from.Equal(to) && !found {
				t.Fatalf("%s at %q moves from %v to %v, and is not among %+v", p, u, from, to, shifts)
			}
		}
	}
	for _, s := range shifts {
		if !same(s.Before.Until, s.Before.Held, before.naive.until(s.Permission, s.Unit)) || !same(s.After.Until, s.After.Held, after.naive.until(s.Permission, s.Unit)) || s.Before == s.After {
			t.Fatalf("%+v is none", s)
		}
	}
}

func TestExcessIsWhatTheStrongerHas(t *testing.T) {
	check(t, 5, 60, func(t *rapid.T, w *world) {
		s := w.snapshot()
		a, b := w.drawHeld(t, s, "a"), w.drawHeld(t, s, "b")
		var all, admin []string
		for _, p := range w.catalogue.Permissions() {
			more := slices.ContainsFunc(w.places(), func(u roster.UnitID) bool {
				return !b.naive.until(p.Key, u).Equal(notHeld) && a.naive.until(p.Key, u).Equal(notHeld)
			})
			if more {
				all = append(all, p.Key)
				if p.Scope == Admin {
					admin = append(admin, p.Key)
				}
			}
		}
		slices.Sort(all)
		slices.Sort(admin)
		if !slices.Equal(Keys(a.Excess(b.Authority)), all) || !slices.Equal(Keys(a.ExcessAdmin(b.Authority)), admin) {
			t.Fatalf("excess %v, not %v; of admin %v, not %v", a.Excess(b.Authority), all, a.ExcessAdmin(b.Authority), admin)
		}
		for _, l := range a.Excess(b.Authority) {
			if a.Holds(l.Permission, l.Unit) || !b.Holds(l.Permission, l.Unit) {
				t.Fatalf("%+v", l)
			}
		}
		if len(Root().Excess(b.Authority)) > 0 {
			t.Fatal("root lacks something")
		}
	})
}

func TestGiversAreThoseWhoCould(t *testing.T) {
	found := 0
	check(t, 2, 20, func(t *rapid.T, w *world) {
		s := w.snapshot()
		g := w.drawGrant(t, Subject{ID: "b"})
		if rapid.Bool().Draw(t, "of the administration") {
			g.Role, g.Scope, g.Permission = "", "", rapid.SampledFrom([]string{MembersRead, HistoryRead}).Draw(t, "permission")
		}
		var want []roster.MemberID
		for _, m := range w.Members {
			a := s.Authority(m.ID, now)
			change := a.LacksChange(s.AuthorityOf(nil, now), s.AuthorityOf([]roster.Grant{g}, now))
			if m.Kind == roster.Regular && m.Status == roster.Active && a.Holds(MembersWrite, g.Unit) && len(a.LacksItems(g)) == 0 && len(change) == 0 {
				want = append(want, m.ID)
			}
		}
		got := s.Givers(g, now, 100)
		slices.Sort(got)
		if !slices.Equal(got, want) || len(s.Givers(g, now, 1)) > 1 {
			t.Fatalf("%v, not %v, can give %+v", got, want, g)
		}
		found += len(got)
	})
	if found == 0 {
		t.Error("nobody could ever give anything")
	}
}

func TestSourcesAreAllThatGive(t *testing.T) {
	check(t, 1, 20, func(t *rapid.T, w *world) {
		s := w.snapshot()
		m := w.Members[0].ID
		n := w.naive(m, now)
		for _, p := range w.catalogue.Permissions() {
			for _, u := range w.places() {
				permissions, scopes := s.Sources(m, p.Key, u, now)
				give := func(permission, scope string) (all int) {
					for _, g := range n.grants {
						if g.Live(now) && w.within(u, g.Unit) && n.gives(g, permission, scope) {
							all++
						}
					}
					return all
				}
				if len(permissions) != give(p.Key, "") || len(scopes) != give("", p.Scope) {
					t.Fatalf("%s at %q: %+v, %+v", p.Key, u, permissions, scopes)
				}
			}
		}
	})
}
