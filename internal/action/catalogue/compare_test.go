package catalogue_test

import (
	"slices"
	"testing"

	"roster/internal/action/catalogue"
	"roster/internal/authz"
)

// host is a small host product's declaration.
func host() authz.Declaration {
	return authz.Declaration{
		Scopes: []authz.Scope{{Key: "network", Name: "Network"}, {Key: "ROLE_BILLING", Name: "Billing"}},
		Permissions: []authz.Permission{
			{Key: "sim.read", Scope: "network", Kind: authz.Read, Name: "See SIM cards"},
			{Key: "sim.write", Scope: "network", Kind: authz.Write, Name: "Change SIM cards"},
			{Key: "members.invoice", Scope: "ROLE_BILLING", Kind: authz.Write, Name: "Invoice members"},
			{Key: "report.read", Kind: authz.Read, Name: "Read reports"},
		},
		Mappings: []authz.Mapping{{Action: "view", ResourceType: "sim", Permission: "sim.read", UnitFrom: "resource.account"}},
	}
}

func declared(t *testing.T, d authz.Declaration) *authz.Catalogue {
	t.Helper()
	c, err := authz.NewCatalogue(1, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDifferencesOfCatalogues(t *testing.T) {
	was, d := declared(t, host()), host()
	d.Scopes = append(d.Scopes, authz.Scope{Key: "fleet", Name: "Fleet"})
	d.Permissions[0].Scope, d.Permissions[1].Kind = "fleet", authz.Irreversible
	d.Permissions = d.Permissions[:3]
	d.Mappings[0].UnitFrom = "resource.id"
	want := []catalogue.Difference{
		{What: "scope", Key: "fleet", Change: catalogue.Added},
		{What: "permission", Key: "sim.read", Change: catalogue.Changed, Field: "scope", From: "network", To: "fleet"},
		{What: "permission", Key: "sim.write", Change: catalogue.Changed, Field: "kind", From: "write", To: "irreversible"},
		{What: "permission", Key: "report.read", Change: catalogue.Removed},
		{What: "mapping", Key: "view on sim", Change: catalogue.Changed, Field: "unit_from", From: "resource.account", To: "resource.id"},
	}
	if got := catalogue.Compare(was, declared(t, d)); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := catalogue.Compare(was, was); len(got) > 0 {
		t.Errorf("%+v", got)
	}

	// Of mappings the first that fits answers: their order is a difference, and what comes in between is not.
	others, swapped := host(), host()
	own := authz.Mapping{Action: "view", ResourceType: "sim", Own: "owner", Permission: "report.read"}
	others.Mappings = append(others.Mappings, own)
	swapped.Mappings = []authz.Mapping{own, {Action: "close", Permission: "sim.write"}, swapped.Mappings[0]}
	want = []catalogue.Difference{
		{What: "mapping", Key: "close", Change: catalogue.Added},
		{What: "mapping", Key: "view on sim own owner", Change: catalogue.Changed, Field: "position", From: "2", To: "1"},
		{What: "mapping", Key: "view on sim", Change: catalogue.Changed, Field: "position", From: "1", To: "2"},
	}
	if got := catalogue.Compare(declared(t, others), declared(t, swapped)); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
