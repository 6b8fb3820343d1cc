package act

import "roster/internal/authz"

// The actions about webhooks: an organisation's, and those of product clients, which are told of all organisations.
const (
	WebhookList       Name = "webhook.list"
	WebhookShow       Name = "webhook.show"
	WebhookCreate     Name = "webhook.create"
	WebhookEdit       Name = "webhook.edit"
	WebhookDelete     Name = "webhook.delete"
	WebhookRotate     Name = "webhook.rotate"
	WebhookRetire     Name = "webhook.retire"
	WebhookPause      Name = "webhook.pause"
	WebhookResume     Name = "webhook.resume"
	WebhookReplay     Name = "webhook.replay"
	WebhookTest       Name = "webhook.test"
	WebhookDeliveries Name = "webhook.deliveries"
	WebhookDelivery   Name = "webhook.delivery"
	WebhookDeliver    Name = "webhook.deliver"

	ProductWebhookList       Name = "product_webhook.list"
	ProductWebhookShow       Name = "product_webhook.show"
	ProductWebhookCreate     Name = "product_webhook.create"
	ProductWebhookEdit       Name = "product_webhook.edit"
	ProductWebhookDelete     Name = "product_webhook.delete"
	ProductWebhookRotate     Name = "product_webhook.rotate"
	ProductWebhookRetire     Name = "product_webhook.retire"
	ProductWebhookPause      Name = "product_webhook.pause"
	ProductWebhookResume     Name = "product_webhook.resume"
	ProductWebhookReplay     Name = "product_webhook.replay"
	ProductWebhookTest       Name = "product_webhook.test"
	ProductWebhookDeliveries Name = "product_webhook.deliveries"
	ProductWebhookDelivery   Name = "product_webhook.delivery"
)

// webhookActions are about where events go. Who sends an organisation's events somewhere reads its history by it, and so
// needs the permission to, too; where they go, and by which secret, is set with a fresh proof.
func webhookActions() []Action {
	write := func(name Name, confirm bool) Action {
		return Action{Name: name, Permission: authz.WebhooksWrite, Also: authz.HistoryRead, Kind: authz.Write, On: "webhook", Confirm: confirm}
	}
	read := func(name Name, permission string) Action {
		return Action{Name: name, Permission: permission, Kind: authz.Read, On: "webhook"}
	}
	product := func(name Name, kind authz.Kind) Action {
		return Action{Name: name, Kind: kind, Who: RootOnly, Global: true, Clients: ClientEvents}
	}
	list, create, remove := read(WebhookList, authz.OrganisationRead), write(WebhookCreate, true), write(WebhookDelete, true)
	list.On, create.On, remove.Kind = "", "", authz.Irreversible
	return []Action{
		list, read(WebhookShow, authz.OrganisationRead), create, write(WebhookEdit, true), remove,
		write(WebhookRotate, true), write(WebhookRetire, true), write(WebhookPause, false), write(WebhookResume, false), write(WebhookReplay, false), write(WebhookTest, false),
		read(WebhookDeliveries, authz.HistoryRead), read(WebhookDelivery, authz.HistoryRead),
		{Name: WebhookDeliver, Kind: authz.Read, Who: RootOnly, Global: true},
		product(ProductWebhookList, authz.Read), product(ProductWebhookShow, authz.Read), product(ProductWebhookCreate, authz.Write), product(ProductWebhookEdit, authz.Write),
		product(ProductWebhookDelete, authz.Irreversible), product(ProductWebhookRotate, authz.Write), product(ProductWebhookRetire, authz.Write), product(ProductWebhookPause, authz.Write),
		product(ProductWebhookResume, authz.Write), product(ProductWebhookReplay, authz.Write), product(ProductWebhookTest, authz.Write),
		product(ProductWebhookDeliveries, authz.Read), product(ProductWebhookDelivery, authz.Read),
	}
}
