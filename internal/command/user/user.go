// Package user holds the commands about members of every kind: people and API users.
package user

import (
	"context"
	"strings"

	"roster/internal/action/team"
	"roster/internal/action/team/profile"
	"roster/internal/command"
	"roster/internal/roster"
)

// Commands are about members.
type Commands struct {
	List     listCommand     `cmd:"" does:"member.list" help:"List the members."`
	Export   ExportCommand   `cmd:"" does:"member.export" help:"Write members into a file for spreadsheet programs."`
	Show     showCommand     `cmd:"" does:"member.show" help:"Show one member."`
	Invite   inviteCommand   `cmd:"" does:"member.invite,member.create" help:"Invite a person."`
	Clone    cloneCommand    `cmd:"" does:"member.clone" help:"Invite a person with the access that another member has."`
	Resend   resendCommand   `cmd:"" does:"member.resend" help:"Send an invitation again."`
	Link     linkCommand     `cmd:"" does:"member.link" help:"Print a fresh invitation link."`
	Password passwordCommand `cmd:"" does:"member.password" help:"Set a managed person's password."`
	Edit     editCommand     `cmd:"" does:"member.edit,member.method,member.picture,member.picture_remove" help:"Change names, phone and roles."`
	Grant    grantCommand    `cmd:"" does:"member.grant" help:"Give roles, permissions or scopes, at a place, until a day."`
	Withdraw withdrawCommand `cmd:"" does:"member.grant" help:"Take roles, permissions or scopes away."`
	Grants   grantsCommand   `cmd:"" does:"member.grant" help:"Show what was given to a member, or set all of it from a file."`
	Access   accessCommand   `cmd:"" does:"member.access" help:"Show what a member may do, and why."`
	Block    blockCommand    `cmd:"" does:"member.block" help:"Stop all access at once; it can be undone."`
	Unblock  unblockCommand  `cmd:"" does:"member.unblock" help:"Undo a block."`
	Remove   removeCommand   `cmd:"" does:"member.remove,member.removal" help:"End a membership for good."`
}

// listCommand lists members.
type listCommand struct {
	command.Output
	command.Place
	selection
	Limit int `help:"At most so many; 0 for all." default:"0" placeholder:"N"`
}

// Help shows examples.
func (listCommand) Help() string {
	return `Removed members are listed only when asked for.

    roster user list
    roster user list anna --status active --status blocked
    roster user list --at Nordwind --role dispatcher
    roster user list --kind api --json`
}

// Run prints the members.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		all, total, err := c.gather(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[memberDocument]{Items: []memberDocument{}, Total: total}
			for _, v := range all {
				list.Items = append(list.Items, memberOf(v))
			}
			return con.JSON(list)
		}
		names := d.Names()
		t := command.Columns("NAME", "IDENTIFIER", "STATUS", "ROLES", "LAST SEEN", "CREATED", "ID")
		for _, v := range all {
			t.Add(v.Label(), v.Identifier(), v.Shown(), names.Roles(ctx, v.Grants), con.When(v.LastSeenAt), con.When(v.CreatedAt), string(v.ID))
		}
		if len(all) > 0 {
			if err := con.Print(t); err != nil {
				return err
			}
		}
		con.Note("%d of %v in %s.", len(all), total, d.Org.Name)
		return nil
	})
}

// gather lists page by page, as far as was asked for, and tells how many there are.
func (c *listCommand) gather(ctx context.Context, d command.Desk) ([]team.View, any, error) {
	if c.Limit < 0 {
		return nil, nil, command.Usage("--limit is a number from 0.")
	}
	q, err := c.query(ctx, d)
	if err != nil {
		return nil, nil, err
	}
	var all []team.View
	for {
		if q.Limit = 200; c.Limit > 0 {
			q.Limit = min(200, c.Limit-len(all))
		}
		page, err := d.Team.List(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, page.Members...)
		switch q.Cursor = page.Next; {
		case q.Cursor == "":
			return all, len(all), nil
		case len(all) == c.Limit && page.More:
			return all, "more", nil
		case len(all) == c.Limit:
			return all, page.Total, nil
		}
	}
}

// showCommand shows a member.
type showCommand struct {
	command.Output
	command.Place
	command.Who
}

// Run prints a member's facts.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Find(ctx, c.Member)
		if err != nil {
			return err
		}
		m, err := d.Profiles.Show(ctx, id, d.SignIn.Settings().Idle)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(memberOf(m.View))
		}
		return con.Show(facts(ctx, con, d.Names(), m))
	})
}

func facts(ctx context.Context, con *command.Console, names *command.Names, m profile.Profile) *command.Sheet {
	var s command.Sheet
	s.Add("Name", m.Name)
	s.Add("E-mail", m.Email.Typed)
	s.Add("Client ID", m.ClientID)
	s.Add("External ID", m.ExternalID)
	s.Add("Phone", m.Phone)
	s.Add("Kind", string(m.Kind))
	s.Add("Status", m.Shown())
	s.Add("Reason of the block", m.BlockReason)
	if m.Unit != "" {
		s.Add("Customer account", names.Unit(ctx, m.Unit))
	}
	s.Add("Roles", names.Roles(ctx, m.Grants))
	for _, g := range m.Grants {
		if !plain(m.Member, g) {
			s.Add("Holds", names.Grant(ctx, g))
		}
	}
	if m.Kind != roster.API {
		s.Add("Address verified", command.Yes(!m.VerifiedAt.IsZero()))
	}
	if m.Live.State != "" {
		s.Add("Invitation sent", command.OrElse(command.Moment(m.Live.SentAt), "not yet"))
		s.Add("Invitation expires", command.OrElse(command.Moment(m.Live.ExpiresAt), "its time starts when it is sent"))
	}
	for _, j := range m.Letters {
		s.Add("Letter", strings.TrimSpace(command.Moment(j.MadeAt)+"  "+command.LetterState(string(j.State))+"  "+j.Error))
	}
	for _, k := range m.Secrets {
		used := command.OrElse(con.When(k.UsedAt), "never")
		if k.UsedIP != "" {
			used += " from " + k.UsedIP
		}
		s.Add("Secret", k.Prefix+"…"+k.LastFour+"  last used "+used)
	}
	if len(m.Sessions) > 0 {
		s.Add("Sessions", command.Number(len(m.Sessions)))
	}
	s.Add("Last seen", con.When(m.LastSeenAt))
	s.Add("Created", command.Moment(m.CreatedAt)+" by "+command.Doer(m.Row.CreatedBy))
	s.Add("Updated", command.Moment(m.UpdatedAt)+" by "+command.Doer(m.Row.UpdatedBy))
	s.Add("Removed", command.Moment(m.RemovedAt))
	s.Add("ID", string(m.ID))
	return &s
}

// plain tells whether a grant is an endless role at the member's own place, which the line of roles says.
func plain(m roster.Member, g roster.Grant) bool {
	return g.Role != "" && g.Unit == m.Unit && g.Until.IsZero()
}

// told prints a member after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v team.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(memberOf(v))
	}
	return con.Line(format, args...)
}

// until shows the end of an invitation.
func until(v team.View) string {
	if v.Live.ExpiresAt.IsZero() {
		return "its time starts when the letter is sent"
	}
	return "until " + command.Moment(v.Live.ExpiresAt)
}
