package access

import (
	"context"
	"maps"
	"slices"
	"strings"

	"roster/internal/action/access"
	"roster/internal/command"
	"roster/internal/roster"
)

// MatrixCommand shows people against customer accounts.
type MatrixCommand struct {
	command.Output
	command.Place
	Search []string `arg:"" optional:"" help:"Words that begin names, addresses, phones or client IDs of people."`
	Kind   []string `help:"Only this kind: regular, external or api. Repeatable." placeholder:"KIND"`
	Below  string   `help:"Only the customer accounts below this one: ID, external ID or name; without it the topmost." placeholder:"UNIT"`
	Unit   string   `help:"Only customer accounts with these words." placeholder:"WORDS"`
	Units  int      `help:"At most so many customer accounts." default:"6" placeholder:"N"`
	Limit  int      `help:"At most so many people; 0 for all." default:"0" placeholder:"N"`
}

// Help shows examples.
func (MatrixCommand) Help() string {
	return `A cell tells what reaches the customer account: given there or above. What is given on the whole
organisation stands in its own column, and reaches all.

    roster access
    roster access anna --below Nordwind`
}

// Validate refuses what cannot be meant.
func (c *MatrixCommand) Validate() error {
	if c.Units < 1 || c.Units > 200 || c.Limit < 0 {
		return command.Usage("--units is a number from 1 to 200, --limit one from 0.")
	}
	return nil
}

type matrixDocument struct {
	Units  []command.Unit   `json:"units"`
	People []personDocument `json:"people"`
	Roles  []namedDocument  `json:"roles"`      // that are named
	More   bool             `json:"more_units"` // there are more customer accounts than --units
}

type personDocument struct {
	command.Subject
	Everywhere []command.Grant   `json:"everywhere"`
	Cells      [][]command.Grant `json:"cells"` // one for each of units
}

// namedDocument is a role by its ID.
type namedDocument struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Run prints the matrix.
func (c *MatrixCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		m, err := c.gather(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(matrixOf(m))
		}
		titles := []string{"NAME", "EVERYWHERE"}
		for _, u := range m.Units {
			titles = append(titles, strings.ToUpper(u.Name))
		}
		names := d.Names()
		t := command.Columns(titles...)
		for _, p := range m.People {
			cells := []string{p.Label(), keys(ctx, names, p.Everywhere, false)}
			for _, cell := range p.Cells {
				cells = append(cells, keys(ctx, names, cell, true))
			}
			t.Add(cells...)
		}
		if len(m.People) > 0 {
			if err := con.Print(t); err != nil {
				return err
			}
		}
		con.Note("%s against %s.", command.Plural(len(m.People), "member"), command.Plural(len(m.Units), "customer account"))
		if m.NextUnit != "" {
			con.Note("There are more customer accounts: --units, --below and --unit choose.")
		}
		return nil
	})
}

// gather gives the matrix, page by page of people.
func (c *MatrixCommand) gather(ctx context.Context, d command.Desk) (access.Matrix, error) {
	var all access.Matrix
	below, err := d.Unit(ctx, c.Below)
	if err != nil {
		return all, err
	}
	q := access.MatrixQuery{Text: strings.Join(c.Search, " "), UnitText: c.Unit, Parent: string(below), UnitLimit: c.Units}
	for _, k := range c.Kind {
		q.Kinds = append(q.Kinds, roster.MemberKind(k))
	}
	for {
		if q.Limit = 200; c.Limit > 0 {
			q.Limit = min(200, c.Limit-len(all.People))
		}
		page, err := d.Access.Matrix(ctx, q)
		if err != nil {
			return all, err
		}
		page.People = append(all.People, page.People...)
		maps.Copy(page.Roles, all.Roles)
		all = page
		if q.Cursor = page.Next; q.Cursor == "" || len(all.People) == c.Limit {
			return all, nil
		}
	}
}

// keys reads what is held at a place, each once; what is held on the whole organisation is left out of the
// cells, since it stands in a column of its own.
func keys(ctx context.Context, names *command.Names, grants []roster.Grant, cell bool) string {
	var parts []string
	for _, g := range grants {
		if cell && g.Unit == "" {
			continue
		}
		part := names.What(ctx, g)
		if g.Role != "" {
			part = strings.TrimPrefix(part, "role ")
		}
		if !g.Until.IsZero() {
			part += " (ends)"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func matrixOf(m access.Matrix) matrixDocument {
	doc := matrixDocument{Units: command.UnitsOf(m.Units), People: []personDocument{}, Roles: []namedDocument{}, More: m.NextUnit != ""}
	for _, id := range slices.Sorted(maps.Keys(m.Roles)) {
		doc.Roles = append(doc.Roles, namedDocument{id, m.Roles[id]})
	}
	for _, p := range m.People {
		person := personDocument{command.SubjectOf(p.Member), command.GrantsOf(p.Everywhere), [][]command.Grant{}}
		for _, cell := range p.Cells {
			person.Cells = append(person.Cells, command.GrantsOf(cell))
		}
		doc.People = append(doc.People, person)
	}
	return doc
}
