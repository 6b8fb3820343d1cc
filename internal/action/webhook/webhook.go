// Package webhook is the room of webhooks: where an organisation's events go, and, for product clients, those of all
// organisations. They are made, changed, tried, paused and resumed here, and whoever delivers asks here what there is to
// deliver, and keeps here what became of it. A receiver is asked by package courier, never within a transaction.
package webhook

import (
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/courier"
	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/webhookdb"
)

// Room holds the use cases of an organisation's webhooks, and those of delivering.
type Room struct {
	gate    *action.Gate
	key     *secret.Key
	courier *courier.Courier
	cursors secret.Cursors
}

// New makes the room. The key seals secrets, the courier tries receivers.
func New(g *action.Gate, k *secret.Key, c *courier.Courier) *Room {
	return &Room{g, k, c, secret.NewCursors(k)}
}

// Product holds the use cases of the webhooks of product clients: each has its own, and the command line all of them.
type Product struct {
	gate *action.Gate
	room *Room
}

// NewProduct makes the room of product clients beside that of organisations.
func NewProduct(r *Room) *Product { return &Product{r.gate, r} }

// View is a webhook as every door shows it: without its secrets.
type View struct {
	endpoint.Endpoint
	Reaches []endpoint.Progress // how far it has got; of a product client's where it is furthest behind
	Allowed []string            // what the asker may do to it now
}

// Failing gives the first of the places where the webhook is tried again and again, if there is one.
func (v View) Failing() (endpoint.Progress, bool) {
	at := slices.IndexFunc(v.Reaches, func(p endpoint.Progress) bool { return p.Tries > 0 })
	if at < 0 {
		return endpoint.Progress{}, false
	}
	return v.Reaches[at], true
}

// State says how the webhook is: paused, failing or active.
func (v View) State() string {
	if v.Paused() {
		return "paused"
	}
	if _, failing := v.Failing(); failing {
		return "failing"
	}
	return "active"
}

// Made is a webhook with its secret, which is given this once.
type Made struct {
	View
	Secret string
}

// mostReaches bounds of how many organisations it is told how far a webhook has got.
const mostReaches = 20

// mostWebhooks bounds how many webhooks an organisation, or a product client, has.
const mostWebhooks = 50

// home gives whose webhooks are meant: the actor's organisation's, or the installation's.
func home(ctx context.Context) roster.OrgID {
	if org := roster.ActorFrom(ctx).Organisation; org != "" {
		return org
	}
	return roster.Installation
}

func ref(id string) roster.Ref { return roster.Ref{Kind: "webhook", ID: id} }

// find gives a webhook of the actor's. Kind: NotFound, also for another product client's.
func find(ctx context.Context, rd store.Reader, id string) (endpoint.Endpoint, error) {
	found, err := webhookdb.ByID(ctx, rd, home(ctx), id)
	if err != nil {
		return found.Value, err
	}
	if actor := roster.ActorFrom(ctx); actor.Kind == roster.ActorClient && found.Value.Client != actor.Client {
		found.OK = false
	}
	return found.Or("webhook")
}

// viewed completes a webhook, and takes its secrets away; of its address those who may not change it see no more than the
// history tells.
func viewed(ctx context.Context, rd store.Reader, e endpoint.Endpoint) (View, error) {
	v := View{Endpoint: e}
	v.Secret = ""
	v.Old = ""
	if !e.Overlaps(action.Moment(ctx)) {
		v.OldUntil = endpoint.Endpoint{}.OldUntil
	}
	var err error
	if v.Reaches, err = webhookdb.Of(ctx, rd, e, mostReaches); err != nil {
		return v, err
	}
	v.Allowed = slices.DeleteFunc(allowed(ctx, e), func(name string) bool { return !fits(name, e, v) })
	if !slices.ContainsFunc(v.Allowed, func(name string) bool { return strings.HasSuffix(name, "webhook.edit") }) {
		v.URL = endpoint.Hushed(v.URL)
	}
	return v, nil
}

// allowed gives what the asker may do to a webhook, whatever its state.
func allowed(ctx context.Context, e endpoint.Endpoint) []string {
	if e.Org != roster.Installation {
		return action.AllowedOn(ctx, "webhook", "")
	}
	var names []string
	for _, a := range act.List() {
		if strings.HasPrefix(string(a.Name), "product_webhook.") && a.Name != act.ProductWebhookCreate && a.Name != act.ProductWebhookList {
			names = append(names, string(a.Name))
		}
	}
	return names
}

// fits tells whether an action makes sense on a webhook as it is.
func fits(name string, e endpoint.Endpoint, v View) bool {
	switch act.Name(strings.TrimPrefix(name, "product_")) {
	case act.WebhookPause:
		return !e.Paused()
	case act.WebhookResume:
		return e.Paused()
	case act.WebhookRetire:
		return !v.OldUntil.IsZero()
	}
	return true
}

// List gives the organisation's webhooks, the oldest first. Kind: Denied.
func (r *Room) List(ctx context.Context) ([]View, error) { return r.list(ctx, act.WebhookList) }

// List gives the product client's webhooks, the oldest first; for the command line those of all. Kind: Denied.
func (p *Product) List(ctx context.Context) ([]View, error) {
	return p.room.list(ctx, act.ProductWebhookList)
}

func (r *Room) list(ctx context.Context, name act.Name) ([]View, error) {
	return action.Look(ctx, r.gate, name, func(ctx context.Context, rd store.Reader) ([]View, error) {
		all, err := mine(ctx, rd)
		if err != nil {
			return nil, err
		}
		views := make([]View, len(all))
		for i, e := range all { // there are a few
			if views[i], err = viewed(ctx, rd, e); err != nil {
				return nil, err
			}
		}
		return views, nil
	})
}

// mine gives the webhooks that the actor's are.
func mine(ctx context.Context, rd store.Reader) ([]endpoint.Endpoint, error) {
	all, err := webhookdb.List(ctx, rd, home(ctx))
	if actor := roster.ActorFrom(ctx); actor.Kind == roster.ActorClient {
		all = slices.DeleteFunc(all, func(e endpoint.Endpoint) bool { return e.Client != actor.Client })
	}
	return all, err
}

// Show gives one webhook. Kinds: NotFound, Denied.
func (r *Room) Show(ctx context.Context, id string) (View, error) {
	return r.show(ctx, act.WebhookShow, id)
}

// Show gives one of the product client's webhooks. Kinds: NotFound, Denied.
func (p *Product) Show(ctx context.Context, id string) (View, error) {
	return p.room.show(ctx, act.ProductWebhookShow, id)
}

func (r *Room) show(ctx context.Context, name act.Name, id string) (View, error) {
	return action.LookAt(ctx, r.gate, name, ref(id), func(ctx context.Context, rd store.Reader) (View, error) {
		e, err := find(ctx, rd, id)
		if err != nil {
			return View{}, err
		}
		return viewed(ctx, rd, e)
	})
}

// Query is which deliveries are asked for.
type Query struct {
	Cursor string
	Limit  int // 1 to 200; 50 when 0
}

// Page is one page of deliveries.
type Page struct {
	Deliveries []endpoint.Delivery
	Next       string // the cursor of the next page; empty on the last one
	Total      int    // of all pages
}

// Deliveries gives the last deliveries of a webhook, the newest first. Kinds: Invalid (limit_invalid, cursor_invalid),
// NotFound, Denied.
func (r *Room) Deliveries(ctx context.Context, id string, q Query) (Page, error) {
	return r.deliveries(ctx, act.WebhookDeliveries, id, q)
}

// Deliveries is the same for a product client's webhook.
func (p *Product) Deliveries(ctx context.Context, id string, q Query) (Page, error) {
	return p.room.deliveries(ctx, act.ProductWebhookDeliveries, id, q)
}

func (r *Room) deliveries(ctx context.Context, name act.Name, id string, q Query) (Page, error) {
	return action.LookAt(ctx, r.gate, name, ref(id), func(ctx context.Context, rd store.Reader) (Page, error) {
		if q.Limit == 0 {
			q.Limit = 50
		}
		if q.Limit < 1 || q.Limit > 200 {
			return Page{}, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
		}
		e, err := find(ctx, rd, id)
		if err != nil {
			return Page{}, err
		}
		before, bound := "", "deliveries\n"+string(e.Org)+"\n"+e.ID
		if q.Cursor != "" {
			if err := r.cursors.Decode(bound, q.Cursor, &before); err != nil {
				return Page{}, err
			}
		}
		var p Page
		if p.Deliveries, err = webhookdb.Deliveries(ctx, rd, e, before, q.Limit+1); err != nil {
			return p, err
		}
		if len(p.Deliveries) > q.Limit {
			p.Deliveries = p.Deliveries[:q.Limit]
			if p.Next, err = r.cursors.Encode(bound, p.Deliveries[q.Limit-1].ID); err != nil {
				return p, err
			}
		}
		p.Total, err = webhookdb.Count(ctx, rd, e)
		return p, err
	})
}

// Sent is one delivery with what was sent, as the history has it now.
type Sent struct {
	endpoint.Delivery
	Body string // empty where the history does not have it any more
}

// Delivery gives one delivery of a webhook, with what was sent. Kinds: NotFound, Denied.
func (r *Room) Delivery(ctx context.Context, id, delivery string) (Sent, error) {
	return r.delivery(ctx, act.WebhookDelivery, id, delivery)
}

// Delivery is the same for a product client's webhook.
func (p *Product) Delivery(ctx context.Context, id, delivery string) (Sent, error) {
	return p.room.delivery(ctx, act.ProductWebhookDelivery, id, delivery)
}

func (r *Room) delivery(ctx context.Context, name act.Name, id, delivery string) (Sent, error) {
	return action.LookAt(ctx, r.gate, name, ref(id), func(ctx context.Context, rd store.Reader) (Sent, error) {
		e, err := find(ctx, rd, id)
		if err != nil {
			return Sent{}, err
		}
		found, err := webhookdb.Delivery(ctx, rd, e, delivery)
		if err != nil {
			return Sent{}, err
		}
		d, err := found.Or("delivery")
		if err != nil {
			return Sent{}, err
		}
		body, err := sent(ctx, rd, d)
		return Sent{d, string(body)}, err
	})
}

// readable tells whether a product client's webhook may be told of anything still.
func readable(ctx context.Context, rd store.Reader, e endpoint.Endpoint) (bool, error) {
	if e.Client == "" {
		return true, nil
	}
	c, err := clientdb.ByID(ctx, rd, e.Client)
	return c.OK && c.Value.RemovedAt.IsZero() && slices.Contains(c.Value.Permissions, act.ClientEvents), err
}
