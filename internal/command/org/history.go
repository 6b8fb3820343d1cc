package org

import (
	"context"
	"fmt"
	"strings"

	"roster/internal/action/history"
	"roster/internal/command"
	"roster/internal/roster"
)

// HistoryCommand shows the history.
type HistoryCommand struct {
	command.Output
	command.Place
	Member string `help:"Only what was done to this member: ID, e-mail address or client ID." placeholder:"MEMBER"`
	Action string `help:"Only this action, such as member.block." placeholder:"ACTION"`
	Limit  int    `help:"At most so many lines." default:"50" placeholder:"N"`
}

// Help shows an example.
func (HistoryCommand) Help() string {
	return `    roster history --limit 20
    roster history --member anna@example.com --json`
}

// Run prints the history, the newest first.
func (c *HistoryCommand) Run(ctx context.Context, con *command.Console) error {
	if c.Limit < 1 {
		return command.Usage("--limit is a number from 1.")
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		events, err := c.gather(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[eventDocument]{Items: []eventDocument{}}
			for _, e := range events {
				list.Items = append(list.Items, eventOf(e))
			}
			return con.JSON(list)
		}
		t := command.Columns("SEQ", "AT", "ACTOR", "DOOR", "ACTION", "ON", "CHANGES")
		for _, e := range events {
			t.Add(fmt.Sprint(e.Seq), command.Moment(e.At), command.OrElse(e.ActorName, string(e.ActorKind)), string(e.Door), e.Action+refusal(e), command.OrElse(e.Target.Name, e.Target.ID), changed(e))
		}
		return con.Print(t)
	})
}

func (c *HistoryCommand) gather(ctx context.Context, d command.Desk) ([]roster.Event, error) {
	q := history.Query{Action: c.Action}
	if c.Member != "" {
		id, err := d.Find(ctx, c.Member)
		if err != nil {
			return nil, err
		}
		q.Member = id
	}
	var all []roster.Event
	for {
		q.Limit = min(200, c.Limit-len(all))
		page, err := d.History.List(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Events...)
		if q.After = page.Next; q.After == 0 || len(all) == c.Limit {
			return all, nil
		}
	}
}

func refusal(e roster.Event) string {
	if e.Refused == "" {
		return ""
	}
	return fmt.Sprintf(" refused: %s ×%d", e.Refused, max(e.Count, 1))
}

// changed tells in short which fields became what.
func changed(e roster.Event) string {
	parts := make([]string, 0, len(e.Changes))
	for _, c := range e.Changes {
		switch {
		case c.From == "":
			parts = append(parts, c.Field+"="+c.To)
		case c.To == "":
			parts = append(parts, c.Field+" ended")
		default:
			parts = append(parts, c.Field+"="+c.From+"→"+c.To)
		}
	}
	return strings.Join(parts, ", ")
}
