package hook_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roster/client"
	"roster/client/hook"
	actions "roster/internal/action/client"
	"roster/internal/action/team"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	api "roster/internal/server/api/webhook"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// product gives a client of a product client that follows events.
func product(t testing.TB, r *rest.Rig) *client.Client {
	t.Helper()
	made, err := r.Client.Create(r.CLI(""), actions.Draft{Name: "Portal", Permissions: []string{"events.read"}})
	must(t, err)
	c, err := client.New(client.Settings{URL: r.URL, ID: made.ID, Secret: made.Secret})
	must(t, err)
	return c
}

// program gives a client of an API user of Acme's that looks after its webhooks.
func program(t testing.TB, r *rest.Rig) *client.Client {
	t.Helper()
	made, err := r.Team.CreateAPIUser(r.As(r.Owner), team.APIUser{Name: "Import", Grants: []team.Giving{{Role: "auditor"}, {Permission: "webhooks.write"}}})
	must(t, err)
	c, err := client.New(client.Settings{URL: r.URL, ID: made.View.ClientID, Secret: made.Secret})
	must(t, err)
	return c
}

func TestWhatTheClientShowsIsWhatTheAPISays(t *testing.T) {
	rostertest.SameFields(t, hook.Webhook{}, api.Webhook{})
	rostertest.SameFields(t, hook.Made{}, api.MadeWebhook{})
	rostertest.SameFields(t, hook.New{}, api.NewWebhook{})
	rostertest.SameFields(t, hook.Edit{}, api.WebhookPatch{})
	rostertest.SameFields(t, hook.ReplayFrom{}, api.ReplayFromIn{})
	rostertest.SameFields(t, hook.SentDelivery{}, api.SentDelivery{})
}

func TestAProgramLooksAfterWebhooks(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		answer := http.StatusNoContent
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(answer) }))
		defer receiver.Close()
		for name, hooks := range map[string]hook.Webhooks{
			"an organisation's": hook.In(program(t, r), "acme"),
			"a product's":       hook.Own(product(t, r)),
		} {
			ctx, from := t.Context(), hook.ReplayFrom{After: 1}
			if name == "a product's" {
				from.Organisation = "acme"
			}
			made, err := hooks.Create(ctx, hook.New{Name: "Warehouse", URL: receiver.URL + "/in", Events: []string{"member.*"}})
			must(t, err)
			if made.State != "active" || !strings.HasPrefix(made.Secret, "whsec_") || (made.Client != "") != (from.Organisation != "") {
				t.Errorf("%s: made %+v", name, made)
			}
			edited, err := hooks.Edit(ctx, made.Webhook, hook.Edit{Events: new([]string{"role.*"})})
			must(t, err)
			if _, err := hooks.Edit(ctx, made.Webhook, hook.Edit{Name: new("Late")}); client.Code(err) != "changed_meanwhile" {
				t.Errorf("%s: a stale edit: %v", name, err)
			}
			next, err := hooks.Rotate(ctx, made.ID, 0)
			must(t, err)
			if next.Secret == made.Secret || !next.OldUntil.IsZero() || !slices.Equal(edited.Events, []string{"role.*"}) {
				t.Errorf("%s: edited %+v, rotated %+v", name, edited, next)
			}
			both, err := hooks.Rotate(ctx, made.ID, 90*time.Minute)
			must(t, err)
			if left := both.OldUntil.Sub(r.Clock.Now()); left != 90*time.Minute {
				t.Errorf("%s: both secrets for %s", name, left)
			}
			alone, err := hooks.Retire(ctx, made.ID)
			must(t, err)
			paused, err := hooks.Pause(ctx, made.ID)
			must(t, err)
			tried, err := hooks.Resume(client.WithDryRun(ctx), made.ID)
			must(t, err)
			still, err := hooks.Show(ctx, made.ID)
			must(t, err)
			resumed, err := hooks.Resume(ctx, made.ID)
			must(t, err)
			if !alone.OldUntil.IsZero() || paused.PausedWhy != "by_hand" || tried.State != "active" || still.State != "paused" || resumed.State != "active" {
				t.Errorf("%s: %+v %+v %s %s %s", name, alone, paused, tried.State, still.State, resumed.State)
			}
			moved, err := hooks.Replay(ctx, made.ID, from)
			must(t, err)
			if len(moved.Positions) == 0 || moved.Positions[0].Seq != 1 {
				t.Errorf("%s: replayed from %+v", name, moved.Positions)
			}
			good, err := hooks.Test(ctx, made.ID)
			must(t, err)
			answer = http.StatusTeapot
			bad, err := hooks.Test(ctx, made.ID)
			must(t, err)
			answer = http.StatusNoContent
			log, err := client.All(hooks.Deliveries(ctx, made.ID))
			must(t, err)
			one, err := hooks.Delivery(ctx, made.ID, bad.ID)
			must(t, err)
			if !good.Delivered || bad.Delivered || bad.Status != http.StatusTeapot || bad.Failure != "refused" || len(log) != 2 || log[0].ID != bad.ID || one.Type != "webhook.ping" {
				t.Errorf("%s: %+v, %+v, log %+v", name, good, bad, log)
			}
			all, err := hooks.List(ctx)
			must(t, err)
			must(t, hooks.Delete(ctx, made.ID))
			if _, err := hooks.Show(ctx, made.ID); len(all) != 1 || all[0].ID != made.ID || client.Code(err) != "not_found" {
				t.Errorf("%s: listed %+v, then %v", name, all, err)
			}
		}
	})
}
