// Package hook is for host products that look after webhooks: the addresses to which Roster POSTs what happens. They are an
// organisation's, for API users with webhooks.write and history.read; or a product client's own, with events.read, which are
// told of all organisations. It speaks by a [client.Client], whose tokens, retries, dry runs and errors it has. What arrives
// at such an address is verified by the package roster/client/webhook, which needs none of this.
package hook

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"roster/client"
)

// Webhooks are those of an organisation, or a product client's own.
type Webhooks struct {
	c  *client.Client
	at string
}

// In gives the webhooks of an organisation, by its ID or slug.
func In(c *client.Client, organisation string) Webhooks {
	return Webhooks{c, "/orgs/" + url.PathEscape(organisation) + "/webhooks"}
}

// Own gives a product client's own.
func Own(c *client.Client) Webhooks { return Webhooks{c, "/webhooks"} }

// Webhook is one of them, and how far it has got.
type Webhook struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	URL        string     `json:"url"`    // without what stands behind a question mark, for who may not change it
	Events     []string   `json:"events"` // actions, such as member.block, whole areas, such as member.*, or * for all
	Client     string     `json:"client"` // the product client whose it is; empty for an organisation's
	State      string     `json:"state"`  // active, failing or paused
	PausedAt   time.Time  `json:"paused_at"`
	PausedWhy  string     `json:"paused_why"` // by_hand, failing or gone
	SecretEnds string     `json:"secret_last_four"`
	OldUntil   time.Time  `json:"old_secret_until"` // until then deliveries are signed with the secret before, too
	Positions  []Position `json:"positions"`        // of a product client's the organisations in which it is furthest behind
	CreatedAt  time.Time  `json:"created_at"`
	CreatedBy  string     `json:"created_by"`
	UpdatedAt  time.Time  `json:"updated_at"`
	UpdatedBy  string     `json:"updated_by"`
	ETag       string     `json:"etag"`
	Allowed    []string   `json:"allowed"` // the actions that this client may do to the webhook now
}

// Position is how far a webhook has got in one organisation's history.
type Position struct {
	Organisation string    `json:"organisation"`
	Seq          int64     `json:"seq"`    // everything up to here is delivered, or not wanted
	Newest       int64     `json:"newest"` // where the history stands
	Tries        int       `json:"tries"`  // how often the next event was tried in vain
	FailingSince time.Time `json:"failing_since"`
	NextTryAt    time.Time `json:"next_try_at"`
}

// New is what a new webhook is made of.
type New struct {
	Name   string   `json:"name,omitempty"` // the address's host when empty
	URL    string   `json:"url"`
	Events []string `json:"events,omitempty"` // all when empty
}

// Made is a webhook with its secret, which is given this once: whsec_ and the key in base64.
type Made struct {
	Webhook
	Secret string `json:"secret"`
	Code   string `json:"code"` // secret_shown_once where it was given to an attempt whose answer was lost
}

// Edit is what of a webhook is to be changed: nil leaves it. An empty name is the address's host, and no events are
// all of them.
type Edit struct {
	Name   *string   `json:"name,omitempty"`
	URL    *string   `json:"url,omitempty"`
	Events *[]string `json:"events,omitempty"`
}

// Delivery is one attempt to deliver one event.
type Delivery struct {
	ID           string    `json:"id"`
	MessageID    string    `json:"message_id"` // the webhook-id that was sent; empty for a test
	Organisation string    `json:"organisation"`
	Seq          int64     `json:"seq"`  // the event's place in the organisation's history; 0 for a test
	Type         string    `json:"type"` // the event's action, or webhook.ping
	At           time.Time `json:"at"`
	Try          int       `json:"try"` // from 1
	URL          string    `json:"url"`
	Delivered    bool      `json:"delivered"`
	Failure      string    `json:"failure"` // refused, redirected, private, slow, unreachable or gone; empty where it was delivered
	Status       int       `json:"status"`  // of the answer; 0 without one
	Answer       string    `json:"answer"`  // its first 1,000 bytes, as text
	Took         float64   `json:"took"`    // in seconds
}

// SentDelivery is a delivery with what was sent.
type SentDelivery struct {
	Delivery
	Request string `json:"request"` // the body as the history has it now; empty where it does not have it any more
}

// ask asks for something of the webhooks, or does it, and gives what is answered.
func ask[T any](ctx context.Context, w Webhooks, method, match string, in any, parts ...string) (T, error) {
	var out T
	path := w.at
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	err := w.c.Do(ctx, method, path, match, in, &out)
	return out, err
}

// list is a page of a list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor"`
}

// List gives all of them: there are few.
func (w Webhooks) List(ctx context.Context) ([]Webhook, error) {
	p, err := ask[list[Webhook]](ctx, w, http.MethodGet, "", nil)
	return p.Items, err
}

// Show gives a webhook.
func (w Webhooks) Show(ctx context.Context, id string) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodGet, "", nil, id)
}

// Create makes a webhook. It is told of what happens from now on; Replay takes it further back.
func (w Webhooks) Create(ctx context.Context, n New) (Made, error) {
	return ask[Made](ctx, w, http.MethodPost, "", n)
}

// Edit changes a webhook as it was read.
func (w Webhooks) Edit(ctx context.Context, read Webhook, e Edit) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodPatch, read.ETag, e, read.ID)
}

// Delete ends a webhook, with what is remembered of its deliveries.
func (w Webhooks) Delete(ctx context.Context, id string) error {
	_, err := ask[struct{}](ctx, w, http.MethodDelete, "", nil, id)
	return err
}

// Rotate gives a webhook another secret. For so long, at most 30 days, deliveries are signed with both, so that the receiver
// can change from one to the other; zero for not at all.
func (w Webhooks) Rotate(ctx context.Context, id string, overlap time.Duration) (Made, error) {
	in := struct {
		Overlap int64 `json:"overlap"`
	}{int64(overlap / time.Second)}
	return ask[Made](ctx, w, http.MethodPost, "", in, id, "rotate")
}

// Retire signs deliveries with the new secret alone, before the overlap is over.
func (w Webhooks) Retire(ctx context.Context, id string) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodPost, "", nil, id, "retire")
}

// Pause stops deliveries. Nothing is lost: Resume goes on where they stopped.
func (w Webhooks) Pause(ctx context.Context, id string) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodPost, "", nil, id, "pause")
}

// Resume goes on with deliveries where they stopped, at once.
func (w Webhooks) Resume(ctx context.Context, id string) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodPost, "", nil, id, "resume")
}

// ReplayFrom is where a webhook goes on.
type ReplayFrom struct {
	After        int64  `json:"after"`                  // a position of the history; 0 for its beginning
	Organisation string `json:"organisation,omitempty"` // whose history, by ID or slug: of a product client's webhook, and of that alone
}

// Replay lets a webhook go on after a position of a history: what comes after it is delivered, again or for the first time.
func (w Webhooks) Replay(ctx context.Context, id string, from ReplayFrom) (Webhook, error) {
	return ask[Webhook](ctx, w, http.MethodPost, "", from, id, "replay")
}

// Test sends a webhook.ping at once, and gives what became of it.
func (w Webhooks) Test(ctx context.Context, id string) (Delivery, error) {
	return ask[Delivery](ctx, w, http.MethodPost, "", nil, id, "test")
}

// Deliveries walks a webhook's last deliveries, the newest first. An error ends it, beside a zero value.
func (w Webhooks) Deliveries(ctx context.Context, id string) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		path := w.at + "/" + url.PathEscape(id) + "/deliveries?limit=200"
		for next := ""; ; {
			var p list[Delivery]
			if err := w.c.Do(ctx, http.MethodGet, path+next, "", nil, &p); err != nil {
				yield(Delivery{}, err)
				return
			}
			for _, d := range p.Items {
				if !yield(d, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			next = "&cursor=" + url.QueryEscape(p.Next)
		}
	}
}

// Delivery gives a delivery with what was sent.
func (w Webhooks) Delivery(ctx context.Context, id, delivery string) (SentDelivery, error) {
	return ask[SentDelivery](ctx, w, http.MethodGet, "", nil, id, "deliveries", delivery)
}
