package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
)

// userInviteCommand invites a person.
type userInviteCommand struct {
	output
	place
	Email        string   `arg:"" help:"The address that the invitation goes to."`
	FirstName    string   `help:"First name." required:"" placeholder:"NAME"`
	LastName     string   `help:"Last name." required:"" placeholder:"NAME"`
	Phone        string   `help:"Phone number with its country code, such as +44 20 7946 0100." placeholder:"PHONE"`
	Role         []string `help:"A role; member when none is named. Repeatable." placeholder:"ROLE"`
	StartBlocked bool     `help:"Send the letter, but give no access until unblocked."`
	TTL          days     `help:"How long the invitation lasts from the letter on, such as 7d." name:"ttl" placeholder:"TIME"`
	Message      string   `help:"A few words of yours in the letter." placeholder:"TEXT"`
}

// Help shows an example.
func (userInviteCommand) Help() string {
	return `The letter goes out when a server with mail runs on the database; “roster outbox” shows it until then.

    roster user invite anna@example.com --first-name Anna --last-name Berg --role auditor`
}

// Run invites.
func (c *userInviteCommand) Run(ctx context.Context, con *console) error {
	return c.at(ctx, func(ctx context.Context, d desk) error {
		v, err := d.Team.Invite(ctx, team.Invitation{
			Email: c.Email, Profile: roster.Profile{FirstName: c.FirstName, LastName: c.LastName, Phone: c.Phone},
			Grants: team.RoleGivings(c.Role...), StartBlocked: c.StartBlocked, TTL: time.Duration(c.TTL), Message: c.Message,
		})
		if err != nil {
			return err
		}
		return con.told(c.JSON, v, "Invited %s <%s> to %s as %s. The letter is in the outbox.", v.Label(), v.Email.Typed, d.org.Name, strings.Join(v.Roles(), ", "))
	})
}

// userResendCommand sends an invitation again.
type userResendCommand struct {
	output
	place
	who
}

// Help tells what happens to the old link.
func (userResendCommand) Help() string {
	return "Links in earlier letters stop working, and the time to accept starts again."
}

// Run resends.
func (c *userResendCommand) Run(ctx context.Context, con *console) error {
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		v, err := d.Team.Resend(ctx, id)
		if err != nil {
			return err
		}
		return con.told(c.JSON, v, "A new letter to %s is in the outbox. Earlier links stopped working.", v.Email.Typed)
	})
}

// on finds the member that is named and lets work be done on them.
func (w who) on(ctx context.Context, p place, work func(context.Context, desk, roster.MemberID) error) error {
	return p.at(ctx, func(ctx context.Context, d desk) error {
		id, err := d.member(ctx, w.Member)
		if err != nil {
			return err
		}
		return work(ctx, d, id)
	})
}

// userLinkCommand prints a fresh invitation link.
type userLinkCommand struct {
	output
	place
	address
	who
}

// Help tells what follows.
func (userLinkCommand) Help() string {
	return `Earlier links and an unsent letter stop working. Who comes in by this link is not verified, since
no letter proved the address.

    roster user link anna@example.com --url https://team.example.com`
}

// Run prints the link.
func (c *userLinkCommand) Run(ctx context.Context, con *console) error {
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		linked, err := d.Team.Link(ctx, id)
		if err != nil {
			return err
		}
		v := linked.View
		link := c.link(action.InvitationPath(d.org.ID, linked.Secret))
		defer con.note("This link is shown this once. It works once, %s. Earlier links stopped working.", until(v))
		if c.JSON {
			doc := memberOf(v)
			doc.Invitation.Link = link
			return con.json(doc)
		}
		con.note("Hand this link to %s <%s> yourself:", v.Label(), v.Email.Typed)
		return con.line("%s", link)
	})
}

// userEditCommand changes a member.
type userEditCommand struct {
	output
	place
	who
	FirstName *string  `help:"First name." placeholder:"NAME"`
	LastName  *string  `help:"Last name." placeholder:"NAME"`
	Name      *string  `help:"An API user's name." placeholder:"NAME"`
	Phone     *string  `help:"Phone number with its country code; empty to take it away." placeholder:"PHONE"`
	Role      []string `help:"The roles from now on, instead of those held. Repeatable." placeholder:"ROLE"`
	NoRoles   bool     `help:"Take every role away."`
}

// Help shows examples.
func (userEditCommand) Help() string {
	return `What is not named stays. An address cannot be changed: invite the new one instead.

    roster user edit anna@example.com --phone "+44 20 7946 0100"
    roster user edit anna@example.com --role user_administrator --role auditor`
}

// Run edits.
func (c *userEditCommand) Run(ctx context.Context, con *console) error {
	edit, err := c.edit()
	if err != nil {
		return err
	}
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		v, err := d.Team.Edit(ctx, id, edit)
		if err != nil {
			return err
		}
		return con.told(c.JSON, v, "Saved %s: roles %s.", v.Label(), orElse(strings.Join(v.Roles(), ", "), "none"))
	})
}

func (c *userEditCommand) edit() (team.Edit, error) {
	var e team.Edit
	if c.FirstName != nil || c.LastName != nil || c.Name != nil || c.Phone != nil {
		e.Profile = c.profile
	}
	switch {
	case c.NoRoles && len(c.Role) > 0:
		return e, usage("--role and --no-roles do not go together.")
	case c.NoRoles || len(c.Role) > 0:
		givings := team.RoleGivings(c.Role...)
		e.Grants = &givings
	case e.Profile == nil:
		return e, usage("There is nothing to change. Name --first-name, --last-name, --name, --phone or --role.")
	}
	return e, nil
}

// profile gives the member's profile with what was named changed in it.
func (c *userEditCommand) profile(m roster.Member) roster.Profile {
	p := roster.Profile{FirstName: m.FirstName, LastName: m.LastName, Phone: m.Phone}
	if m.Kind == roster.API {
		p = roster.Profile{Name: m.Name}
	}
	for _, s := range []struct{ to, from *string }{{&p.FirstName, c.FirstName}, {&p.LastName, c.LastName}, {&p.Name, c.Name}, {&p.Phone, c.Phone}} {
		if s.from != nil {
			*s.to = *s.from
		}
	}
	return p
}

// userBlockCommand blocks a member.
type userBlockCommand struct {
	output
	place
	who
	Reason string `help:"Why; shown to administrators and in the history." placeholder:"TEXT"`
}

// Help tells what a block does.
func (userBlockCommand) Help() string {
	return "Sessions and tokens lose their access before the command ends. Roles and seat are kept."
}

// Run blocks.
func (c *userBlockCommand) Run(ctx context.Context, con *console) error {
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		v, err := d.Team.Block(ctx, id, c.Reason)
		if err != nil {
			return err
		}
		return con.told(c.JSON, v, "Blocked %s. “roster user unblock %s” undoes it.", v.Label(), v.ID)
	})
}

// userUnblockCommand unblocks a member.
type userUnblockCommand struct {
	output
	place
	who
}

// Run unblocks.
func (c *userUnblockCommand) Run(ctx context.Context, con *console) error {
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		v, err := d.Team.Unblock(ctx, id)
		if err != nil {
			return err
		}
		if v.Status == roster.Invited && v.Live.State == "" {
			con.note("The invitation ended with the block. A new one: roster user resend %s", v.ID)
		}
		return con.told(c.JSON, v, "Unblocked %s: %s.", v.Label(), v.Shown())
	})
}

// userRemoveCommand removes a member.
type userRemoveCommand struct {
	output
	place
	who
	Yes bool `help:"Do not ask."`
}

// Help tells that there is no way back.
func (userRemoveCommand) Help() string {
	return `There is no way back; the address may be invited again, as a new member without the old access.
On a terminal the name is asked for; elsewhere --yes is needed.`
}

// Run removes.
func (c *userRemoveCommand) Run(ctx context.Context, con *console) error {
	if !c.Yes && !con.asks {
		return usage("Removing cannot be undone. Say --yes to do it without being asked.")
	}
	return c.on(ctx, c.place, func(ctx context.Context, d desk, id roster.MemberID) error {
		if !c.Yes {
			v, err := d.Team.Show(ctx, id)
			if err != nil {
				return err
			}
			if err := con.confirm(v.Label(), d.org.Name); err != nil {
				return err
			}
		}
		v, err := d.Team.Remove(ctx, id)
		if err != nil {
			return err
		}
		return con.told(c.JSON, v, "Removed %s from %s.", v.Label(), d.org.Name)
	})
}

// confirm asks for a name to be typed and fails when it is not.
func (c *console) confirm(name, from string) error {
	fmt.Fprint(c.err, visible(fmt.Sprintf("This removes %s from %s for good. Type the name to go on: ", name, from)))
	typed, err := c.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(typed) != name {
		return roster.Errorf(roster.Invalid, "not_confirmed", "That is not the name. Nothing was changed.")
	}
	return nil
}
