package user

import (
	"context"
	"strings"
	"time"

	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/command"
	"roster/internal/roster"
)

// cloneCommand invites a person with another's access.
type cloneCommand struct {
	command.Output
	command.Place
	command.Who
	Email        string       `arg:"" optional:"" help:"The address that the invitation goes to." placeholder:"EMAIL"`
	FirstName    string       `help:"First name." placeholder:"NAME"`
	LastName     string       `help:"Last name." placeholder:"NAME"`
	Phone        string       `help:"Phone number with its country code, such as +44 20 7946 0100." placeholder:"PHONE"`
	ExternalID   string       `help:"What your product calls them." name:"external-id" placeholder:"ID"`
	LoginMethod  string       `help:"How they come in: e-mail and password unless given, or a connection's ID; “roster method list” shows them." name:"login-method" placeholder:"ID"`
	Identifier   string       `help:"What the connection's provider must say of them." placeholder:"TEXT"`
	StartBlocked bool         `help:"Send the letter, but give no access until unblocked."`
	TTL          command.Days `help:"How long the invitation lasts from the letter on, such as 7d." name:"ttl" placeholder:"TIME"`
	Message      string       `help:"A few words of yours in the letter." placeholder:"TEXT"`
	DryRun       bool         `help:"Tell what would come along and what not, and change nothing."`
}

// Help tells what comes along.
func (cloneCommand) Help() string {
	return `Only access comes along: no password, no session, no history. What whoever acts could not give (--as) is
left out, and listed. An external user's clone belongs to the same customer account.

    roster user clone anna@example.com --dry-run
    roster user clone anna@example.com ben@example.com --first-name Ben --last-name Lund`
}

// Validate asks for the new person's address and names.
func (c *cloneCommand) Validate() error {
	if !c.DryRun && (c.Email == "" || c.FirstName == "" || c.LastName == "") {
		return command.Usage("Say who the new member is: an address, --first-name and --last-name.")
	}
	return nil
}

// Run clones.
func (c *cloneCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		if c.DryRun {
			return offered(ctx, con, d, id, c.JSON)
		}
		if err := of(ctx, d, id, false); err != nil {
			return err
		}
		made, err := d.Team.Clone(ctx, id, team.Clone{
			Email: c.Email, ExternalID: c.ExternalID, Profile: roster.Profile{FirstName: c.FirstName, LastName: c.LastName, Phone: c.Phone},
			Coming: roster.Coming{Method: c.LoginMethod, Identifier: c.Identifier}, StartBlocked: c.StartBlocked, TTL: time.Duration(c.TTL), Message: c.Message,
		})
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(clonedOf(made))
		}
		if err := con.Line("Invited %s <%s> to %s as %s. The letter is in the outbox.", made.Label(), made.Email.Typed, place(ctx, d, made.Member), holding(ctx, d, made.View)); err != nil {
			return err
		}
		return leftOut(ctx, con, d, made.LeftOut)
	})
}

// apiCloneCommand makes an API user with another's access.
type apiCloneCommand struct {
	command.Output
	command.Place
	command.Who
	Name         string `arg:"" optional:"" help:"What the new program is, such as “Payroll export”." placeholder:"NAME"`
	ExternalID   string `help:"What your product calls it." name:"external-id" placeholder:"ID"`
	StartBlocked bool   `help:"Give no access until unblocked."`
	DryRun       bool   `help:"Tell what would come along and what not, and change nothing."`
}

// Help tells what comes along.
func (apiCloneCommand) Help() string {
	return `Only access comes along; the new API user has a client ID and a secret of its own. What whoever acts could
not give (--as) is left out, and listed.

    roster apiuser clone api_… "Payroll export"`
}

// Validate asks for the new API user's name.
func (c *apiCloneCommand) Validate() error {
	if !c.DryRun && c.Name == "" {
		return command.Usage("Say what the new API user is called.")
	}
	return nil
}

// Run clones.
func (c *apiCloneCommand) Run(ctx context.Context, con *command.Console) error {
	return c.On(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.MemberID) error {
		if c.DryRun {
			return offered(ctx, con, d, id, c.JSON)
		}
		if err := of(ctx, d, id, true); err != nil {
			return err
		}
		made, err := d.Team.Clone(ctx, id, team.Clone{ExternalID: c.ExternalID, Profile: roster.Profile{Name: c.Name}, StartBlocked: c.StartBlocked})
		if err != nil {
			return err
		}
		defer con.Note("The secret is shown this once. Keep it where the program finds it and nobody else does.")
		if c.JSON {
			return con.JSON(clonedOf(made))
		}
		if err := con.Show(credentials(made.View, made.Secret)); err != nil {
			return err
		}
		return leftOut(ctx, con, d, made.LeftOut)
	})
}

// of refuses to clone a person by the command for API users, and the other way round: their identities are
// asked for by other flags. Who is not there is the use case's to tell.
func of(ctx context.Context, d command.Desk, id roster.MemberID, api bool) error {
	m, err := held(ctx, d, id)
	switch {
	case err != nil:
		return nil
	case api && m.Kind != roster.API:
		return command.Usage("%s is a person. Use “roster user clone”.", m.Label())
	case !api && m.Kind == roster.API:
		return command.Usage("%s is an API user. Use “roster apiuser clone”.", m.Label())
	}
	return nil
}

// cloned is what --json tells of a clone.
type cloned struct {
	memberDocument
	LeftOut []leftDocument `json:"left_out"`
}

// offer is what --json tells of a clone before it is made.
type offer struct {
	Member  memberDocument  `json:"member"` // that would be cloned
	Comes   []command.Grant `json:"comes"`
	LeftOut []leftDocument  `json:"left_out"`
}

type leftDocument struct {
	Grant   command.Grant `json:"grant"`
	Reason  string        `json:"reason"`
	Missing []string      `json:"missing"`
}

func clonedOf(made team.Cloned) cloned {
	doc := cloned{memberOf(made.View), leftOf(made.LeftOut)}
	doc.Secret = made.Secret
	return doc
}

func leftOf(all []team.LeftOut) []leftDocument {
	docs := []leftDocument{}
	for _, l := range all {
		docs = append(docs, leftDocument{command.GrantOf(l.Grant), l.Reason, append([]string{}, authz.Keys(l.Missing)...)})
	}
	return docs
}

// offered tells what a clone would get.
func offered(ctx context.Context, con *command.Console, d command.Desk, id roster.MemberID, asJSON bool) error {
	o, err := d.Team.CloneOffer(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return con.JSON(offer{memberOf(o.Source), command.GrantsOf(o.Comes), leftOf(o.LeftOut)})
	}
	names := d.Names()
	if end := o.Source.Ends; !end.IsZero() {
		con.Note("Comes along: its end, %s.", command.Moment(end))
	}
	for _, g := range o.Comes {
		if err := con.Line("Comes along: %s.", names.Grant(ctx, g)); err != nil {
			return err
		}
	}
	if len(o.Comes) == 0 {
		con.Note("Nothing comes along.")
	}
	return leftOut(ctx, con, d, o.LeftOut)
}

// leftOut tells what of the source's access a clone does not get, and why.
func leftOut(ctx context.Context, con *command.Console, d command.Desk, all []team.LeftOut) error {
	names := d.Names()
	for _, l := range all {
		if err := con.Line("Left out: %s: %s.", names.Grant(ctx, l.Grant), reason(l)); err != nil {
			return err
		}
	}
	return nil
}

// reason tells why a grant was left out.
func reason(l team.LeftOut) string {
	switch {
	case len(l.Missing) > 0:
		return "you lack " + strings.Join(authz.Keys(l.Missing), ", ")
	case l.Reason == "ended":
		return "it has ended"
	case l.Reason == "unit_archived":
		return "the customer account is archived"
	}
	return strings.ReplaceAll(l.Reason, "_", " ")
}

// place names where a member belongs: the organisation, or an external user's customer account.
func place(ctx context.Context, d command.Desk, m roster.Member) string {
	return d.Names().Unit(ctx, m.Unit)
}

// holding tells in short what a new member holds.
func holding(ctx context.Context, d command.Desk, v team.View) string {
	names := d.Names()
	var parts []string
	for _, g := range v.Grants {
		if plain(v.Member, g) {
			parts = append(parts, names.Role(ctx, g.Role))
		} else {
			parts = append(parts, names.Grant(ctx, g))
		}
	}
	return command.OrElse(strings.Join(parts, ", "), "nothing yet")
}
