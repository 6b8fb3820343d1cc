package user

import (
	"context"
	"errors"

	"roster/internal/command"
	"roster/internal/roster"
)

// dataCommand writes all that is kept of a person.
type dataCommand struct {
	command.Place
	who
	Out string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Help tells what is in it.
func (dataCommand) Help() string {
	return `All that the organisation keeps of a person, as JSON: profile, access, views, sessions and what they did; no secret. The
history tells who took it.

    roster user data anna@example.com --out anna.json`
}

// Run writes the file.
func (c *dataCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		f, err := d.Self.OfMember(ctx, id)
		if err != nil {
			return err
		}
		return errors.Join(con.Write(c.Out, f), f.Close())
	})
}
