package authz

import (
	"errors"
	"slices"
	"testing"

	"roster/internal/roster"
)

// host is a small host product's declaration.
func host() Declaration {
	return Declaration{
		Scopes: []Scope{{Key: "network", Name: "Network"}, {Key: "ROLE_BILLING", Name: "Billing"}},
		Permissions: []Permission{
			{Key: "sim.read", Scope: "network", Kind: Read, Name: "See SIM cards"},
			{Key: "sim.write", Scope: "network", Kind: Write, Name: "Change SIM cards"},
			{Key: "members.invoice", Scope: "ROLE_BILLING", Kind: Write, Name: "Invoice members"},
			{Key: "report.read", Kind: Read, Name: "Read reports"},
		},
		Mappings: []Mapping{{Action: "view", ResourceType: "sim", Permission: "sim.read", UnitFrom: "resource.account"}},
	}
}

func catalogue(t *testing.T, d Declaration) *Catalogue {
	t.Helper()
	c, err := NewCatalogue(1, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBuiltInRolesAreGenerated(t *testing.T) {
	c := catalogue(t, host())
	held := map[string]roster.Role{}
	for _, r := range c.BuiltIn() {
		held[r.Key] = r
		if !r.BuiltIn || r.ID != r.Key || !slices.IsSorted(r.Permissions) || !slices.IsSorted(r.Scopes) {
			t.Errorf("%+v", r)
		}
		if again := c.Complete(roster.Role{ID: r.ID}); !slices.Equal(again.Permissions, r.Permissions) || !slices.Equal(again.Scopes, r.Scopes) {
			t.Errorf("completed: %+v", again)
		}
	}
	for _, p := range c.Permissions() {
		if !slices.Contains(held[roster.RoleOwner].Permissions, p.Key) {
			t.Errorf("the Owner lacks %s", p.Key)
		}
		if slices.Contains(held[roster.RoleAuditor].Permissions, p.Key) != (p.Kind == Read) {
			t.Errorf("the Auditor and %s (%s)", p.Key, p.Kind)
		}
		if p.Name == "" || c.IsOwn(p.Key) && (p.Description == "" || p.Scope != Admin) {
			t.Errorf("%+v", p)
		}
	}
	for _, want := range []struct {
		role, scopes, permissions []string
	}{
		{[]string{roster.RoleOwner}, []string{"ROLE_BILLING", Admin, "network"}, nil},
		{[]string{roster.RoleAuditor}, []string{Admin, "network"}, nil},
		{[]string{roster.RoleUserAdministrator}, []string{Admin}, []string{HistoryRead, MembersCredentials, MembersRead, MembersRemove, MembersWrite, RolesWrite, UnitsRead}},
		{[]string{roster.RoleMember}, nil, []string{}},
	} {
		r := held[want.role[0]]
		if !slices.Equal(r.Scopes, want.scopes) || want.permissions != nil && !slices.Equal(r.Permissions, want.permissions) {
			t.Errorf("%s holds %v %v", r.Key, r.Scopes, r.Permissions)
		}
	}
}

func TestACatalogueFitsTogether(t *testing.T) {
	for name, wrong := range map[string]struct {
		change func(*Declaration)
		field  string
		code   string
	}{
		"a scope twice in other case":    {func(d *Declaration) { d.Scopes[1].Key = "Network" }, "scopes[1].key", "key_twice"},
		"the scope admin":                {func(d *Declaration) { d.Scopes[0].Key = "Admin" }, "scopes[0].key", "key_reserved"},
		"a scope with a space":           {func(d *Declaration) { d.Scopes[1].Key = "a b" }, "scopes[1].key", "scope_key"},
		"a scope without a key":          {func(d *Declaration) { d.Scopes[1].Key = "" }, "scopes[1].key", "field_required"},
		"a scope without a name":         {func(d *Declaration) { d.Scopes[1].Name = " " }, "scopes[1].name", "field_required"},
		"an own permission":              {func(d *Declaration) { d.Permissions[3].Key = MembersRead }, "permissions[3].key", "key_reserved"},
		"a permission twice":             {func(d *Declaration) { d.Permissions[3].Key = "sim.read" }, "permissions[3].key", "key_twice"},
		"a permission without a verb":    {func(d *Declaration) { d.Permissions[3].Key = "report" }, "permissions[3].key", "permission_key"},
		"a permission in upper case":     {func(d *Declaration) { d.Permissions[3].Key = "Report.read" }, "permissions[3].key", "permission_key"},
		"a permission of unknown scope":  {func(d *Declaration) { d.Permissions[3].Scope = "sea" }, "permissions[3].scope", "scope_unknown"},
		"a permission of scope admin":    {func(d *Declaration) { d.Permissions[3].Scope = Admin }, "permissions[3].scope", "key_reserved"},
		"a permission of no kind":        {func(d *Declaration) { d.Permissions[3].Kind = "" }, "permissions[3].kind", "kind_unknown"},
		"a mapping to no permission":     {func(d *Declaration) { d.Mappings[0].Permission = "sim.fly" }, "mappings[0].permission", "permission_unknown"},
		"a mapping of no action":         {func(d *Declaration) { d.Mappings[0].Action = "" }, "mappings[0].action", "field_required"},
		"two mappings for the same":      {func(d *Declaration) { d.Mappings = append(d.Mappings, d.Mappings[0]) }, "mappings[1].action", "mapping_twice"},
		"a name with a bidi control":     {func(d *Declaration) { d.Permissions[0].Name = "a\u202eb" }, "permissions[0].name", ""},
		"a description beyond its bound": {func(d *Declaration) { d.Scopes[0].Description = string(make([]byte, 2000)) }, "scopes[0].description", ""},
	} {
		d := host()
		wrong.change(&d)
		_, err := NewCatalogue(1, d)
		var e *roster.Error
		if !errors.As(err, &e) || e.Kind != roster.Invalid || !slices.ContainsFunc(e.Fields, func(f roster.FieldError) bool {
			return f.Field == wrong.field && (wrong.code == "" || f.Code == wrong.code)
		}) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
