package law_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/act"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestEachRuleIsHeldAtEachDoor: one deed against each rule that random acts break seldom, at every door that has
// it. It is refused for the reason that the model names, and changes nothing.
func TestEachRuleIsHeldAtEachDoor(t *testing.T) {
	at := func(g roster.Grant, u roster.UnitID) roster.Grant { g.Unit = u; return g }
	tree := roster.Grant{Permission: "units.write"}
	cases := map[string]struct {
		why string
		try func(s *cast) (principal, deed)
	}{
		"giving what one lacks": {"items of permission devices.wipe", func(s *cast) (principal, deed) {
			return s.ada, s.gives(s.mia, wipes)
		}},
		"taking what one lacks": {"items of permission devices.wipe", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, wipes))
			return s.ada, s.takes(s.mia, wipes)
		}},
		"giving the scope of what one lacks": {"change of what", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, wipes))
			return s.ada, s.gives(s.mia, network)
		}},
		"taking the scope of what one lacks": {"change of what", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, wipes, network))
			return s.ada, s.takes(s.mia, network)
		}},
		"giving where one administers nobody": {"no members.write at", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, at(reads, s.north)))
			seen := []roster.Grant{at(reads, s.north), at(reads, s.south)} // and nothing of what lies around it
			return s.member(s.c, at(administers, s.north), network, reads), deed{name: act.MemberGrant, on: s.mia, grants: seen}
		}},
		"giving an external member something beside their account": {"outside the account", func(s *cast) (principal, deed) {
			return s.ada, s.gives(s.eva, at(reads, s.south))
		}},
		"moving what an external member holds something at out of their account": {"outside their account", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.eva, at(reads, s.in)))
			return s.olga, deed{name: act.UnitMove, unit: s.in, under: s.south}
		}},
		"moving to where one makes no accounts": {"no units.write at", func(s *cast) (principal, deed) {
			reader := roster.Grant{Permission: "units.read"}
			return s.member(s.c, administers, reader, at(tree, s.north)), deed{name: act.UnitMove, unit: s.in, under: s.south}
		}},
		"moving to where somebody holds what one lacks": {"change of what", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, at(wipes, s.south), at(network, s.south)))
			return s.member(s.c, administers, tree), deed{name: act.UnitMove, unit: s.in, under: s.south}
		}},
		"putting into a role what one lacks": {"by devices.wipe", func(s *cast) (principal, deed) {
			return s.ada, s.edits("devices.read", "devices.wipe")
		}},
		"putting into a role what one cannot use and its holder could": {"change of what", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, roster.Grant{Role: s.role}, network))
			return s.member(s.c, administers, reads, wipes), s.edits("devices.read", "devices.wipe")
		}},
		"blocking somebody stronger": {"upwards", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.MemberBlock, on: s.member(s.c, administers, tree).member}
		}},
		"a link to somebody stronger": {"a way in", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.ivan, wipes))
			return s.ada, deed{name: act.MemberLink, on: s.ivan}
		}},
		"an end for a stronger program": {"a way in", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.EndSet, on: s.program(wipes, network)}
		}},
		"a later end for a program than one has oneself": {"change of how long", func(s *cast) (principal, deed) {
			on, soon := s.program(reads, network), s.h.Clock.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
			s.arrange(deed{name: act.EndSet, on: on, ends: soon})
			brief := func(g roster.Grant) roster.Grant { g.Until = soon.AddDate(0, 0, 1); return g }
			return s.member(s.c, administers, brief(network), brief(reads)), deed{name: act.EndSet, on: on, ends: soon.AddDate(0, 0, 2)}
		}},
		"a second secret for a stronger program": {"a way in", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.SecretAdd, on: s.program(wipes, network)}
		}},
		"a key for a program above": {"upwards", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.KeyAdd, on: s.program(administers, tree), jwk: newKey()}
		}},
		"an end that has passed": {"that moment has passed", func(s *cast) (principal, deed) {
			return s.olga, deed{name: act.EndSet, on: s.program(reads), ends: s.h.Clock.Now().UTC().Truncate(24 * time.Hour)}
		}},
		"the only secret of a program": {"it is the only one", func(s *cast) (principal, deed) {
			on := s.program(reads)
			return s.olga, deed{name: act.SecretRemove, on: on, which: s.now.secrets[on][0]}
		}},
		"another way in for somebody stronger": {"a way in", func(s *cast) (principal, deed) {
			s.arrange(s.gives(s.mia, wipes, network))
			return s.ada, deed{name: act.MemberMethod, on: s.mia, comes: "one"}
		}},
		"another way in for somebody above": {"upwards", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.MemberMethod, on: s.member(s.c, administers, tree).member, comes: "one"}
		}},
		"another way in for oneself": {"on oneself", func(s *cast) (principal, deed) {
			return s.ada, deed{name: act.MemberMethod, on: s.ada.member, comes: "one"}
		}},
		"another way in for the only Owner who can sign in": {"no Owner is left", func(s *cast) (principal, deed) {
			until := s.h.Clock.Now().Add(24 * time.Hour)
			return s.member(s.c, roster.Grant{Role: roster.RoleOwner, Until: until}), deed{name: act.MemberMethod, on: s.olga.member, comes: "one"}
		}},
		"a password beside a connection": {"by the connection alone", func(s *cast) (principal, deed) {
			hal := s.person(s.c, deed{name: act.MemberCreate, kind: roster.Regular})
			s.arrange(deed{name: act.MemberMethod, on: hal, comes: "one"})
			return s.olga, deed{name: act.MemberPassword, on: hal}
		}},
		"dropping one's own last administrative access": {"one's own last", func(s *cast) (principal, deed) {
			return s.ada, s.takes(s.ada.member, administers)
		}},
	}
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		c, doors := catalogue(t), ways(h)
		for name, rule := range cases {
			for _, way := range slices.Sorted(maps.Keys(doors)) {
				t.Run(name+" by the "+way, func(t *testing.T) { breakRule(t, h, c, doors[way], rule.why, rule.try) })
			}
		}
	})
}

func breakRule(t *testing.T, h *rostertest.House, c *authz.Catalogue, d door, reason string, try func(s *cast) (principal, deed)) {
	s := assemble(t, h, c)
	p, a := try(s)
	a.label, a.kind = s.label(), s.rows[a.on].Kind
	s.now = s.read(c)
	if !d.opens(s.stage, p, a) {
		t.Fatal("this door does not open")
	}
	if _, why := s.now.expect(p, a); !strings.Contains(why, reason) {
		t.Fatalf("the model says %q, not %q", why, reason)
	}
	if got := d.try(s.stage, p, a); got.done {
		t.Error("it passed")
	}
	if diff := cmp.Diff(s.now.lines(), s.read(c).lines()); diff != "" {
		t.Error(diff)
	}
}
