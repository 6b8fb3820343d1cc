package webhooks

import (
	"context"
	"time"

	"roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/roster"
)

// A lane's turn: so many events, or so long; then others have theirs.
const (
	mostEvents = 500
	turn       = 5 * time.Second
	batch      = 50
)

// lane delivers what comes next, one event after the other, until there is no more, one fails, or its turn is over.
func (d *Deliverer) lane(ctx context.Context, p endpoint.Progress) {
	begun, at := time.Now(), time.Time{}
	for n := 0; n < mostEvents && time.Since(begun) < turn && ctx.Err() == nil; n += batch {
		b, err := d.set.Room.Next(ctx, p, batch)
		at = b.At
		was := p.Seq
		if err == nil {
			p, err = d.events(ctx, b, p)
		}
		if err != nil {
			at = d.complain(ctx, p, at, err)
		}
		if err != nil || p.Tries > 0 || p.Seq == was {
			break
		}
	}
	if p.Tries == 0 || at.After(p.DueAt) {
		p.DueAt = at
	}
	d.ledger.keep(p, nil)
	d.ledger.wait()
}

// later is when a lane comes again after a failure of our own.
const later = 30 * time.Second

// complain tells the log, and gives when the lane comes again.
func (d *Deliverer) complain(ctx context.Context, p endpoint.Progress, at time.Time, err error) time.Time {
	if ctx.Err() != nil {
		return at
	}
	d.set.Log.ErrorContext(ctx, "webhook", "webhook", p.Webhook, "organisation", p.Of, "error", err)
	if at.IsZero() {
		at = time.Now()
	}
	return at.Add(later)
}

// events delivers a batch as far as it gets.
func (d *Deliverer) events(ctx context.Context, b webhook.Batch, p endpoint.Progress) (endpoint.Progress, error) {
	for _, e := range b.Events {
		if !b.Wants(e.Action) {
			p.Seq, p.Tries, p.FailedAt = e.Seq, 0, time.Time{}
			continue
		}
		still, err := d.set.Room.Still(ctx, &b)
		if err != nil || !still {
			return p, err
		}
		delivery, wait, err := b.Deliver(ctx, d.set.Courier, e, p.Tries+1)
		if err != nil || ctx.Err() != nil && !delivery.Done() { // cut by a stop: it is tried again
			return p, err
		}
		if !delivery.Done() {
			return d.failed(ctx, p, delivery, wait)
		}
		p.Seq, p.Tries, p.FailedAt = e.Seq, 0, time.Time{}
		d.ledger.keep(p, &delivery)
	}
	return p, nil
}

// failed keeps that an event could not be delivered, and gives the webhook up where that lasts too long.
func (d *Deliverer) failed(ctx context.Context, p endpoint.Progress, delivery endpoint.Delivery, wait time.Duration) (endpoint.Progress, error) {
	p.Tries++
	if p.FailedAt.IsZero() {
		p.FailedAt = delivery.At
	}
	p.DueAt = delivery.At.Add(max(wait, endpoint.Wait(p.Tries)))
	d.ledger.keep(p, &delivery)
	why := endpoint.Failing
	switch {
	case delivery.Failure == endpoint.NoMore:
		why = endpoint.Gone
	case delivery.At.Sub(p.FailedAt) < endpoint.Patience:
		return p, nil
	}
	d.set.Log.WarnContext(ctx, "webhook paused", "webhook", p.Webhook, "organisation", p.Of, "why", why)
	if p.Org == roster.Installation {
		return p, d.set.Product.GiveUp(system(ctx, ""), p, why)
	}
	return p, d.set.Room.GiveUp(system(ctx, p.Org), p, why)
}
