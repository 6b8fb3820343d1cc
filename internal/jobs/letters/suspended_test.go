package letters_test

import (
	"testing"
	"time"

	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/jobdb"
)

// TestLettersOfASuspendedOrganisationWait suspends one whose invitation is queued, for longer than a letter is tried:
// nothing leaves, no attempt and no time of the invitation is used up, and once it is resumed the letter leaves.
func TestLettersOfASuspendedOrganisationWait(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		stop := func(_ fleet.Inspection, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		stop(h.Fleet.Suspend(h.CLI(h.Acme.ID)))
		for range 3 {
			d.due(t, 0)
			h.Clock.Pass(7 * 24 * time.Hour)
		}
		stop(h.Fleet.Resume(h.CLI(h.Acme.ID)))
		if j := d.fate(t, ben, jobdb.Waiting); j.Attempt != 0 || len(c.letters) != 0 {
			t.Errorf("while it was suspended %d attempts were made, and %d letters left", j.Attempt, len(c.letters))
		}
		d.due(t, 1)
		d.fate(t, ben, jobdb.Done)
		if i := d.detail(t, ben).Invitations[0]; i.ExpiresAt.Sub(h.Clock.Now()) != roster.DefaultInvitationTTL {
			t.Errorf("its time ends at %s, and it left at %s", i.ExpiresAt, h.Clock.Now())
		}
		if code := d.opens(t, c.secrets(t, h)[0]); code != "" {
			t.Errorf("the link says %s", code)
		}
	})
}
