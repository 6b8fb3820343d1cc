package erasure

import (
	"context"
	"time"

	"roster/internal/command"
)

// eraseCommand erases what is kept of a removed member.
type eraseCommand struct {
	command.Output
	command.Place
	Member string `arg:"" help:"A member: ID." placeholder:"MEMBER"`
	Yes    bool   `help:"Do not ask."`
}

// Help tells what is deleted, and what is out of reach.
func (eraseCommand) Help() string {
	return `There is no way back. Names, addresses, pictures, sessions and what the history says of them are deleted; the history
goes on verifying, and says "(erased)" there. At the person's last membership their account goes, too. Only who was
removed can be erased. Backups, exports and letters that left before, and what webhooks delivered, are out of reach.
On a terminal the name is asked for; elsewhere --yes is needed.

Who was removed is named by their ID, which "roster user list --status removed" shows.

    roster user erase mem_01kb0example --yes`
}

// erasedDocument tells what was erased.
type erasedDocument struct {
	ID       string    `json:"id"`
	Lines    int       `json:"lines"`
	Person   bool      `json:"person"`
	ErasedAt time.Time `json:"erased_at"`
}

// Run erases.
func (c *eraseCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("Erasing cannot be undone. Say --yes to do it without being asked.")
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Find(ctx, c.Member)
		if err != nil {
			return err
		}
		look, err := d.Erasures.Look(ctx, id)
		if err != nil {
			return err
		}
		con.Note("Lines of the history that say something of %s: %d.", look.Label(), look.Lines)
		if look.Person {
			con.Note("Their account goes, too: no other organisation keeps anything of them.")
		}
		if !c.Yes {
			if err := con.Confirm(look.Label(), d.Org.Name); err != nil {
				return err
			}
		}
		e, err := d.Erasures.Erase(ctx, id, look.Label())
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(erasedDocument{string(e.ID), e.Lines, e.Person, e.ErasedAt})
		}
		return con.Line("Erased %s from %s.", e.ID, d.Org.Name)
	})
}
