package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// nowhere is an address at which nobody answers.
const nowhere = "http://127.0.0.1:9/"

func TestAWebhookIsMadeTriedRotatedAndDeleted(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		var signature string
		pings := 0
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			signature = q.Header.Get("webhook-signature")
			pings++
			w.WriteHeader(http.StatusAccepted)
		}))
		defer receiver.Close()
		olga := r.Olga(t)
		answer := olga.Ask("POST", "webhooks", `{"url":"`+receiver.URL+`/in?key=hush","events":["member.*"]}`)
		made := answer.Is(201)
		id := made["id"].(string)
		r.Wrote(answer, id, "webhook.create", r.Owner.Member)
		rest.Equal(t, "made", rest.Show([]any{made["name"], made["events"], made["state"], strings.HasPrefix(made["secret"].(string), "whsec_"), made["client"]}), `["127.0.0.1",["member.*"],"active",true,null]`)
		if line := rest.Show(r.Newest(t, nil)); strings.Contains(line, "hush") || strings.Contains(line, "whsec_") || !strings.Contains(line, "(set)") {
			t.Errorf("the history tells %s", line)
		}
		if text := olga.Ask("GET", "webhooks/"+id, "").Text; strings.Contains(text, "whsec_") || !strings.Contains(text, "key=hush") {
			t.Errorf("shown: %s", text)
		}
		olga.Ask("POST", "webhooks", `{"url":"ftp://hooks.example.com","events":["member.blocked"]}`).Refuses(422, "fields_invalid")

		pinged := olga.Ask("POST", "webhooks/"+id+"/test", "").Is(200)
		rest.Equal(t, "a test", rest.Show([]any{pinged["delivered"], pinged["status"], pinged["type"], pinged["seq"], strings.HasPrefix(signature, "v1,")}), `[true,202,"webhook.ping",null,true]`)
		r.Newest(t, nil)
		keyed := olga.With("Idempotency-Key", "test-1")
		rest.Equal(t, "answered again", rest.Show(keyed.Ask("POST", "webhooks/"+id+"/test", "").Is(200)), rest.Show(keyed.Ask("POST", "webhooks/"+id+"/test", "").Is(200)))
		keyed.Ask("POST", "webhooks/"+id+"/rotate", "{}").Refuses(409, "idempotency_key_reused")
		rest.Equal(t, "pings", pings, 2)
		olga.With("If-Match", "*").Ask("PATCH", "webhooks/"+id, `{"url":"`+nowhere+`","name":"Fleet"}`).Is(200)
		missed := olga.Ask("POST", "webhooks/"+id+"/test", "").Is(200)
		rest.Equal(t, "nobody there", rest.Show([]any{missed["delivered"], missed["failure"], missed["status"]}), `[false,"unreachable",null]`)
		listed := olga.Get("webhooks/" + id + "/deliveries?limit=1")
		first := listed["items"].([]any)[0].(map[string]any)
		rest.Equal(t, "the newest delivery", rest.Show([]any{first["id"] == missed["id"], listed["total"], listed["more"]}), `[true,3,false]`)
		last := olga.Get("webhooks/" + id + "/deliveries?limit=2&cursor=" + olga.Get("webhooks/" + id + "/deliveries?limit=2")["next_cursor"].(string))
		rest.Equal(t, "the last page", rest.Show([]any{len(last["items"].([]any)), last["next_cursor"], last["total"], last["more"]}), `[1,null,3,false]`)
		sent := olga.Get("webhooks/" + id + "/deliveries/" + first["id"].(string))
		if !strings.Contains(sent["request"].(string), `"type":"webhook.ping"`) {
			t.Errorf("what was sent: %v", sent["request"])
		}

		again := olga.With("Idempotency-Key", "rotate-1").Ask("POST", "webhooks/"+id+"/rotate", `{"overlap":3600}`).Is(200)
		if again["secret"] == made["secret"] || again["old_secret_until"] == nil {
			t.Errorf("rotated: %v", again)
		}
		replayed := olga.With("Idempotency-Key", "rotate-1").Ask("POST", "webhooks/"+id+"/rotate", `{"overlap":3600}`).Is(200)
		rest.Equal(t, "asked again", rest.Show([]any{replayed["secret"], replayed["code"]}), `[null,"secret_shown_once"]`)
		olga.Ask("POST", "webhooks/"+id+"/rotate", `{"overlap":9999999}`).At(422, "overlap", "overlap_invalid")
		olga.Ask("POST", "webhooks/"+id+"/retire", "").Is(200)
		olga.Ask("POST", "webhooks/"+id+"/retire", "").Refuses(409, "one_secret")
		rest.Equal(t, "paused", rest.Show([]any{olga.Ask("POST", "webhooks/"+id+"/pause", "").Is(200)["paused_why"], olga.Ask("POST", "webhooks/"+id+"/pause", "").Refuses(409, "already_paused").Code}), `["by_hand","already_paused"]`)
		rest.Equal(t, "resumed", rest.Show(olga.Ask("POST", "webhooks/"+id+"/resume", "").Is(200)["state"]), `"active"`)
		moved := olga.Ask("POST", "webhooks/"+id+"/replay", `{"after":1}`).Is(200)
		rest.Equal(t, "the position", rest.Show(moved["positions"].([]any)[0].(map[string]any)["seq"]), "1")
		olga.Ask("POST", "webhooks/"+id+"/replay", `{"after":-1}`).At(422, "after", "position_invalid")
		if line := rest.Changed(r.Newest(t, nil)); !strings.Contains(line, "position ") {
			t.Errorf("the line: %s", line)
		}
		olga.Ask("DELETE", "webhooks/"+id, "").Is(204)
		olga.Ask("GET", "webhooks/"+id, "").Refuses(404, "not_found")
	})
}

func TestWebhooksAreOfWhoMayReadTheHistoryAndOfTheirOrganisation(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Ask("POST", "webhooks", `{"url":"`+nowhere+`?key=hush"}`).Is(201)["id"].(string)
		half, _ := r.Holder(t, "Half", team.Giving{Permission: authz.WebhooksWrite}, team.Giving{Scope: authz.Admin})
		rest.Equal(t, "without the history", strings.Join(half.Ask("POST", "webhooks", `{"url":"`+nowhere+`"}`).Refuses(403, "forbidden").Missing, " "), "history.read")
		otto, _ := r.Holder(t, "Otto", team.Giving{Role: roster.RoleAuditor})
		if seen := otto.Get("webhooks/" + id); strings.Contains(seen["url"].(string), "hush") || len(otto.Get("webhooks/" + id + "/deliveries")["items"].([]any)) != 0 {
			t.Errorf("an Auditor sees %v", seen)
		}
		otto.Ask("POST", "webhooks/"+id+"/test", "").Refuses(403, "forbidden")
		beta, bea := r.Beta(t)
		other := r.Person(t, "bea@example.com")
		_ = bea
		other.Ask("GET", "/api/v1/orgs/"+string(beta.ID)+"/webhooks/"+id, "").Refuses(404, "not_found")
	})
}

func TestAProductClientHasItsOwnWebhooks(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		fleet, _ := r.Product(t, "Fleet", "events.read")
		stranger, _ := r.Product(t, "Stranger", "events.read")
		blind, _ := r.Product(t, "Blind", "decisions.read")
		made := fleet.Ask("POST", "/api/v1/webhooks", `{"url":"`+nowhere+`"}`).Is(201)
		one := "/api/v1/webhooks/" + made["id"].(string)
		rest.Equal(t, "made", rest.Show([]any{made["client"] != nil, len(made["positions"].([]any))}), `[true,1]`)
		stranger.Ask("GET", one, "").Refuses(404, "not_found")
		stranger.Ask("DELETE", one, "").Refuses(404, "not_found")
		rest.Equal(t, "the stranger's", len(stranger.Get("/api/v1/webhooks")["items"].([]any)), 0)
		blind.Ask("GET", "/api/v1/webhooks", "").Refuses(403, "forbidden")
		r.Olga(t).Ask("GET", "/api/v1/webhooks", "").Refuses(403, "forbidden")
		fleet.Ask("POST", one+"/replay", `{"organisation":"nowhere","after":0}`).At(422, "organisation", "organisation_unknown")
		rest.Equal(t, "replayed", rest.Show(fleet.Ask("POST", one+"/replay", `{"organisation":"acme","after":0}`).Is(200)["positions"].([]any)[0].(map[string]any)["seq"]), "0")
		rest.Equal(t, "a ping", rest.Show(fleet.Ask("POST", one+"/test", "").Is(200)["failure"]), `"unreachable"`)
		keyed := fleet.With("Idempotency-Key", "test-1")
		rest.Equal(t, "the same ping", keyed.Ask("POST", one+"/test", "").Text, keyed.Ask("POST", one+"/test", "").Text)
		rest.Equal(t, "deliveries", len(fleet.Get(one + "/deliveries")["items"].([]any)), 2)
		half := fleet.Get(one + "/deliveries?limit=1")
		rest.Equal(t, "the first of them", rest.Show([]any{len(half["items"].([]any)), half["total"], half["more"]}), `[1,2,false]`)
		fleet.With("If-Match", "*").Ask("PATCH", one, `{"events":["organisation.*"]}`).Is(200)
		fleet.Ask("POST", one+"/rotate", "{}").Is(200)
		fleet.Ask("POST", one+"/pause", "").Is(200)
		fleet.Ask("POST", one+"/resume", "").Is(200)
		fleet.Ask("DELETE", one, "").Is(204)
	})
}
