// Package client holds the commands about product clients: the host product's own programs.
package client

import (
	"context"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action/client"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/store/clientdb"
)

// Commands are about product clients.
type Commands struct {
	Create createCommand `cmd:"" does:"client.create" help:"Make a product client; its secret is printed once."`
	List   listCommand   `cmd:"" does:"client.list" help:"List the product clients."`
	Remove removeCommand `cmd:"" does:"client.remove" help:"End a product client and its tokens, for good."`
}

// clientDocument is what --json prints of a product client.
type clientDocument struct {
	ID          string     `json:"client_id"`
	Secret      string     `json:"client_secret,omitempty"` // of a new one, this once
	Name        string     `json:"name"`
	Permissions []string   `json:"permissions"`
	CreatedAt   time.Time  `json:"created_at"`
	CreatedBy   string     `json:"created_by"`
	LastUsedAt  *time.Time `json:"last_used_at"`
}

func documentOf(c clientdb.Client) clientDocument {
	return clientDocument{
		ID: c.ID, Name: c.Name, Permissions: c.Permissions, CreatedAt: c.CreatedAt, CreatedBy: c.CreatedBy, LastUsedAt: command.Some(c.UsedAt),
	}
}

// createCommand makes a product client.
type createCommand struct {
	command.Output
	command.Database
	Name       string   `arg:"" help:"What the program is, such as “Fleet backend”."`
	Permission []string `help:"What it may do, in every organisation. Repeatable." required:"" placeholder:"PERMISSION"`
}

// Help tells what it may be given.
func (createCommand) Help() string {
	return `A product client belongs to no organisation and takes no seat. It gets tokens at /oauth2/token. It may be
given ` + strings.Join(act.ClientPermissions(), ", ") + `.

    roster client create "Fleet backend" --permission decisions.read --permission catalogue.write`
}

// Run makes the client and prints its ID and secret.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		made, err := h.Client.Create(ctx, client.Draft{Name: c.Name, Permissions: c.Permission})
		if err != nil {
			return err
		}
		defer con.Note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			doc := documentOf(made.Client)
			doc.Secret = made.Secret
			return con.JSON(doc)
		}
		var s command.Sheet
		s.Add("Client ID", made.ID)
		s.Add("Client secret", made.Secret)
		return con.Show(&s)
	})
}

// listCommand lists product clients.
type listCommand struct {
	command.Output
	command.Database
}

// Run prints the product clients.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, err := h.Client.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[clientDocument]{Items: []clientDocument{}}
			for _, v := range all {
				list.Items = append(list.Items, documentOf(v))
			}
			return con.JSON(list)
		}
		if len(all) == 0 {
			con.Note("There is no product client. “roster client create” makes one.")
			return nil
		}
		t := command.Columns("NAME", "CLIENT ID", "PERMISSIONS", "SECRET", "LAST USED", "CREATED")
		for _, v := range all {
			t.Add(v.Name, v.ID, strings.Join(v.Permissions, ", "), v.Prefix+"…"+v.LastFour, command.OrElse(con.When(v.UsedAt), "never"), con.When(v.CreatedAt))
		}
		return con.Print(t)
	})
}

// removeCommand ends a product client.
type removeCommand struct {
	command.Output
	command.Database
	Client string `arg:"" help:"The product client: its ID or name." placeholder:"CLIENT"`
	Yes    bool   `help:"Do not ask."`
}

// Help tells that there is no way back.
func (removeCommand) Help() string {
	return `Its secret and its tokens are worth nothing from here on, and there is no way back. On a terminal the
client is asked for again; elsewhere --yes is needed.`
}

// Run ends the client.
func (c *removeCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("Removing cannot be undone. Say --yes to do it without being asked.")
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		if !c.Yes {
			if err := con.Confirm(c.Client, "the installation"); err != nil {
				return err
			}
		}
		gone, err := h.Client.Remove(ctx, c.Client)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(gone))
		}
		return con.Line("Removed the product client %s.", gone.Name)
	})
}
