// Package catalogue holds the commands about the catalogue: the scopes and permissions that the host
// product declares.
package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"roster/internal/action/catalogue"
	"roster/internal/app"
	"roster/internal/authz/declaration"
	"roster/internal/command"
)

// Commands are about the catalogue.
type Commands struct {
	Show  showCommand  `cmd:"" does:"catalogue.show" help:"Show the scopes and permissions there are."`
	Apply applyCommand `cmd:"" does:"catalogue.apply" help:"Make a file the catalogue; --dry-run tells what would change."`
}

// showCommand shows the catalogue.
type showCommand struct {
	command.Output
	command.Database
	Own bool `help:"Show Roster's own scope and permissions too."`
}

// Help shows an example.
func (showCommand) Help() string {
	return `With --json it prints a document that “roster catalogue apply” takes.

    roster catalogue show
    roster catalogue show --json > catalogue.json`
}

// Run prints the catalogue.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		v, err := h.Catalogue.Show(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(v.Declaration())
		}
		return c.print(con, v)
	})
}

func (c *showCommand) print(con *command.Console, v catalogue.View) error {
	t := command.Columns("PERMISSION", "KIND", "SCOPE", "NAME")
	shown := 0
	for _, p := range v.Permissions() {
		if c.Own || !v.IsOwn(p.Key) {
			t.Add(p.Key, string(p.Kind), p.Scope, p.Name)
			shown++
		}
	}
	if shown == 0 {
		con.Note("No product has declared anything yet. “roster catalogue apply FILE” does.")
		return nil
	}
	if err := con.Print(t); err != nil {
		return err
	}
	d := v.Declaration()
	con.Note("Version %d: %s, %s, %s.", v.Version(), command.Plural(len(d.Scopes), "scope"), command.Plural(len(d.Permissions), "permission"), command.Plural(len(d.Mappings), "mapping"))
	return nil
}

// applyCommand replaces the catalogue.
type applyCommand struct {
	command.Output
	command.Database
	File   string `arg:"" help:"The declaration, YAML or JSON; - for standard input." placeholder:"FILE"`
	DryRun bool   `help:"Tell what would change and who is touched, and change nothing."`
}

// Help tells what is refused.
func (applyCommand) Help() string {
	return `The file replaces what was declared before. A permission or scope that somebody holds cannot be left
out; the answer names where it is held. A dry run that would be refused ends with code 1.

    roster catalogue apply product.yaml --dry-run
    roster catalogue apply product.yaml`
}

// Run applies the file, or tells what that would do.
func (c *applyCommand) Run(ctx context.Context, con *command.Console) error {
	data, err := c.read(con)
	if err != nil {
		return err
	}
	d, err := declaration.Parse(data)
	if err != nil {
		return err
	}
	return c.InHouse(ctx, func(ctx context.Context, h *app.House) error {
		if c.DryRun {
			plan, err := h.Catalogue.Plan(ctx, d)
			if err != nil {
				return err
			}
			return c.tell(con, plan)
		}
		applied, err := h.Catalogue.Apply(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(appliedDocument{applied.Catalogue.Version(), applied.Changed, differences(applied.Differences)})
		}
		if !applied.Changed {
			return con.Line("Nothing changed: version %d says the same.", applied.Catalogue.Version())
		}
		return con.Line("Applied as version %d: %s.", applied.Catalogue.Version(), counted(applied.Differences))
	})
}

// mostRead is more than a catalogue has, in bytes.
const mostRead = 8 << 20

func (c *applyCommand) read(con *command.Console) ([]byte, error) {
	if c.File == "-" {
		return io.ReadAll(io.LimitReader(con.In, mostRead))
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return nil, errors.Join(command.Usage("The file %s cannot be read.", c.File), err)
	}
	return data, nil
}

// tell prints a plan. One that stands in the way of itself ends with code 1.
func (c *applyCommand) tell(con *command.Console, p catalogue.Plan) error {
	if c.JSON {
		if err := con.JSON(planOf(p)); err != nil {
			return err
		}
	} else if err := printPlan(con, p); err != nil {
		return err
	}
	if len(p.InTheWay) > 0 {
		con.Complain("This would be refused: somebody holds what would vanish.")
		return command.ErrTold
	}
	return nil
}

func printPlan(con *command.Console, p catalogue.Plan) error {
	if len(p.Differences) == 0 {
		return con.Line("Nothing would change, unless the order of mappings.")
	}
	t := command.Columns("CHANGE", "WHAT", "KEY", "FIELD", "FROM", "TO")
	for _, d := range p.Differences {
		t.Add(d.Change, d.What, d.Key, d.Field, d.From, d.To)
	}
	if err := con.Print(t); err != nil {
		return err
	}
	lines := []string{"", counted(p.Differences) + "."}
	for _, s := range p.BuiltIn {
		lines = append(lines, fmt.Sprintf("%s, in every organisation: %s.", s.Role.Name, gainsAndLosses(s)))
	}
	for _, u := range p.Touched {
		lines = append(lines, "Touched: "+use(u))
	}
	for _, m := range p.Moved {
		lines = append(lines, fmt.Sprintf("Could do more or less than now in %s: %s (%s).", m.OrgName, command.Plural(m.Members, "member"), strings.Join(m.Names, ", ")))
	}
	for _, u := range p.InTheWay {
		lines = append(lines, "In the way: "+use(u))
	}
	return con.Line("%s", strings.Join(lines, "\n"))
}
