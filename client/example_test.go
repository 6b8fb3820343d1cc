package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"roster/client"
	"roster/client/hook"
)

// A client is made once. The ID and secret are those that `roster client create`, or making an API user, showed.
func Example() {
	ctx := context.Background()
	c, err := client.New(client.Settings{URL: serverURL, ID: importerID, Secret: importerKey})
	if err != nil {
		panic(err)
	}
	acme := c.Org("acme")

	made, err := acme.Members.Add(ctx, client.NewMember{
		Email: "anna@example.com", FirstName: "Anna", LastName: "Berg",
		Grants: []client.Grant{{Role: "user_administrator"}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(made.Name, "is", made.Status)

	_, err = acme.Members.Add(ctx, client.NewMember{Email: "anna@example.com", FirstName: "Anna", LastName: "Berg"})
	var refused *client.Error
	if errors.As(err, &refused) && refused.Code == "already_invited" {
		fmt.Println("already invited:", refused.Existing == made.ID)
	}
	// Output:
	// Anna Berg is invited
	// already invited: true
}

// Lists are walked page by page, as far as the loop goes.
func ExampleMembers_List() {
	c, err := client.New(client.Settings{URL: serverURL, ID: importerID, Secret: importerKey})
	if err != nil {
		panic(err)
	}
	for m, err := range c.Org("acme").Members.List(context.Background(), client.MemberFilter{Role: "owner"}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(m.Name, m.Email)
	}
	// Output: Olga Owner olga@example.com
}

// What was read is edited; nil leaves a field as it is. Who was faster is not overwritten.
func ExampleMembers_Edit() {
	ctx := context.Background()
	c, err := client.New(client.Settings{URL: serverURL, ID: importerID, Secret: importerKey})
	if err != nil {
		panic(err)
	}
	members := c.Org("acme").Members
	read, err := members.Add(ctx, client.NewMember{Email: "ben@example.com", FirstName: "Ben", LastName: "Yard"})
	if err != nil {
		panic(err)
	}
	edited, err := members.Edit(ctx, read.Member, client.MemberEdit{Phone: new("+44 20 7183 8750")})
	if err != nil {
		panic(err)
	}
	fmt.Println(edited.Phone)

	_, err = members.Edit(ctx, read.Member, client.MemberEdit{Phone: new("+44 20 7183 8751")})
	fmt.Println(client.Code(err))
	// Output:
	// +442071838750
	// changed_meanwhile
}

// A new customer of the product becomes an organisation; its first Owner comes in by the link.
func ExampleOrganisations_Create() {
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	made, err := c.Organisations.Create(context.Background(), client.NewOrganisation{Name: "Nordwind Logistics", Owner: "nora@example.com"})
	if err != nil {
		panic(err)
	}
	fmt.Println(made.Slug, made.Plan, made.Owner.Email, made.Owner.Link != "")
	// Output: nordwind-logistics playground nora@example.com true
}

// The product asks whether somebody may do something. An error is no answer, and May is false with it.
func ExampleDecisions_May() {
	ctx := context.Background()
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	decisions := c.Org("acme").Decisions
	for _, who := range []string{"olga@example.com", "mallory@example.com"} {
		may, err := decisions.May(ctx, client.Question{
			Subject: client.User(who), Action: "devices.read", Resource: client.Resource{Type: "device", ID: "d-17"},
		})
		fmt.Println(who, may, err)
	}
	// Output:
	// olga@example.com true <nil>
	// mallory@example.com false <nil>
}

// A guard stands before a handler of the product, and lets pass what Roster allows.
func ExampleGuard() {
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	guard := client.Guard{Client: c, Ask: func(r *http.Request) (string, client.Question, error) {
		user := r.Header.Get("X-Signed-In") // the product's own session tells
		if user == "" {
			return "", client.Question{}, client.ErrNobody
		}
		return "acme", client.Question{
			Subject: client.User(user), Action: "devices.write", Resource: client.Resource{Type: "device", ID: r.PathValue("id")},
		}, nil
	}}
	mux := http.NewServeMux()
	mux.Handle("POST /devices/{id}/restart", guard.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "restarting", r.PathValue("id"))
	})))

	for _, user := range []string{"olga@example.com", "mallory@example.com", ""} {
		r := httptest.NewRequest("POST", "/devices/d-17/restart", nil)
		r.Header.Set("X-Signed-In", user)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 200
	// 403
	// 401
}

// What happened is read from where the last reading ended.
func ExampleHistory_List() {
	c, err := client.New(client.Settings{URL: serverURL, ID: importerID, Secret: importerKey})
	if err != nil {
		panic(err)
	}
	var last int64 // kept by the product
	for line, err := range c.Org("acme").History.List(context.Background(), client.Span{After: last, Action: "organisation.create"}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(line.Seq, line.Action, line.Target.Name)
		last = line.Seq
	}
	// Output: 1 organisation.create Acme
}

// What happens in all organisations is followed as it comes. Whoever keeps After misses nothing, whatever happens.
func ExampleEvents_Follow() {
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	kept := "" // by the product
	for page, err := range c.Events.Follow(context.Background(), client.EventFilter{After: kept, Action: "organisation.create"}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(page.Items[0].Action, page.Items[0].Target.Name)
		kept = page.After
		break // a product goes on
	}
	// Output: organisation.create Acme
}

// A webhook of a product client is told of all organisations. Its secret is shown this once, and verifies what arrives.
func Example_webhooks() {
	ctx := context.Background()
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent) // a product gives it to the handler of roster/client/webhook
	}))
	defer receiver.Close()
	webhooks := hook.Own(c)
	made, err := webhooks.Create(ctx, hook.New{Name: "Warehouse", URL: receiver.URL, Events: []string{"member.*"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(made.Name, made.State, made.Secret != "")

	ping, err := webhooks.Test(ctx, made.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println(ping.Type, ping.Delivered, ping.Status)

	// For an hour deliveries carry both signatures.
	next, err := webhooks.Rotate(ctx, made.ID, time.Hour)
	if err != nil {
		panic(err)
	}
	fmt.Println(next.Secret != made.Secret, !next.OldUntil.IsZero())

	for d, err := range webhooks.Deliveries(ctx, made.ID) {
		if err != nil {
			panic(err)
		}
		fmt.Println(d.Type, d.Try)
	}
	if err := webhooks.Delete(ctx, made.ID); err != nil {
		panic(err)
	}
	// Output:
	// Warehouse active true
	// webhook.ping true 204
	// true true
	// webhook.ping 1
}

// A change that reaches further than one thing is tried before it is made.
func ExampleWithDryRun() {
	ctx := context.Background()
	c, err := client.New(client.Settings{URL: serverURL, ID: importerID, Secret: importerKey})
	if err != nil {
		panic(err)
	}
	members := c.Org("acme").Members
	dora, err := members.Add(ctx, client.NewMember{Email: "dora@example.com", FirstName: "Dora", LastName: "Lang"})
	if err != nil {
		panic(err)
	}
	would, err := members.Block(client.WithDryRun(ctx), dora.ID, "")
	if err != nil {
		panic(err)
	}
	is, err := members.Show(ctx, dora.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println("would be", would.Status, "and is", is.Status)
	// Output: would be blocked and is invited
}

// The catalogue is what the product's permissions are called. Plan tells what a declaration would do.
func ExampleCatalogue_Plan() {
	c, err := client.New(client.Settings{URL: serverURL, ID: productID, Secret: productKey})
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	declared, err := c.Catalogue.Show(ctx)
	if err != nil {
		panic(err)
	}
	next := declared.Declaration
	next.Permissions = append(next.Permissions, client.Permission{Key: "devices.locate", Scope: "network", Kind: "read", Name: "Locate devices"})
	plan, err := c.Catalogue.Plan(ctx, next)
	if err != nil {
		panic(err)
	}
	for _, d := range plan.Differences {
		fmt.Println(d.Change, d.What, d.Key)
	}
	// Output: added permission devices.locate
}
