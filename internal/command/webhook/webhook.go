// Package webhook holds the commands about webhooks: an organisation's, and with --client those of product clients, which
// are told of all organisations. A running server delivers; these commands change what it does, and try receivers.
package webhook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	webhooks "roster/internal/action/webhook"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/endpoint"
	"roster/internal/roster"
	api "roster/internal/server/api/webhook"
)

// Commands are about webhooks.
type Commands struct {
	List       listCommand       `cmd:"" does:"webhook.list,product_webhook.list" help:"List the webhooks, and how far each has got."`
	Show       showCommand       `cmd:"" does:"webhook.list,product_webhook.list" help:"Show a webhook."`
	Create     createCommand     `cmd:"" does:"webhook.create,product_webhook.create" help:"Make a webhook; its secret is printed once."`
	Edit       editCommand       `cmd:"" does:"webhook.edit,product_webhook.edit" help:"Change where its events go, and which."`
	Rotate     rotateCommand     `cmd:"" does:"webhook.rotate,product_webhook.rotate" help:"Give it another secret, printed once."`
	Retire     retireCommand     `cmd:"" does:"webhook.retire,product_webhook.retire" help:"Sign with the new secret alone, before the overlap is over."`
	Pause      pauseCommand      `cmd:"" does:"webhook.pause,product_webhook.pause" help:"Stop deliveries; nothing is lost."`
	Resume     resumeCommand     `cmd:"" does:"webhook.resume,product_webhook.resume" help:"Go on with deliveries where they stopped."`
	Replay     replayCommand     `cmd:"" does:"webhook.replay,product_webhook.replay" help:"Go on after a position of the history."`
	Test       testCommand       `cmd:"" does:"webhook.test,product_webhook.test" help:"Send a ping at once, and tell what became of it."`
	Deliveries deliveriesCommand `cmd:"" does:"webhook.deliveries,product_webhook.deliveries,webhook.delivery,product_webhook.delivery" help:"List the last deliveries, or show one."`
	Delete     deleteCommand     `cmd:"" does:"webhook.delete,product_webhook.delete" help:"Delete a webhook."`
}

// room is what both kinds of webhooks have.
type room struct {
	List       func(ctx context.Context) ([]webhooks.View, error)
	Create     func(ctx context.Context, d webhooks.Draft) (webhooks.Made, error)
	Edit       func(ctx context.Context, id string, e webhooks.Edit) (webhooks.View, error)
	Delete     func(ctx context.Context, id string, version int64) (webhooks.View, error)
	Rotate     func(ctx context.Context, id string, overlap time.Duration) (webhooks.Made, error)
	Retire     func(ctx context.Context, id string) (webhooks.View, error)
	Pause      func(ctx context.Context, id string) (webhooks.View, error)
	Resume     func(ctx context.Context, id string) (webhooks.View, error)
	Replay     func(ctx context.Context, id string, from webhooks.Replaying) (webhooks.View, error)
	Test       func(ctx context.Context, id string) (endpoint.Delivery, error)
	Deliveries func(ctx context.Context, id string, q webhooks.Query) (webhooks.Page, error)
	Delivery   func(ctx context.Context, id, delivery string) (webhooks.Sent, error)
}

// ofOrganisation gives an organisation's webhooks.
func ofOrganisation(r *webhooks.Room) room {
	return room{r.List, r.Create, r.Edit, r.Delete, r.Rotate, r.Retire, r.Pause, r.Resume, r.Replay, r.Test, r.Deliveries, r.Delivery}
}

// ofProducts gives those of a product client, by its ID; of all when empty.
func ofProducts(r *webhooks.Product, client string) room {
	return room{func(ctx context.Context) ([]webhooks.View, error) {
		all, err := r.List(ctx)
		return slices.DeleteFunc(all, func(v webhooks.View) bool { return client != "" && v.Client != client }), err
	}, r.Create, r.Edit, r.Delete, r.Rotate, r.Retire, r.Pause, r.Resume, r.Replay, r.Test, r.Deliveries, r.Delivery}
}

// place tells whose webhooks are meant.
type place struct {
	command.Place
	Client string `help:"The webhooks of this product client, which are told of all organisations, by ID or name." placeholder:"CLIENT" group:"where"`
}

// receivers are for commands that seal or try something.
type receivers struct {
	command.KeyFile
	PrivateWebhooks bool `help:"Let webhooks have addresses in private networks and on this machine, as the server does." env:"ROSTER_PRIVATE_WEBHOOKS" group:"where"`
}

// at opens the house and lets work be done with the webhooks that are meant.
func (p place) at(ctx context.Context, work func(context.Context, room) error) error {
	if p.Client == "" {
		return p.At(ctx, func(ctx context.Context, d command.Desk) error { return work(ctx, ofOrganisation(d.Webhooks)) })
	}
	if p.Org != "" || p.As != "" {
		return command.Usage("A product client's webhooks belong to no organisation: say --client, or --org and --as, not both.")
	}
	return p.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, err := h.Client.List(ctx)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ID == p.Client || roster.Fold(c.Name) == roster.Fold(p.Client) {
				return work(ctx, ofProducts(h.Products, c.ID))
			}
		}
		if p.Client == everyClient {
			return work(ctx, ofProducts(h.Products, ""))
		}
		return roster.Errorf(roster.NotFound, "not_found", "There is no product client %s. “roster client list” shows them.", p.Client)
	})
}

// sealing is at with the installation's key.
func (p place) sealing(ctx context.Context, r receivers, work func(context.Context, room) error) error {
	key, err := r.Load()
	if err != nil {
		return err
	}
	p.Database = p.With(key).Asking(r.PrivateWebhooks)
	return p.at(ctx, work)
}

// which names one webhook.
type which struct {
	Webhook string `arg:"" help:"A webhook: its ID, or its name where no other has it." placeholder:"WEBHOOK"`
}

// find gives the webhook that is meant. Kind: NotFound.
func (w which) find(ctx context.Context, r room) (webhooks.View, error) {
	all, err := r.List(ctx)
	if err != nil {
		return webhooks.View{}, err
	}
	var named []webhooks.View
	for _, v := range all {
		if v.ID == w.Webhook {
			return v, nil
		}
		if roster.Fold(v.Name) == roster.Fold(w.Webhook) {
			named = append(named, v)
		}
	}
	switch len(named) {
	case 1:
		return named[0], nil
	case 0:
		return webhooks.View{}, roster.Errorf(roster.NotFound, "not_found", "There is no webhook %s. “roster webhook list” shows them.", w.Webhook)
	}
	return webhooks.View{}, command.Usage("%d webhooks are called %q. Name one by its ID.", len(named), w.Webhook)
}

// webhookDocument is what --json prints of a webhook.
type webhookDocument struct {
	ID         string             `json:"id"`
	Name       string             `json:"name"`
	URL        string             `json:"url"`
	Events     []string           `json:"events"`
	Client     *string            `json:"client"`
	State      string             `json:"state"`
	PausedAt   *time.Time         `json:"paused_at"`
	PausedWhy  *string            `json:"paused_why"`
	SecretEnds string             `json:"secret_last_four"`
	OldUntil   *time.Time         `json:"old_secret_until"`
	Positions  []positionDocument `json:"positions"`
	CreatedAt  time.Time          `json:"created_at"`
	CreatedBy  string             `json:"created_by"`
	UpdatedAt  time.Time          `json:"updated_at"`
	UpdatedBy  string             `json:"updated_by"`
	ETag       string             `json:"etag"`
	Allowed    []string           `json:"allowed"`
	Secret     string             `json:"secret,omitempty"` // of a new one, this once
}

// positionDocument is how far a webhook has got in one organisation's history.
type positionDocument struct {
	Organisation string     `json:"organisation"`
	Seq          int64      `json:"seq"`
	Newest       int64      `json:"newest"`
	Tries        int        `json:"tries"`
	FailingSince *time.Time `json:"failing_since"`
	NextTryAt    *time.Time `json:"next_try_at"`
}

func documentOf(v webhooks.View) webhookDocument {
	doc := webhookDocument{
		ID: v.ID, Name: v.Name, URL: v.URL, Events: v.Events, Client: command.Text(v.Client), State: v.State(), PausedAt: command.Some(v.PausedAt), PausedWhy: command.Text(string(v.Why)),
		SecretEnds: v.LastFour, OldUntil: command.Some(v.OldUntil), Positions: []positionDocument{}, CreatedAt: v.CreatedAt, CreatedBy: v.CreatedBy,
		UpdatedAt: v.UpdatedAt, UpdatedBy: v.UpdatedBy, ETag: api.Shown(v).ETag, Allowed: append([]string{}, v.Allowed...),
	}
	for _, p := range v.Reaches {
		at := positionDocument{Organisation: string(p.Of), Seq: p.Seq, Newest: p.Newest, Tries: p.Tries}
		if p.Tries > 0 {
			at.FailingSince, at.NextTryAt = command.Some(p.FailedAt), command.Some(p.DueAt)
		}
		doc.Positions = append(doc.Positions, at)
	}
	return doc
}

// behind says how many events a webhook is yet to be told of, as far as that is looked at.
func behind(v webhooks.View) string {
	n := int64(0)
	for _, p := range v.Reaches {
		n += p.Newest - p.Seq
	}
	return fmt.Sprint(n)
}

// told prints a webhook after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v webhooks.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

// listCommand lists webhooks.
type listCommand struct {
	command.Output
	place
	AllClients bool `help:"The webhooks of all product clients." name:"all-clients"`
}

// Run prints the webhooks.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	if c.AllClients {
		c.Client = everyClient
	}
	return c.at(ctx, func(ctx context.Context, r room) error {
		all, err := r.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[webhookDocument]{Items: []webhookDocument{}}
			for _, v := range all {
				list.Items = append(list.Items, documentOf(v))
			}
			return con.JSON(list)
		}
		if len(all) == 0 {
			con.Note("There is no webhook. “roster webhook create” makes one.")
			return nil
		}
		t := command.Columns("NAME", "URL", "EVENTS", "STATE", "BEHIND", "ID")
		for _, v := range all {
			t.Add(v.Name, endpoint.Hushed(v.URL), strings.Join(v.Events, " "), v.State(), behind(v), v.ID)
		}
		return con.Print(t)
	})
}

// everyClient stands for all product clients.
const everyClient = "*"

// showCommand shows a webhook.
type showCommand struct {
	command.Output
	place
	which
}

// Run prints the webhook.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, func(ctx context.Context, r room) error {
		v, err := c.find(ctx, r)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(v))
		}
		var s command.Sheet
		s.Add("Name", v.Name)
		s.Add("URL", v.URL)
		s.Add("Events", strings.Join(v.Events, " "))
		s.Add("State", v.State())
		s.Add("Paused", command.Moment(v.PausedAt))
		s.Add("Secret", "whsec_…"+v.LastFour)
		s.Add("The one before", command.Moment(v.OldUntil))
		for _, p := range v.Reaches {
			line := fmt.Sprintf("%d of %d", p.Seq, p.Newest)
			if p.Tries > 0 {
				line += fmt.Sprintf(", tried %s, again at %s", command.Plural(p.Tries, "time"), command.Moment(p.DueAt))
			}
			s.Add("Position in "+string(p.Of), line)
		}
		s.Add("ID", v.ID)
		return con.Show(&s)
	})
}
