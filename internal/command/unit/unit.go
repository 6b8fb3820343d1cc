// Package unit holds the commands about customer accounts and the groups in them. Giving somebody access
// there is among the commands about members.
package unit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/action/unit"
	"roster/internal/command"
	"roster/internal/roster"
	api "roster/internal/server/api/unit"
)

// Commands are about customer accounts.
type Commands struct {
	List    listCommand    `cmd:"" does:"unit.list" help:"List the customer accounts, as a tree or by words."`
	Show    showCommand    `cmd:"" does:"unit.show" help:"Show one customer account."`
	Create  createCommand  `cmd:"" does:"unit.create" help:"Make a customer account, or a group in one."`
	Edit    editCommand    `cmd:"" does:"unit.edit" help:"Change its name or external ID."`
	Move    moveCommand    `cmd:"" does:"unit.move" help:"Put it, with all below it, in another place."`
	Archive archiveCommand `cmd:"" does:"unit.archive" help:"Put it away with all below it: nothing new is given there."`
	Restore restoreCommand `cmd:"" does:"unit.restore" help:"Take it back from the archive."`
}

// which names one unit.
type which struct {
	Unit string `arg:"" help:"A customer account: ID, external ID or name." placeholder:"UNIT"`
}

// on finds the customer account that is named and lets work be done on it.
func (w which) on(ctx context.Context, p command.Place, work func(context.Context, command.Desk, roster.UnitID) error) error {
	return p.At(ctx, func(ctx context.Context, d command.Desk) error {
		id, err := d.Unit(ctx, w.Unit)
		if err != nil {
			return err
		}
		return work(ctx, d, id)
	})
}

// unitDocument is what --json prints of a customer account.
type unitDocument struct {
	ID         roster.UnitID   `json:"id"`
	ExternalID *string         `json:"external_id"`
	Kind       roster.UnitKind `json:"kind"`
	Name       string          `json:"name"`
	Parent     *string         `json:"parent"`
	Path       []command.Unit  `json:"path"`
	Children   int             `json:"children"`
	Members    int             `json:"members"`
	Archived   bool            `json:"archived"`
	ArchivedAt *time.Time      `json:"archived_at"`
	CreatedAt  time.Time       `json:"created_at"`
	CreatedBy  string          `json:"created_by"`
	UpdatedAt  time.Time       `json:"updated_at"`
	UpdatedBy  string          `json:"updated_by"`
	ETag       string          `json:"etag"`
	Allowed    []string        `json:"allowed"`
	People     *peopleDocument `json:"people,omitempty"`
}

// peopleDocument counts who has to do with a customer account.
type peopleDocument struct {
	Bound int `json:"bound"`
	Here  int `json:"here"`
	Below int `json:"below"`
	Above int `json:"above"`
}

func documentOf(v unit.View) unitDocument {
	return unitDocument{
		ID: v.ID, ExternalID: command.Text(v.ExternalID), Kind: v.Kind, Name: v.Name, Parent: command.Text(string(v.Parent)), Path: command.UnitsOf(v.Path),
		Children: v.Children, Members: v.Members, Archived: v.PutAway, ArchivedAt: command.Some(v.ArchivedAt),
		CreatedAt: v.CreatedAt, CreatedBy: v.CreatedBy, UpdatedAt: v.UpdatedAt, UpdatedBy: v.UpdatedBy,
		ETag: api.UnitOf(v).ETag, Allowed: append([]string{}, v.Allowed...),
	}
}

// listCommand lists customer accounts.
type listCommand struct {
	command.Output
	command.Place
	Search   []string `arg:"" optional:"" help:"Words that begin words of names or external IDs; without them the tree is shown."`
	Below    string   `help:"Only what stands below this one: ID, external ID or name." placeholder:"UNIT"`
	Depth    int      `help:"At most so many levels of the tree; 0 for all." default:"0" placeholder:"N"`
	Archived bool     `help:"Archived ones too."`
}

// Help shows examples.
func (listCommand) Help() string {
	return `    roster unit list --depth 1
    roster unit list --below Nordwind
    roster unit list depot`
}

// Validate refuses what cannot be meant.
func (c *listCommand) Validate() error {
	if c.Depth < 0 {
		return command.Usage("--depth is a number from 0.")
	}
	return nil
}

// leaf is a customer account in the tree that is printed.
type leaf struct {
	unit.View
	depth int
}

// Run prints the customer accounts.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.Place.At(ctx, func(ctx context.Context, d command.Desk) error {
		below, err := d.Unit(ctx, c.Below)
		if err != nil {
			return err
		}
		words := strings.Join(c.Search, " ")
		all, err := c.gather(ctx, d, nil, words, string(below), 0)
		if err != nil {
			return err
		}
		if c.JSON {
			list := command.List[unitDocument]{Items: []unitDocument{}, Total: len(all)}
			for _, l := range all {
				list.Items = append(list.Items, documentOf(l.View))
			}
			return con.JSON(list)
		}
		if len(all) > 0 {
			if err := con.Print(table(all, words != "")); err != nil {
				return err
			}
		}
		con.Note("%s in %s.", command.Plural(len(all), "customer account"), d.Org.Name)
		return nil
	})
}

// gather adds the units below one, page by page, each with those below it; or those with some words.
func (c *listCommand) gather(ctx context.Context, d command.Desk, all []leaf, words, below string, depth int) ([]leaf, error) {
	q := unit.Query{Text: words, Parent: below, Archived: c.Archived, Limit: 200}
	for {
		page, err := d.Units.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Units {
			all = append(all, leaf{v, depth})
			if words == "" && v.Children > 0 && (c.Depth == 0 || depth+1 < c.Depth) {
				if all, err = c.gather(ctx, d, all, "", string(v.ID), depth+1); err != nil {
					return nil, err
				}
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return all, nil
		}
	}
}

// table is the tree, or a flat list with what each stands in.
func table(all []leaf, flat bool) *command.Table {
	titles := []string{"NAME", "KIND", "PEOPLE", "EXTERNAL ID", "STATE", "ID"}
	if flat {
		titles = append(titles, "IN")
	}
	t := command.Columns(titles...)
	for _, l := range all {
		cells := []string{l.Name, string(l.Kind), command.Number(l.Members), l.ExternalID, state(l.View), string(l.ID)}
		if flat {
			cells = append(cells, command.Path(l.Path))
		}
		t.Under(l.depth, cells...)
	}
	return t
}

func state(v unit.View) string {
	switch {
	case v.Archived():
		return "archived"
	case v.PutAway:
		return "in an archived one"
	}
	return "open"
}

// showCommand shows a customer account.
type showCommand struct {
	command.Output
	command.Place
	which
}

// Run prints the customer account.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.on(ctx, c.Place, func(ctx context.Context, d command.Desk, id roster.UnitID) error {
		v, err := d.Units.Show(ctx, id)
		if err != nil {
			return err
		}
		if c.JSON {
			doc := documentOf(v.View)
			doc.People = &peopleDocument{v.People.Bound, v.People.Here, v.People.Below, v.People.Above}
			return con.JSON(doc)
		}
		names := d.Names()
		var s command.Sheet
		s.Add("Name", v.Name)
		s.Add("Kind", string(v.Kind))
		s.Add("In", command.OrElse(command.Path(v.Path), d.Org.Name))
		s.Add("External ID", v.ExternalID)
		s.Add("State", state(v.View))
		s.Add("Directly below", command.Number(v.Children))
		s.Add("External users", command.Number(v.People.Bound))
		s.Add("Holding something", fmt.Sprintf("here %d, below %d, from above %d", v.People.Here, v.People.Below, v.People.Above))
		s.Add("Archived", command.Moment(v.ArchivedAt))
		s.Add("Created", command.Moment(v.CreatedAt)+" by "+names.Doer(ctx, v.CreatedBy))
		s.Add("Updated", command.Moment(v.UpdatedAt)+" by "+names.Doer(ctx, v.UpdatedBy))
		s.Add("ID", string(v.ID))
		return con.Show(&s)
	})
}
