package authz

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"pgregory.net/rapid"

	"roster/internal/roster"
)

// TestDecideIsWhatFourReadingsSay asks every question there is in worlds made at random of Decide, of
// Explain, of a naive reading of design page 1 and of Cedar.
func TestDecideIsWhatFourReadingsSay(t *testing.T) {
	asked, allowed := 0, 0
	check(t, 1, 20, func(t *rapid.T, w *world) {
		s := w.snapshot()
		entities := w.entities()
		token := rapid.SliceOfDistinct(rapid.SampledFrom(w.permissions()), rapid.ID).Draw(t, "token")
		for _, m := range w.Members {
			policies := w.policies(t, m)
			for _, at := range w.times {
				n := w.naive(m.ID, at)
				for _, p := range append(w.permissions(), "no.permission") {
					for _, u := range w.places() {
						q := Question{Member: m.ID, Permission: p, Unit: u}
						want := m.Status == roster.Active && !m.Over(at) && !n.until(p, u).Equal(notHeld)
						ask(t, s, q, at, want, n)
						if got := w.cedar(policies, entities, q, at); got != want {
							t.Fatalf("%+v at %v: cedar says %v\n%+v", q, at, got, w.Facts)
						}
						q.Token = token
						ask(t, s, q, at, want && slices.Contains(token, p), n)
						asked += 2
						if want {
							allowed++
						}
					}
				}
			}
		}
	})
	t.Logf("%d questions, %d of them allowed", asked, allowed)
	if full := count(50_000, 1_000_000); asked < full || allowed < full/40 {
		t.Errorf("only %d questions, %d of them allowed", asked, allowed)
	}
}

// ask holds Decide and Explain to the answer wanted, and an explanation to what it says.
func ask(t *rapid.T, s *Snapshot, q Question, at time.Time, want bool, n naive) {
	if got := s.Decide(q, at); got != want {
		t.Fatalf("%+v at %v: %v\n%+v", q, at, got, n.w.Facts)
	}
	e := s.Explain(q, at)
	if e.Allowed != want || e.Allowed != (len(e.Missing) == 0) {
		t.Fatalf("%+v at %v is explained by %+v\n%+v", q, at, e, n.w.Facts)
	}
	if !want {
		for _, l := range e.Missing {
			excuse(t, q, l, n)
		}
		return
	}
	until := n.until(q.Permission, q.Unit)
	if !n.ends.IsZero() && n.ends.Before(until) {
		until = n.ends
	}
	if !same(e.Until, true, until) {
		t.Fatalf("%+v: until %v, not %v", q, e.Until, until)
	}
	p, _ := s.Catalogue().Permission(q.Permission)
	if (e.Scope != nil) != (p.Scope != "") || !n.source(e.Permission, p.Key, "", q.Unit) || e.Scope != nil && !n.source(*e.Scope, "", p.Scope, q.Unit) {
		t.Fatalf("%+v is allowed by %+v and %+v", q, e.Permission, e.Scope)
	}
}

// source tells whether a grant is one of those there are and gives something at a unit, for the longest.
func (n naive) source(s Source, permission, scope string, unit roster.UnitID) bool {
	g := s.Grant
	there := slices.ContainsFunc(n.grants, func(of roster.Grant) bool {
		return of.What() == g.What() && of.Unit == g.Unit && of.Until.Equal(g.Until)
	})
	return there && n.gives(g, permission, scope) && n.w.within(unit, g.Unit) && same(g.Until, true, n.item(permission, scope, unit)) && (s.Role != "") == (g.Role != "")
}

// excuse holds a lack to what it says.
func excuse(t *rapid.T, q Question, l Lack, n naive) {
	scope, ok := "", true
	if l.IsScope {
		scope, l.Key = l.Key, ""
	}
	switch l.Kind {
	case LackPermission, LackScope, LackUnit:
		ok = n.item(l.Key, scope, q.Unit).Equal(notHeld) && l.Unit == q.Unit && (len(l.Elsewhere) > 0) == (l.Kind == LackUnit)
		for _, u := range n.w.places() {
			held := !n.item(l.Key, scope, u).Equal(notHeld)
			told := slices.ContainsFunc(l.Elsewhere, func(above roster.UnitID) bool { return n.w.within(u, above) })
			ok = ok && held == told
		}
	case LackToken:
		ok = q.Token != nil && !slices.Contains(q.Token, q.Permission)
	case LackStatus:
		ok = l.Status != roster.Active
	case LackUnknownPermission:
		ok = q.Permission == "no.permission"
	default:
		ok = false
	}
	if !ok {
		t.Fatalf("%+v is refused by %+v\n%+v", q, l, n.w.Facts)
	}
}

// The world in Cedar's terms: units are entities below one another and all below the organisation; a role is a
// group of the actions it gives, and another of those whose scope it gives; each pair of a member's grants
// is a policy, the one for the permission and the other for its scope.

func unitEntity(id roster.UnitID) types.EntityUID {
	return cedar.NewEntityUID("Unit", types.String("/"+string(id)))
}

func (w *world) entities() cedar.EntityMap {
	all := cedar.EntityMap{}
	put := func(uid types.EntityUID, parents ...types.EntityUID) {
		all[uid] = cedar.Entity{UID: uid, Parents: cedar.NewEntityUIDSet(parents...)}
	}
	put(unitEntity(""))
	for _, u := range w.Units {
		put(unitEntity(u.ID), unitEntity(u.Parent))
	}
	for _, m := range w.Members {
		uid := cedar.NewEntityUID("Member", types.String(m.ID))
		all[uid] = cedar.Entity{UID: uid, Attributes: cedar.NewRecord(cedar.RecordMap{"status": types.String(m.Status)})}
	}
	for _, p := range w.catalogue.Permissions() {
		var groups []types.EntityUID
		group := func(kind, of string) { groups = append(groups, cedar.NewEntityUID("Action", types.String(kind+of))) }
		if p.Scope != "" {
			group("scope ", p.Scope)
		} else {
			group("without scope", "")
		}
		for _, r := range slices.Concat(w.catalogue.BuiltIn(), w.Roles) {
			if slices.Contains(r.Permissions, p.Key) {
				group("given by role ", r.ID)
			}
			if slices.Contains(r.Scopes, p.Scope) {
				group("scope by role ", r.ID)
			}
		}
		put(cedar.NewEntityUID("Action", types.String(p.Key)), groups...)
	}
	return all
}

// policies writes down what a member holds.
func (w *world) policies(t *rapid.T, m Subject) *cedar.PolicySet {
	set, n := cedar.NewPolicySet(), 0
	add := func(text string) {
		var p cedar.Policy
		if err := p.UnmarshalCedar([]byte(text)); err != nil {
			t.Fatal(err)
		}
		set.Add(cedar.PolicyID(fmt.Sprint(n)), &p)
		n++
	}
	holds := func(g roster.Grant) string {
		text := fmt.Sprintf(`resource in Unit::"/%s"`, g.Unit)
		if !g.Until.IsZero() {
			text += fmt.Sprintf(" && context.now < %d", g.Until.UnixNano())
		}
		return text
	}
	grants, active := w.grantsOf(m.ID), `principal.status == "active"`
	if !m.Ends.IsZero() {
		active += fmt.Sprintf(" && context.now < %d", m.Ends.UnixNano())
	}
	for _, g := range grants {
		given := fmt.Sprintf(`action == Action::"%s"`, g.Permission)
		if g.Role != "" {
			given = fmt.Sprintf(`action in Action::"given by role %s"`, g.Role)
		} else if g.Permission == "" {
			continue
		}
		head := fmt.Sprintf(`permit (principal == Member::"%s", %s, resource) when { %s && %s && `, m.ID, given, active, holds(g))
		add(head + `action in Action::"without scope" };`)
		for _, with := range grants {
			switch {
			case with.Role != "":
				add(head + fmt.Sprintf(`action in Action::"scope by role %s" && %s };`, with.Role, holds(with)))
			case with.Scope != "":
				add(head + fmt.Sprintf(`action in Action::"scope %s" && %s };`, with.Scope, holds(with)))
			}
		}
	}
	return set
}

func (w *world) cedar(policies *cedar.PolicySet, entities cedar.EntityMap, q Question, at time.Time) bool {
	ok, _ := cedar.Authorize(policies, entities, cedar.Request{
		Principal: cedar.NewEntityUID("Member", types.String(q.Member)),
		Action:    cedar.NewEntityUID("Action", types.String(q.Permission)),
		Resource:  unitEntity(q.Unit),
		Context:   cedar.NewRecord(cedar.RecordMap{"now": types.Long(at.UnixNano())}),
	})
	return bool(ok)
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	c, err := NewCatalogue(1, Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	s := NewSnapshot(c, Facts{
		Units: []roster.Unit{
			{ID: "u", Kind: roster.Account},
			{ID: "orphan", Kind: roster.Account, Parent: "nowhere"},
			{ID: "a", Kind: roster.Account, Parent: "b"},
			{ID: "b", Kind: roster.Account, Parent: "a"},
		},
		Members: []Subject{{ID: "m", Kind: roster.Regular, Status: roster.Active}},
		Grants:  []roster.Grant{{Member: "m", Role: roster.RoleOwner}, {Member: "nobody", Role: roster.RoleOwner}},
	})
	if !s.Decide(Question{Member: "m", Permission: MembersRead, Unit: "u"}, now) {
		t.Error("an Owner is refused")
	}
	for _, q := range []Question{
		{Member: "nobody", Permission: MembersRead},
		{Member: "", Permission: MembersRead},
		{Member: "m", Permission: "members.fly"},
		{Member: "m", Permission: ""},
		{Member: "m", Permission: MembersRead, Unit: "nowhere"},
		{Member: "m", Permission: MembersRead, Unit: "orphan"},
		{Member: "m", Permission: MembersRead, Unit: "a"},
		{Member: "m", Permission: MembersRead, Token: []string{}},
	} {
		if e := s.Explain(q, now); s.Decide(q, now) || e.Allowed || len(e.Missing) == 0 {
			t.Errorf("%+v is allowed: %+v", q, e)
		}
		if _, held := s.Authority(q.Member, now).Until(q.Permission, q.Unit); held && q.Token == nil {
			t.Errorf("%+v is held", q)
		}
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	c, err := NewCatalogue(1, Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	f := Facts{Units: []roster.Unit{{ID: "u", Kind: roster.Account}, {ID: "v", Kind: roster.Account, Parent: "u"}}}
	for i := range 1000 {
		id := roster.MemberID(fmt.Sprintf("mem_%026d", i))
		f.Members = append(f.Members, Subject{ID: id, Kind: roster.Regular, Status: roster.Active, Email: fmt.Sprintf("m%d@example.com", i), ExternalID: fmt.Sprint("x", i)})
		f.Grants = append(f.Grants, roster.Grant{Member: id, Role: roster.RoleAuditor, Unit: "u"}, roster.Grant{Member: id, Scope: Admin, Unit: "v"})
	}
	s := NewSnapshot(c, f)
	q := Question{Permission: MembersRead, Unit: "v", Token: []string{HistoryRead, MembersRead}}
	i := 0
	if n := testing.AllocsPerRun(1000, func() {
		q.Member = f.Members[i%1000].ID
		i++
		by, _ := s.ByEmail(f.Members[i%1000].Email)
		other, _ := s.ByExternalID(f.Members[i%1000].ExternalID)
		if !s.Decide(q, now) || by != other || s.Decide(Question{Member: "nobody", Permission: MembersRead}, now) {
			t.Fatal("decided otherwise")
		}
	}); n != 0 {
		t.Errorf("%v allocations a decision", n)
	}
}
