package webhooks_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"roster/internal/action/client"
	"roster/internal/action/org"
	"roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/jobs/webhooks"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestALookThatTookLongIsRestedFrom, and not for long: nobody hears meanwhile that something happened.
func TestALookThatTookLongIsRestedFrom(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{0: 50 * time.Millisecond, 10 * time.Millisecond: 200 * time.Millisecond, 10 * time.Second: 3 * time.Second} {
		if got := webhooks.Pause(took); got != want {
			t.Errorf("after %s it rests for %s, not %s", took, got, want)
		}
	}
}

// system is the context of Roster itself.
func system(t *testing.T) context.Context {
	return roster.WithActor(t.Context(), roster.Actor{Kind: roster.ActorSystem, Name: "Roster", Door: roster.DoorJobs})
}

// places gives what is due, by webhook.
func places(t *testing.T, h *rostertest.House, failing bool, each, limit int) map[string][]endpoint.Progress {
	t.Helper()
	all, err := h.Webhooks.Due(system(t), failing, each, limit)
	must(t, err)
	of := map[string][]endpoint.Progress{}
	for _, p := range all {
		of[p.Webhook] = append(of[p.Webhook], p)
	}
	return of
}

// TestOneWithMuchToDoHidesNoOther: a product client's webhook that waits in many organisations is looked up for a few at a
// time, however long it has waited, so that one of an organisation has its turn.
func TestOneWithMuchToDoHidesNoOther(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r := receive(t)
		_, err := h.Client.Create(h.CLI(""), client.Draft{Name: "Fleet", Permissions: []string{"events.read"}})
		must(t, err)
		fleet, err := h.Products.Create(h.CLI(""), webhook.Draft{URL: r.URL, Client: "fleet"})
		must(t, err)
		for i := range 8 {
			_, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: fmt.Sprint("Customer ", i), Owner: "bo@example.com"})
			must(t, err)
		}
		h.Clock.Pass(time.Minute)
		own := hook(t, h, r)
		due := places(t, h, false, 3, 5)
		if len(due[fleet.ID]) != 3 || len(due[own.ID]) != 1 {
			t.Errorf("of the client's %d are due, of the organisation's own %d", len(due[fleet.ID]), len(due[own.ID]))
		}
	})
}

// TestWhatIsUnderWayDoesNotTakeANewTryBack: whoever lets a webhook go on at once is not overruled by a try that was under way,
// and failed.
func TestWhatIsUnderWayDoesNotTakeANewTryBack(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		r := receive(t)
		made := hook(t, h, r)
		underWay := places(t, h, false, 1, 1)[made.ID][0]
		_, err := h.Webhooks.Pause(h.As(h.Owner), made.ID)
		must(t, err)
		_, err = h.Webhooks.Resume(h.As(h.Owner), made.ID)
		must(t, err)
		failed := underWay
		failed.Tries, failed.FailedAt, failed.DueAt = 7, h.Clock.Now(), h.Clock.Now().Add(time.Hour)
		must(t, h.Webhooks.Record(system(t), []endpoint.Progress{failed}, nil))
		now := places(t, h, false, 1, 1)[made.ID]
		if len(now) != 1 || now[0].Tries != 0 || now[0].Turn == underWay.Turn {
			t.Errorf("it was to be tried anew, and stands at %+v", now)
		}
	})
}
