package org

import (
	"context"

	"roster/internal/command"
)

// suspendCommand stops everything in an organisation.
type suspendCommand struct {
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
}

// Help tells what stops.
func (suspendCommand) Help() string {
	return `Nobody comes in, no access token is worth anything and nothing is decided until it is resumed. Nothing is deleted.
    roster org suspend acme`
}

// Run suspends.
func (c *suspendCommand) Run(ctx context.Context, con *command.Console) error {
	return command.Place{Database: c.Database, Org: c.Organisation}.At(ctx, func(ctx context.Context, d command.Desk) error {
		in, err := d.Fleet.Suspend(ctx)
		if err != nil {
			return err
		}
		return con.Line("%s is suspended.", in.Organisation.Name)
	})
}

// resumeCommand lets everybody in again.
type resumeCommand struct {
	command.Database
	Organisation string `arg:"" help:"The organisation, by ID or slug." placeholder:"ORGANISATION"`
}

// Run resumes.
func (c *resumeCommand) Run(ctx context.Context, con *command.Console) error {
	return command.Place{Database: c.Database, Org: c.Organisation}.At(ctx, func(ctx context.Context, d command.Desk) error {
		in, err := d.Fleet.Resume(ctx)
		if err != nil {
			return err
		}
		return con.Line("%s is open again.", in.Organisation.Name)
	})
}
