package webhook

import (
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/server/api"
)

// Webhook is where events go. Its secret is shown when it is made or rotated, and never again.
type Webhook struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	URL        string            `json:"url" doc:"Without what stands behind a question mark, for who may not change it."`
	Events     []string          `json:"events" nullable:"false" doc:"Actions, such as member.block, whole areas, such as member.*, or * for all."`
	Client     *string           `json:"client" doc:"The product client whose it is; null for an organisation's."`
	State      string            `json:"state" enum:"active,failing,paused" doc:"failing: an event is tried again and again."`
	PausedAt   *time.Time        `json:"paused_at"`
	PausedWhy  *string           `json:"paused_why" doc:"by_hand, failing (nothing could be delivered for three days) or gone (the receiver answered 410)."`
	SecretEnds string            `json:"secret_last_four"`
	OldUntil   *time.Time        `json:"old_secret_until" doc:"Until then deliveries are signed with the secret before, too."`
	Positions  []WebhookPosition `json:"positions" nullable:"false" doc:"How far it has got; of a product client's webhook the organisations in which it is furthest behind."`
	CreatedAt  time.Time         `json:"created_at"`
	CreatedBy  string            `json:"created_by" doc:"The ID of who made it."`
	UpdatedAt  time.Time         `json:"updated_at"`
	UpdatedBy  string            `json:"updated_by"`
	ETag       string            `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed    []string          `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the webhook now."`
}

// WebhookPosition is how far a webhook has got in one organisation's history.
type WebhookPosition struct {
	Organisation string     `json:"organisation"`
	Seq          int64      `json:"seq" doc:"Everything up to here is delivered, or not wanted."`
	Newest       int64      `json:"newest" doc:"Where the history stands."`
	Tries        int        `json:"tries" doc:"How often the next event was tried in vain."`
	FailingSince *time.Time `json:"failing_since"`
	NextTryAt    *time.Time `json:"next_try_at"`
}

// Tag gives the webhook's etag.
func (w Webhook) Tag() string { return w.ETag }

// Shown shows a webhook.
func Shown(v webhooks.View) Webhook {
	w := Webhook{
		ID: v.ID, Name: v.Name, URL: v.URL, Events: api.List(v.Events), Client: api.Text(v.Client), State: v.State(), PausedAt: api.Moment(v.PausedAt), PausedWhy: api.Text(string(v.Why)),
		SecretEnds: v.LastFour, OldUntil: api.Moment(v.OldUntil), Positions: api.Each(v.Reaches, position),
		CreatedAt: api.Exact(v.CreatedAt), CreatedBy: v.CreatedBy, UpdatedAt: api.Exact(v.UpdatedAt), UpdatedBy: v.UpdatedBy, Allowed: api.List(v.Allowed),
	}
	w.ETag = api.ETag(v.Version, w)
	return w
}

func position(p endpoint.Progress) WebhookPosition {
	at := WebhookPosition{Organisation: string(p.Of), Seq: p.Seq, Newest: p.Newest, Tries: p.Tries}
	if p.Tries > 0 {
		at.FailingSince, at.NextTryAt = api.Moment(p.FailedAt), api.Moment(p.DueAt)
	}
	return at
}

// MadeWebhook is a webhook with its secret.
type MadeWebhook struct {
	Webhook
	Secret api.Once `json:"secret" doc:"By which deliveries are signed, this once: whsec_ and the key in base64."`
	Code   string   `json:"code,omitempty" doc:"secret_shown_once where it was given before."`
}

func made(m webhooks.Made, once bool) MadeWebhook {
	out := MadeWebhook{Webhook: Shown(m.View)}
	out.Secret, out.Code = api.Secret(m.Secret, once)
	return out
}

// Delivery is one attempt to deliver one event.
type Delivery struct {
	ID           string    `json:"id"`
	MessageID    *string   `json:"message_id" doc:"The webhook-id that was sent; null for a test."`
	Organisation string    `json:"organisation"`
	Seq          *int64    `json:"seq" doc:"The event's place in the organisation's history; null for a test."`
	Type         string    `json:"type" doc:"The event's action, or webhook.ping."`
	At           time.Time `json:"at"`
	Try          int       `json:"try" doc:"From 1."`
	URL          string    `json:"url"`
	Delivered    bool      `json:"delivered"`
	Failure      *string   `json:"failure" enum:"refused,redirected,private,slow,unreachable,gone" doc:"null where it was delivered."`
	Status       *int      `json:"status" doc:"Of the answer; null without one."`
	Answer       string    `json:"answer" doc:"Its first 1,000 bytes, as text."`
	Took         float64   `json:"took" doc:"In seconds."`
}

func delivery(d endpoint.Delivery) Delivery {
	out := Delivery{
		ID: d.ID, Organisation: string(d.Of), Type: d.Action, At: api.Exact(d.At), Try: d.Try, URL: d.URL, Delivered: d.Done(),
		Failure: api.Text(string(d.Failure)), Answer: d.Answer, Took: d.Took.Seconds(),
	}
	if d.Seq > 0 {
		out.MessageID, out.Seq = api.Text(endpoint.MessageID(d.Of, d.Seq)), &d.Seq
	}
	if d.Status > 0 {
		out.Status = &d.Status
	}
	return out
}

// SentDelivery is a delivery with what was sent.
type SentDelivery struct {
	Delivery
	Request *string `json:"request" doc:"The body as the history has it now; null where it does not have it any more."`
}
