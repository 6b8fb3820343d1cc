// Package view holds the commands about views of the Team list: a member's own, so that they are spoken of as somebody.
package view

import (
	"context"
	"strings"
	"time"

	views "roster/internal/action/team/view"
	"roster/internal/command"
	"roster/internal/roster"
)

// Commands are about views.
type Commands struct {
	List   listCommand   `cmd:"" does:"view.list" help:"List the views of a member (--as)."`
	Save   saveCommand   `cmd:"" does:"view.save" help:"Save a view of the Team list."`
	Edit   editCommand   `cmd:"" does:"view.edit" help:"Rename a view, or change what it shows."`
	Delete deleteCommand `cmd:"" does:"view.delete" help:"Delete a view."`
}

// Help says whose they are.
func (Commands) Help() string {
	return `Views are a member's own: say whose with --as.

    roster view save "Blocked people" "status=blocked&sort=-updated_at" --as anna@example.com
    roster view list --as anna@example.com`
}

// document is a view as --json tells it.
type document struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Query     string    `json:"query"`
	CreatedAt time.Time `json:"created_at"`
}

func documentOf(v views.View) document { return document{v.ID, v.Name, v.Query, v.MadeAt} }

// told prints a view after a change: as JSON, or a sentence of what was done.
func told(con *command.Console, asJSON bool, v views.View, format string, args ...any) error {
	if asJSON {
		return con.JSON(documentOf(v))
	}
	return con.Line(format, args...)
}

type listCommand struct {
	command.Output
	command.Place
}

// Run lists the views.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		kept, err := d.Views.List(ctx)
		if err != nil {
			return err
		}
		list, t := command.List[document]{Items: []document{}, Total: len(kept.Views)}, command.Columns("NAME", "QUERY", "ID")
		for _, v := range kept.Views {
			list.Items = append(list.Items, documentOf(v))
			t.Add(v.Name, v.Query, v.ID)
		}
		if c.JSON {
			return con.JSON(list)
		}
		if len(kept.Views) > 0 {
			if err := con.Print(t); err != nil {
				return err
			}
		}
		con.Note("%d of at most %d.", len(kept.Views), views.MostViews)
		return nil
	})
}

type saveCommand struct {
	command.Output
	command.Place
	Name  string `arg:"" help:"What the view is called." placeholder:"NAME"`
	Query string `arg:"" optional:"" help:"As in the address of the Team page, such as status=active&sort=-created_at; everybody without it." placeholder:"QUERY"`
}

// Run saves the view.
func (c *saveCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Views.Save(ctx, c.Name, c.Query)
		if err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved the view %s: %s.", v.Name, v.ID)
	})
}

// which names a view.
type which struct {
	View string `arg:"" help:"A view: its ID or name." placeholder:"VIEW"`
}

// find finds a view of whoever acts. Kind: NotFound.
func (w which) find(ctx context.Context, d command.Desk) (views.View, error) {
	kept, err := d.Views.List(ctx)
	if err != nil {
		return views.View{}, err
	}
	for _, v := range kept.Views {
		if v.ID == w.View || strings.EqualFold(v.Name, w.View) {
			return v, nil
		}
	}
	return views.View{}, roster.Errorf(roster.NotFound, "not_found", "There is no view %s. “roster view list” shows which there are.", w.View)
}

type editCommand struct {
	command.Output
	command.Place
	which
	Name  *string `help:"What the view is called." placeholder:"NAME"`
	Query *string `help:"What it shows." placeholder:"QUERY"`
}

// Validate refuses what cannot be meant.
func (c *editCommand) Validate() error {
	if c.Name == nil && c.Query == nil {
		return command.Usage("There is nothing to change. Name --name or --query.")
	}
	return nil
}

// Run edits the view.
func (c *editCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := c.find(ctx, d)
		if err != nil {
			return err
		}
		if v, err = d.Views.Edit(ctx, v.ID, views.Change{Name: c.Name, Query: c.Query}); err != nil {
			return err
		}
		return told(con, c.JSON, v, "Saved the view %s.", v.Name)
	})
}

type deleteCommand struct {
	command.Output
	command.Place
	which
}

// Run deletes the view.
func (c *deleteCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := c.find(ctx, d)
		if err != nil {
			return err
		}
		if v, err = d.Views.Delete(ctx, v.ID); err != nil {
			return err
		}
		return told(con, c.JSON, v, "Deleted the view %s.", v.Name)
	})
}
