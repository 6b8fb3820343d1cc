package org

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/history/export"
	"roster/internal/bell"
	"roster/internal/command"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/words"
)

// HistoryCommand shows the history.
type HistoryCommand struct {
	command.Output
	command.Place
	By     string `help:"Only what this one did: a member's ID, e-mail address or client ID; or cli, or system." placeholder:"MEMBER"`
	Member string `help:"Only what was done to this member: ID, e-mail address or client ID." placeholder:"MEMBER"`
	Action string `help:"Only this action, such as member.block." placeholder:"ACTION"`
	From   string `help:"Only from this day on, in UTC, or from this moment (RFC 3339)." placeholder:"DAY"`
	To     string `help:"Only up to this day, with it, or before this moment." placeholder:"DAY"`
	Limit  int    `help:"At most so many lines." default:"50" placeholder:"N"`
	Follow bool   `help:"Print these lines the oldest first, then each new one as it comes, until interrupted."`
	Out    string `help:"A file to write all of them into, which the history tells of: .csv or .xlsx." placeholder:"FILE"`
}

// Help shows an example.
func (HistoryCommand) Help() string {
	return `    roster history --limit 20
    roster history --by olga@example.com --from 2026-11-01 --to 2026-11-30
    roster history --member anna@example.com --json
    roster history --from 2026-11-01 --out november.xlsx
    roster history --follow --action member.block`
}

// Run prints the history, the newest first.
func (c *HistoryCommand) Run(ctx context.Context, con *command.Console) error {
	if c.Limit < 1 {
		return command.Usage("--limit is a number from 1.")
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	if c.Out != "" {
		return c.write(ctx, con, q)
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		if c.Follow {
			return c.follow(ctx, con, d, q)
		}
		events, err := c.gather(ctx, d, q)
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
			t.Add(cells(e)...)
		}
		return con.Print(t)
	})
}

// write exports the lines.
func (c *HistoryCommand) write(ctx context.Context, con *command.Console, q history.Query) error {
	format, err := sheet.Parse(strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), "."))
	if err != nil || c.JSON || c.Follow {
		return command.Usage("--out names a file that ends with .csv or .xlsx; --json and --follow are for lines that are shown.")
	}
	say, err := words.English()
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		f, err := d.Lines.Export(ctx, export.Order{Query: q, Format: format, Words: say})
		if err != nil {
			return err
		}
		if err := errors.Join(con.Write(c.Out, f), f.Close()); err != nil {
			return err
		}
		con.Note("Exported from the history of %s: %d lines.", d.Org.Name, f.Lines)
		return nil
	})
}

func (c *HistoryCommand) query() (history.Query, error) {
	q := history.Query{Actor: c.By, Member: roster.MemberID(c.Member), Action: c.Action}
	var err error
	if q.From, err = when("--from", c.From, 0); err != nil {
		return q, err
	}
	q.To, err = when("--to", c.To, 1)
	return q, err
}

// when reads a day, of which it gives the beginning, so many days later, or a moment.
func when(flag, text string, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, later), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, command.Usage("%s is a day, such as 2026-11-22, or a moment, such as 2026-11-22T09:00:00Z.", flag)
	}
	return t, nil
}

func (c *HistoryCommand) gather(ctx context.Context, d command.Desk, q history.Query) ([]roster.Event, error) {
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

// asking is how often it is asked whether there are new lines where nothing tells.
const asking = 4 * time.Second

// follow prints the last lines, then each new one, until ctx ends. The right is asked for each time.
func (c *HistoryCommand) follow(ctx context.Context, con *command.Console, d command.Desk, q history.Query) error {
	ear := d.History.Listen(ctx)
	defer ear.Close()
	at, err := d.History.Newest(ctx)
	if err != nil {
		return err
	}
	last, err := c.gather(ctx, d, q)
	slices.Reverse(last)
	if n := len(last); n > 0 {
		at = max(at, last[n-1].Seq)
	}
	if err == nil {
		err = c.print(con, last)
	}
	for q.Forward, q.Limit = true, 200; err == nil; {
		q.After = at
		var page history.Page
		if page, err = d.History.List(ctx, q); err != nil {
			break
		}
		at = page.Reached
		if err = c.print(con, page.Events); err != nil || page.Next != 0 {
			continue
		}
		wait(ctx, ear)
	}
	if errors.Is(ctx.Err(), context.Canceled) { // interrupted, which is how it ends
		return nil
	}
	return err
}

// wait waits until there may be something new.
func wait(ctx context.Context, ear *bell.Ear) {
	select {
	case <-ctx.Done():
	case <-ear.Heard():
	case <-time.After(asking):
	}
}

func (c *HistoryCommand) print(con *command.Console, events []roster.Event) error {
	for _, e := range events {
		if err := printLine(con, c.JSON, e); err != nil {
			return err
		}
	}
	return nil
}

// printLine prints a line that belongs to no table, since others may follow: for programs each is a document of its own.
func printLine(con *command.Console, asJSON bool, e roster.Event, before ...string) error {
	if asJSON {
		return json.NewEncoder(con.Out).Encode(eventOf(e))
	}
	return con.Row(append(before, cells(e)...)...)
}

// cells tells a line in short.
func cells(e roster.Event) []string {
	return []string{
		fmt.Sprint(e.Seq), command.Moment(e.At), command.OrElse(e.ActorName, string(e.ActorKind)), string(e.Door), e.Action + refusal(e),
		command.OrElse(e.Target.Name, e.Target.ID), changed(e),
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

// organisation reads an organisation's ID, where one is named.
func organisation(id string) (roster.OrgID, error) {
	if id != "" && !roster.IsOrgID(id) {
		return "", command.Usage("%q is no organisation's ID (org_…). “roster org list --json” tells them.", id)
	}
	return roster.OrgID(id), nil
}
