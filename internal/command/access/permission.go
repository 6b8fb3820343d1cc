package access

import (
	"context"
	"strings"

	"roster/internal/authz"
	"roster/internal/command"
)

// PermissionCommands are about permissions.
type PermissionCommands struct {
	List permissionListCommand `cmd:"" does:"permission.list" help:"List the permissions and scopes that can be given."`
}

// permissionListCommand lists what there is to give.
type permissionListCommand struct {
	command.Output
	command.Place
	Where string `name:"at" help:"Where it would be given: a customer account by ID, external ID or name; without it the whole organisation." placeholder:"UNIT"`
}

// Help tells what the last column says.
func (permissionListCommand) Help() string {
	return `With --as the last column tells whether that member could give it there.

    roster permission list
    roster permission list --as anna@example.com --at Nordwind`
}

type givableDocument struct {
	Unit        *string              `json:"unit"` // the place; null for the whole organisation
	Version     int64                `json:"version"`
	Permissions []permissionDocument `json:"permissions"`
	Scopes      []scopeDocument      `json:"scopes"`
}

type permissionDocument struct {
	Key         string     `json:"key"`
	Scope       *string    `json:"scope"`
	Kind        authz.Kind `json:"kind"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	CanGrant    bool       `json:"can_grant"`
	Missing     []string   `json:"missing"`
}

type scopeDocument struct {
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	CanGrant    bool     `json:"can_grant"`
	Missing     []string `json:"missing"`
}

// Run prints the permissions, then the scopes.
func (c *permissionListCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		at, err := d.Unit(ctx, c.Where)
		if err != nil {
			return err
		}
		g, err := d.Access.Permissions(ctx, string(at))
		if err != nil {
			return err
		}
		if c.JSON {
			doc := givableDocument{command.Text(string(g.Unit.ID)), g.Version, []permissionDocument{}, []scopeDocument{}}
			for _, p := range g.Permissions {
				doc.Permissions = append(doc.Permissions, permissionDocument{p.Key, command.Text(p.Permission.Scope), p.Kind, p.Name, p.Description, len(p.Missing) == 0, lacking(p.Missing)})
			}
			for _, s := range g.Scopes {
				doc.Scopes = append(doc.Scopes, scopeDocument{s.Key, s.Name, s.Description, len(s.Missing) == 0, lacking(s.Missing)})
			}
			return con.JSON(doc)
		}
		t := command.Columns("PERMISSION", "KIND", "SCOPE", "NAME", "CAN BE GIVEN")
		for _, p := range g.Permissions {
			t.Add(p.Key, string(p.Kind), p.Permission.Scope, p.Name, givable(p.Missing))
		}
		if err := con.Print(t); err != nil {
			return err
		}
		t = command.Columns("SCOPE", "NAME", "CAN BE GIVEN")
		for _, s := range g.Scopes {
			t.Add(s.Key, s.Name, givable(s.Missing))
		}
		return con.Apart(t)
	})
}

func lacking(missing []authz.Lacking) []string { return append([]string{}, authz.Keys(missing)...) }

func givable(missing []authz.Lacking) string {
	if len(missing) == 0 {
		return "yes"
	}
	return "no: lacks " + strings.Join(authz.Keys(missing), ", ")
}
