// Package erasure holds the commands about what is kept of a person: taking it along, and erasing it.
package erasure

import (
	"context"
	"errors"

	"roster/internal/command"
)

// Commands are about what is kept of a member.
type Commands struct {
	Data  dataCommand  `cmd:"" does:"member.data" help:"Write all that is kept of a person into a file."`
	Erase eraseCommand `cmd:"" does:"member.erase,member.erasure" help:"Erase what is kept of a removed member, from the history too."`
}

// dataCommand writes all that is kept of a person.
type dataCommand struct {
	command.Place
	Member string `arg:"" help:"A member: ID or e-mail address." placeholder:"MEMBER"`
	Out    string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Help tells what is in it.
func (dataCommand) Help() string {
	return `All that the organisation keeps of a person, as JSON: profile, access, views, sessions and what they did; no secret. The
history tells who took it.

    roster user data anna@example.com --out anna.json`
}

// Run writes the file.
func (c *dataCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Find(ctx, c.Member)
		if err != nil {
			return err
		}
		f, err := d.Self.OfMember(ctx, id)
		if err != nil {
			return err
		}
		return errors.Join(con.Write(c.Out, f), f.Close())
	})
}
