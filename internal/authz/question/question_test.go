package question

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const (
	alice  roster.MemberID = "mem_alice"
	bob    roster.MemberID = "mem_bob"
	carol  roster.MemberID = "mem_carol"
	robot  roster.MemberID = "mem_robot"
	acme   roster.OrgID    = "org_acme"
	north  roster.UnitID   = "unit_north"
	harbor roster.UnitID   = "unit_harbor" // in north
	south  roster.UnitID   = "unit_south"
)

// town is a small organisation: accounts north and south, harbor a group in north.
type town struct {
	t *testing.T
	s *authz.Snapshot
	m *Mappings
}

func open(t *testing.T, mappings ...authz.Mapping) *town {
	t.Helper()
	c, err := authz.NewCatalogue(1, authz.Declaration{
		Scopes: []authz.Scope{{Key: "docs", Name: "Documents"}},
		Permissions: []authz.Permission{
			{Key: "notes.read", Scope: "docs", Kind: authz.Read, Name: "Read"},
			{Key: "notes.edit", Scope: "docs", Kind: authz.Write, Name: "Edit"},
			{Key: "notes.edit_own", Scope: "docs", Kind: authz.Write, Name: "Edit own"},
			{Key: "notes.edit_sealed", Scope: "docs", Kind: authz.Write, Name: "Edit sealed"},
			{Key: "notes.shred", Scope: "docs", Kind: authz.Irreversible, Name: "Shred"},
		},
		Mappings: mappings,
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	grant := func(of roster.MemberID, permission string, at roster.UnitID) roster.Grant {
		return roster.Grant{Member: of, Permission: permission, Unit: at}
	}
	docs := func(of roster.MemberID, at roster.UnitID) roster.Grant {
		return roster.Grant{Member: of, Scope: "docs", Unit: at}
	}
	s := authz.NewSnapshot(c, authz.Facts{
		Seq: 7,
		Units: []roster.Unit{
			{ID: north, Kind: roster.Account, Name: "North", ExternalID: "n-1"},
			{ID: harbor, Parent: north, Kind: roster.Group, Name: "Harbor", ExternalID: "n-1-h"},
			{ID: south, Kind: roster.Account, Name: "South"},
		},
		Members: []authz.Subject{
			{ID: alice, Kind: roster.Regular, Status: roster.Active, ExternalID: "alice", Email: "alice@example.com"},
			{ID: bob, Kind: roster.External, Status: roster.Active, Unit: north, ExternalID: "carol@example.com", Email: "bob@example.com"},
			{ID: carol, Kind: roster.Regular, Status: roster.Blocked, Email: "carol@example.com"},
			{ID: robot, Kind: roster.API, Status: roster.Active, ClientID: "api_robot"},
		},
		Grants: []roster.Grant{
			docs(alice, ""), grant(alice, "notes.read", ""), grant(alice, "notes.edit_own", ""), grant(alice, "notes.edit", south),
			docs(bob, north), grant(bob, "notes.read", north), grant(bob, "notes.edit", harbor),
			docs(carol, ""), grant(carol, "notes.read", ""),
			docs(robot, ""), grant(robot, "notes.shred", ""),
		},
	})
	return &town{t, s, m}
}

// ask makes a request of "type/id", an action and "type/id", with properties of the resource.
func ask(subject, action, resource, properties string) Request {
	var r Request
	r.Subject.Type, r.Subject.ID, _ = cut(subject)
	r.Action.Name = action
	r.Resource.Type, r.Resource.ID, _ = cut(resource)
	r.Resource.Properties = Properties(properties)
	r.Organisation = acme
	return r
}

func cut(s string) (before, after string, ok bool) {
	for i := range s {
		if s[i] == '/' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (w *town) may(r Request) bool {
	q, _, ok := w.m.Resolve(w.s, &r)
	return ok && w.s.Decide(q, noon)
}

func TestSubjectsAreKnownByTheirNames(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		kind, id string
		want     roster.MemberID
	}{
		{"user", "mem_alice", alice},
		{"user", "alice", alice},
		{"user", "alice@example.com", alice},
		{"user", "ALICE@Example.COM", alice},
		{"identity", "alice", alice},
		{"api_user", "alice", ""},
		{"user", "Alice", ""}, // an external ID is taken as it is
		{"api_user", "api_robot", robot},
		{"identity", "api_robot", robot},
		{"user", "api_robot", ""},
		{"user", "mem_robot", ""},
		{"user", "bob@example.com", bob},
		{"user", "carol@example.com", carol}, // her address, although it is bob's external ID
		{"user", "", ""},
		{"identity", "", ""},
		{"user", "nobody", ""},
		{"user", "mem_nobody", ""},
		{"spaceship", "alice", ""},
		{"", "alice", ""},
	} {
		r := ask("/", "notes.read", "organisation/org_acme", "")
		r.Subject.Type, r.Subject.ID = c.kind, c.id
		q, why, ok := w.m.Resolve(w.s, &r)
		if q.Member != c.want || ok != (c.want != "") || !ok && why != SubjectUnknown {
			t.Errorf("%s %q is %q (%v %s), want %q", c.kind, c.id, q.Member, ok, why, c.want)
		}
	}
}

func TestResourcesAreFoundWithoutAMapping(t *testing.T) {
	w := open(t)
	for _, c := range []struct {
		resource, properties string
		want                 roster.UnitID
		ok                   bool
	}{
		{"unit/unit_north", "", north, true},
		{"unit/n-1", "", north, true},
		{"unit/n-1-h", "", harbor, true},
		{"unit/unit_nowhere", "", "", false},
		{"unit/", "", "", false},
		{"organisation/org_acme", "", "", true},
		{"organisation/org_other", "", "", false},
		{"note/17", `{"unit":"n-1"}`, north, true},
		{"note/17", `{"unit":"unit_south"}`, south, true},
		{"note/17", `{"unit":"nowhere"}`, "", false},
		{"note/17", `{"unit":""}`, "", false},
		{"note/17", `{"unit":17}`, "", false},
		{"note/17", `{"unit":null}`, "", true},
		{"note/17", `{"other":"n-1"}`, "", true},
		{"note/17", "", "", true},
	} {
		r := ask("user/alice", "notes.read", c.resource, c.properties)
		q, why, ok := w.m.Resolve(w.s, &r)
		if ok != c.ok || q.Unit != c.want || q.Permission != "notes.read" || !ok && why != ResourceUnknown {
			t.Errorf("%s %s: at %q (%v %s), want %q (%v)", c.resource, c.properties, q.Unit, ok, why, c.want, c.ok)
		}
	}
}

func TestTheFirstMappingThatFitsDecides(t *testing.T) {
	w := open(t,
		authz.Mapping{Action: "edit", ResourceType: "note", When: map[string]any{"resource.status": "sealed", "subject.properties.level": float64(3)}, Permission: "notes.edit_sealed"},
		authz.Mapping{Action: "edit", ResourceType: "note", When: map[string]any{"resource.properties.status": "sealed"}, Permission: "notes.shred"},
		authz.Mapping{Action: "edit", ResourceType: "note", Own: "owner", Permission: "notes.edit_own", UnitFrom: "organisation"},
		authz.Mapping{Action: "edit", ResourceType: "note", Permission: "notes.edit", UnitFrom: "resource.properties.account"},
		authz.Mapping{Action: "edit", ResourceType: "folder", Permission: "notes.edit", UnitFrom: "resource.id"},
		authz.Mapping{Action: "edit", When: map[string]any{"context.channel": "web"}, Permission: "notes.read", UnitFrom: "context.account"},
		authz.Mapping{Action: "erase", When: map[string]any{"action.soft": true}, Permission: "notes.edit"},
		authz.Mapping{Action: "erase", When: map[string]any{"resource.type": "note", "subject.id": "alice"}, Permission: "notes.shred"},
	)
	for _, c := range []struct {
		name       string
		resource   string
		properties string
		change     func(*Request)
		permission string
		unit       roster.UnitID
		ok         bool
	}{
		{name: "sealed, for level 3", resource: "note/1", properties: `{"status":"sealed"}`, change: func(r *Request) { r.Subject.Properties = `{"level":3}` }, permission: "notes.edit_sealed", ok: true},
		{name: "sealed", resource: "note/1", properties: `{"status":"sealed","owner":"alice"}`, permission: "notes.shred", ok: true},
		{name: "own, by external ID", resource: "note/1", properties: `{"owner":"alice","account":"n-1"}`, permission: "notes.edit_own", ok: true},
		{name: "own, by member ID", resource: "note/1", properties: `{"owner":"mem_alice"}`, permission: "notes.edit_own", ok: true},
		{name: "own, by address", resource: "note/1", properties: `{"owner":"Alice@example.com"}`, permission: "notes.edit_own", ok: true},
		{name: "another's", resource: "note/1", properties: `{"owner":"bob@example.com","account":"n-1"}`, permission: "notes.edit", unit: north, ok: true},
		{name: "nobody's", resource: "note/1", properties: `{"owner":"","account":"unit_south"}`, permission: "notes.edit", unit: south, ok: true},
		{name: "an owner that is no text", resource: "note/1", properties: `{"owner":["alice"],"account":"n-1"}`, permission: "notes.edit", unit: north, ok: true},
		{name: "without the account", resource: "note/1", properties: `{}`, permission: "notes.edit"},
		{name: "an unknown account", resource: "note/1", properties: `{"account":"n-9"}`, permission: "notes.edit"},
		{name: "by the resource's ID", resource: "folder/n-1-h", permission: "notes.edit", unit: harbor, ok: true},
		{name: "by an unknown ID", resource: "folder/17", permission: "notes.edit"},
		{name: "any type, by context", resource: "page/1", change: func(r *Request) { r.Context = `{"channel":"web","account":"n-1"}` }, permission: "notes.read", unit: north, ok: true},
		{name: "no mapping fits: the action is the permission", resource: "page/1", properties: `{"unit":"n-1"}`, permission: "edit", unit: north, ok: true},
		{name: "soft", resource: "note/1", change: func(r *Request) { r.Action.Name, r.Action.Properties = "erase", `{"soft":true}` }, permission: "notes.edit", ok: true},
		{name: "hard", resource: "note/1", change: func(r *Request) { r.Action.Name, r.Action.Properties = "erase", `{"soft":"true"}` }, permission: "notes.shred", ok: true},
	} {
		r := ask("user/alice", "edit", c.resource, c.properties)
		if c.change != nil {
			c.change(&r)
		}
		q, why, ok := w.m.Resolve(w.s, &r)
		if q.Permission != c.permission || q.Unit != c.unit || ok != c.ok {
			t.Errorf("%s: %s at %q (%v %s), want %s at %q (%v)", c.name, q.Permission, q.Unit, ok, why, c.permission, c.unit, c.ok)
		}
	}
}

// An administrator writes external IDs: none of them may make a thing somebody else's.
func TestAnExternalIDOwnsNothingOfAnAddress(t *testing.T) {
	w := open(t, authz.Mapping{Action: "edit", Own: "owner", Permission: "notes.edit_own"})
	r := ask("user/bob@example.com", "edit", "note/1", `{"owner":"carol@example.com"}`)
	if q, _, _ := w.m.Resolve(w.s, &r); q.Permission == "notes.edit_own" {
		t.Error("bob owns what carries carol's address")
	}
}

func TestWhatMappingsMayNotSay(t *testing.T) {
	for field, m := range map[string]authz.Mapping{
		"when":      {When: map[string]any{"resource": "x"}},
		"when ":     {When: map[string]any{"resource.properties": "x"}},
		"when  ":    {When: map[string]any{"action.name": "x"}},
		"when   ":   {When: map[string]any{"owner.id": "x"}},
		"when    ":  {When: map[string]any{"resource.": "x"}},
		"when     ": {When: map[string]any{"resource.size": 1e300}},
		"unit_from": {UnitFrom: "unit"},
		"own":       {Own: "resource."},
	} {
		m.Action, m.Permission = "edit", authz.MembersRead
		c, err := authz.NewCatalogue(1, authz.Declaration{Mappings: []authz.Mapping{m}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Compile(c)
		want := "mappings[0]." + trim(field)
		if e := roster.AsError(err); e.Kind != roster.Invalid || len(e.Fields) != 1 || e.Fields[0].Field != want {
			t.Errorf("%+v: %v, want one problem of %s", m, err, want)
		}
	}
}

func trim(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

func TestResolvingAllocatesNothing(t *testing.T) {
	w := open(t,
		authz.Mapping{Action: "edit", ResourceType: "note", When: map[string]any{"resource.status": "sealed"}, Permission: "notes.edit_sealed"},
		authz.Mapping{Action: "edit", ResourceType: "note", Own: "owner", Permission: "notes.edit_own"},
		authz.Mapping{Action: "edit", ResourceType: "note", Permission: "notes.edit", UnitFrom: "resource.account"},
	)
	r := ask("user/alice@example.com", "edit", "note/1", `{"status":"open","owner":"bob","account":"n-1-h"}`)
	if n := testing.AllocsPerRun(100, func() { w.m.Resolve(w.s, &r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSearchesFindWhatIsAllowed(t *testing.T) {
	w := open(t,
		authz.Mapping{Action: "read", ResourceType: "folder", Permission: "notes.read", UnitFrom: "resource.id"},
		authz.Mapping{Action: "edit", ResourceType: "folder", Permission: "notes.edit", UnitFrom: "resource.id"},
		authz.Mapping{Action: "read", ResourceType: "note", Permission: "notes.read", UnitFrom: "resource.account"},
	)
	type find func(*Mappings, *authz.Snapshot, Request, Page, time.Time) ([]Result, bool)
	subjects, resources, actions := (*Mappings).Subjects, (*Mappings).Resources, (*Mappings).Actions
	for _, c := range []struct {
		find find
		r    Request
		want string
	}{
		{subjects, ask("user", "read", "folder/n-1", ""), "[alice mem_bob]"}, // bob's external ID is carol's address
		{subjects, ask("identity", "edit", "folder/n-1-h", ""), "[mem_bob]"},
		{subjects, ask("user", "edit", "folder/unit_south", ""), "[alice]"},
		{subjects, ask("api_user", "notes.shred", "organisation/org_acme", ""), "[mem_robot]"},
		{subjects, ask("spaceship", "read", "folder/n-1", ""), "[]"},
		{subjects, ask("user", "fly", "folder/n-1", ""), "[]"},
		{subjects, ask("user", "read", "folder/n-9", ""), "[]"},
		{resources, ask("user/alice", "read", "folder", ""), "[n-1-h n-1 unit_south]"},
		{resources, ask("user/bob@example.com", "read", "folder", ""), "[n-1-h n-1]"},
		{resources, ask("user/bob@example.com", "notes.edit", "unit", ""), "[n-1-h]"},
		{resources, ask("user/alice", "read", "note", `{"account":"n-1"}`), "[]"}, // its ID tells no unit
		{resources, ask("user/alice", "notes.read", "note", ""), "[]"},
		{resources, ask("user/alice", "notes.read", "organisation", ""), "[org_acme]"},
		{resources, ask("user/nobody", "read", "folder", ""), "[]"},
		{resources, ask("user/carol@example.com", "read", "folder", ""), "[]"},
		{actions, ask("user/alice", "", "folder/n-1", ""), "[notes.edit_own notes.read read]"},
		{actions, ask("user/bob@example.com", "", "folder/n-1-h", ""), "[edit read]"},
		{actions, ask("user/nobody", "", "folder/n-1", ""), "[]"},
	} {
		all, more := c.find(w.m, w.s, c.r, Page{Most: 100}, noon)
		if got := fmt.Sprint(namesOf(all)); got != c.want || more {
			t.Errorf("%+v: %s %v, want %s", c.r, got, more, c.want)
		}
		paged := []Result{}
		for page, more := (Page{Most: 1}), true; more; {
			var part []Result
			part, more = c.find(w.m, w.s, c.r, page, noon)
			if len(part) > 1 {
				t.Fatalf("a page of one has %d", len(part))
			}
			if paged = append(paged, part...); len(part) > 0 {
				page.After = part[0].Key
			}
		}
		if !slices.Equal(namesOf(paged), namesOf(all)) {
			t.Errorf("%+v: page by page %v, at once %v", c.r, namesOf(paged), namesOf(all))
		}
	}
}

// Whatever a search finds is allowed when it is asked (AuthZEN, section 8.1).
func TestWhatSearchesFindIsAllowed(t *testing.T) {
	w := open(t, authz.Mapping{Action: "read", ResourceType: "folder", Permission: "notes.read", UnitFrom: "resource.id"})
	r := ask("identity", "read", "folder/n-1", "")
	found, _ := w.m.Subjects(w.s, r, Page{Most: 100}, noon)
	for _, f := range found {
		if r.Subject.ID = f.Name; !w.may(r) {
			t.Errorf("%s was found and is refused", f.Name)
		}
	}
	r = ask("user/alice", "read", "folder", "")
	found, _ = w.m.Resources(w.s, r, Page{Most: 100}, noon)
	for _, f := range found {
		if r.Resource.ID = f.Name; !w.may(r) {
			t.Errorf("%s was found and is refused", f.Name)
		}
	}
}

func namesOf(all []Result) []string {
	names := []string{}
	for _, r := range all {
		names = append(names, r.Name)
	}
	return names
}
