package wayin

import (
	"context"

	"roster/internal/command"
	"roster/internal/roster"
)

// resetMFACommand resets second factors that are lost.
type resetMFACommand struct {
	command.Output
	command.Place
	command.Who
}

// Help tells what follows.
func (resetMFACommand) Help() string {
	return `Of persons that the organisation manages (made with a password, a handed-over link or a connection) they end at once, and their sessions
too. Others get a letter: its link, which works once for half an hour, and their password finish it.

    roster user reset-mfa ole@nordwind.example`
}

// Run resets.
func (c *resetMFACommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		done, err := d.Factors.Reset(ctx, id)
		switch {
		case err != nil:
			return err
		case c.JSON:
			return con.JSON(struct {
				ByMail bool `json:"by_mail"`
			}{done.ByMail})
		case done.ByMail:
			return con.Line("A letter to %s is in the outbox. Its link and their password reset the second factor.", done.Member.Label())
		}
		return con.Line("Reset the second factor of %s. Their sessions ended.", done.Member.Label())
	})
}
