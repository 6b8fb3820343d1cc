package authz

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"roster/internal/roster"
)

// picture is everything a snapshot can be asked, in an order that does not depend on how it was made.
type picture struct {
	Seq     int64
	Grants  int
	Members []Subject
	Found   map[string]roster.MemberID
	Held    map[roster.MemberID][]roster.Grant
	Units   []roster.Unit
	Named   map[string]roster.UnitID
	Paths   map[roster.UnitID][]roster.UnitID
	Roles   []roster.Role
	Holders map[string][]roster.MemberID
	Sets    map[string]string
}

// take makes the picture of a snapshot. The names are those that anything ever had.
func take(s *Snapshot, names map[string]bool) picture {
	p := picture{
		Seq: s.Seq(), Grants: s.Grants(), Roles: s.Roles(),
		Found: map[string]roster.MemberID{}, Held: map[roster.MemberID][]roster.Grant{}, Named: map[string]roster.UnitID{},
		Paths: map[roster.UnitID][]roster.UnitID{}, Holders: map[string][]roster.MemberID{}, Sets: map[string]string{},
	}
	p.Members = slices.SortedFunc(s.Members(), func(a, b Subject) int { return compare(a.ID, b.ID) })
	p.Units = slices.SortedFunc(s.Units(), func(a, b roster.Unit) int { return compare(a.ID, b.ID) })
	slices.SortFunc(p.Roles, func(a, b roster.Role) int { return compare(a.ID, b.ID) })
	for _, m := range p.Members {
		if grants := s.GrantsOf(m.ID); len(grants) > 0 {
			p.Held[m.ID] = grants
		}
	}
	for _, u := range p.Units {
		p.Paths[u.ID] = s.Path(u.ID)
	}
	for _, r := range p.Roles {
		if all := s.Holders(r.ID); len(all) > 0 {
			slices.Sort(all)
			p.Holders[r.ID] = all
		}
		n := s.roleByID[r.ID]
		p.Sets[r.ID] = fmt.Sprint(s.content[int(n)*s.catalogue.words:][:s.catalogue.words])
		if byKey, ok := s.Role(r.Key); r.Key != "" && (!ok || byKey.Key != r.Key) {
			p.Sets[r.ID] += " not found by key"
		}
	}
	for name := range names {
		for of, find := range map[string]func(string) (roster.MemberID, bool){"external ": s.ByExternalID, "email ": s.ByEmail, "client ": s.ByClientID} {
			if id, ok := find(name); ok {
				p.Found[of+name] = id
			}
		}
		if id, ok := s.UnitByExternalID(name); ok {
			p.Named[name] = id
		}
		if m, ok := s.Member(roster.MemberID(name)); ok {
			p.Found["id "+name] = m.ID
		}
		if r, ok := s.Role(name); ok {
			p.Sets["found "+name] = r.ID
		}
	}
	return p
}

func compare[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// names adds every text by which something could be found.
func (w *world) names(all map[string]bool) {
	for _, m := range w.Members {
		for _, name := range []string{string(m.ID), m.ExternalID, m.Email, m.ClientID} {
			all[name] = true
		}
	}
	for _, u := range w.Units {
		all[string(u.ID)], all[u.ExternalID] = true, true
	}
	for _, r := range w.Roles {
		all[r.ID], all[r.Key] = true, true
	}
}

// change makes a Delta at random and keeps the world in step, as plain lists.
func (w *world) change(t *rapid.T) Delta {
	w.Seq++
	d := Delta{Seq: w.Seq, Grants: map[roster.MemberID][]roster.Grant{}}
	number := rapid.IntRange(0, 9)
	for range rapid.IntRange(0, 2).Draw(t, "units changed") {
		u := w.drawUnit(t, roster.UnitID(fmt.Sprintf("u%d", number.Draw(t, "unit"))))
		w.Units = put(w.Units, u, func(a roster.Unit) bool { return a.ID == u.ID })
		d.Units = put(d.Units, u, func(a roster.Unit) bool { return a.ID == u.ID })
	}
	for range rapid.IntRange(0, 2).Draw(t, "roles changed") {
		r := w.drawRole(t, fmt.Sprintf("r%d", number.Draw(t, "role")))
		w.Roles = put(w.Roles, r, func(a roster.Role) bool { return a.ID == r.ID })
		d.Roles = put(d.Roles, r, func(a roster.Role) bool { return a.ID == r.ID })
	}
	if len(w.Roles) > 0 && number.Draw(t, "a role goes") == 0 {
		id := rapid.SampledFrom(w.Roles).Draw(t, "role gone").ID
		gone := func(r roster.Role) bool { return r.ID == id }
		d.RolesGone, w.Roles, d.Roles = []string{id}, slices.DeleteFunc(w.Roles, gone), slices.DeleteFunc(d.Roles, gone)
	}
	for range rapid.IntRange(0, 3).Draw(t, "members changed") {
		m := w.drawSubject(t, roster.MemberID(fmt.Sprintf("m%d", number.Draw(t, "member"))))
		if slices.ContainsFunc(d.Members, func(a Subject) bool { return a.ID == m.ID }) {
			continue
		}
		leaves := number.Draw(t, "leaves") == 0
		if leaves {
			m.Status = roster.Removed
		}
		d.Members = append(d.Members, m)
		w.Members = slices.DeleteFunc(w.Members, func(a Subject) bool { return a.ID == m.ID })
		of := func(g roster.Grant) bool { return g.Member == m.ID }
		if leaves {
			w.Grants = slices.DeleteFunc(w.Grants, of)
			continue
		}
		w.Members = append(w.Members, m)
		if rapid.Bool().Draw(t, "grants too") {
			d.Grants[m.ID] = w.drawGrants(t, m)
			w.Grants = append(slices.DeleteFunc(w.Grants, of), d.Grants[m.ID]...)
		}
	}
	return d
}

func put[T any](all []T, one T, is func(T) bool) []T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		all = slices.Clone(all)
		all[i] = one
		return all
	}
	return append(all, one)
}

func TestASnapshotChangedIsTheOneMadeAnew(t *testing.T) {
	check(t, 1, 20, func(t *rapid.T, w *world) {
		names := map[string]bool{"nobody": true}
		w.names(names)
		s := w.snapshot()
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			was, before := s, take(s, names)
			d := w.change(t)
			s = s.With(d)
			if after := take(was, names); !reflect.DeepEqual(before, after) {
				t.Fatalf("the snapshot before has changed with %+v:\n%s", d, cmp.Diff(before, after))
			}
			w.names(names)
			if got, want := take(s, names), take(w.snapshot(), names); !reflect.DeepEqual(got, want) {
				t.Fatalf("after %+v:\n%s", d, cmp.Diff(want, got))
			}
		}
		for _, m := range w.Members {
			n := w.naive(m.ID, now)
			for _, p := range w.permissions() {
				for _, u := range w.places() {
					q := Question{Member: m.ID, Permission: p, Unit: u}
					if want := m.Status == roster.Active && !m.Over(now) && !n.until(p, u).Equal(notHeld); s.Decide(q, now) != want {
						t.Fatalf("%+v is not %v\n%+v", q, want, w.Facts)
					}
				}
			}
		}
	})
}

// TestASnapshotGrowsAndShrinks goes beyond one chunk and one shard, one member at a time.
func TestASnapshotGrowsAndShrinks(t *testing.T) {
	c, err := NewCatalogue(1, Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewSnapshot(c, Facts{})
	at := func(i, version int) Subject {
		id := fmt.Sprintf("m%d", i)
		return Subject{ID: roster.MemberID(id), Kind: roster.API, Status: roster.Active, Email: fmt.Sprintf("%s-%d@example.com", id, version)}
	}
	random := rand.New(rand.NewPCG(1, 2))
	there := map[int]int{}
	kept, state := s, map[int]int{}
	for step := range 20_000 {
		i := random.IntN(3000)
		m := at(i, step)
		if random.IntN(20) < step/1000 {
			m.Status = roster.Removed
			delete(there, i)
		} else {
			there[i] = step
		}
		s = s.With(Delta{Seq: int64(step), Members: []Subject{m}, Grants: map[roster.MemberID][]roster.Grant{m.ID: {{Scope: Admin}, {Permission: MembersRead}}}})
		if step == 9000 {
			kept, state = s, maps.Clone(there)
		}
	}
	for s, there := range map[*Snapshot]map[int]int{s: there, kept: state} {
		if s.Grants() != 2*len(there) {
			t.Errorf("%d grants of %d members", s.Grants(), len(there))
		}
		for i := range 3000 {
			version, ok := there[i]
			m := at(i, version)
			got, known := s.Member(m.ID)
			by, found := s.ByEmail(m.Email)
			if known != ok || ok && (got != m || by != m.ID) || !ok && found || s.Decide(Question{Member: m.ID, Permission: MembersRead}, now) != ok {
				t.Fatalf("%d: %v %v %v %v %v", i, got, known, by, found, ok)
			}
		}
		if n := len(slices.Collect(s.Members())); n != len(there) {
			t.Errorf("%d members of %d", n, len(there))
		}
	}
}

func TestAnEmptyChangeCostsNothing(t *testing.T) {
	c, err := NewCatalogue(1, Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewSnapshot(c, Facts{Members: []Subject{{ID: "m"}}})
	if n := testing.AllocsPerRun(100, func() { s = s.With(Delta{Seq: s.Seq() + 1}) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
}
