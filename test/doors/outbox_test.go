package doors_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/outbox"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// TestAnOperatorTendsWhatWaits tries a dead letter again, discards it, sends one on trial, and looks at another catalogue
// before it is applied.
func TestAnOperatorTendsWhatWaits(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		v := s.operates("ana@example.net")
		invite(t, h)
		waiting, err := h.Outbox.List(h.CLI(""), 10)
		must(t, err)
		at := slices.IndexFunc(waiting, func(w outbox.Waiting) bool { return w.Kind == outbox.Invitation })
		j := waiting[at] // beside the letter that tells Ana of her authenticator app
		if a := v.Post("/operator/jobs/again", "org", string(j.Org), "job", j.ID); a.Status != http.StatusConflict {
			t.Errorf("a letter that waits is tried again: %d", a.Status)
		}
		must(t, action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
			claimed, err := jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 1, time.Minute)
			j.Job = claimed[0]
			return err
		}))
		for _, does := range []string{"again", "discard"} {
			if a := v.Post("/operator/jobs/"+does, "org", string(j.Org), "job", j.ID); a.Status != http.StatusConflict || !strings.Contains(a.Body, "This job is running") {
				t.Errorf("%s of a letter that is being sent: %d", does, a.Status)
			}
		}
		must(t, action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
			return jobdb.Finish(ctx, tx, j.Job, jobdb.GivenUp, tx.At(), "The mail server did not answer.")
		}))
		if a := v.Get("/operator/jobs"); !strings.Contains(a.Body, "Given up") || !strings.Contains(a.Body, "did not answer") {
			t.Errorf("the outbox: %d", a.Status)
		}
		if a := v.Post("/operator/jobs/again", "org", string(j.Org), "job", j.ID); a.Status != http.StatusOK || !strings.Contains(a.Body, "It is tried again.") {
			t.Errorf("again: %d", a.Status)
		}
		if a := v.Post("/operator/jobs/discard", "org", string(j.Org), "job", j.ID); a.Status != http.StatusOK || strings.Contains(a.Body, j.ID) {
			t.Errorf("discard: %d", a.Status)
		}
		for _, does := range []string{"again", "discard"} {
			if a := v.Post("/operator/jobs/"+does, "org", string(j.Org), "job", j.ID); a.Status != http.StatusConflict {
				t.Errorf("%s of a letter that was discarded: %d", does, a.Status)
			}
		}
		tendsAll(t, h, v)
		if a := v.Post("/operator/jobs/try", "to", "no-address"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "no-address") {
			t.Errorf("a trial to nobody: %d", a.Status)
		}
		if a := v.Post("/operator/jobs/try", "to", "ana@example.net"); !strings.Contains(a.Body, "ana@example.net is on its way") || !strings.Contains(a.Body, "Test letter") {
			t.Errorf("a trial: %d", a.Status)
		}
		const product = "scopes: [{key: network, name: Network}]\npermissions: [{key: devices.read, scope: network, kind: read, name: See devices}]\n"
		if a := v.Post("/operator/catalogue", "do", "look", "catalogue", "scopes: 7"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "scopes: 7") {
			t.Errorf("no catalogue: %d", a.Status)
		}
		if a := v.Post("/operator/catalogue", "do", "look", "catalogue", product); !strings.Contains(a.Body, "New permission devices.read") || !strings.Contains(a.Body, "Apply it") {
			t.Errorf("what would change: %d", a.Status)
		}
		if a := v.Post("/operator/catalogue", "do", "apply", "catalogue", product); !strings.Contains(a.Body, "at version 1") {
			t.Errorf("apply: %d", a.Status)
		}
		if a := v.Get("/operator/settings"); a.Status != http.StatusOK {
			t.Errorf("settings: %d", a.Status)
		}
		for name, n := range map[act.Name]int{act.JobRetry: 3, act.JobDiscard: 3, act.MailTest: 1, act.CatalogueApply: 1} {
			if l := lines(t, h, roster.Installation, name); len(l) != n || l[0].ActorKind != roster.ActorOperator {
				t.Errorf("%s: %+v", name, l)
			}
		}
		h.Verified(roster.Installation)
	})
}

// tendsAll tries all dead letters again, and discards them all, each with a line of its own; those that wait are left alone.
func tendsAll(t *testing.T, h *rostertest.House, v *rostertest.Visitor) {
	t.Helper()
	for _, email := range []string{"dora@example.com", "dan@example.com"} {
		_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "D", LastName: "Dead"}})
		must(t, err)
	}
	h.Refused("550 There is no such mailbox.")
	if a := v.Get("/operator/jobs?state=dead"); !strings.Contains(a.Body, "dora@example.com") || !strings.Contains(a.Body, "550 There is no such mailbox.") || strings.Count(a.Body, `action="/operator/jobs/discard"`) != 2 {
		t.Errorf("the dead letters: %d", a.Status)
	}
	if a := v.Post("/operator/jobs/again-all"); !strings.Contains(a.Body, "Letters tried again: 2.") {
		t.Errorf("all again: %d", a.Status)
	}
	h.Refused("550 There is no such mailbox.")
	if a := v.Get("/operator/jobs/discard-all"); !strings.Contains(a.Body, "2 letters were refused or given up.") {
		t.Errorf("the question: %d", a.Status)
	}
	if a := v.Post("/operator/jobs/discard-all"); !strings.Contains(a.Body, "Letters discarded: 2.") {
		t.Errorf("all discarded: %d", a.Status)
	}
	if a := v.Get("/operator/jobs?state=dead"); strings.Contains(a.Body, "dora@example.com") || !strings.Contains(a.Body, "Nothing waits") {
		t.Errorf("after that: %d", a.Status)
	}
}
