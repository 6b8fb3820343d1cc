package upkeep

import (
	"context"

	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/roster"
)

// JobCommands are about letters that wait or have ended without success; “roster outbox --json” shows their IDs.
type JobCommands struct {
	Retry   retryCommand   `cmd:"" does:"job.retry" help:"Try a letter again that was refused or given up, or all of them."`
	Discard discardCommand `cmd:"" does:"job.discard" help:"End a letter for good that waits, was refused or given up, or all dead ones."`
	Try     tryCommand     `cmd:"" does:"mail.test" help:"Send a letter to see whether mail arrives."`
}

// job names a job.
type job struct {
	command.Database
	Job string `arg:"" optional:"" help:"The letter's ID, as “roster outbox --json” shows it." placeholder:"ID"`
	All bool   `help:"All that were refused or given up, of every organisation: the oldest first, 500 at once."`
}

// each does something to all dead letters and tells how many they were.
func (c job) each(ctx context.Context, con *command.Console, done string, do func(context.Context, *app.House) (int, error)) error {
	if c.Job != "" {
		return command.Usage("Name one letter, or say --all.")
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		n, err := do(ctx, h)
		if err != nil {
			return err
		}
		return con.Line("%s: %s.", command.Plural(n, "letter"), done)
	})
}

// on finds the job's organisation and does something to it.
func (c job) on(ctx context.Context, do func(context.Context, *app.House, roster.OrgID) error) error {
	if c.Job == "" {
		return command.Usage("Name a letter, or say --all.")
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		j, err := h.Outbox.Find(ctx, c.Job)
		if err != nil {
			return err
		}
		return do(ctx, h, j.Org)
	})
}

type retryCommand struct{ job }

// Run lets it be tried again.
func (c *retryCommand) Run(ctx context.Context, con *command.Console) error {
	if c.All {
		return c.each(ctx, con, "tried again", func(ctx context.Context, h *app.House) (int, error) { return h.Outbox.AgainAll(ctx) })
	}
	return c.on(ctx, func(ctx context.Context, h *app.House, org roster.OrgID) error {
		if _, err := h.Outbox.Again(ctx, org, c.Job); err != nil {
			return err
		}
		return con.Line("%s is tried again.", c.Job)
	})
}

type discardCommand struct {
	job
	Yes bool `help:"Do not ask."`
}

// Run discards it.
func (c *discardCommand) Run(ctx context.Context, con *command.Console) error {
	if c.All {
		if !c.Yes && !con.Asks {
			return command.Usage("Discarding cannot be undone. Say --yes to do it without being asked.")
		}
		if !c.Yes {
			if err := con.Confirm("all dead letters", "every organisation"); err != nil {
				return err
			}
		}
		return c.each(ctx, con, "discarded", func(ctx context.Context, h *app.House) (int, error) { return h.Outbox.DropAll(ctx) })
	}
	return c.on(ctx, func(ctx context.Context, h *app.House, org roster.OrgID) error {
		if _, err := h.Outbox.Drop(ctx, org, c.Job); err != nil {
			return err
		}
		return con.Line("%s is discarded.", c.Job)
	})
}

type tryCommand struct {
	command.Database
	Email string `arg:"" help:"Where the letter is to go." placeholder:"EMAIL"`
}

// Run queues the letter, which the server sends.
func (c *tryCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		j, err := h.Outbox.Try(ctx, c.Email)
		if err != nil {
			return err
		}
		return con.Line("Queued %s to %s. The running server sends it; “roster outbox” tells when it cannot.", j.ID, j.About)
	})
}
