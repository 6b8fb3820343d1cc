package gallery

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/webhook"
)

// webhookPages are where events go.
func (m maker) webhookPages() []sample {
	deeds := []string{"webhook.show", "webhook.edit", "webhook.rotate", "webhook.replay", "webhook.test", "webhook.delete", "webhook.deliveries", "webhook.delivery"}
	row := func(name string, more ...string) webhook.Row {
		return webhook.Row{
			Endpoint: endpoint.Endpoint{ID: "whk_1", Name: m.text(0, name), URL: "https://hooks.example.com/" + m.text(1, "roster/events"), Events: []string{endpoint.All}, LastFour: "k3Q=", Version: 3},
			Reach:    endpoint.Progress{Seq: 1204, Newest: 1204}, Allowed: slices.Concat(deeds, more),
		}
	}
	active, failing, paused := row("Fleet backend", "webhook.pause"), row("hooks.example.com", "webhook.pause", "webhook.retire"), row("Data warehouse", "webhook.resume")
	failing.Events = []string{"member.*", "role.edit", "role.create", "unit.move"}
	failing.OldUntil, failing.Reach = now.Add(20*time.Hour), endpoint.Progress{Seq: 1180, Newest: 1204, Tries: 7, FailedAt: now.Add(-2 * time.Hour), DueAt: now.Add(time.Hour)}
	paused.PausedAt, paused.Why, paused.Reach.Seq = now.Add(-time.Hour), endpoint.Failing, 203
	delivery := func(id, action string, seq int64, f endpoint.Failure, status int) endpoint.Delivery {
		return endpoint.Delivery{ID: id, Of: "org_1", Action: action, Seq: seq, At: now.Add(-time.Minute), Try: 1, URL: active.URL, Failure: f, Status: status, Took: 87 * time.Millisecond, Answer: m.text(2, "thank you")}
	}
	deliveries := []endpoint.Delivery{
		delivery("dlv_4", "member.invite", 1204, "", 200), delivery("dlv_3", "webhook.ping", 0, endpoint.Slow, 0), delivery("dlv_2", "organisation.edit", 1203, endpoint.Refused, 503), delivery("dlv_1", "member.block", 1202, "", 204),
	}
	page := func(all ...string) web.Page {
		p := m.page()
		p.Allowed = slices.Concat(p.Allowed, all)
		return p
	}
	one := func(r webhook.Row, f web.Form, all []endpoint.Delivery) templ.Component {
		v := webhook.WebhookView{Page: m.page(), Row: r, Form: f, Deliveries: all}
		if len(all) > 0 {
			v.Pager = web.Pager{Shown: "The newest first", NextURL: "/o/acme/settings/webhooks/whk_1?cursor=x"}
		}
		return webhook.Webhook(v)
	}
	areas := []string{"organisation.*", "member.*", "role.*", "unit.*", "login_method.*", "webhook.*"}
	wrong := delivery("dlv_2", "organisation.edit", 1203, endpoint.Refused, 503)
	wrong.Answer = strings.Repeat("upstream connect error or disconnect/reset before headers. ", 8)
	return []sample{
		{"webhooks", webhook.List(webhook.ListView{Page: page("webhook.create"), Rows: []webhook.Row{active, failing, paused}})},
		{"webhooks-none", webhook.List(webhook.ListView{Page: page("webhook.create")})},
		{"webhooks-none-auditor", webhook.List(webhook.ListView{Page: m.page()})},
		{"webhook-active", one(active, web.Form{}, deliveries)},
		{"webhook-failing", one(failing, fields("after", "A position is from 0, the beginning, to 1204, where the history stands."), deliveries[1:3])},
		{"webhook-paused", one(paused, web.Form{}, nil)},
		{"webhook-auditor", one(webhook.Row{Endpoint: active.Endpoint, Reach: active.Reach}, web.Form{}, deliveries)},
		{"webhook-add", webhook.Edit(webhook.FormView{Page: m.page(), FormKey: "key_1", Areas: areas})},
		{"webhook-add-errors", webhook.Edit(webhook.FormView{Page: m.page(), FormKey: "key_1", Areas: areas, Typed: webhook.Input{URL: "http://" + m.text(1, "10.0.0.1"), Events: "member.blocked"}, Form: fields("url", "Write an address that begins with https://, such as https://hooks.example.com/roster.", "events", `There is no event "member.blocked". Write an action such as member.block, an area such as member.*, or * for all.`)})},
		{"webhook-edit", webhook.Edit(webhook.FormView{Page: m.page(), Row: failing, Typed: webhook.InputOf(failing.Endpoint), Version: "3", Areas: areas})},
		{"webhook-rotate", webhook.Rotate(webhook.Question{Page: m.page(), Row: active, FormKey: "key_1", Overlap: "24h"})},
		{"webhook-secret", webhook.Secret(webhook.SecretView{Page: m.page(), Row: active, Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="})},
		{"webhook-secret-again", webhook.Secret(webhook.SecretView{Page: m.page(), Row: active})},
		{"webhook-delivery", webhook.Delivery(webhook.DeliveryView{Page: m.page(), Row: active, Delivery: wrong, Request: "{\n  \"type\": \"organisation.edit\",\n  \"timestamp\": \"2026-11-22T09:00:00Z\",\n  \"organisation\": \"org_1\",\n  \"data\": {\n    \"seq\": 1203\n  }\n}"})},
		{"webhook-delivery-gone", webhook.Delivery(webhook.DeliveryView{Page: m.page(), Row: active, Delivery: endpoint.Delivery{ID: "dlv_9", Action: "member.invite", Seq: 3, At: now, Try: 3, URL: active.URL, Failure: endpoint.Unreachable}})},
		{"webhook-delete", webhook.Delete(webhook.Question{Page: m.page(), Row: active, Form: failed(roster.Conflict, "Someone changed this meanwhile. Look at it again, then make your change.")})},
	}
}
