// Package operator holds the commands about who operates the installation.
package operator

import (
	"context"
	"time"

	"roster/internal/action/operator"
	"roster/internal/app"
	"roster/internal/command"
	"roster/internal/roster"
)

// Commands are about operators.
type Commands struct {
	List   listCommand   `cmd:"" does:"operator.list" help:"List the operators."`
	Add    addCommand    `cmd:"" does:"operator.add" help:"Make somebody an operator, with a password to hand over."`
	Remove removeCommand `cmd:"" does:"operator.remove" help:"Take it from them: their account and their sessions end at once."`
}

type operatorDocument struct {
	ID      roster.PersonID `json:"id"`
	Email   string          `json:"email"`
	MFA     bool            `json:"mfa"`
	SeenAt  *time.Time      `json:"last_seen_at"`
	AddedAt time.Time       `json:"added_at"`
}

func documentOf(o roster.Operator) operatorDocument {
	return operatorDocument{o.Person.ID, o.Person.Email.Typed, o.Factor, command.Some(o.SeenAt), o.AddedAt}
}

type listCommand struct {
	command.Output
	command.Database
}

// Run prints the operators.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		all, err := h.Operators.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[operatorDocument]{Items: []operatorDocument{}}
			for _, o := range all {
				list.Items = append(list.Items, documentOf(o))
			}
			return con.JSON(list)
		}
		if len(all) == 0 {
			con.Note("Nobody is an operator yet. Make one with “roster operator add”.")
			return nil
		}
		t := command.Columns("EMAIL", "SECOND FACTOR", "LAST SEEN", "ADDED", "ID")
		for _, o := range all {
			seen := ""
			if !o.SeenAt.IsZero() {
				seen = con.When(o.SeenAt)
			}
			t.Add(o.Person.Email.Typed, command.Yes(o.Factor), seen, con.When(o.AddedAt), string(o.Person.ID))
		}
		return con.Print(t)
	})
}

type addCommand struct {
	command.Output
	command.Database
	Email string `arg:"" help:"Their e-mail address." placeholder:"EMAIL"`
}

// Help tells where the password comes from, and what follows.
func (addCommand) Help() string {
	return `An operator's account is the installation's own: it belongs to no organisation. On a terminal the password is asked
for twice; elsewhere it is the first line of the input. They sign in at /operator, choose their own password and
set up a second factor before anything else.

    roster operator add ana@example.com < password.txt`
}

// Run makes an operator.
func (c *addCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		password, repeat, err := con.Password(c.Email)
		if err != nil {
			return err
		}
		o, err := h.Operators.Add(ctx, operator.Draft{Email: c.Email, Password: password, Repeat: repeat})
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(o))
		}
		return con.Line("%s is an operator now. Hand the password over; they choose their own at /operator, within %s.", o.Person.Email.Typed, command.Span(roster.DefaultInvitationTTL))
	})
}

type removeCommand struct {
	command.Database
	Email string `arg:"" help:"Their e-mail address." placeholder:"EMAIL"`
}

// Run takes the mark away.
func (c *removeCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		o, err := h.Operators.Remove(ctx, c.Email)
		if err != nil {
			return err
		}
		return con.Line("%s is no operator any more.", o.Person.Email.Typed)
	})
}
