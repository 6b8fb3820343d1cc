package jobs_test

import (
	"testing"
	"time"

	"roster/internal/jobs"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestADeletionWhoseTurnIsOverGoesOnTheNextTime: other sweeps wait for its end, so it leaves what it does not get to.
func TestADeletionWhoseTurnIsOverGoesOnTheNextTime(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if _, err := h.Endings.Delete(h.CLI(h.Acme.ID), "Acme"); err != nil {
			t.Fatal(err)
		}
		h.Clock.Pass(roster.DeletionWait)
		due := func() int {
			t.Helper()
			all, err := h.Endings.Due(h.CLI(""))
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		if err := jobs.DeleteUntil(h.CLI(""), h.Endings, h.Acme.ID, time.Now()); err != nil || due() != 1 {
			t.Errorf("a turn that is over deleted something: %v, %d are due", err, due())
		}
		if err := jobs.DeleteUntil(h.CLI(""), h.Endings, h.Acme.ID, time.Now().Add(time.Minute)); err != nil || due() != 0 {
			t.Errorf("the next turn did not end it: %v, %d are due", err, due())
		}
	})
}
