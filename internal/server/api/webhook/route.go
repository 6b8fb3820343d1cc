// Package webhook is the API's area of webhooks: an organisation's, and, for product clients, their own, which are told of
// all organisations. Both have the same operations.
package webhook

import (
	"context"

	"roster/internal/act"
	webhooks "roster/internal/action/webhook"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// area is an organisation's webhooks.
type area struct{ room *webhooks.Room }

// products is a product client's.
type products struct{ room *webhooks.Product }

// Routes is the area.
func Routes(orgs *webhooks.Room, clients *webhooks.Product) api.Area {
	return func(d *api.Door) {
		ofOrganisations(d, area{orgs})
		ofProducts(d, products{clients})
	}
}

func ofOrganisations(d *api.Door, a area) {
	const all, one = "/orgs/{org}/webhooks", "/orgs/{org}/webhooks/{id}"
	d.Things(one, a.allowed)
	api.Add(d, api.Op("GET "+all, act.WebhookList, "List the webhooks"), a.list)
	api.Add(d, api.Op("POST "+all, act.WebhookCreate, "Make a webhook; its secret is shown this once"), a.create, api.Created)
	api.Add(d, api.Op("GET "+one, act.WebhookShow, "Show a webhook, and how far it has got"), a.show)
	api.Add(d, api.Op("PATCH "+one, act.WebhookEdit, "Change where a webhook's events go, and which (JSON merge patch)"), a.edit, api.MergePatch[WebhookPatch])
	api.Add(d, api.Op("DELETE "+one, act.WebhookDelete, "Delete a webhook, with what is remembered of its deliveries"), a.remove, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/rotate", act.WebhookRotate, "Give a webhook another secret, shown this once; for a while deliveries are signed with both"), a.rotate)
	api.Add(d, api.Op("POST "+one+"/retire", act.WebhookRetire, "Sign deliveries with the new secret alone, before the overlap is over"), a.retire)
	api.Add(d, api.Op("POST "+one+"/pause", act.WebhookPause, "Stop deliveries; nothing is lost"), a.pause, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/resume", act.WebhookResume, "Go on with deliveries where they stopped, at once"), a.resume, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/replay", act.WebhookReplay, "Go on after a position of the history: what comes after it is delivered, again or for the first time"), a.replay, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/test", act.WebhookTest, "Send a webhook.ping at once, and tell what became of it"), a.test)
	api.Add(d, api.Op("GET "+one+"/deliveries", act.WebhookDeliveries, "List the last deliveries, the newest first"), a.deliveries)
	api.Add(d, api.Op("GET "+one+"/deliveries/{delivery}", act.WebhookDelivery, "Show a delivery, with what was sent"), a.delivery)
}

// ofProducts adds the same for product clients.
func ofProducts(d *api.Door, a products) {
	const all, one = "/webhooks", "/webhooks/{id}"
	d.Things(one, a.allowed)
	api.Add(d, api.Op("GET "+all, act.ProductWebhookList, "List the product client's webhooks"), a.list)
	api.Add(d, api.Op("POST "+all, act.ProductWebhookCreate, "Make a webhook that is told of all organisations; its secret is shown this once"), a.create, api.Created)
	api.Add(d, api.Op("GET "+one, act.ProductWebhookShow, "Show a product client's webhook, and where it is furthest behind"), a.show)
	api.Add(d, api.Op("PATCH "+one, act.ProductWebhookEdit, "Change where a product client's webhook's events go, and which (JSON merge patch)"), a.edit, api.MergePatch[WebhookPatch])
	api.Add(d, api.Op("DELETE "+one, act.ProductWebhookDelete, "Delete a product client's webhook"), a.remove, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/rotate", act.ProductWebhookRotate, "Give a product client's webhook another secret, shown this once; for a while deliveries are signed with both"), a.rotate)
	api.Add(d, api.Op("POST "+one+"/retire", act.ProductWebhookRetire, "Sign a product client's deliveries with the new secret alone"), a.retire)
	api.Add(d, api.Op("POST "+one+"/pause", act.ProductWebhookPause, "Stop a product client's deliveries; nothing is lost"), a.pause, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/resume", act.ProductWebhookResume, "Go on with a product client's deliveries where they stopped, at once"), a.resume, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/replay", act.ProductWebhookReplay, "Go on after a position of one organisation's history"), a.replay, api.Tryable)
	api.Add(d, api.Op("POST "+one+"/test", act.ProductWebhookTest, "Send a product client's webhook a webhook.ping at once"), a.test)
	api.Add(d, api.Op("GET "+one+"/deliveries", act.ProductWebhookDeliveries, "List a product client's last deliveries, the newest first"), a.deliveries)
	api.Add(d, api.Op("GET "+one+"/deliveries/{delivery}", act.ProductWebhookDelivery, "Show a product client's delivery, with what was sent"), a.delivery)
}

func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	v, err := a.room.Show(ctx, id)
	return v.Allowed, err
}

func (a area) list(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Webhook]], error) {
	return listed(ctx, a.room.List)
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[MadeWebhook], error) {
	return create(ctx, in.Body, "/orgs/"+string(roster.ActorFrom(ctx).Organisation), a.room.Create)
}

func (a area) show(ctx context.Context, in *ShowQuery) (*api.One[Webhook], error) {
	return show(ctx, in.ID, in.IfNoneMatch, a.room.Show)
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[Webhook], error) {
	return edit(ctx, in.ID, in.IfMatch, in.Body, a.room.Edit)
}

func (a area) remove(ctx context.Context, in *RemoveRequest) (*api.Ended, error) {
	return remove(ctx, in.ID, in.IfMatch, a.room.Delete)
}

func (a area) rotate(ctx context.Context, in *RotateRequest) (*api.Written[MadeWebhook], error) {
	return rotate(ctx, in.ID, in.Body, a.room.Rotate)
}

func (a area) retire(ctx context.Context, in *ActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Retire)
}

func (a area) pause(ctx context.Context, in *ActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Pause)
}

func (a area) resume(ctx context.Context, in *ActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Resume)
}

func (a area) replay(ctx context.Context, in *ReplayRequest) (*api.Written[Webhook], error) {
	return replay(ctx, in.ID, webhooks.Replaying{After: in.Body.After}, a.room.Replay)
}

func (a area) test(ctx context.Context, in *ActRequest) (*api.Written[Delivery], error) {
	return test(ctx, in.ID, a.room.Test)
}

func (a area) deliveries(ctx context.Context, in *DeliveriesQuery) (*api.Shown[api.Page[Delivery]], error) {
	return deliveries(ctx, in.ID, in.Window, a.room.Deliveries)
}

func (a area) delivery(ctx context.Context, in *DeliveryQuery) (*api.Shown[SentDelivery], error) {
	return one(ctx, in.ID, in.Delivery, a.room.Delivery)
}

func (a products) allowed(ctx context.Context, id string) ([]string, error) {
	v, err := a.room.Show(ctx, id)
	return v.Allowed, err
}

func (a products) list(ctx context.Context, _ *api.Nothing) (*api.Shown[api.Page[Webhook]], error) {
	return listed(ctx, a.room.List)
}

func (a products) create(ctx context.Context, in *ProductCreateRequest) (*api.Written[MadeWebhook], error) {
	return create(ctx, in.Body, "", a.room.Create)
}

func (a products) show(ctx context.Context, in *ProductShowQuery) (*api.One[Webhook], error) {
	return show(ctx, in.ID, in.IfNoneMatch, a.room.Show)
}

func (a products) edit(ctx context.Context, in *ProductEditRequest) (*api.Written[Webhook], error) {
	return edit(ctx, in.ID, in.IfMatch, in.Body, a.room.Edit)
}

func (a products) remove(ctx context.Context, in *ProductRemoveRequest) (*api.Ended, error) {
	return remove(ctx, in.ID, in.IfMatch, a.room.Delete)
}

func (a products) rotate(ctx context.Context, in *ProductRotateRequest) (*api.Written[MadeWebhook], error) {
	return rotate(ctx, in.ID, in.Body, a.room.Rotate)
}

func (a products) retire(ctx context.Context, in *ProductActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Retire)
}

func (a products) pause(ctx context.Context, in *ProductActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Pause)
}

func (a products) resume(ctx context.Context, in *ProductActRequest) (*api.Written[Webhook], error) {
	return does(ctx, in.ID, a.room.Resume)
}

func (a products) replay(ctx context.Context, in *ProductReplayRequest) (*api.Written[Webhook], error) {
	return replay(ctx, in.ID, webhooks.Replaying{Organisation: in.Body.Organisation, After: in.Body.After}, a.room.Replay)
}

func (a products) test(ctx context.Context, in *ProductActRequest) (*api.Written[Delivery], error) {
	return test(ctx, in.ID, a.room.Test)
}

func (a products) deliveries(ctx context.Context, in *ProductDeliveriesQuery) (*api.Shown[api.Page[Delivery]], error) {
	return deliveries(ctx, in.ID, in.Window, a.room.Deliveries)
}

func (a products) delivery(ctx context.Context, in *ProductDeliveryQuery) (*api.Shown[SentDelivery], error) {
	return one(ctx, in.ID, in.Delivery, a.room.Delivery)
}
