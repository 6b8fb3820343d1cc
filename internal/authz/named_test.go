package authz_test

import (
	"testing"

	"roster/internal/authz"
	"roster/internal/roster"
)

// TestAnIDIsNobodysExternalID: who writes another unit's ID as an external ID takes nothing of its name.
func TestAnIDIsNobodysExternalID(t *testing.T) {
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	if err != nil {
		t.Fatal(err)
	}
	s := authz.NewSnapshot(c, authz.Facts{Units: []roster.Unit{{ID: "unit_a", Kind: roster.Account}, {ID: "unit_b", Kind: roster.Account, ExternalID: "unit_a"}, {ID: "unit_c", Kind: roster.Account, ExternalID: "crm:c"}}})
	for name, want := range map[string]roster.UnitID{"unit_a": "unit_a", "unit_b": "unit_b", "crm:c": "unit_c", "": "", "nowhere": ""} {
		if u, ok := s.UnitNamed(name); u.ID != want || ok != (want != "") {
			t.Errorf("%q means %q, %t; want %q", name, u.ID, ok, want)
		}
	}
}
