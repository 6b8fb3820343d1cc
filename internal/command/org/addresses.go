package org

import (
	"context"
	"strings"

	"roster/internal/action/org/network"
	"roster/internal/command"
	"roster/internal/roster"
)

// addressesCommand shows or sets from where an organisation, or an API user of its, is let in.
type addressesCommand struct {
	command.Output
	command.Place
	which
	Member string   `help:"The list of this API user instead of the organisation's, by member ID." name:"api-user" placeholder:"MEMBER"`
	Set    []string `help:"An address or CIDR block to let in, instead of those there are. Repeatable." placeholder:"BLOCK"`
	Any    bool     `help:"Let in from anywhere."`
}

// Help shows examples.
func (addressesCommand) Help() string {
	return `Whoever comes from elsewhere is refused from the next request on. The operator at this command line is bound by no list,
and can clear one by which everybody locked themselves out.

    roster org addresses acme
    roster org addresses acme --set 203.0.113.0/24 --set 2001:db8::/32
    roster org addresses acme --any`
}

// Validate refuses what cannot be meant.
func (c *addressesCommand) Validate() error {
	if c.Any && len(c.Set) > 0 {
		return command.Usage("Name blocks with --set, or --any; not both.")
	}
	return nil
}

// Run shows the list, after setting it where that was asked for.
func (c *addressesCommand) Run(ctx context.Context, con *command.Console) error {
	return c.at(ctx, c.Place, func(ctx context.Context, d command.Desk) error {
		l, err := c.list(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(map[string][]string{"allowed_from": append([]string{}, l.From...)})
		}
		return con.Line("%s is let in from %s.", l.Of, command.OrElse(strings.Join(l.From, ", "), "anywhere"))
	})
}

func (c *addressesCommand) list(ctx context.Context, d command.Desk) (network.List, error) {
	changes, id := c.Any || len(c.Set) > 0, roster.MemberID(c.Member)
	switch {
	case id != "" && changes:
		return d.Networks.SetProgram(ctx, id, c.Set)
	case id != "":
		return d.Networks.ShowProgram(ctx, id)
	case changes:
		return d.Networks.Set(ctx, c.Set)
	}
	return d.Networks.Show(ctx)
}
