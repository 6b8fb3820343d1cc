package webhook

import (
	"context"
	"errors"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bulletin"
	"roster/internal/courier"
	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
	"roster/internal/store/idempotencydb"
	"roster/internal/store/orgdb"
	"roster/internal/store/webhookdb"
)

// named finds an organisation. Kind: Invalid (organisation_unknown).
func named(ctx context.Context, rd store.Reader, name string) (roster.OrgID, error) {
	found, err := orgdb.ByName(ctx, rd, name)
	if err == nil && !found.OK {
		err = roster.Errorf(roster.Invalid, "organisation_unknown", "There is no organisation %q.", endpoint.Short(name, 60)).On("organisation")
	}
	return found.Value.ID, err
}

// sent gives what was sent of a delivery, as the history has it now.
func sent(ctx context.Context, rd store.Reader, d endpoint.Delivery) ([]byte, error) {
	if d.Seq == 0 {
		return courier.Ping(d.Of, d.Webhook, d.At)
	}
	lines, err := eventdb.List(ctx, rd, eventdb.Filter{Org: d.Of, Forward: true, After: d.Seq - 1, Limit: 1})
	if err != nil || len(lines) == 0 || lines[0].Seq != d.Seq {
		return nil, err
	}
	return courier.Body(lines[0])
}

// open gives a webhook's secrets in the open, the newest first.
func (r *Room) open(e endpoint.Endpoint, at time.Time) ([]string, error) {
	sealed := []string{e.Secret}
	if e.Overlaps(at) {
		sealed = append(sealed, e.Old)
	}
	all := make([]string, len(sealed))
	for i, s := range sealed {
		plain, err := r.key.Open(sealing(e), s)
		if err != nil {
			return nil, err
		}
		all[i] = string(plain)
	}
	return all, nil
}

// Test sends a webhook a ping at once, and gives what became of it. Kinds: NotFound, Denied.
func (r *Room) Test(ctx context.Context, id string) (endpoint.Delivery, error) {
	return r.test(ctx, act.WebhookTest, id)
}

// Test is the same for a product client's webhook.
func (p *Product) Test(ctx context.Context, id string) (endpoint.Delivery, error) {
	return p.room.test(ctx, act.ProductWebhookTest, id)
}

// test asks the receiver between asking the right and telling the history. What was answered before is not asked again: its
// answer is given by Do.
func (r *Room) test(ctx context.Context, name act.Name, id string) (endpoint.Delivery, error) {
	b, err := action.LookAt(ctx, r.gate, name, ref(id), func(ctx context.Context, rd store.Reader) (Batch, error) {
		e, err := find(ctx, rd, id)
		if err != nil {
			return Batch{}, err
		}
		if before, err := answered(ctx, rd, e); err != nil || before {
			return Batch{}, err
		}
		secrets, err := r.open(e, action.Moment(ctx))
		return Batch{Endpoint: e, Secrets: secrets, At: action.Moment(ctx)}, err
	})
	var d endpoint.Delivery
	if err == nil && b.ID != "" {
		d, err = r.ping(ctx, b)
	}
	if err != nil {
		return endpoint.Delivery{}, err
	}
	return action.Do(ctx, r.gate, name, ref(id), func(ctx context.Context, tx *store.Tx) (endpoint.Delivery, error) {
		e, err := find(ctx, tx, id)
		if err != nil {
			return d, err
		}
		if d.ID == "" {
			return d, errors.New("webhook: the answer that was kept is kept no more")
		}
		outcome := "delivered"
		if !d.Done() {
			outcome = string(d.Failure)
		}
		tx.Tell(roster.Change{Of: e.Ref(), Field: "test", To: outcome})
		return d, webhookdb.Log(ctx, store.Noter{Tx: tx}, []endpoint.Delivery{d})
	})
}

// answered tells whether the request was answered before, under its Idempotency-Key.
func answered(ctx context.Context, rd store.Reader, e endpoint.Endpoint) (bool, error) {
	actor := roster.ActorFrom(ctx)
	if actor.Call == nil || actor.Call.Key == "" {
		return false, nil
	}
	kept, err := idempotencydb.Find(ctx, rd, e.Org, actor.ID(), actor.Call.Key)
	return kept.OK, err
}

// ping asks the receiver.
func (r *Room) ping(ctx context.Context, b Batch) (endpoint.Delivery, error) {
	d := endpoint.Delivery{Org: b.Org, Webhook: b.ID, ID: endpoint.NewDeliveryID(), Of: b.Org, Action: courier.PingType, At: b.At, Try: 1, URL: endpoint.Hushed(b.URL)}
	body, err := courier.Ping(b.Org, b.ID, b.At)
	if err != nil {
		return d, err
	}
	a, err := r.courier.Deliver(ctx, courier.Message{URL: b.URL, Secrets: b.Secrets, ID: roster.NewID("msg_"), At: b.At, Body: body})
	d.Status, d.Answer, d.Failure, d.Took = a.Status, a.Text, a.Failure, a.Took
	return d, err
}

// Batch is what of an organisation's history is to be delivered next, and how.
type Batch struct {
	endpoint.Endpoint
	Secrets  []string // in the open
	Progress endpoint.Progress
	Events   []roster.Event
	At       time.Time // of the look
	position store.Position
}

// Due gives where there is something to deliver now: where nothing failed yet, or where something did; so many places of one
// webhook at most. For Roster itself.
func (r *Room) Due(ctx context.Context, failing bool, each, limit int) ([]endpoint.Progress, error) {
	return action.Look(ctx, r.gate, act.WebhookDeliver, func(ctx context.Context, rd store.Reader) ([]endpoint.Progress, error) {
		return webhookdb.Due(ctx, rd, action.Moment(ctx), act.ClientEvents, failing, each, limit)
	})
}

// Next gives what comes next of what is due, at most so many events. None, where nothing is to be delivered any more. For
// Roster itself.
func (r *Room) Next(ctx context.Context, p endpoint.Progress, limit int) (Batch, error) {
	return action.Look(ctx, r.gate, act.WebhookDeliver, func(ctx context.Context, rd store.Reader) (Batch, error) {
		b := Batch{Progress: p, At: action.Moment(ctx)}
		var err error
		if b.position, err = store.Newest(ctx, rd, p.Org); err != nil {
			return b, err
		}
		e, ok, err := r.deliverable(ctx, rd, p)
		if err != nil || !ok {
			return b, err
		}
		if b.Endpoint = e; b.ID != "" {
			if b.Secrets, err = r.open(e, b.At); err != nil {
				return b, err
			}
		}
		b.Events, err = eventdb.List(ctx, rd, eventdb.Filter{Org: p.Of, Forward: true, After: p.Seq, Limit: limit})
		return b, err
	})
}

// Still tells whether a batch is still to be delivered as it was looked at, and gives the moment. As long as nothing changes
// where the webhook is, that costs no statement. For Roster itself.
func (r *Room) Still(ctx context.Context, b *Batch) (bool, error) {
	return action.Look(ctx, r.gate, act.WebhookDeliver, func(ctx context.Context, rd store.Reader) (bool, error) {
		b.At = action.Moment(ctx)
		now, err := store.Newest(ctx, rd, b.Org)
		if err != nil || now == b.position {
			return err == nil, err
		}
		e, ok, err := r.deliverable(ctx, rd, b.Progress)
		b.position = now
		return ok && e.Version == b.Version, err
	})
}

// deliverable gives a webhook, and whether it is to be told of an organisation as somebody began to.
func (r *Room) deliverable(ctx context.Context, rd store.Reader, p endpoint.Progress) (endpoint.Endpoint, bool, error) {
	found, err := webhookdb.ByID(ctx, rd, p.Org, p.Webhook)
	e := found.Value
	if err != nil || !found.OK || e.Paused() {
		return e, false, err
	}
	at, err := webhookdb.At(ctx, rd, e, p.Of)
	if err != nil || !at.OK || at.Value.Turn != p.Turn {
		return e, false, err
	}
	if e.Client != "" {
		may, err := readable(ctx, rd, e)
		return e, may, err
	}
	o, err := orgdb.ByName(ctx, rd, string(p.Of))
	return e, err == nil && o.OK && o.Value.Open() == nil, err
}

// Deliver delivers one event of a batch. An error says that it cannot be sent at all.
func (b Batch) Deliver(ctx context.Context, c *courier.Courier, e roster.Event, try int) (endpoint.Delivery, time.Duration, error) {
	d := endpoint.Delivery{Org: b.Org, Webhook: b.ID, ID: endpoint.NewDeliveryID(), Of: e.Organisation, Seq: e.Seq, Action: e.Action, At: b.At, Try: try, URL: endpoint.Hushed(b.URL)}
	body, err := courier.Body(e)
	if err != nil {
		return d, 0, err
	}
	a, err := c.Deliver(ctx, courier.Message{URL: b.URL, Secrets: b.Secrets, ID: endpoint.MessageID(e.Organisation, e.Seq), At: b.At, Body: body})
	d.Status, d.Answer, d.Failure, d.Took = a.Status, a.Text, a.Failure, a.Took
	return d, a.Wait, err
}

// Record keeps how far webhooks got, and what became of deliveries. Where somebody has set a position meanwhile, that
// stands. For Roster itself.
func (r *Room) Record(ctx context.Context, reached []endpoint.Progress, tried []endpoint.Delivery) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		for _, p := range reached {
			if _, err := webhookdb.Advance(ctx, tx, p); err != nil {
				return err
			}
		}
		return webhookdb.Log(ctx, tx, tried)
	})
}

// Forget forgets what is remembered of deliveries for longer than anybody asks. For Roster itself.
func (r *Room) Forget(ctx context.Context) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		return webhookdb.Sweep(ctx, tx, tx.At().Add(-endpoint.Keep), endpoint.KeepMost)
	})
}

// GiveUp pauses an organisation's webhook whose receiver does not have an event, although it was tried for as long as it is,
// or is there no more. Owners are told. For Roster itself.
func (r *Room) GiveUp(ctx context.Context, p endpoint.Progress, why endpoint.Pause) error {
	_, err := r.change(ctx, act.WebhookPause, p.Webhook, func(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
		e, err := givenUp(ctx, tx, e, p, why)
		if err != nil {
			return e, err
		}
		return e, action.TellOwners(ctx, tx, tx.Org(), bulletin.NewsWebhook, e.ID)
	})
	return unlessOver(err)
}

// GiveUp is the same for a product client's webhook; the installation's history tells of it.
func (p *Product) GiveUp(ctx context.Context, at endpoint.Progress, why endpoint.Pause) error {
	_, err := p.room.change(ctx, act.ProductWebhookPause, at.Webhook, func(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
		return givenUp(ctx, tx, e, at, why)
	})
	return unlessOver(err)
}

// errOver says that somebody was faster.
var errOver = errors.New("webhook: somebody has changed it meanwhile")

// givenUp pauses a webhook, unless somebody has let it go on from elsewhere meanwhile.
func givenUp(ctx context.Context, tx *store.Tx, e endpoint.Endpoint, p endpoint.Progress, why endpoint.Pause) (endpoint.Endpoint, error) {
	at, err := webhookdb.At(ctx, tx, e, p.Of)
	if err != nil {
		return e, err
	}
	if e.Paused() || !at.OK || at.Value.Turn != p.Turn {
		return e, errOver
	}
	return pausing(why)(ctx, tx, e)
}

func unlessOver(err error) error {
	if errors.Is(err, errOver) || roster.Is(err, "not_found") {
		return nil
	}
	return err
}
