package org

import (
	"context"

	"roster/internal/command"
)

// deleteCommand asks that an organisation be deleted.
type deleteCommand struct {
	command.Output
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
	Yes          bool   `help:"Do not ask."`
}

// Help tells what happens when.
func (deleteCommand) Help() string {
	return `From now on it is closed: nobody comes in, no token is worth anything, and its Owners get a letter. 30 days later the
server deletes everything in it for good. Until then “roster org undelete” takes that back. On a terminal the name is
asked for; elsewhere --yes is needed.

    roster org export acme --out acme.jsonl
    roster org delete acme`
}

// Run closes the organisation.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("This deletes everything after 30 days. Say --yes to do it without being asked.")
	}
	return command.Place{Database: c.Database, Org: c.Organisation}.At(ctx, func(ctx context.Context, d command.Desk) error {
		if !c.Yes {
			if err := con.Confirm(d.Org.Name, "this installation"); err != nil {
				return err
			}
		}
		o, err := d.Endings.Delete(ctx, d.Org.Name)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(organisationOf(o))
		}
		return con.Line("%s is closed. It is deleted with everything in it on %s, unless “roster org undelete %s” comes before.", o.Name, command.Moment(o.DeleteAt), o.Slug)
	})
}

// undeleteCommand takes a deletion back.
type undeleteCommand struct {
	command.Output
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
}

// Run takes it back.
func (c *undeleteCommand) Run(ctx context.Context, con *command.Console) error {
	return command.Place{Database: c.Database, Org: c.Organisation}.At(ctx, func(ctx context.Context, d command.Desk) error {
		o, err := d.Endings.Undelete(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(organisationOf(o))
		}
		return con.Line("%s is not deleted. It is as it was before.", o.Name)
	})
}
