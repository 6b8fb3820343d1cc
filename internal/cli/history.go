package cli

import (
	"context"
	"fmt"
	"strings"

	"roster/internal/action/history"
	"roster/internal/roster"
)

// historyCommand shows the history.
type historyCommand struct {
	output
	place
	Member string `help:"Only what was done to this member: ID, e-mail address or client ID." placeholder:"MEMBER"`
	Action string `help:"Only this action, such as member.block." placeholder:"ACTION"`
	Limit  int    `help:"At most so many lines." default:"50" placeholder:"N"`
}

// Help shows an example.
func (historyCommand) Help() string {
	return `    roster history --limit 20
    roster history --member anna@example.com --json`
}

// Run prints the history, the newest first.
func (c *historyCommand) Run(ctx context.Context, con *console) error {
	if c.Limit < 1 {
		return usage("--limit is a number from 1.")
	}
	return c.at(ctx, func(ctx context.Context, d desk) error {
		events, err := c.gather(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			list := listDocument[eventDocument]{Items: []eventDocument{}}
			for _, e := range events {
				list.Items = append(list.Items, eventOf(e))
			}
			return con.json(list)
		}
		t := columns("SEQ", "AT", "ACTOR", "DOOR", "ACTION", "ON", "CHANGES")
		for _, e := range events {
			t.add(fmt.Sprint(e.Seq), moment(e.At), orElse(e.ActorName, string(e.ActorKind)), string(e.Door), e.Action+refusal(e), orElse(e.Target.Name, e.Target.ID), changed(e))
		}
		return con.print(t)
	})
}

func (c *historyCommand) gather(ctx context.Context, d desk) ([]roster.Event, error) {
	q := history.Query{Action: c.Action}
	if c.Member != "" {
		id, err := d.member(ctx, c.Member)
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
