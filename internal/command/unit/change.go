package unit

import (
	"context"

	"roster/internal/action/unit"
	"roster/internal/command"
	"roster/internal/roster"
)

// createCommand makes a customer account.
type createCommand struct {
	command.Output
	command.Place
	Name       string `arg:"" help:"What people call it."`
	Kind       string `help:"account, or group: a part of one." default:"account" placeholder:"KIND"`
	In         string `help:"What it stands in: ID, external ID or name; without it the organisation itself." placeholder:"UNIT"`
	ExternalID string `help:"What your product calls it." name:"external-id" placeholder:"ID"`
}

// Help shows examples.
func (createCommand) Help() string {
	return `    roster unit create Nordwind --external-id nordwind
    roster unit create "Night shift" --kind group --in Nordwind`
}

// Run makes the customer account.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		in, err := d.Unit(ctx, c.In)
		if err != nil {
			return err
		}
		v, err := d.Units.Create(ctx, unit.Draft{Kind: roster.UnitKind(c.Kind), Name: c.Name, ExternalID: c.ExternalID, Parent: string(in)})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Made the %s %s in %s: %s.", kind(v), v.Name, standsIn(d, v), v.ID)
	})
}

// kind reads what a unit is.
func kind(v unit.View) string {
	if v.Kind == roster.Group {
		return "group"
	}
	return "customer account"
}

// standsIn names what a unit stands in.
func standsIn(d command.Desk, v unit.View) string {
	return command.OrElse(command.Path(v.Path), d.Org.Name)
}

// told prints a customer account after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v unit.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

// editCommand changes a customer account.
type editCommand struct {
	command.Output
	command.Place
	which
	Name       *string `help:"What people call it." placeholder:"NAME"`
	ExternalID *string `help:"What your product calls it; empty to take it away." name:"external-id" placeholder:"ID"`
}

// Validate refuses what cannot be meant.
func (c *editCommand) Validate() error {
	if c.Name == nil && c.ExternalID == nil {
		return command.Usage("There is nothing to change. Name --name or --external-id.")
	}
	return nil
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.UnitID) error {
		v, err := d.Units.Edit(ctx, id, unit.Edit{Name: c.Name, ExternalID: c.ExternalID})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved %s.", v.Name)
	})
}

// moveCommand puts a customer account elsewhere.
type moveCommand struct {
	command.Output
	command.Place
	which
	To    string `help:"What it shall stand in: ID, external ID or name." placeholder:"UNIT"`
	ToTop bool   `help:"Let it stand in the organisation itself."`
}

// Help tells what follows.
func (moveCommand) Help() string {
	return `Who holds something above the old place loses it here, who holds something above the new one gains it:
whoever acts (--as) must hold that authority at both ends.

    roster unit move Depot --to Nordwind
    roster unit move Depot --to-top`
}

// Validate refuses what cannot be meant.
func (c *moveCommand) Validate() error {
	if (c.To == "") != c.ToTop {
		return command.Usage("Say where to: --to UNIT, or --to-top.")
	}
	return nil
}

// Run moves.
func (c *moveCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.UnitID) error {
		to, err := d.Unit(ctx, c.To)
		if err != nil {
			return err
		}
		v, err := d.Units.Move(ctx, id, unit.Moving{Parent: string(to)})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "%s stands in %s.", v.Name, standsIn(d, v))
	})
}

// archiveCommand puts a customer account away.
type archiveCommand struct {
	command.Output
	command.Place
	which
}

// Help tells what stays.
func (archiveCommand) Help() string {
	return "What people hold there stays theirs until it is withdrawn. “roster unit restore” undoes it."
}

// Run archives.
func (c *archiveCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.UnitID) error {
		v, err := d.Units.Archive(ctx, id, 0)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Archived %s. “roster unit restore %s” undoes it.", v.Name, v.ID)
	})
}

// restoreCommand takes a customer account back.
type restoreCommand struct {
	command.Output
	command.Place
	which
}

// Run restores.
func (c *restoreCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.UnitID) error {
		v, err := d.Units.Restore(ctx, id, 0)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Restored %s.", v.Name)
	})
}
