package webhook

import (
	"cmp"
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/courier"
	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/webhookdb"
)

// Draft is a new webhook.
type Draft struct {
	Name   string // the address's host when empty
	URL    string
	Events []string // all when empty
	Client string   // whose it is, where the command line makes it for a product client
}

// Create makes a webhook, which is told of its own making first. Its secret is given this once. Kinds: Invalid for the
// input, Conflict (too_many_webhooks), Denied.
func (r *Room) Create(ctx context.Context, d Draft) (Made, error) {
	return r.create(ctx, act.WebhookCreate, d)
}

// Create makes a webhook of a product client, which is told of what happens in every organisation from here on. Its secret
// is given this once. Kinds: Invalid for the input, Conflict (too_many_webhooks), Denied.
func (p *Product) Create(ctx context.Context, d Draft) (Made, error) {
	return p.room.create(ctx, act.ProductWebhookCreate, d)
}

func (r *Room) create(ctx context.Context, name act.Name, d Draft) (Made, error) {
	id, plain := endpoint.NewID(), courier.NewSecret()
	return action.Do(ctx, r.gate, name, roster.Ref{Kind: "webhook", ID: id, Name: d.Name}, func(ctx context.Context, tx *store.Tx) (Made, error) {
		by := roster.ActorFrom(ctx)
		e := endpoint.Endpoint{Org: home(ctx), ID: id, Name: d.Name, URL: d.URL, Events: d.Events, CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1}
		e, err := e.Clean(Events(), r.courier.Local())
		if err != nil {
			return Made{}, err
		}
		if e.Org == roster.Installation {
			if e.Client, err = whose(ctx, tx, d); err != nil {
				return Made{}, err
			}
		}
		all, err := webhookdb.List(ctx, tx, e.Org)
		if err != nil {
			return Made{}, err
		}
		if of := slices.DeleteFunc(all, func(o endpoint.Endpoint) bool { return o.Client != e.Client }); len(of) >= mostWebhooks {
			return Made{}, roster.Errorf(roster.Conflict, "too_many_webhooks", "There are %d webhooks already. Delete one that is not used.", mostWebhooks)
		}
		if e, err = r.seal(e, plain); err != nil {
			return Made{}, err
		}
		if err := webhookdb.Insert(ctx, tx, e); err != nil {
			return Made{}, err
		}
		v, err := viewed(ctx, tx, e)
		return Made{v, plain}, err
	})
}

// whose gives the product client that a new webhook is of. Kind: Invalid (client_unknown).
func whose(ctx context.Context, tx *store.Tx, d Draft) (string, error) {
	if actor := roster.ActorFrom(ctx); actor.Kind == roster.ActorClient {
		return actor.Client, nil
	}
	all, err := clientdb.List(ctx, tx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(c clientdb.Client) bool { return c.ID == d.Client || roster.Fold(c.Name) == roster.Fold(d.Client) })
	switch {
	case at < 0:
		return "", roster.Errorf(roster.Invalid, "client_unknown", "There is no product client %q. “roster client list” shows them.", d.Client).On("client")
	case !slices.Contains(all[at].Permissions, act.ClientEvents):
		return "", roster.Errorf(roster.Invalid, "client_unknown", "The product client %s lacks the permission %s.", all[at].Name, act.ClientEvents).On("client")
	}
	return all[at].ID, nil
}

// Events gives the actions that a webhook can be told of, in the order of the list.
func Events() []string {
	var names []string
	for _, a := range act.List() {
		if a.Kind != authz.Read || a.Name == act.MemberExport {
			names = append(names, string(a.Name))
		}
	}
	return names
}

// seal keeps a secret as the present one.
func (r *Room) seal(e endpoint.Endpoint, plain string) (endpoint.Endpoint, error) {
	var err error
	e.Secret, err = r.key.Seal(sealing(e), []byte(plain))
	e.LastFour = plain[len(plain)-4:]
	return e, err
}

func sealing(e endpoint.Endpoint) string { return "secret of webhook " + string(e.Org) + " " + e.ID }

// change keeps a webhook as a rule makes it.
func (r *Room) change(ctx context.Context, name act.Name, id string, rule func(context.Context, *store.Tx, endpoint.Endpoint) (endpoint.Endpoint, error)) (View, error) {
	return action.Do(ctx, r.gate, name, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := find(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		now, err := rule(ctx, tx, was)
		if err != nil {
			return View{}, err
		}
		if now, err = webhookdb.Update(ctx, tx, was, now); err != nil {
			return View{}, err
		}
		return viewed(ctx, tx, now)
	})
}

// Edit is a change of a webhook; what is nil stays.
type Edit struct {
	Name    *string
	URL     *string
	Events  *[]string
	Version int64 // the version that was looked at; 0 to take whatever is there
}

func (r *Room) apply(ed Edit) func(context.Context, *store.Tx, endpoint.Endpoint) (endpoint.Endpoint, error) {
	return func(_ context.Context, _ *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
		if ed.Version != 0 && ed.Version != e.Version {
			return e, store.ErrStale()
		}
		if ed.Name != nil {
			e.Name = *ed.Name
		}
		if ed.URL != nil {
			e.URL = *ed.URL
		}
		if ed.Events != nil {
			e.Events = *ed.Events
		}
		return e.Clean(Events(), r.courier.Local())
	}
}

// Edit changes where a webhook's events go, and which. Kinds: Invalid for the input, Conflict (changed_meanwhile), NotFound,
// Denied.
func (r *Room) Edit(ctx context.Context, id string, e Edit) (View, error) {
	return r.change(ctx, act.WebhookEdit, id, r.apply(e))
}

// Edit is the same for a product client's webhook.
func (p *Product) Edit(ctx context.Context, id string, e Edit) (View, error) {
	return p.room.change(ctx, act.ProductWebhookEdit, id, p.room.apply(e))
}

// Delete ends a webhook for good, with what is remembered of its deliveries. Kinds: Conflict (changed_meanwhile), NotFound,
// Denied.
func (r *Room) Delete(ctx context.Context, id string, version int64) (View, error) {
	return r.remove(ctx, act.WebhookDelete, id, version)
}

// Delete is the same for a product client's webhook.
func (p *Product) Delete(ctx context.Context, id string, version int64) (View, error) {
	return p.room.remove(ctx, act.ProductWebhookDelete, id, version)
}

func (r *Room) remove(ctx context.Context, name act.Name, id string, version int64) (View, error) {
	return action.Do(ctx, r.gate, name, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		was, err := find(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if was.Version != cmp.Or(version, was.Version) {
			return View{}, store.ErrStale()
		}
		v, err := viewed(ctx, tx, was)
		if err != nil {
			return v, err
		}
		return v, webhookdb.Delete(ctx, tx, was)
	})
}

// Rotate gives a webhook another secret, this once. Until the overlap is over, deliveries are signed with both; an overlap
// of zero ends the old one at once. Kinds: Invalid (overlap_invalid), NotFound, Denied.
func (r *Room) Rotate(ctx context.Context, id string, overlap time.Duration) (Made, error) {
	return r.rotate(ctx, act.WebhookRotate, id, overlap)
}

// Rotate is the same for a product client's webhook.
func (p *Product) Rotate(ctx context.Context, id string, overlap time.Duration) (Made, error) {
	return p.room.rotate(ctx, act.ProductWebhookRotate, id, overlap)
}

func (r *Room) rotate(ctx context.Context, name act.Name, id string, overlap time.Duration) (Made, error) {
	plain := courier.NewSecret()
	return action.Do(ctx, r.gate, name, ref(id), func(ctx context.Context, tx *store.Tx) (Made, error) {
		if overlap > endpoint.LongestOverlap || overlap < 0 {
			return Made{}, roster.Errorf(roster.Invalid, "overlap_invalid", "The secret before can be used for up to 30 days more.").On("overlap")
		}
		was, err := find(ctx, tx, id)
		if err != nil {
			return Made{}, err
		}
		now, err := r.seal(was, plain)
		if err != nil {
			return Made{}, err
		}
		now.Old, now.OldUntil = was.Secret, tx.At().Add(overlap)
		if overlap == 0 {
			now.Old, now.OldUntil = "", time.Time{}
		}
		if now, err = webhookdb.Update(ctx, tx, was, now); err != nil {
			return Made{}, err
		}
		v, err := viewed(ctx, tx, now)
		return Made{v, plain}, err
	})
}

// Retire ends the overlap of two secrets: deliveries are signed with the new one alone. Kinds: Conflict (one_secret),
// NotFound, Denied.
func (r *Room) Retire(ctx context.Context, id string) (View, error) {
	return r.change(ctx, act.WebhookRetire, id, retired)
}

// Retire is the same for a product client's webhook.
func (p *Product) Retire(ctx context.Context, id string) (View, error) {
	return p.room.change(ctx, act.ProductWebhookRetire, id, retired)
}

func retired(_ context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
	if !e.Overlaps(tx.At()) {
		return e, roster.Errorf(roster.Conflict, "one_secret", "Deliveries are signed with one secret already.")
	}
	e.Old, e.OldUntil = "", time.Time{}
	return e, nil
}

// Pause stops deliveries. Nothing is lost by it: they go on where they stopped. Kinds: Conflict (already_paused), NotFound,
// Denied.
func (r *Room) Pause(ctx context.Context, id string) (View, error) {
	return r.change(ctx, act.WebhookPause, id, pausing(endpoint.ByHand))
}

// Pause is the same for a product client's webhook.
func (p *Product) Pause(ctx context.Context, id string) (View, error) {
	return p.room.change(ctx, act.ProductWebhookPause, id, pausing(endpoint.ByHand))
}

func pausing(why endpoint.Pause) func(context.Context, *store.Tx, endpoint.Endpoint) (endpoint.Endpoint, error) {
	return func(_ context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
		if e.Paused() {
			return e, roster.Errorf(roster.Conflict, "already_paused", "%s is paused already.", e.Name)
		}
		e.PausedAt, e.Why = tx.At(), why
		return e, nil
	}
}

// Resume lets deliveries go on where they stopped, at once. Kinds: Conflict (not_paused), NotFound, Denied.
func (r *Room) Resume(ctx context.Context, id string) (View, error) {
	return r.change(ctx, act.WebhookResume, id, resumed)
}

// Resume is the same for a product client's webhook.
func (p *Product) Resume(ctx context.Context, id string) (View, error) {
	return p.room.change(ctx, act.ProductWebhookResume, id, resumed)
}

func resumed(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
	if !e.Paused() {
		return e, roster.Errorf(roster.Conflict, "not_paused", "%s is not paused.", e.Name)
	}
	e.PausedAt, e.Why = time.Time{}, ""
	return e, webhookdb.Anew(ctx, tx, e)
}

// Replaying is from where a webhook goes on.
type Replaying struct {
	Organisation string // ID or slug, of a product client's webhook
	After        int64  // the position in its history after which it is told of everything, again or for the first time
}

// Replay lets a webhook go on after a position: what comes after it is delivered, in order, whether it was before or not,
// and what lies before is not, even if it never was. Kinds: Invalid (position_invalid, organisation_unknown), NotFound,
// Denied.
func (r *Room) Replay(ctx context.Context, id string, from Replaying) (View, error) {
	return r.change(ctx, act.WebhookReplay, id, from.set)
}

// Replay is the same for a product client's webhook and one organisation.
func (p *Product) Replay(ctx context.Context, id string, from Replaying) (View, error) {
	return p.room.change(ctx, act.ProductWebhookReplay, id, from.set)
}

func (from Replaying) set(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) (endpoint.Endpoint, error) {
	of := e.Org
	if e.Client != "" {
		o, err := named(ctx, tx, from.Organisation)
		if err != nil {
			return e, err
		}
		of = o
	}
	at, err := webhookdb.At(ctx, tx, e, of)
	if err != nil {
		return e, err
	}
	p, err := at.Or("organisation")
	if err != nil {
		return e, err
	}
	if from.After < 0 || from.After > p.Newest {
		return e, roster.Errorf(roster.Invalid, "position_invalid", "A position is from 0, the beginning, to %d, where the history stands.", p.Newest).On("after")
	}
	return e, webhookdb.Set(ctx, tx, e, p, from.After)
}
