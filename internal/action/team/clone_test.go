package team_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// reasons gives what was left out as one reads it: "role owner: exceeds_authority invoices.read".
func reasons(left []team.LeftOut) []string {
	all := []string{}
	for _, l := range left {
		s := l.Grant.What() + ": " + l.Reason
		for _, k := range authz.Keys(l.Missing) {
			s += " " + k
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

// TestACloneHoldsExactlyWhatBothHold is R37: the source's grants within the actor's authority, no more and no
// less, and the rest is listed.
func TestACloneHoldsExactlyWhatBothHold(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		north, south := h.Account("North", ""), h.Account("South", "")
		inside, put := h.Account("Inside", north), h.Account("Put away", "")
		now := h.Clock.Now()
		ada := h.Holder("Ada", team.Giving{Role: "user_administrator"}, team.Giving{Permission: "devices.read", Unit: north},
			team.Giving{Permission: "devices.write", Until: now.Add(2 * time.Hour)}, team.Giving{Scope: "network"})
		for i, c := range []struct {
			what   string
			source []team.Giving
			comes  []string
			left   []string
		}{
			{"nothing", nil, nil, nil},
			{"what she holds where she holds it", []team.Giving{{Permission: "devices.read", Unit: north}, {Scope: "network"}}, []string{"permission devices.read @ North", "scope network"}, nil},
			{"below where she holds it", []team.Giving{{Permission: "devices.read", Unit: inside}}, []string{"permission devices.read @ Inside"}, nil},
			{"above where she holds it", []team.Giving{{Permission: "devices.read"}}, nil, []string{"permission devices.read: exceeds_authority devices.read"}},
			{"beside where she holds it", []team.Giving{{Permission: "devices.read", Unit: south}}, nil, []string{"permission devices.read: exceeds_authority devices.read"}},
			{"for shorter", []team.Giving{{Permission: "devices.write", Until: now.Add(time.Hour)}}, []string{"permission devices.write for 1h0m0s"}, nil},
			{"for as long", []team.Giving{{Permission: "devices.write", Until: now.Add(2 * time.Hour)}}, []string{"permission devices.write for 2h0m0s"}, nil},
			{"for longer", []team.Giving{{Permission: "devices.write", Until: now.Add(3 * time.Hour)}}, nil, []string{"permission devices.write: exceeds_authority devices.write"}},
			{"endlessly", []team.Giving{{Permission: "devices.write"}}, nil, []string{"permission devices.write: exceeds_authority devices.write"}},
			{"a role she covers", team.RoleGivings("user_administrator", "member"), []string{"role member", "role user_administrator"}, nil},
			{"a role she does not cover", []team.Giving{{Role: "auditor"}, {Scope: "network", Unit: south}}, []string{"scope network @ South"}, []string{
				"role auditor: exceeds_authority billing decisions.read devices.read invoices.read notices.read organisation.read",
			}},
			{"a scope she lacks", []team.Giving{{Scope: "billing"}, {Scope: "network"}}, []string{"scope network"}, []string{"scope billing: exceeds_authority billing"}},
			{"at an archived account", []team.Giving{{Scope: "network", Unit: put}}, nil, []string{"scope network: unit_archived"}},
		} {
			source := h.Holder("Source", c.source...).Member
			if c.source == nil {
				if _, err := h.Team.Grant(h.As(h.Owner), source, team.Grants{}); err != nil {
					t.Fatal(err)
				}
			}
			if c.what == "at an archived account" {
				if _, err := h.Units.Archive(h.As(h.Owner), put, 0); err != nil {
					t.Fatal(err)
				}
			}
			offer, err := h.Team.CloneOffer(h.As(ada), source)
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			made, err := h.Team.Clone(h.As(ada), source, team.Clone{Email: string(rune('a'+i)) + "@example.com", Profile: roster.Profile{FirstName: "Clone", LastName: "Of"}})
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			if c.comes == nil {
				c.comes = []string{}
			}
			if c.left == nil {
				c.left = []string{}
			}
			v, err := h.Team.Show(h.As(h.Owner), made.ID)
			if err != nil {
				t.Fatal(err)
			}
			for what, got := range map[string][]string{"holds": held(h, v.Grants), "answers": held(h, made.Grants), "was offered": held(h, offer.Comes)} {
				if diff := cmp.Diff(c.comes, got); diff != "" {
					t.Errorf("%s: it %s: %s", c.what, what, diff)
				}
			}
			for what, got := range map[string][]string{"leaves out": reasons(made.LeftOut), "was offered without": reasons(offer.LeftOut)} {
				if diff := cmp.Diff(c.left, got); diff != "" {
					t.Errorf("%s: it %s: %s", c.what, what, diff)
				}
			}
			for _, g := range v.Grants {
				if g.GivenBy != string(ada.Member) {
					t.Errorf("%s: given by %s", c.what, g.GivenBy)
				}
			}
		}
		h.Verified(h.Acme.ID)
	})
}

func TestACloneIsSomebodyNew(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		source := h.Holder("Sam", team.Giving{Role: "auditor"})
		made, err := h.Team.Clone(ctx, source.Member, team.Clone{Email: "new@example.com", Profile: roster.Profile{FirstName: "New", LastName: "One"}, StartBlocked: true})
		if err != nil || made.Status != roster.Blocked || made.Person != "" || !made.VerifiedAt.IsZero() || made.Secret != "" || made.Name != "New One" {
			t.Fatalf("%+v, %v", made, err)
		}
		if !slices.Equal(linesOf(t, h, "member.clone"), []string{"member.clone New One"}) {
			t.Errorf("history: %v", linesOf(t, h, "member.clone"))
		}
		if secret := mailed(t, h, h.Acme.ID, made.ID); secret == "" {
			t.Error("no letter for the clone")
		}
		_, err = h.Team.Clone(ctx, source.Member, team.Clone{Email: "new@example.com", Profile: roster.Profile{FirstName: "N", LastName: "O"}})
		want(t, "the same address again", err, "already_invited")
		_, err = h.Team.Clone(ctx, h.Owner.Member, team.Clone{Email: "x@example.com", Profile: roster.Profile{FirstName: "N", LastName: "O"}})
		want(t, "clone oneself", err, "cannot_clone_yourself")
		_, err = h.Team.CloneOffer(ctx, h.Owner.Member)
		want(t, "look at a clone of oneself", err, "cannot_clone_yourself")
		_, err = h.Team.Clone(ctx, roster.NewMemberID(), team.Clone{Email: "x@example.com"})
		want(t, "clone nobody", err, "not_found")
		_, err = h.Team.Clone(ctx, source.Member, team.Clone{Email: "no address"})
		want(t, "bad input", err, "fields_invalid")
		_, err = h.Team.Clone(h.As(source), h.Owner.Member, team.Clone{Email: "x@example.com", Profile: roster.Profile{FirstName: "N", LastName: "O"}})
		want(t, "an auditor clones", err, "forbidden")

		north := h.Account("North", "")
		in := invitation("e@example.com", "E", "E")
		in.Kind, in.Unit = roster.External, string(north)
		external, err := h.Team.Invite(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		twin, err := h.Team.Clone(ctx, external.ID, team.Clone{Email: "f@example.com", Profile: roster.Profile{FirstName: "F", LastName: "F"}})
		if err != nil || twin.Kind != roster.External || twin.Unit != north || !slices.Equal(held(h, twin.Grants), held(h, external.Grants)) {
			t.Errorf("an external member's clone: %+v, %v", twin, err)
		}

		robot, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Robot", Grants: team.RoleGivings("auditor")})
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.Team.Clone(ctx, robot.ID, team.Clone{Profile: roster.Profile{Name: "Robot 2"}})
		if err != nil || second.Kind != roster.API || second.ClientID == robot.ClientID || second.Secret == "" || second.Secret == robot.Secret || !slices.Equal(second.Roles(), []string{"auditor"}) {
			t.Errorf("an API user's clone: %+v, %v", second, err)
		}
		_, err = h.Team.Clone(ctx, robot.ID, team.Clone{Email: "r@example.com", Profile: roster.Profile{Name: "Robot 3"}})
		want(t, "an API user's clone with an address", err, "field_unknown")
		ends := h.Clock.Now().Add(time.Hour)
		_, err = h.Credentials.SetEnd(ctx, robot.ID, ends)
		want(t, "an end", err, "")
		third, err := h.Team.Clone(ctx, robot.ID, team.Clone{Profile: roster.Profile{Name: "Robot 4"}})
		if kept, broken := h.Team.Show(ctx, third.ID); err != nil || broken != nil || !third.Ends.Equal(ends) || !kept.Ends.Equal(ends) {
			t.Errorf("the clone of an API user with an end ends %v, kept %v: %v %v", third.Ends, kept.Ends, err, broken)
		}
		h.Clock.Pass(time.Hour)
		_, err = h.Team.Clone(ctx, robot.ID, team.Clone{Profile: roster.Profile{Name: "Robot 5"}})
		want(t, "the clone of one whose time is over", err, "end_passed")
		h.Verified(h.Acme.ID)
	})
}
