// Package method holds the commands about login methods: e-mail and password, and connections to providers. A
// connection is tested in a browser, on its page of the dashboard.
package method

import (
	"context"
	"strings"
	"time"

	methods "roster/internal/action/method"
	"roster/internal/action/signin/connect"
	"roster/internal/command"
	"roster/internal/login"
	"roster/internal/roster"
	api "roster/internal/server/api/method"
)

// Commands are about login methods.
type Commands struct {
	List    listCommand    `cmd:"" does:"method.list" help:"List the login methods, and how many people depend on each."`
	Show    showCommand    `cmd:"" does:"method.list" help:"Show a login method, and what its provider must be told."`
	Create  createCommand  `cmd:"" does:"method.create" help:"Add a connection to a provider."`
	Edit    editCommand    `cmd:"" does:"method.edit" help:"Change a connection; most changes ask for a new test."`
	Enable  enableCommand  `cmd:"" does:"method.enable" help:"Let people in by a login method that was tested."`
	Disable disableCommand `cmd:"" does:"method.disable" help:"Let nobody in by a login method."`
	Delete  deleteCommand  `cmd:"" does:"method.delete" help:"Delete a connection."`
}

// which names one login method.
type which struct {
	Method string `arg:"" help:"A login method: ID, the name on its button, or password for e-mail and password." placeholder:"METHOD"`
}

// find gives the method that is meant. Kind: NotFound.
func (w which) find(ctx context.Context, d command.Desk) (methods.View, error) {
	all, err := d.Methods.List(ctx)
	if err != nil {
		return methods.View{}, err
	}
	for _, m := range all {
		if m.ID == w.Method || m.Kind != login.Password && roster.Fold(m.Name) == roster.Fold(w.Method) {
			return m, nil
		}
	}
	return methods.View{}, roster.Errorf(roster.NotFound, "not_found", "There is no login method %s. “roster method list” shows them.", w.Method)
}

// methodDocument is what --json prints of a login method.
type methodDocument struct {
	ID              string            `json:"id"`
	Kind            string            `json:"kind"`
	Name            string            `json:"name"`
	State           string            `json:"state"`
	Enabled         bool              `json:"enabled"`
	Issuer          *string           `json:"issuer"`
	AuthorizeURL    *string           `json:"authorize_url"`
	TokenURL        *string           `json:"token_url"`
	UserInfoURL     *string           `json:"user_info_url"`
	ClientID        *string           `json:"client_id"`
	HasClientSecret bool              `json:"has_client_secret"`
	Scopes          []string          `json:"scopes"`
	Parameters      []login.Parameter `json:"parameters"`
	IdentifierClaim *string           `json:"identifier_claim"`
	Members         int               `json:"members"`
	Invitations     int               `json:"invitations"`
	TestedAt        *time.Time        `json:"tested_at"`
	ETag            string            `json:"etag"`
	Allowed         []string          `json:"allowed"`
	RedirectURL     string            `json:"redirect_url,omitempty"` // where it is shown
}

func documentOf(v methods.View) methodDocument {
	c := v.Connection
	return methodDocument{
		ID: v.ID, Kind: string(v.Kind), Name: v.Label(), State: string(v.State()), Enabled: v.Enabled, Issuer: command.Text(c.Issuer), AuthorizeURL: command.Text(c.AuthorizeURL),
		TokenURL: command.Text(c.TokenURL), UserInfoURL: command.Text(c.UserInfoURL), ClientID: command.Text(c.ClientID), HasClientSecret: v.HasSecret,
		Scopes: append([]string{}, c.Scopes...), Parameters: append([]login.Parameter{}, c.Parameters...), IdentifierClaim: command.Text(c.IdentifierClaim),
		Members: v.Depending.Members, Invitations: v.Depending.Invitations, TestedAt: command.Some(v.TestedAt), ETag: api.Shown(v).ETag, Allowed: append([]string{}, v.Allowed...),
	}
}

// told prints a login method after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v methods.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

// depending says who depends on a method.
func depending(v methods.View) string {
	people := "1 person"
	if n := v.Depending.Members; n != 1 {
		people = command.Number(n) + " people"
	}
	return people + ", " + command.Plural(v.Depending.Invitations, "open invitation")
}

// listCommand lists the login methods.
type listCommand struct {
	command.Output
	command.Place
}

// Run prints the login methods.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		all, err := d.Methods.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[methodDocument]{Items: []methodDocument{}}
			for _, v := range all {
				list.Items = append(list.Items, documentOf(v))
			}
			return con.JSON(list)
		}
		t := command.Columns("NAME", "KIND", "STATE", "PEOPLE", "INVITATIONS", "ID")
		for _, v := range all {
			t.Add(v.Label(), string(v.Kind), string(v.State()), command.Number(v.Depending.Members), command.Number(v.Depending.Invitations), v.ID)
		}
		return con.Print(t)
	})
}

// showCommand shows a login method.
type showCommand struct {
	command.Output
	command.Place
	command.Address
	which
}

// Run prints the login method.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := c.find(ctx, d)
		if err != nil {
			return err
		}
		back := ""
		if v.Kind != login.Password {
			back = c.Link(connect.ReturnPath(v.ID))
		}
		if c.JSON {
			doc := documentOf(v)
			doc.RedirectURL = back
			return con.JSON(doc)
		}
		return show(con, v, back, c.Link("/o/"+d.Org.Slug+"/settings/methods/"+v.ID))
	})
}

func show(con *command.Console, v methods.View, back, page string) error {
	var s command.Sheet
	s.Add("Name", v.Label())
	s.Add("Kind", string(v.Kind))
	s.Add("State", string(v.State()))
	s.Add("Depend on it", depending(v))
	if v.Kind != login.Password {
		k := v.Connection
		s.Add("Redirect address", back)
		s.Add("Issuer", k.Issuer)
		s.Add("Authorisation URL", k.AuthorizeURL)
		s.Add("Token URL", k.TokenURL)
		s.Add("User-info URL", k.UserInfoURL)
		s.Add("Client ID", k.ClientID)
		s.Add("Client secret", command.Yes(v.HasSecret))
		s.Add("Scopes", strings.Join(k.Scopes, " "))
		s.Add("Parameters", strings.ReplaceAll(login.WriteParameters(k.Parameters), "\n", ", "))
		s.Add("Identifier claim", k.IdentifierClaim)
		s.Add("Tested", command.Moment(v.TestedAt))
	}
	s.Add("ID", v.ID)
	if err := con.Show(&s); err != nil {
		return err
	}
	if v.State() == login.Draft {
		con.Note("Test it in a browser: %s", page)
	}
	return nil
}
