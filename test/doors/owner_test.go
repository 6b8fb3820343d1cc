package doors_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestOneOwnerAlwaysRemains is rule 5: two Owners remove, block and demote each other at the same
// moment, by page and by API, while the command line, which needs no right, does it to one of them; and
// one who can sign in stays.
func TestOneOwnerAlwaysRemains(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		rounds := count(12, 200)
		// The one who stays goes on into the next round, against a new one.
		one := rival{h.Owner, s.person("olga@example.com"), "olga@example.com"}
		outcomes := map[string]int{}
		for round := range rounds {
			two := rival{address: fmt.Sprintf("owner%d@example.com", round)}
			var err error
			two.actor, err = s.joinAs(one.actor, two.address)
			must(t, err)
			two.caller = s.person(two.address)
			acts := []func() (done bool, told string){
				against(one.caller, two.actor, rand.IntN(6)), against(two.caller, one.actor, rand.IntN(6)),
				s.root([]rival{one, two}[rand.IntN(2)], rand.IntN(3)),
			}
			done := make([]bool, len(acts))
			var all sync.WaitGroup
			for n, act := range acts {
				all.Go(func() {
					var told string
					if done[n], told = act(); strings.Contains(told, "went wrong on our side") {
						t.Errorf("round %d: %s", round, told)
					}
				})
			}
			all.Wait()
			outcomes[fmt.Sprint(done)]++
			left := owners(t, h)
			switch {
			case len(left) == 0:
				t.Fatalf("round %d, done by %v: no Owner is left", round, done)
			case !slices.Contains(left, one.actor.Member):
				one = two
			}
			if a := one.caller.get("/o/acme/team"); a.status != http.StatusOK {
				t.Fatalf("round %d: the one who stays sees %d", round, a.status)
			}
			s.person(one.address) // fails the test when it does not work
			s.clean(one.actor)
		}
		t.Logf("%d rounds; done by the one, the other, the command line: %v", rounds, outcomes)
		h.Verified(h.Acme.ID)
	})
}

// rival is one of two Owners.
type rival struct {
	actor   roster.Actor
	caller  caller
	address string
}

// root gives one of the ways in which the command line takes an Owner's place away.
func (s *site) root(r rival, way int) func() (bool, string) {
	who := string(r.actor.Member)
	args := [][]string{{"user", "remove", who, "--yes"}, {"user", "block", who}, {"user", "edit", who, "--role", "auditor"}}[way]
	return func() (bool, string) {
		code, out, complaint := s.command(append(args, "--org", "acme")...)
		return code == 0, out + complaint
	}
}

// joinAs lets an Owner make another one, who accepts.
func (s *site) joinAs(by roster.Actor, address string) (roster.Actor, error) {
	ctx := s.As(by)
	v, err := s.Team.Invite(ctx, team.Invitation{Email: address, Profile: roster.Profile{FirstName: "Next", LastName: "Owner"}, Grants: team.RoleGivings(roster.RoleOwner)})
	if err != nil {
		return roster.Actor{}, err
	}
	linked, err := s.Team.Link(ctx, v.ID)
	if err != nil {
		return roster.Actor{}, err
	}
	return s.Accept(s.Acme.ID, linked.Secret, "Next", "Owner"), nil
}

// against gives one of the ways in which an Owner can take another's place away.
func against(c caller, m roster.Actor, way int) func() (done bool, told string) {
	page, object := "/o/acme/team/"+string(m.Member), at(m.Organisation, "members", string(m.Member))
	version := c.get(page + "/edit").field("version")
	const same, origin = "Sec-Fetch-Site", "same-origin"
	act := []func() reply{
		func() reply { return c.form(page+"/remove", "confirm_name", m.Name) },
		func() reply { return c.form(page+"/block", "reason", "") },
		func() reply {
			return c.form(page+"/edit", "version", version, "first_name", "Next", "last_name", "Owner", "role", "auditor")
		},
		func() reply { return c.json(http.MethodDelete, object, nil, same, origin) },
		func() reply { return c.json(http.MethodPost, object+"/block", nil, same, origin) },
		func() reply {
			return c.json(http.MethodPut, object+"/grants", map[string]any{"grants": []any{map[string]any{"role": "member"}}}, same, origin, "If-Match", "*")
		},
	}[way]
	return func() (bool, string) {
		r := act()
		return r.status < 400, r.body
	}
}

// owners gives the active members who hold the role Owner.
func owners(t *testing.T, h *rostertest.House) (left []roster.MemberID) {
	t.Helper()
	page, err := h.Team.List(h.CLI(h.Acme.ID), team.Query{Status: []roster.Status{roster.Active}, Role: roster.RoleOwner, Limit: 200})
	must(t, err)
	for _, m := range page.Members {
		left = append(left, m.ID)
	}
	return left
}

// clean removes everyone else, so that each round has two.
func (s *site) clean(stays roster.Actor) {
	s.T.Helper()
	page, err := s.Team.List(s.As(stays), team.Query{Limit: 200})
	if err != nil {
		s.T.Fatal(err)
	}
	for _, m := range page.Members {
		if m.ID != stays.Member {
			if _, err := s.Team.Remove(s.As(stays), m.ID); err != nil {
				s.T.Fatal(err)
			}
		}
	}
}
