package org

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"roster/internal/action/org/export"
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
		if err := errors.Join(c.write(con, f), f.Close()); err != nil {
			return err
		}
		con.Note("Exported %s: %s.", d.Org.Name, command.Plural(f.Lines, "line"))
		return nil
	})
}

// write copies the export to where it shall be. A file that could not be written whole does not stay.
func (c *exportCommand) write(con *command.Console, f *export.File) error {
	if c.Out == "" {
		_, err := io.Copy(con.Out, f)
		return err
	}
	to, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	_, err = io.Copy(to, f)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the export: %w", err), os.Remove(c.Out))
	}
	return nil
}
