package user

import (
	"context"
	"fmt"
	"io"
	"strings"

	"roster/internal/action/team"
	"roster/internal/command"
	"roster/internal/roster"
)

// several tells whether more than one plain address is given. With names beside it, one is meant.
func (c *inviteCommand) several() bool {
	return len(c.Email) > 1 || c.Email[0] == "-" || c.FirstName+c.LastName == "" && strings.ContainsAny(c.Email[0], "<,; \t\n")
}

// Validate refuses what cannot be meant.
func (c *inviteCommand) Validate() error {
	switch {
	case len(c.Email) == 0: // the parser says that it is missing
		return nil
	case !c.several() && c.FirstName+c.LastName == "":
		return command.Usage("Name --first-name and --last-name, or write \"Anna Berg <anna@example.com>\".")
	case c.several() && (c.FirstName != "" || c.LastName != "" || c.Phone != "" || c.ExternalID != "" || c.Password):
		return command.Usage("--first-name, --last-name, --phone, --external-id and --password are for one person.")
	}
	return nil
}

// most bounds how much of the input is read.
const most = 1 << 20

// recipients gives whom the command line names, or the input.
func (c *inviteCommand) recipients(con *command.Console) ([]roster.Recipient, error) {
	if len(c.Email) > 1 || c.Email[0] != "-" {
		return roster.ParseRecipients(strings.Join(c.Email, "\n")), nil
	}
	text, err := io.ReadAll(io.LimitReader(con.In, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the addresses: %w", err)
	case len(text) > most:
		return nil, command.Usage("The input is too large: %d bytes are read at most.", most)
	}
	return roster.ParseRecipients(string(text)), nil
}

// outcomeDocument is what --json prints of one of several invitations.
type outcomeDocument struct {
	Typed  string           `json:"typed"`
	Member *memberDocument  `json:"member"` // null where the row was refused
	Error  *command.Refusal `json:"error"`
}

// inviteEach invites several people alike and tells each outcome.
func (c *inviteCommand) inviteEach(ctx context.Context, con *command.Console, d command.Desk, like team.Invitation) error {
	who, err := c.recipients(con)
	if err != nil {
		return err
	}
	all := make([]team.Invitation, len(who))
	for i, r := range who {
		all[i] = like
		all[i].Email, all[i].Profile, all[i].NamesLater = r.Address, roster.Profile{FirstName: r.FirstName, LastName: r.LastName}, true
		if like.Coming.Connected() && like.Coming.Identifier == "" {
			all[i].Coming.Identifier = r.Address
		}
	}
	outcomes, err := d.Team.InviteEach(ctx, all)
	if err != nil {
		return err
	}
	list := command.List[outcomeDocument]{Items: []outcomeDocument{}}
	t := command.Columns("ADDRESS", "OUTCOME")
	refused := 0
	for i, o := range outcomes {
		row := outcomeDocument{Typed: who[i].Typed}
		if e := o.Err; e != nil {
			refused++
			row.Error = command.RefusalOf(e)
			t.Add(who[i].Typed, e.Message)
		} else {
			m := memberOf(o.Result)
			row.Member = &m
			t.Add(who[i].Typed, "Invited.")
		}
		list.Items = append(list.Items, row)
	}
	if c.JSON {
		err = con.JSON(list)
	} else {
		err = con.Print(t)
	}
	con.Note("%d of %d invited to %s.", len(who)-refused, len(who), d.Org.Name)
	if err == nil && refused > 0 {
		err = command.ErrTold
	}
	return err
}
