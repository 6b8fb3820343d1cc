package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// userCommands are about members.
type userCommands struct {
	List    userListCommand    `cmd:"" help:"List the members."`
	Show    userShowCommand    `cmd:"" help:"Show one member."`
	Invite  userInviteCommand  `cmd:"" help:"Invite a person."`
	Resend  userResendCommand  `cmd:"" help:"Send an invitation again."`
	Link    userLinkCommand    `cmd:"" help:"Print a fresh invitation link."`
	Edit    userEditCommand    `cmd:"" help:"Change names, phone and roles."`
	Block   userBlockCommand   `cmd:"" help:"Stop all access at once; it can be undone."`
	Unblock userUnblockCommand `cmd:"" help:"Undo a block."`
	Remove  userRemoveCommand  `cmd:"" help:"End a membership for good."`
}

// who names one member.
type who struct {
	Member string `arg:"" help:"A member: ID or e-mail address; an API user's client ID." placeholder:"MEMBER"`
}

// userListCommand lists members.
type userListCommand struct {
	output
	place
	Search []string `arg:"" optional:"" help:"Words that begin names, addresses, phones or client IDs."`
	Status []string `help:"Only this status: invited, active, blocked or removed. Repeatable." placeholder:"STATUS"`
	Kind   []string `help:"Only this kind: regular or api. Repeatable." placeholder:"KIND"`
	Role   string   `help:"Only who holds this role." placeholder:"ROLE"`
	Sort   string   `help:"The order: name, -name, created_at or -created_at." default:"name" placeholder:"ORDER"`
	Limit  int      `help:"At most so many; 0 for all." default:"0" placeholder:"N"`
}

// Help shows examples.
func (userListCommand) Help() string {
	return `Removed members are listed only when asked for.

    roster user list
    roster user list anna --status active --status blocked
    roster user list --kind api --json`
}

// Run prints the members.
func (c *userListCommand) Run(ctx context.Context, con *console) error {
	return c.at(ctx, func(ctx context.Context, d desk) error {
		all, total, err := c.gather(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			list := listDocument[memberDocument]{Items: []memberDocument{}, Total: total}
			for _, v := range all {
				list.Items = append(list.Items, memberOf(v))
			}
			return con.json(list)
		}
		t := columns("NAME", "IDENTIFIER", "STATUS", "ROLES", "LAST SEEN", "CREATED", "ID")
		for _, v := range all {
			t.add(v.Label(), v.Identifier(), v.Shown(), strings.Join(v.Roles(), ", "), con.when(v.LastSeenAt), con.when(v.CreatedAt), string(v.ID))
		}
		if len(all) > 0 {
			if err := con.print(t); err != nil {
				return err
			}
		}
		con.note("%d of %v in %s.", len(all), total, d.org.Name)
		return nil
	})
}

// gather lists page by page, as far as was asked for, and tells how many there are.
func (c *userListCommand) gather(ctx context.Context, d desk) ([]team.View, any, error) {
	if c.Limit < 0 {
		return nil, nil, usage("--limit is a number from 0.")
	}
	q := team.Query{Text: strings.Join(c.Search, " "), Role: c.Role, Sort: memberdb.Sort(c.Sort)}
	for _, s := range c.Status {
		q.Status = append(q.Status, roster.Status(s))
	}
	for _, k := range c.Kind {
		q.Kinds = append(q.Kinds, roster.MemberKind(k))
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

// userShowCommand shows a member.
type userShowCommand struct {
	output
	place
	who
}

// Run prints a member's facts.
func (c *userShowCommand) Run(ctx context.Context, con *console) error {
	return c.at(ctx, func(ctx context.Context, d desk) error {
		id, err := d.member(ctx, c.Member)
		if err != nil {
			return err
		}
		m, err := d.Team.Detail(ctx, id, d.SignIn.Settings().Idle)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.json(memberOf(m.View))
		}
		return con.show(con.facts(m))
	})
}

func (c *console) facts(m team.Detail) *sheet {
	var s sheet
	s.add("Name", m.Name)
	s.add("E-mail", m.Email.Typed)
	s.add("Client ID", m.ClientID)
	s.add("Phone", m.Phone)
	s.add("Kind", string(m.Kind))
	s.add("Status", m.Shown())
	s.add("Reason of the block", m.BlockReason)
	s.add("Roles", strings.Join(m.Roles(), ", "))
	if m.Kind != roster.API {
		s.add("Address verified", yes(!m.VerifiedAt.IsZero()))
	}
	if m.Live.State != "" {
		s.add("Invitation sent", orElse(moment(m.Live.SentAt), "not yet"))
		s.add("Invitation expires", orElse(moment(m.Live.ExpiresAt), "its time starts when it is sent"))
	}
	for _, j := range m.Letters {
		s.add("Letter", strings.TrimSpace(moment(j.MadeAt)+"  "+letterState(string(j.State))+"  "+j.Error))
	}
	for _, k := range m.Secrets {
		s.add("Secret", k.Prefix+"…"+k.LastFour+"  last used "+orElse(c.when(k.UsedAt), "never"))
	}
	if len(m.Sessions) > 0 {
		s.add("Sessions", number(len(m.Sessions)))
	}
	s.add("Last seen", c.when(m.LastSeenAt))
	s.add("Created", moment(m.CreatedAt)+" by "+doer(m.Row.CreatedBy))
	s.add("Updated", moment(m.UpdatedAt)+" by "+doer(m.Row.UpdatedBy))
	s.add("Removed", moment(m.RemovedAt))
	s.add("ID", string(m.ID))
	return &s
}

func yes(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func number(n int) string { return strconv.Itoa(n) }

// told prints a member after a change: as JSON, or a sentence of what was done.
func (c *console) told(asJSON bool, v team.View, format string, args ...any) error {
	if asJSON {
		return c.json(memberOf(v))
	}
	return c.line(format, args...)
}

// until shows the end of an invitation.
func until(v team.View) string {
	if v.Live.ExpiresAt.IsZero() {
		return "its time starts when the letter is sent"
	}
	return "until " + moment(v.Live.ExpiresAt)
}

// days reads a duration that may be given in days, such as 7d.
type days time.Duration

// UnmarshalText reads "7d", "36h" or any of Go's durations.
func (d *days) UnmarshalText(text []byte) error {
	if n, ok := strings.CutSuffix(string(text), "d"); ok {
		v, err := strconv.ParseUint(n, 10, 16)
		if err == nil {
			*d = days(time.Duration(v) * 24 * time.Hour)
			return nil
		}
	}
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return usage("%q is not a time such as 7d or 36h.", text)
	}
	*d = days(v)
	return nil
}
