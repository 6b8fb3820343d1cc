// Package webhook holds the pages of an organisation's webhooks: where events go, how far they have got, and what became of
// deliveries. The pages are made from their structs alone: they load and decide nothing.
package webhook

import (
	"slices"
	"strings"
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/server/web"
)

// Row is a webhook as the pages show it.
type Row struct {
	endpoint.Endpoint
	Reach   endpoint.Progress
	Allowed []string // what the viewer may do to it, by action name
}

// RowOf gives the row of a webhook.
func RowOf(v webhooks.View) Row {
	r := Row{Endpoint: v.Endpoint, Allowed: v.Allowed}
	if len(v.Reaches) > 0 {
		r.Reach = v.Reaches[0]
	}
	return r
}

// May tells whether the viewer may do an action to the webhook.
func (r Row) May(action string) bool { return slices.Contains(r.Allowed, action) }

func (r Row) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"settings", "webhooks", r.ID}, parts...)...)
}

// state says how the webhook is, as a part of a key.
func (r Row) state() string {
	switch {
	case r.Paused():
		return "paused"
	case r.Reach.Tries > 0:
		return "failing"
	}
	return "active"
}

func (r Row) tone() string {
	return map[string]string{"paused": "stop", "failing": "late", "active": "good"}[r.state()]
}

// wants says which events it is told.
func (r Row) wants(p web.Page) string {
	if slices.Equal(r.Events, []string{endpoint.All}) {
		return p.Say("webhook.events.all")
	}
	return strings.Join(r.Events, ", ")
}

// behind says how many events it is yet to be told of.
func (r Row) behind(p web.Page) string {
	if n := r.Reach.Newest - r.Reach.Seq; n > 0 {
		return p.Counted("webhook.behind", int(n))
	}
	return p.Say("webhook.behind.none")
}

// ListView is the list of webhooks.
type ListView struct {
	web.Page
	Rows []Row
}

// Input is what the form holds, as typed.
type Input struct{ Name, URL, Events string }

// InputOf gives the form as a webhook fills it: each event on a line.
func InputOf(e endpoint.Endpoint) Input {
	in := Input{Name: e.Name, URL: e.URL}
	if !slices.Equal(e.Events, []string{endpoint.All}) {
		in.Events = strings.Join(e.Events, "\n")
	}
	return in
}

func (in Input) events() []string {
	return strings.FieldsFunc(in.Events, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
}

// FormView is the form that makes or changes a webhook. FormKey makes a repeated POST known.
type FormView struct {
	web.Page
	Row     Row // zero for a new one
	Form    web.Form
	Typed   Input
	Version string
	FormKey string
	Areas   []string     // the areas there are events of
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

func (v FormView) fresh() bool { return v.Row.ID == "" }

func (v FormView) titled() web.Page {
	if v.fresh() {
		return v.With(v.Say("webhook.add"), v.Say("webhook.add.lead"), "settings").Under(v.In("settings", "webhooks"), v.Say("webhook.tab"))
	}
	return v.With(v.Say("webhook.edit.title", "name", v.Row.Name), "", "settings").Under(v.Row.page(v.Page), v.Row.Name)
}

func (v FormView) action() string {
	if v.fresh() {
		return v.In("settings", "webhooks", "add")
	}
	return v.Row.page(v.Page, "edit")
}

func (v FormView) cancel() string {
	if v.fresh() {
		return v.In("settings", "webhooks")
	}
	return v.Row.page(v.Page)
}

// WebhookView is one webhook's page.
type WebhookView struct {
	web.Page
	Row        Row
	Form       web.Form
	After      string // as typed
	Deliveries []endpoint.Delivery
	Pager      web.Pager
}

// outcome says what became of a delivery.
func outcome(p web.Page, d endpoint.Delivery) string {
	if d.Done() {
		return p.Say("webhook.delivered")
	}
	return p.Say("webhook.failure." + string(d.Failure))
}

func outcomeTone(d endpoint.Delivery) string {
	if d.Done() {
		return "good"
	}
	return "stop"
}

// took says how long a receiver took.
func took(d endpoint.Delivery) string { return d.Took.Round(time.Millisecond).String() }

// DeliveryView is one delivery's page.
type DeliveryView struct {
	web.Page
	Row      Row
	Delivery endpoint.Delivery
	Request  string // as people read JSON; empty where the history does not have it any more
}

// Question is asked before a webhook is rotated or deleted.
type Question struct {
	web.Page
	Row     Row
	Form    web.Form
	FormKey string
	Overlap string
}

// overlaps are for how long the secret before can be used, too.
func (v Question) overlaps() []web.Option {
	var all []web.Option
	for _, value := range []string{"24h", "1h", "168h", "0s"} {
		all = append(all, web.Option{Value: value, Label: v.Say("webhook.overlap." + value), Checked: v.Overlap == value})
	}
	return all
}

// SecretView shows a secret, this once. An empty one is the page asked for again.
type SecretView struct {
	web.Page
	Row    Row
	Secret string
}
