package user

import (
	"context"

	"roster/internal/act"
	"roster/internal/action/team/bulk"
	"roster/internal/action/team/removal"
	"roster/internal/command"
	"roster/internal/roster"
)

// removeCommand removes a member.
type removeCommand struct {
	command.Output
	command.Place
	whom
	HandOverTo string `help:"Another active person, who takes over pending invitations and API users: ID or e-mail address." placeholder:"MEMBER"`
	Yes        bool   `help:"Do not ask."`
}

// Help tells that there is no way back.
func (removeCommand) Help() string {
	return `There is no way back; the address may be invited again, as a new member without the old access.
What hangs on the member is told first. On a terminal the name is asked for; elsewhere --yes is needed.

    roster user remove anna@example.com --hand-over-to olga@example.com`
}

// Run removes.
func (c *removeCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("Removing cannot be undone. Say --yes to do it without being asked.")
	}
	if c.several() {
		return c.removeEach(ctx, con)
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		look, err := d.Removals.Look(ctx, id, c.HandOverTo)
		if err != nil {
			return err
		}
		ends(ctx, con, d, look)
		if !c.Yes {
			if err := con.Confirm(look.Label(), d.Org.Name); err != nil {
				return err
			}
		}
		r, err := d.Removals.Remove(ctx, id, string(look.Taker.ID))
		if err != nil {
			return err
		}
		if r.Taker.ID != "" {
			con.Note("%s took over: %s, %s.", r.Taker.Label(), counted(len(r.Waiting), "invitation"), counted(len(r.APIUsers), "API user"))
		}
		return told(con, c.JSON, r.View, "Removed %s from %s.", r.Label(), d.Org.Name)
	})
}

// removeEach removes several, handing nothing over; on a terminal their number is asked for.
func (c *removeCommand) removeEach(ctx context.Context, con *command.Console) error {
	if c.HandOverTo != "" {
		return command.Usage("--hand-over-to is for one member.")
	}
	return c.each(ctx, con, c.Place, c.JSON, bulk.Act{Does: act.MemberRemove}, "Removed", func(d command.Desk, n int) error {
		if c.Yes {
			return nil
		}
		return con.Confirm(command.Plural(n, "member"), d.Org.Name)
	})
}

// counted writes how many there are of something.
func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return command.Number(n) + " " + one + "s"
}

// ends tells what hangs on a member who is to be removed.
func ends(ctx context.Context, con *command.Console, d command.Desk, r removal.Removal) {
	names := d.Names()
	for _, w := range r.Waiting {
		switch {
		case len(w.Stays) == 0 && r.Taker.ID != "":
			con.Note("The invitation of %s goes on, by %s.", w.Label(), r.Taker.Label())
		case len(w.Stays) == 0:
			con.Note("%s has not accepted the invitation of %s yet; it goes on.", w.Label(), r.Label())
		}
		for _, g := range w.Stays {
			con.Note("Left out when %s accepts: %s, which %s gave.", w.Label(), names.Grant(ctx, g), r.Label())
		}
	}
	for _, m := range r.APIUsers {
		con.Note("The API user %s, made by %s, goes on working.", m.Label(), r.Label())
	}
	if r.More {
		con.Note("There are more of these.")
	}
	for _, g := range r.Alone {
		con.Note("Nobody else who is active holds %s.", names.Grant(ctx, g))
	}
	for _, u := range r.Accounts {
		con.Note("Nobody else who is active belongs to %s.", names.Unit(ctx, u.ID))
	}
}
