package org

import (
	"context"
	"errors"

	"roster/internal/action/feed"
	"roster/internal/app"
	"roster/internal/command"
)

// EventsCommand shows what happens in all organisations.
type EventsCommand struct {
	command.Output
	command.Database
	Organisation string `help:"Only this one, by ID." placeholder:"ID"`
	Action       string `help:"Only this action, such as member.block." placeholder:"ACTION"`
	Follow       bool   `help:"Print nothing of what is there, but each new line as it comes, until interrupted."`
}

// Help shows an example.
func (EventsCommand) Help() string {
	return `They come in the order in which product clients get them, the oldest first; with --json each is a document of its own.

    roster events --follow
    roster events --action member.remove --json`
}

// Run prints lines until there are no more, or, following, until it is interrupted.
func (c *EventsCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		ear := h.Feed.Listen()
		defer ear.Close()
		o, err := organisation(c.Organisation)
		q := feed.Query{Organisation: o, Action: c.Action, Limit: 200}
		if c.Follow {
			q.After = feed.Now
		}
		for err == nil {
			var page feed.Page
			if page, err = h.Feed.Read(ctx, q); err != nil {
				break
			}
			q.After = page.Next
			if err = c.print(con, page.Lines); err != nil || page.More {
				continue
			}
			if !c.Follow {
				return nil
			}
			wait(ctx, ear)
		}
		if c.Follow && errors.Is(ctx.Err(), context.Canceled) { // interrupted, which is how it ends
			return nil
		}
		return err
	})
}

func (c *EventsCommand) print(con *command.Console, lines []feed.Line) error {
	for _, l := range lines {
		if err := printLine(con, c.JSON, l.Event, string(l.Organisation)); err != nil {
			return err
		}
	}
	return nil
}
