package wayin

import (
	"context"

	"roster/internal/command"
	"roster/internal/roster"
)

// resetPasswordCommand has somebody sent the link for a new password.
type resetPasswordCommand struct {
	command.Output
	command.Place
	command.Who
}

// Help tells what follows.
func (resetPasswordCommand) Help() string {
	return `For persons whose account is their own: they get the letter of a forgotten password. Its link works once, for half an hour, goes
past no second factor, and is shown to nobody else. Of persons that the organisation manages, set the password (user password).

    roster user reset-password anna@example.com`
}

// Run has the letter sent.
func (c *resetPasswordCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		m, err := d.Recovery.Send(ctx, id)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return con.JSON(struct {
				ByMail bool `json:"by_mail"`
			}{true})
		}
		return con.Line("A letter to %s is in the outbox. They choose a new password by its link.", m.Label())
	})
}
