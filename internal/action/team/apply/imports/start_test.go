package imports_test

import (
	"testing"

	"roster/internal/action/history"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestRowsAreDoneForWhomTheyWereStartedBy: between a step's look at an import and its turn whoever sent the table in cancels
// it, corrects a row and starts it themselves. Their row is not done under the authority that the step had looked at.
func TestRowsAreDoneForWhomTheyWereStartedBy(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada := h.Join("ada@example.com", "Ada", "Ek", roster.RoleUserAdministrator)
		ctx, root := h.As(ada), h.CLI(h.Acme.ID)
		v := upload(t, ctx, h, "E-mail,First name,Last name,Roles", "bo@example.com,Bo,Ek,member")
		seen, err := h.Imports.Start(root, v.ID, true)
		must(t, err)
		_, err = h.Imports.Cancel(ctx, v.ID)
		must(t, err)
		_, err = h.Imports.Correct(ctx, v.ID, 2, []string{"bo@example.com", "Bo", "Ek", "owner"})
		must(t, err)
		_, err = h.Imports.Start(ctx, v.ID, true)
		must(t, err)
		s, err := h.Imports.StepSeen(root, seen.Import)
		if err != nil || s.State != imports.Running || len(s.Rows) != 0 || s.Actor.Member != ada.Member {
			t.Errorf("the step that came too late: %s %v %v, %v", s.State, s.Rows, s.Actor, err)
		}
		equal(t, "so far", rows(t, ctx, h, v.ID), "2 waiting")
		run(t, h, v.ID)
		equal(t, "by who started it", rows(t, ctx, h, v.ID), "2 refused !exceeds_authority")
		page, err := h.History.List(root, history.Query{Action: "member.invite", Limit: 10})
		must(t, err)
		for _, e := range page.Events {
			if e.Target.Name == "bo@example.com" || e.Target.Name == "Bo Ek" {
				t.Errorf("%s invited %s", e.ActorName, e.Target.Name)
			}
		}
		h.Verified(h.Acme.ID)
	})
}

// TestWhatAnotherStartedIsNotStopped: a step finds that whoever started an import may do nothing any more, and meanwhile the
// command line started it anew.
func TestWhatAnotherStartedIsNotStopped(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ada := h.Join("ada@example.com", "Ada", "Ek", roster.RoleUserAdministrator)
		root := h.CLI(h.Acme.ID)
		v := upload(t, h.As(ada), h, table(1)...)
		seen, err := h.Imports.Start(h.As(ada), v.ID, true)
		must(t, err)
		_, err = h.Team.Block(h.As(h.Owner), ada.Member, "")
		must(t, err)
		_, err = h.Imports.Start(root, v.ID, true)
		must(t, err)
		if s, err := h.Imports.StepSeen(root, seen.Import); err != nil || s.State != imports.Running {
			t.Errorf("the step that came too late: %s %v", s.State, err)
		}
		if done := run(t, h, v.ID); done.State != imports.Done || done.Why != nil {
			t.Errorf("done: %s %v", done.State, done.Why)
		}
		equal(t, "done", rows(t, root, h, v.ID), "2 changed member.invite")
	})
}
