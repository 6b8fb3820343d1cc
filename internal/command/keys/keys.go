// Package keys holds the commands about the keys that sign access tokens.
package keys

import (
	"context"
	"time"

	"roster/internal/app"
	"roster/internal/command"
)

// Commands are about signing keys.
type Commands struct {
	List   listCommand   `cmd:"" does:"signing_key.list" help:"List the keys: the one that signs, the next, and old ones whose tokens still count."`
	Rotate rotateCommand `cmd:"" does:"signing_key.rotate" help:"Let a new key follow sooner than by itself."`
}

// keyDocument is what --json prints of a key.
type keyDocument struct {
	ID         string     `json:"kid"`
	State      string     `json:"state"`
	MadeAt     time.Time  `json:"created_at"`
	MadeBy     *string    `json:"created_by"`
	SignsFrom  time.Time  `json:"signs_from"`
	SignsUntil *time.Time `json:"signs_until"`
}

// listCommand lists the keys.
type listCommand struct {
	command.Output
	command.Database
}

// Run prints them.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, now, err := h.Keys.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[keyDocument]{Items: []keyDocument{}}
			for _, k := range all {
				list.Items = append(list.Items, keyDocument{k.ID, k.State(now), k.MadeAt, command.Text(k.MadeBy), k.SignsFrom, command.Some(k.Until)})
			}
			return con.JSON(list)
		}
		if len(all) == 0 {
			con.Note("There is no key yet. The first start of the server makes one.")
			return nil
		}
		t := command.Columns("KEY", "STATE", "SIGNS FROM", "UNTIL")
		for _, k := range all {
			t.Add(k.ID, k.State(now), command.Moment(k.SignsFrom), command.OrElse(command.Moment(k.Until), "the next one"))
		}
		return con.Print(t)
	})
}

// rotateCommand makes the next key.
type rotateCommand struct {
	command.Output
	command.Database
	command.KeyFile
	AtOnce bool `help:"Somebody else may have a key: the new one signs now, and every token given out before is worth nothing."`
}

// Help tells when which is wanted.
func (rotateCommand) Help() string {
	return `A new key follows every 90 days by itself: it is published a day before it signs, and the one before stays until
its last token has ended. With this command one follows sooner, published an hour before. A running server takes it
up by itself.

    roster keys rotate
    roster keys rotate --at-once`
}

// Run rotates.
func (c *rotateCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouseSealing(ctx, c.KeyFile, func(ctx context.Context, h *app.House) error {
		k, err := h.Keys.Rotate(ctx, c.AtOnce)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return con.JSON(keyDocument{k.ID, k.State(k.MadeAt), k.MadeAt, command.Text(k.MadeBy), k.SignsFrom, nil})
		case c.AtOnce:
			return con.Line("The key %s signs. Earlier access tokens are worth nothing; programs ask for new ones.", k.ID)
		}
		return con.Line("The key %s is published, and signs from %s on.", k.ID, command.Moment(k.SignsFrom))
	})
}
