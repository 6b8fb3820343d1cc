package wayin

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/command"
	"roster/internal/roster"
)

// recoverCommand makes a way back in for who has nothing left.
type recoverCommand struct {
	command.Output
	command.Place
	command.Address
	command.Who
	Factors bool `help:"Let their second factors and recovery codes end when the link is used."`
}

// Help tells what follows.
func (recoverCommand) Help() string {
	return `For who has nothing left to come in by, when no letter and no administrator helps. The link lets its holder choose the
person's password, so hand it over to them alone; it works once, for half an hour. It is in the history of every
organisation that they can enter, and a letter tells them.

    roster user recover olga@example.com --factors --url https://team.example.com`
}

// Run prints the link.
func (c *recoverCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		made, err := d.Recovery.Recover(ctx, id, c.Factors)
		if err != nil {
			return err
		}
		link := c.Link(act.RecoveryPath(made.Secret))
		if c.JSON {
			return con.JSON(struct {
				Email     string    `json:"email"`
				Link      string    `json:"link"`
				ExpiresAt time.Time `json:"expires_at"`
				Factors   bool      `json:"factors"`
			}{made.Person.Email.Typed, link, made.Until, c.Factors})
		}
		con.Note("Hand this link to %s alone. It is shown this once, and works once, until %s.", made.Person.Email.Typed, con.When(made.Until))
		return con.Line("%s", link)
	})
}
