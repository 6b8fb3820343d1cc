package wayin

import (
	"context"

	"roster/internal/command"
	"roster/internal/roster"
)

// signOutCommand signs a person out.
type signOutCommand struct {
	command.Output
	command.Place
	command.Who
}

// Help tells what follows.
func (signOutCommand) Help() string {
	return `They come in again by signing in. What they hold stays, and so do their sessions elsewhere. Who must not come in again is
blocked (user block).

    roster user sign-out anna@example.com`
}

// Run signs the person out.
func (c *signOutCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		m, err := d.Profiles.SignOut(ctx, id)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return con.JSON(struct {
				ID roster.MemberID `json:"id"`
			}{m.ID})
		}
		return con.Line("Signed %s out of %s, on every device.", m.Label(), d.Org.Name)
	})
}
