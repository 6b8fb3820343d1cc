package team_test

import (
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestAProgramGivesForNoLongerThanItsTime is rule 1 of an API user with an end: what it holds goes with it, so that nothing
// it hands on, by whatever act, lasts beyond it.
func TestAProgramGivesForNoLongerThanItsTime(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		owner, ends := h.As(h.Owner), h.Clock.Now().Add(24*time.Hour)
		all := func(until time.Time) []team.Giving {
			return []team.Giving{{Role: roster.RoleUserAdministrator, Until: until}, {Permission: "notices.read", Until: until}}
		}
		robot, err := h.Team.CreateAPIUser(owner, team.APIUser{Name: "Sync", Grants: all(time.Time{}), Ends: ends})
		if err != nil {
			t.Fatal(err)
		}
		mia, ctx := h.Holder("Mia", team.Giving{Role: roster.RoleMember}), h.As(rostertest.Actor(robot.Member))
		acts := map[string]func(until time.Time) error{
			"give": func(until time.Time) error {
				_, err := h.Team.Grant(ctx, mia.Member, team.Grants{All: all(until)[1:]})
				return err
			},
			"make another": func(until time.Time) error {
				_, err := h.Team.CreateAPIUser(ctx, team.APIUser{Name: "Another", Grants: all(until)})
				return err
			},
			"invite": func(until time.Time) error {
				_, err := h.Team.Invite(ctx, team.Invitation{Email: roster.NewID("x") + "@example.com", Profile: roster.Profile{FirstName: "Ivan", LastName: "Berg"}, Grants: all(until)})
				return err
			},
		}
		for what, do := range acts {
			want(t, what+" endlessly", do(time.Time{}), "exceeds_authority")
			want(t, what+" for longer", do(ends.Add(time.Second)), "exceeds_authority")
			if err := do(ends); err != nil {
				t.Errorf("%s for as long: %v", what, err)
			}
		}
		if _, err := h.Team.Grant(owner, mia.Member, team.Grants{All: all(time.Time{})[1:]}); err != nil {
			t.Fatal(err)
		}
		_, err = h.Team.Grant(ctx, mia.Member, team.Grants{All: []team.Giving{{Role: roster.RoleMember}}})
		want(t, "take what is endless", err, "exceeds_authority")
		c, err := h.Team.Clone(ctx, mia.Member, team.Clone{Email: "clara@example.com", Profile: roster.Profile{FirstName: "Clara", LastName: "Berg"}})
		if err != nil || len(c.LeftOut) != 1 || c.LeftOut[0].Reason != team.ExceedsAuthority {
			t.Errorf("the clone of who holds it endlessly: %v, left out %+v", err, c.LeftOut)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestAnEndIsMovedWithinWhatOneHolds: a later one gives all that the API user holds for the time between, and a sooner one
// takes it.
func TestAnEndIsMovedWithinWhatOneHolds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		now := h.Clock.Now()
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Sync", Grants: []team.Giving{{Permission: "notices.read"}}, Ends: now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		ada := h.As(h.Holder("Ada", team.Giving{Role: roster.RoleUserAdministrator}, team.Giving{Permission: "notices.read", Until: now.Add(2 * time.Hour)}))
		for _, c := range []struct {
			what string
			end  time.Time
			want string
		}{
			{"beyond what she holds", now.Add(3 * time.Hour), "exceeds_authority"},
			{"never", time.Time{}, "exceeds_authority"},
			{"as long as she holds it", now.Add(2 * time.Hour), ""},
			{"sooner", now.Add(time.Minute), ""},
			{"after it was over", now.Add(2 * time.Hour), ""},
		} {
			if c.what == "after it was over" {
				h.Clock.Pass(time.Minute)
			}
			_, err := h.Credentials.SetEnd(ada, robot.ID, c.end)
			want(t, c.what, err, c.want)
		}
		if _, err := h.Credentials.SetEnd(h.As(h.Owner), robot.ID, time.Time{}); err != nil {
			t.Fatal(err)
		}
		_, err = h.Credentials.SetEnd(ada, robot.ID, now.Add(time.Hour))
		want(t, "sooner than never", err, "exceeds_authority")
		h.Verified(h.Acme.ID)
	})
}
