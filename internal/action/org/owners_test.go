package org_test

import (
	"slices"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestWhomToAskIsToldToWhoSeesThem: people of the organisation are told its Owners, though they hold nothing themselves; an
// external user is told of none whom they do not see.
func TestWhomToAskIsToldToWhoSeesThem(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north := h.Account("North", "")
		external := func(first, role string) roster.Actor {
			return h.Enter(team.Invitation{
				Kind: roster.External, Unit: string(north), Email: first + "@example.com", Profile: roster.Profile{FirstName: first, LastName: "Ext"},
				Grants: []team.Giving{{Role: role, Unit: north}},
			})
		}
		bob, eva, lea := h.Holder("Bob"), external("Eva", roster.RoleMember), external("Lea", roster.RoleUserAdministrator)
		told := func(who roster.Actor, want ...string) {
			t.Helper()
			if got, err := h.Orgs.Owners(h.As(who)); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s is told %q, %v; want %q", who.Name, got, err, want)
			}
		}
		told(h.Owner, "Olga Owner")
		told(bob, "Olga Owner")
		told(eva)
		told(lea)
		h.Holder("Nora", team.Giving{Role: roster.RoleOwner}, team.Giving{Role: roster.RoleMember, Unit: north})
		told(bob, "Nora Holder", "Olga Owner")
		told(eva)
		told(lea, "Nora Holder")
	})
}
