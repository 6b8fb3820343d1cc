package method

import (
	"context"
	"strings"

	methods "roster/internal/action/method"
	"roster/internal/command"
	"roster/internal/login"
)

// createCommand adds a connection.
type createCommand struct {
	command.Output
	command.Place
	command.KeyFile
	Name            string   `arg:"" help:"What the button says."`
	Issuer          string   `help:"The provider's own address: OpenID Connect, of which the rest is discovered." placeholder:"URL"`
	AuthorizeURL    string   `help:"Of OAuth 2.0: where browsers sign in." name:"authorize-url" placeholder:"URL"`
	TokenURL        string   `help:"Of OAuth 2.0: where a code becomes a token." name:"token-url" placeholder:"URL"`
	UserInfoURL     string   `help:"Of OAuth 2.0: who signed in." name:"user-info-url" placeholder:"URL"`
	ClientID        string   `help:"As the provider calls this installation." name:"client-id" required:"" placeholder:"ID"`
	Secret          bool     `help:"The provider gave a client secret: it is asked for, or is the first line of the input."`
	Scope           []string `help:"A scope to ask for. Repeatable." placeholder:"SCOPE"`
	Parameter       []string `help:"One more parameter of the request, as name=value. Repeatable." placeholder:"NAME=VALUE"`
	IdentifierClaim string   `help:"What of the answer is the identifier; sub of OpenID Connect unless given." placeholder:"CLAIM"`
}

// Help shows examples.
func (createCommand) Help() string {
	return `It is a draft until somebody tested it in a browser and switched it on. The client secret is sealed with the
installation's key, and never shown; it never stands on the command line.

    roster method create Okta --issuer https://acme.okta.example --client-id roster --scope email --identifier-claim email --secret < secret.txt
    roster method create Hub --authorize-url https://hub.example/authorize --token-url https://hub.example/token --user-info-url https://hub.example/user --client-id roster --identifier-claim login --secret`
}

// Run adds the connection.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	kind := login.OAuth
	if c.AuthorizeURL == "" && c.TokenURL == "" && c.UserInfoURL == "" {
		kind = login.OIDC
	}
	secret, err := asked(con, c.Secret)
	if err != nil {
		return err
	}
	return c.Sealing(ctx, c.KeyFile, func(ctx context.Context, d command.Desk) error {
		v, err := d.Methods.Create(ctx, methods.Draft{Kind: string(kind), Name: c.Name, Secret: secret, Connection: login.Connection{
			Issuer: c.Issuer, AuthorizeURL: c.AuthorizeURL, TokenURL: c.TokenURL, UserInfoURL: c.UserInfoURL, ClientID: c.ClientID, Scopes: c.Scope,
			Parameters: login.ParseParameters(strings.Join(c.Parameter, "\n")), IdentifierClaim: c.IdentifierClaim,
		}})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Added %s (%s). “roster method show %s” tells what its provider must know, and where it is tested.", v.Name, v.ID, v.ID)
	})
}

func asked(con *command.Console, wanted bool) (string, error) {
	if !wanted {
		return "", nil
	}
	return con.Secret("The client secret")
}

// editCommand changes a connection.
type editCommand struct {
	command.Output
	command.Place
	command.KeyFile
	which
	Name            *string  `help:"What the button says." placeholder:"NAME"`
	Issuer          *string  `help:"The provider's own address." placeholder:"URL"`
	AuthorizeURL    *string  `help:"Where browsers sign in." name:"authorize-url" placeholder:"URL"`
	TokenURL        *string  `help:"Where a code becomes a token." name:"token-url" placeholder:"URL"`
	UserInfoURL     *string  `help:"Who signed in." name:"user-info-url" placeholder:"URL"`
	ClientID        *string  `help:"As the provider calls this installation." name:"client-id" placeholder:"ID"`
	Secret          bool     `help:"Another client secret: it is asked for, or is the first line of the input."`
	Scope           []string `help:"The scopes from now on. Repeatable." placeholder:"SCOPE"`
	Parameter       []string `help:"The parameters from now on, as name=value. Repeatable." placeholder:"NAME=VALUE"`
	IdentifierClaim *string  `help:"What of the answer is the identifier." placeholder:"CLAIM"`
}

// Help tells what follows from a change.
func (editCommand) Help() string {
	return `What is not named stays. Whatever it speaks to its provider by takes its test back: nobody comes in by it until
it was tested again. Where people are told apart otherwise, their sessions end.

    roster method edit Okta --secret < secret.txt`
}

// Run edits.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	e := methods.Edit{
		Name: c.Name, Issuer: c.Issuer, AuthorizeURL: c.AuthorizeURL, TokenURL: c.TokenURL, UserInfoURL: c.UserInfoURL, ClientID: c.ClientID, IdentifierClaim: c.IdentifierClaim,
	}
	if len(c.Scope) > 0 {
		e.Scopes = &c.Scope
	}
	if len(c.Parameter) > 0 {
		all := login.ParseParameters(strings.Join(c.Parameter, "\n"))
		e.Parameters = &all
	}
	if e == (methods.Edit{}) && !c.Secret {
		return command.Usage("There is nothing to change. “roster method edit --help” shows what can be.")
	}
	if c.Secret {
		secret, err := asked(con, true)
		if err != nil {
			return err
		}
		e.Secret = &secret
	}
	return c.Sealing(ctx, c.KeyFile, func(ctx context.Context, d command.Desk) error {
		m, err := c.find(ctx, d)
		if err != nil {
			return err
		}
		v, err := d.Methods.Edit(ctx, m.ID, e)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved %s: %s.", v.Name, v.State())
	})
}

// enableCommand switches a login method on.
type enableCommand struct {
	command.Output
	command.Place
	which
}

// Run switches it on.
func (c *enableCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		m, err := c.find(ctx, d)
		if err != nil {
			return err
		}
		v, err := d.Methods.Enable(ctx, m.ID)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Switched on %s.", v.Label())
	})
}

// ending asks before what depends on a login method ends.
type ending struct {
	Yes bool `help:"Do not ask."`
}

// ask tells who depends on a method, and asks for its name.
func (e ending) ask(con *command.Console, v methods.View) error {
	con.Note("%s depend on %s.", depending(v), v.Label())
	if e.Yes {
		return nil
	}
	return con.Confirm(v.Label(), "the ways in")
}

// end finds a method, asks, and ends it.
func (e ending) end(ctx context.Context, con *command.Console, at command.Place, of which, do func(context.Context, command.Desk, methods.View) error) error {
	if !e.Yes && !con.Asks {
		return command.Usage("Who depends on it loses their way in. Say --yes to do it without being asked.")
	}
	return at.At(ctx, func(ctx context.Context, d command.Desk) error {
		m, err := of.find(ctx, d)
		if err == nil {
			err = e.ask(con, m)
		}
		if err != nil {
			return err
		}
		return do(ctx, d, m)
	})
}

// disableCommand switches a login method off.
type disableCommand struct {
	command.Output
	command.Place
	which
	ending `embed:""`
}

// Help tells what ends.
func (disableCommand) Help() string {
	return "It tells how many people depend on it first. Their access ends at once, unless they have another way in."
}

// Run switches it off.
func (c *disableCommand) Run(ctx context.Context, con *command.Console) error {
	return c.end(ctx, con, c.Place, c.which, func(ctx context.Context, d command.Desk, m methods.View) error {
		v, err := d.Methods.Disable(ctx, m.ID)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Switched off %s.", v.Label())
	})
}

// deleteCommand deletes a connection.
type deleteCommand struct {
	command.Output
	command.Place
	which
	ending `embed:""`
}

// Help tells what ends.
func (deleteCommand) Help() string {
	return "It tells how many people depend on it first. What is known of who came in by it is gone for good."
}

// Run deletes it.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	return c.end(ctx, con, c.Place, c.which, func(ctx context.Context, d command.Desk, m methods.View) error {
		v, err := d.Methods.Delete(ctx, m.ID, m.Version)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Deleted %s.", v.Name)
	})
}
