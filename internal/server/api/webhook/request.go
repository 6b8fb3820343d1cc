package webhook

import "roster/internal/server/api"

// On names a webhook in a path.
type On struct {
	ID string `path:"id" doc:"The webhook's ID."`
}

// OnWebhook names an organisation's webhook in a path.
type OnWebhook struct {
	api.Inside
	On
}

// NewWebhook is what a new webhook is made of.
type NewWebhook struct {
	Name   string   `json:"name,omitempty" doc:"The address's host when absent."`
	URL    string   `json:"url" doc:"Where events are POSTed: an address that begins with https://."`
	Events []string `json:"events,omitempty" nullable:"false" doc:"Actions, such as member.block, whole areas, such as member.*; all when absent."`
}

// CreateRequest is the request to make a webhook.
type CreateRequest struct {
	api.Inside
	api.Repeatable
	Body NewWebhook
}

// ProductCreateRequest is the request to make a product client's webhook.
type ProductCreateRequest struct {
	api.Repeatable
	Body NewWebhook
}

// ShowQuery is what one webhook is asked with.
type ShowQuery struct {
	OnWebhook
	api.IfNoneMatch
}

// ProductShowQuery is what one of a product client's webhooks is asked with.
type ProductShowQuery struct {
	On
	api.IfNoneMatch
}

// WebhookPatch is what of a webhook can be edited.
type WebhookPatch struct {
	Name   api.Given[string]   `json:"name,omitempty" doc:"null for the address's host."`
	URL    api.Given[string]   `json:"url,omitempty"`
	Events api.Given[[]string] `json:"events,omitempty" doc:"null for all."`
}

// EditRequest is the request to change a webhook.
type EditRequest struct {
	OnWebhook
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The webhook's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Webhook, WebhookPatch]
}

// ProductEditRequest is the request to change a product client's webhook.
type ProductEditRequest struct {
	On
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The webhook's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Webhook, WebhookPatch]
}

// RemoveRequest is the request to delete a webhook.
type RemoveRequest struct {
	OnWebhook
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The webhook's etag as it was read: refused when it changed since."`
}

// ProductRemoveRequest is the request to delete a product client's webhook.
type ProductRemoveRequest struct {
	On
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The webhook's etag as it was read: refused when it changed since."`
}

// SecretRotation is for how long the secret before is used, too.
type SecretRotation struct {
	Overlap *int64 `json:"overlap,omitempty" minimum:"0" maximum:"2592000" doc:"In seconds: a day when absent, 0 for not at all."`
}

// RotateRequest is the request for another secret.
type RotateRequest struct {
	OnWebhook
	api.Repeatable
	Body SecretRotation
}

// ProductRotateRequest is the request for another secret of a product client's webhook.
type ProductRotateRequest struct {
	On
	api.Repeatable
	Body SecretRotation
}

// ActRequest is the request to do something to a webhook.
type ActRequest struct {
	OnWebhook
	api.Repeatable
}

// ProductActRequest is the request to do something to a product client's webhook.
type ProductActRequest struct {
	On
	api.Repeatable
}

// ReplayFrom is a position of the organisation's history.
type ReplayFrom struct {
	After int64 `json:"after" minimum:"0" doc:"0 for the beginning."`
}

// ReplayRequest is the request to go on after a position.
type ReplayRequest struct {
	OnWebhook
	api.Repeatable
	Body ReplayFrom
}

// ReplayFromIn is a position of one organisation's history.
type ReplayFromIn struct {
	Organisation string `json:"organisation" doc:"The organisation's ID or slug."`
	After        int64  `json:"after" minimum:"0" doc:"0 for the beginning."`
}

// ProductReplayRequest is the request to go on after a position of one organisation's history.
type ProductReplayRequest struct {
	On
	api.Repeatable
	Body ReplayFromIn
}

// DeliveriesQuery is what a webhook's deliveries are asked with.
type DeliveriesQuery struct {
	OnWebhook
	api.Window
}

// ProductDeliveriesQuery is the same of a product client's webhook.
type ProductDeliveriesQuery struct {
	On
	api.Window
}

// DeliveryQuery names a delivery in a path.
type DeliveryQuery struct {
	OnWebhook
	Delivery string `path:"delivery" doc:"The delivery's ID."`
}

// ProductDeliveryQuery is the same of a product client's webhook.
type ProductDeliveryQuery struct {
	On
	Delivery string `path:"delivery" doc:"The delivery's ID."`
}
