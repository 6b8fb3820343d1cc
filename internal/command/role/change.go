package role

import (
	"context"
	"slices"
	"strings"

	"roster/internal/action/role"
	"roster/internal/command"
	"roster/internal/roster"
)

// createCommand makes a role.
type createCommand struct {
	command.Output
	command.Place
	Name        string   `arg:"" help:"What people call it; its key is made of it."`
	Description string   `help:"What it is for, in a sentence." required:"" placeholder:"TEXT"`
	Permission  []string `help:"A permission it holds; “roster permission list” shows them. Repeatable." placeholder:"PERMISSION"`
	Scope       []string `help:"A scope it holds, which lets the permissions that name it work. Repeatable." placeholder:"SCOPE"`
	For         string   `help:"Who may hold it: any, external or api." default:"any" placeholder:"KIND"`
	DryRun      bool     `help:"Tell whether it could be made, and change nothing."`
}

// Help shows an example.
func (createCommand) Help() string {
	return `    roster role create Dispatcher --description "Sends drivers out" --permission devices.read --scope network`
}

// Run makes the role.
func (c *createCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		if c.DryRun {
			return foreseen(ctx, con, d, c.JSON, role.Trial{Edit: role.Edit{
				Name: &c.Name, Description: &c.Description, For: &c.For, Permissions: &c.Permission, Scopes: &c.Scope,
			}})
		}
		v, err := d.Roles.Create(ctx, role.Draft{Name: c.Name, Description: c.Description, For: c.For, Permissions: c.Permission, Scopes: c.Scope})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Made the role %s (%s). “roster user grant MEMBER --role %s” gives it.", v.Name, v.Key, v.Key)
	})
}

// told prints a role after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v role.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

// editCommand changes a role.
type editCommand struct {
	command.Output
	command.Place
	which
	Name           *string  `help:"What people call it; its key stays." placeholder:"NAME"`
	Description    *string  `help:"What it is for." placeholder:"TEXT"`
	For            *string  `help:"Who may hold it: any, external or api." placeholder:"KIND"`
	Permission     []string `help:"The permissions from now on, instead of those it holds. Repeatable." placeholder:"PERMISSION"`
	Scope          []string `help:"The scopes from now on, instead of those it holds. Repeatable." placeholder:"SCOPE"`
	AddPermission  []string `help:"A permission more. Repeatable." placeholder:"PERMISSION"`
	DropPermission []string `help:"A permission less. Repeatable." placeholder:"PERMISSION"`
	AddScope       []string `help:"A scope more. Repeatable." placeholder:"SCOPE"`
	DropScope      []string `help:"A scope less. Repeatable." placeholder:"SCOPE"`
	DryRun         bool     `help:"Tell who would gain and lose what, and change nothing."`
}

// Help shows examples.
func (editCommand) Help() string {
	return `What is not named stays. Whoever holds the role gains and loses at once. A dry run that would be refused
ends with code 1.

    roster role edit dispatcher --add-permission devices.locate --dry-run
    roster role edit dispatcher --add-permission devices.locate --drop-permission devices.restart`
}

// Validate refuses what cannot be meant.
func (c *editCommand) Validate() error {
	switch {
	case len(c.Permission) > 0 && len(c.AddPermission)+len(c.DropPermission) > 0,
		len(c.Scope) > 0 && len(c.AddScope)+len(c.DropScope) > 0:
		return command.Usage("Name all with --permission or --scope, or single ones with --add-… and --drop-…, not both.")
	case c.Name == nil && c.Description == nil && c.For == nil && !c.permissions() && !c.scopes():
		return command.Usage("There is nothing to change. Name --name, --description, --for, --permission, --scope, --add-… or --drop-….")
	}
	return nil
}

func (c *editCommand) permissions() bool {
	return len(c.Permission)+len(c.AddPermission)+len(c.DropPermission) > 0
}

func (c *editCommand) scopes() bool { return len(c.Scope)+len(c.AddScope)+len(c.DropScope) > 0 }

// Run edits, or tells what that would do.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		if c.DryRun {
			e, err := c.edit(ctx, d)
			if err != nil {
				return err
			}
			return foreseen(ctx, con, d, c.JSON, role.Trial{ID: c.Role, Edit: e})
		}
		var v role.View
		err := command.Again(func() error {
			e, err := c.edit(ctx, d)
			if err == nil {
				v, err = d.Roles.Edit(ctx, c.Role, e)
			}
			return err
		})
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved %s: %s and %s, held by %s.", v.Name,
			command.Plural(len(v.Permissions), "permission"), command.Plural(len(v.Scopes), "scope"), command.Plural(max(v.Holders, 0), "member"))
	})
}

// edit gives the change that is asked for. What is added and dropped is worked out, as the operator, on the
// role as it is.
func (c *editCommand) edit(ctx context.Context, d command.Desk) (role.Edit, error) {
	e := role.Edit{Name: c.Name, Description: c.Description, For: c.For}
	if !c.permissions() && !c.scopes() {
		return e, nil
	}
	v, err := d.Roles.Show(command.Operator(ctx, d.Org.ID), c.Role, role.Query{Limit: 1})
	if err != nil {
		return e, err
	}
	e.Version = v.Version
	if c.permissions() {
		if e.Permissions, err = changed(v.Role, v.Role.Permissions, c.Permission, c.AddPermission, c.DropPermission); err != nil {
			return e, err
		}
	}
	if c.scopes() {
		e.Scopes, err = changed(v.Role, v.Role.Scopes, c.Scope, c.AddScope, c.DropScope)
	}
	return e, err
}

// changed gives what a role holds after a change: all of it anew, or some more and some less.
func changed(v roster.Role, held, all, more, less []string) (*[]string, error) {
	if len(all) > 0 {
		return &all, nil
	}
	for _, key := range less {
		if !slices.Contains(held, key) {
			return nil, roster.Errorf(roster.Conflict, "not_held", "%s does not hold %s.", v.Name, key)
		}
	}
	now := slices.DeleteFunc(slices.Concat(held, more), func(key string) bool { return slices.Contains(less, key) })
	return &now, nil
}

// deleteCommand deletes a role.
type deleteCommand struct {
	command.Output
	command.Place
	which
	Yes    bool `help:"Do not ask."`
	DryRun bool `help:"Tell whether it could be deleted, and change nothing."`
}

// Help tells what stands in the way.
func (deleteCommand) Help() string {
	return `A role that somebody holds is not deleted; the answer names who does. On a terminal the role's name is
asked for; elsewhere --yes is needed.`
}

// Run deletes the role.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !c.DryRun && !con.Asks {
		return command.Usage("Deleting a role cannot be undone. Say --yes to do it without being asked.")
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		if c.DryRun {
			return foreseen(ctx, con, d, c.JSON, role.Trial{ID: c.Role, Delete: true})
		}
		if !c.Yes {
			v, err := d.Roles.Show(ctx, c.Role, role.Query{Limit: 1})
			if err != nil {
				return err
			}
			if err := con.Confirm(v.Name, d.Org.Name); err != nil {
				return err
			}
		}
		gone, err := d.Roles.Delete(ctx, c.Role, 0)
		if err != nil {
			return err
		}
		return told(con, c.JSON, role.View{Role: gone}, "Deleted the role %s.", strings.TrimSpace(gone.Name))
	})
}
