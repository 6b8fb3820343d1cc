// Package client is for host products: it speaks to a Roster over HTTP. It has typed calls for what a product does
// there, asks decisions, and keeps what every caller needs and easily gets wrong: access tokens are obtained once and
// renewed before they end, requests that failed on the way are repeated under one Idempotency-Key, and a decision sees
// every change that this client made to the organisation by the same name, but for those by Client.Do. It needs the
// standard library alone.
//
//	c, err := client.New(client.Settings{URL: "https://team.example.com", ID: id, Secret: secret})
//	acme := c.Org("acme")
//	may, err := acme.Decisions.May(ctx, client.Question{
//		Subject: client.User("anna@example.com"), Action: "devices.restart", Resource: client.At("customer-17"),
//	})
//
// ID and secret are those of a product client (roster client create), which makes organisations, declares the
// catalogue and asks decisions about all of them; or those of an API user, which works inside one organisation as far as
// its grants reach. What Roster refuses is an *[Error] with a code for programs.
//
// Texts that Roster answers with null are empty here, and moments are zero. Webhooks are
// looked after by the package roster/client/hook, and what they deliver is verified by roster/client/webhook.
package client
