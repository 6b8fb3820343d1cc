package webhook

import (
	"context"
	"net/http"
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/endpoint"
	"roster/internal/server/api"
)

func listed(ctx context.Context, list func(context.Context) ([]webhooks.View, error)) (*api.Shown[api.Page[Webhook]], error) {
	all, err := list(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, Shown, api.Counted{Total: len(all)}), nil
}

func show(ctx context.Context, id string, seen api.IfNoneMatch, find func(context.Context, string) (webhooks.View, error)) (*api.One[Webhook], error) {
	v, err := find(ctx, id)
	if err != nil {
		return nil, err
	}
	return api.Answer(Shown(v), seen), nil
}

func create(ctx context.Context, n NewWebhook, place string, make func(context.Context, webhooks.Draft) (webhooks.Made, error)) (*api.Written[MadeWebhook], error) {
	out, err := api.Write(ctx, http.StatusCreated, func() (webhooks.Made, error) {
		return make(ctx, webhooks.Draft{Name: n.Name, URL: n.URL, Events: n.Events})
	}, made)
	if err == nil {
		out.Location = api.Prefix + place + "/webhooks/" + out.Body.ID
	}
	return out, err
}

func edit(ctx context.Context, id, match string, body api.Patch[Webhook, WebhookPatch], edit func(context.Context, string, webhooks.Edit) (webhooks.View, error)) (*api.Written[Webhook], error) {
	fixed := map[string]string{
		"state": "A webhook is paused and resumed at its addresses pause and resume.", "positions": "A webhook goes on elsewhere at its address replay.",
	}
	if err := body.Fixed(fixed); err != nil {
		return nil, err
	}
	version, err := api.MustMatch(match)
	if err != nil {
		return nil, err
	}
	e := webhooks.Edit{Name: body.Set.Name.To(), URL: body.Set.URL.To(), Events: body.Set.Events.To(), Version: version}
	return written(ctx, func() (webhooks.View, error) { return edit(ctx, id, e) })
}

func written(ctx context.Context, does func() (webhooks.View, error)) (*api.Written[Webhook], error) {
	return api.Write(ctx, http.StatusOK, does, func(v webhooks.View, _ bool) Webhook { return Shown(v) })
}

func remove(ctx context.Context, id, match string, remove func(context.Context, string, int64) (webhooks.View, error)) (*api.Ended, error) {
	version, err := api.IfMatch(match)
	if err != nil {
		return nil, err
	}
	return api.Finish(ctx, func() (webhooks.View, error) { return remove(ctx, id, version) })
}

func rotate(ctx context.Context, id string, r SecretRotation, rotate func(context.Context, string, time.Duration) (webhooks.Made, error)) (*api.Written[MadeWebhook], error) {
	overlap := endpoint.Overlap
	if r.Overlap != nil {
		overlap = time.Duration(min(max(*r.Overlap, -1), 1<<30)) * time.Second // what is out of range the room refuses
	}
	return api.Write(ctx, http.StatusOK, func() (webhooks.Made, error) { return rotate(ctx, id, overlap) }, made)
}

func does(ctx context.Context, id string, does func(context.Context, string) (webhooks.View, error)) (*api.Written[Webhook], error) {
	return written(ctx, func() (webhooks.View, error) { return does(ctx, id) })
}

func replay(ctx context.Context, id string, from webhooks.Replaying, replay func(context.Context, string, webhooks.Replaying) (webhooks.View, error)) (*api.Written[Webhook], error) {
	return written(ctx, func() (webhooks.View, error) { return replay(ctx, id, from) })
}

func test(ctx context.Context, id string, test func(context.Context, string) (endpoint.Delivery, error)) (*api.Written[Delivery], error) {
	return api.Write(ctx, http.StatusOK, func() (endpoint.Delivery, error) { return test(ctx, id) }, func(d endpoint.Delivery, _ bool) Delivery { return delivery(d) })
}

func deliveries(ctx context.Context, id string, w api.Window, list func(context.Context, string, webhooks.Query) (webhooks.Page, error)) (*api.Shown[api.Page[Delivery]], error) {
	page, err := list(ctx, id, webhooks.Query{Cursor: w.Cursor, Limit: api.Asked(w.Limit)})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, page.Deliveries, delivery, api.Counted{Next: page.Next, Total: page.Total}), nil
}

func one(ctx context.Context, id, which string, find func(context.Context, string, string) (webhooks.Sent, error)) (*api.Shown[SentDelivery], error) {
	d, err := find(ctx, id, which)
	if err != nil {
		return nil, err
	}
	return &api.Shown[SentDelivery]{Body: SentDelivery{delivery(d.Delivery), api.Text(d.Body)}}, nil
}
