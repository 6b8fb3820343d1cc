package org

import (
	"context"
	"errors"

	"roster/internal/command"
)

// exportCommand writes everything of an organisation.
type exportCommand struct {
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
	Out          string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Help tells what is in it.
func (exportCommand) Help() string {
	return `One line of JSON for each thing: settings, members with pictures, access, customer accounts, roles, login methods,
invitations and the whole history; no password, secret or link. docs/EXPORT.md describes the lines. The history tells who
exported it.

    roster org export acme --out acme.jsonl`
}

// Run writes the file.
func (c *exportCommand) Run(ctx context.Context, con *command.Console) error {
	return command.Place{Database: c.Database, Org: c.Organisation}.At(ctx, func(ctx context.Context, d command.Desk) error {
		f, err := d.Takeouts.Export(ctx)
		if err != nil {
			return err
		}
		if err := errors.Join(con.Write(c.Out, f), f.Close()); err != nil {
			return err
		}
		con.Note("Exported %s: %s.", d.Org.Name, command.Plural(f.Lines, "line"))
		return nil
	})
}
