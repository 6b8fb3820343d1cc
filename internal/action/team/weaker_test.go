package team_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestTheGrantsThatAWeakerAdministratorSets is rule 1 on setting somebody's grants, item by item and by what
// changes of what they can use: the exact sets, and what is missing where it is refused.
func TestTheGrantsThatAWeakerAdministratorSets(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner := h.As(h.Owner)
		north, south := h.Account("North", ""), h.Account("South", "")
		inside := h.Account("Inside", north)
		now := h.Clock.Now()
		for _, d := range []role.Draft{
			{Name: "Reader", Description: "Reads devices", Permissions: []string{"devices.read"}, Scopes: []string{"network"}},
			{Name: "Biller", Description: "Reads invoices", Permissions: []string{"devices.read", "invoices.read"}},
		} {
			if _, err := h.Roles.Create(owner, d); err != nil {
				t.Fatal(err)
			}
		}
		// Ada reads devices everywhere, writes them at North, and wipes them for two hours.
		ada := h.As(h.Holder("Ada", team.Giving{Role: "user_administrator"}, team.Giving{Permission: "devices.read"}, team.Giving{Permission: "devices.write", Unit: north},
			team.Giving{Permission: "devices.wipe", Until: now.Add(2 * time.Hour)}, team.Giving{Scope: "network"}))
		read, write, wipe := team.Giving{Permission: "devices.read"}, team.Giving{Permission: "devices.write"}, team.Giving{Permission: "devices.wipe"}
		network, bill := team.Giving{Scope: "network"}, team.Giving{Permission: "invoices.read"}
		at := func(g team.Giving, u roster.UnitID) team.Giving { g.Unit = u; return g }
		until := func(g team.Giving, hours int) team.Giving {
			g.Until = now.Add(time.Duration(hours) * time.Hour)
			return g
		}
		beyond := slices.DeleteFunc(content(t, h, "owner"), func(key string) bool {
			return slices.Contains(append(content(t, h, "user_administrator"), "devices.read", "devices.write", "network"), key)
		})
		for _, c := range []struct {
			what          string
			before, asked []team.Giving
			missing       []string // nil: it is done
		}{
			{"what she holds", nil, []team.Giving{read, network}, nil},
			{"at and below where she holds it", nil, []team.Giving{at(write, north), at(network, inside)}, nil},
			{"above where she holds it", nil, []team.Giving{write}, []string{"devices.write"}},
			{"beside where she holds it", nil, []team.Giving{at(write, south)}, []string{"devices.write"}},
			{"for shorter than she holds it", nil, []team.Giving{until(wipe, 1)}, nil},
			{"for as long", nil, []team.Giving{until(wipe, 2)}, nil},
			{"for longer", nil, []team.Giving{until(wipe, 3)}, []string{"devices.wipe"}},
			{"endlessly", nil, []team.Giving{wipe}, []string{"devices.wipe"}},
			{"a role she covers", nil, []team.Giving{{Role: "reader", Unit: south}}, nil},
			{"a role she covers in part", nil, []team.Giving{{Role: "biller"}}, []string{"invoices.read"}},
			{"some of it beside all of it", nil, []team.Giving{read, bill}, []string{"invoices.read"}},
			{"her own role", nil, team.RoleGivings("user_administrator"), nil},
			{"Owner", nil, []team.Giving{{Role: "owner", Unit: inside}}, beyond},
			{"a scope that awakes what she lacks", []team.Giving{wipe}, []team.Giving{wipe, network}, []string{"devices.wipe"}},
			{"a scope that awakes what she holds", []team.Giving{read}, []team.Giving{read, network}, nil},
			{"taking what she holds", []team.Giving{read, network}, []team.Giving{network}, nil},
			{"taking what she lacks", []team.Giving{bill, read}, []team.Giving{read}, []string{"invoices.read"}},
			{"taking the scope of what she lacks", []team.Giving{wipe, network}, []team.Giving{wipe}, []string{"devices.wipe"}},
			{"taking what is held for longer than she holds it", []team.Giving{until(wipe, 3)}, []team.Giving{}, []string{"devices.wipe"}},
			{"shortening what she holds", []team.Giving{read}, []team.Giving{until(read, 1)}, nil},
			{"shortening what she lacks", []team.Giving{bill}, []team.Giving{until(bill, 1)}, []string{"invoices.read"}},
			{"leaving what she lacks beside something new", []team.Giving{bill}, []team.Giving{bill, read}, nil},
		} {
			m := h.Holder("Mia", read).Member
			if _, err := h.Team.Grant(owner, m, team.Grants{All: c.before}); err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			// What is asked for is what the Owner would get.
			twin := h.Holder("Twin", read).Member
			expected := c.asked
			if c.missing != nil {
				expected = c.before
			}
			as, err := h.Team.Grant(owner, twin, team.Grants{All: expected})
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			_, err = h.Team.Grant(ada, m, team.Grants{All: c.asked})
			code := ""
			if c.missing != nil {
				code = "exceeds_authority"
			}
			want(t, c.what, err, code)
			if err != nil && !slices.Equal(roster.AsError(err).Missing, c.missing) {
				t.Errorf("%s: missing %v, want %v", c.what, roster.AsError(err).Missing, c.missing)
			}
			v, err := h.Team.Show(owner, m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(held(h, as.Grants), held(h, v.Grants)); diff != "" {
				t.Errorf("%s: %s", c.what, diff)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// content gives what a role holds, sorted.
func content(t *testing.T, h *rostertest.House, key string) []string {
	t.Helper()
	all, err := h.Roles.List(h.As(h.Owner))
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(v role.View) bool { return v.Key == key })
	keys := slices.Concat(all[at].Permissions, all[at].Scopes)
	slices.Sort(keys)
	return keys
}

// TestNothingOfTheRemovedIsCloned: whoever was removed is not there any more, and what they held does not come
// back by a clone of them.
func TestNothingOfTheRemovedIsCloned(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		gone := h.Holder("Gone", team.Giving{Role: "user_administrator"}).Member
		robot, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Robot", Grants: team.RoleGivings("auditor")})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []roster.MemberID{gone, robot.ID} {
			if _, err := h.Team.Remove(ctx, id); err != nil {
				t.Fatal(err)
			}
			_, err = h.Team.CloneOffer(ctx, id)
			want(t, "look at a clone of the removed", err, "not_found")
			in := team.Clone{Email: "c@example.com", Profile: roster.Profile{FirstName: "C", LastName: "C"}}
			if id == robot.ID {
				in = team.Clone{Profile: roster.Profile{Name: "C"}}
			}
			_, err = h.Team.Clone(ctx, id, in)
			want(t, "clone the removed", err, "not_found")
		}
		h.Verified(h.Acme.ID)
	})
}
