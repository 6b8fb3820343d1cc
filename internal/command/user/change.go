package user

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/action/team/bulk"
	"roster/internal/action/team/way"
	"roster/internal/command"
	"roster/internal/roster"
)

// inviteCommand invites a person, or several.
type inviteCommand struct {
	command.Output
	command.Place
	Email        []string `arg:"" help:"The address that the invitation goes to; several for several people, or - to read them from the input."`
	FirstName    string   `help:"First name, of one person." placeholder:"NAME"`
	LastName     string   `help:"Last name, of one person." placeholder:"NAME"`
	Phone        string   `help:"Phone number with its country code, such as +44 20 7946 0100." placeholder:"PHONE"`
	Kind         string   `help:"regular, or external: somebody of a customer account, who holds something in it alone." default:"regular" placeholder:"KIND"`
	Unit         string   `help:"An external user's customer account: ID, external ID or name." placeholder:"UNIT"`
	ExternalID   string   `help:"What your product calls them." name:"external-id" placeholder:"ID"`
	gifts        `embed:""`
	LoginMethod  string       `help:"How they come in: e-mail and password unless given, or a connection's ID; “roster method list” shows them." name:"login-method" placeholder:"ID"`
	Identifier   string       `help:"What the connection's provider must say of them; of several people each one's address." placeholder:"TEXT"`
	StartBlocked bool         `help:"Send the letter, but give no access until unblocked."`
	TTL          command.Days `help:"How long the invitation lasts from the letter on, such as 7d." name:"ttl" placeholder:"TIME"`
	Message      string       `help:"A few words of yours in the letter." placeholder:"TEXT"`
	Password     bool         `help:"Send no letter, but set a password to hand over: it is asked for, or is the first line of the input. They choose their own at the first sign-in, within --ttl."`
}

// Help shows an example.
func (inviteCommand) Help() string {
	return `The letter goes out when a server with mail runs on the database; “roster outbox” shows it until then.
Without --role, --permission or --scope they get the role member.

Several people get the same. Addresses can stand as "Anna Berg <anna@example.com>", with any separator; who is
named without a name gives it as they accept. Each has an outcome; it ends with code 1 when somebody was not invited.

    roster user invite anna@example.com --first-name Anna --last-name Berg --role auditor
    roster user invite "Bo Ek <bo@example.com>" cleo@example.com --role auditor
    roster user invite - --role auditor < addresses.txt
    roster user invite ole@nordwind.example --first-name Ole --last-name Brand --kind external --unit Nordwind
    roster user invite ida@nordwind.example --first-name Ida --last-name Falk --kind external --unit Nordwind --password < password.txt`
}

// Run invites.
func (c *inviteCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		grants, err := c.givings(ctx, d)
		if err != nil {
			return err
		}
		bound, err := d.Unit(ctx, c.Unit)
		if err != nil {
			return err
		}
		in := team.Invitation{
			Kind: roster.MemberKind(c.Kind), Unit: string(bound), Email: c.Email[0], ExternalID: c.ExternalID,
			Profile: roster.Profile{FirstName: c.FirstName, LastName: c.LastName, Phone: c.Phone},
			Coming:  roster.Coming{Method: c.LoginMethod, Identifier: c.Identifier},
			Grants:  grants, StartBlocked: c.StartBlocked, TTL: time.Duration(c.TTL), Message: c.Message,
		}
		switch {
		case c.several():
			return c.inviteEach(ctx, con, d, in)
		case c.Password:
			return c.create(ctx, con, d, in)
		}
		v, err := d.Team.Invite(ctx, in)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Invited %s <%s> to %s as %s. The letter is in the outbox.", v.Label(), v.Email.Typed, place(ctx, d, v.Member), holding(ctx, d, v))
	})
}

// resendCommand sends an invitation again.
type resendCommand struct {
	command.Output
	command.Place
	whom
}

// Help tells what happens to the old link.
func (resendCommand) Help() string {
	return "Links in earlier letters stop working, and the time to accept starts again."
}

// Run resends.
func (c *resendCommand) Run(ctx context.Context, con *command.Console) error {
	if c.several() {
		return c.each(ctx, con, c.Place, c.JSON, bulk.Act{Does: act.MemberResend}, "Invited again", nil)
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Team.Resend(ctx, id)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "A new letter to %s is in the outbox. Earlier links stopped working.", v.Email.Typed)
	})
}

// linkCommand prints a fresh invitation link.
type linkCommand struct {
	command.Output
	command.Place
	command.Address
	command.Who
}

// Help tells what follows.
func (linkCommand) Help() string {
	return `Earlier links and an unsent letter stop working. Who comes in by this link is not verified, since
no letter proved the address.

    roster user link anna@example.com --url https://team.example.com`
}

// Run prints the link.
func (c *linkCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		linked, err := d.Team.Link(ctx, id)
		if err != nil {
			return err
		}
		v := linked.View
		link := c.Link(act.InvitationPath(d.Org.ID, linked.Secret))
		defer con.Note("This link is shown this once. It works once, %s. Earlier links stopped working.", until(v))
		if c.JSON {
			doc := memberOf(v)
			doc.Invitation.Link = link
			return con.JSON(doc)
		}
		con.Note("Hand this link to %s <%s> yourself:", v.Label(), v.Email.Typed)
		return con.Line("%s", link)
	})
}

// editCommand changes a member.
type editCommand struct {
	command.Output
	command.Place
	command.Who
	FirstName  *string  `help:"First name." placeholder:"NAME"`
	LastName   *string  `help:"Last name." placeholder:"NAME"`
	Name       *string  `help:"An API user's name." placeholder:"NAME"`
	Phone      *string  `help:"Phone number with its country code; empty to take it away." placeholder:"PHONE"`
	ExternalID *string  `help:"What your product calls them; empty to take it away." name:"external-id" placeholder:"ID"`
	Role       []string `help:"The roles from now on, instead of those held on the whole organisation; an external user's, in their customer account. One that is held keeps its end. Repeatable." placeholder:"ROLE"`
	NoRoles    bool     `help:"Take these roles away."`
	command.Picture
	LoginMethod *string `help:"How they come in from now on: password, or a connection's ID; “roster method list” shows them." name:"login-method" placeholder:"ID"`
	Identifier  *string `help:"What the connection's provider must say of them." placeholder:"TEXT"`
}

// Help shows examples.
func (editCommand) Help() string {
	return `What is not named stays, and so does what is held at customer accounts: “roster user grant” and
“withdraw” are for that. An address cannot be changed: invite the new one instead.

    roster user edit anna@example.com --phone "+44 20 7946 0100"
    roster user edit anna@example.com --role user_administrator --role auditor
    roster user edit anna@example.com --picture anna.jpg
    roster user edit anna@example.com --login-method password

With another login method the old way in is over at once, and an open invitation goes out anew.`
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := command.Paint(c.Picture, func(data []byte) (team.View, error) { return d.Pictures.Set(ctx, id, data) }, func() (team.View, error) { return d.Pictures.Remove(ctx, id) })
		if err == nil && c.edits() {
			err = command.Again(func() error {
				e, err := c.edit(ctx, d, id)
				if err == nil {
					v, err = d.Team.Edit(ctx, id, e)
				}
				return err
			})
		}
		if err == nil && c.moves() {
			v, err = c.move(ctx, d, id)
		}
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved %s: roles %s.", v.Label(), command.OrElse(d.Names().Roles(ctx, v.Grants), "none"))
	})
}

// edits tells whether anything but the picture is named.
func (c *editCommand) edits() bool {
	return c.NoRoles || len(c.Role) > 0 || c.ExternalID != nil || c.names()
}

func (c *editCommand) check() error {
	if err := c.Picture.Check(); err != nil {
		return err
	}
	switch {
	case c.NoRoles && len(c.Role) > 0:
		return command.Usage("--role and --no-roles do not go together.")
	case !c.edits() && !c.Named() && !c.moves():
		return command.Usage("There is nothing to change. Name --first-name, --last-name, --name, --phone, --external-id, --role, --picture or --login-method.")
	}
	return nil
}

// moves tells whether another way in is named.
func (c *editCommand) moves() bool { return c.LoginMethod != nil || c.Identifier != nil }

// move chooses how the member comes in; an identifier alone is for the connection that they have.
func (c *editCommand) move(ctx context.Context, d command.Desk, id roster.MemberID) (team.View, error) {
	var v team.View
	return v, command.Again(func() error {
		m, err := d.Team.Show(ctx, id)
		if err != nil {
			return err
		}
		to := way.Change{Coming: m.Coming, Version: m.Version}
		if c.LoginMethod != nil {
			to.Coming = roster.Coming{Method: *c.LoginMethod}
		}
		if c.Identifier != nil {
			to.Identifier = *c.Identifier
		}
		v, err = d.Ways.Change(ctx, id, to)
		return err
	})
}

// names tells whether something of the profile is named.
func (c *editCommand) names() bool {
	return c.FirstName != nil || c.LastName != nil || c.Name != nil || c.Phone != nil
}

// edit gives the change that is asked for, of the member as they are.
func (c *editCommand) edit(ctx context.Context, d command.Desk, id roster.MemberID) (team.Edit, error) {
	e := team.Edit{ExternalID: c.ExternalID}
	if c.names() {
		e.Profile = c.profile
	}
	if !c.NoRoles && len(c.Role) == 0 {
		return e, nil
	}
	m, err := held(ctx, d, id)
	if err != nil {
		return e, err
	}
	all := team.RoleGivings(c.Role...)
	for _, g := range m.Grants {
		i := slices.IndexFunc(all[:len(c.Role)], func(a team.Giving) bool { return among(ctx, d, m, g, []team.Giving{a}) })
		switch {
		case i >= 0:
			all[i].Until = g.Until // it stays as it was given
		case g.Role == "" || g.Unit != m.Unit:
			all = append(all, team.Givings([]roster.Grant{g})...)
		}
	}
	e.Grants, e.Version = &all, m.Version
	return e, nil
}

// profile gives the member's profile with what was named changed in it.
func (c *editCommand) profile(m roster.Member) roster.Profile {
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

// blockCommand blocks a member.
type blockCommand struct {
	command.Output
	command.Place
	whom
	Reason string `help:"Why; shown to administrators and in the history." placeholder:"TEXT"`
}

// Help tells what a block does.
func (blockCommand) Help() string {
	return "Sessions and tokens lose their access before the command ends. Roles and seat are kept."
}

// Run blocks.
func (c *blockCommand) Run(ctx context.Context, con *command.Console) error {
	if c.several() {
		return c.each(ctx, con, c.Place, c.JSON, bulk.Act{Does: act.MemberBlock, Reason: c.Reason}, "Blocked", nil)
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Team.Block(ctx, id, c.Reason)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Blocked %s. “roster user unblock %s” undoes it.", v.Label(), v.ID)
	})
}

// unblockCommand unblocks a member.
type unblockCommand struct {
	command.Output
	command.Place
	whom
}

// Run unblocks.
func (c *unblockCommand) Run(ctx context.Context, con *command.Console) error {
	if c.several() {
		return c.each(ctx, con, c.Place, c.JSON, bulk.Act{Does: act.MemberUnblock}, "Unblocked", nil)
	}
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		v, err := d.Team.Unblock(ctx, id)
		if err != nil {
			return err
		}
		if v.Status == roster.Invited && v.Live.State == "" {
			con.Note("The invitation ended with the block. A new one: roster user resend %s", v.ID)
		}
		return told(con, c.JSON, v, "Unblocked %s: %s.", v.Label(), v.Shown())
	})
}
