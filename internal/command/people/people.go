// Package people holds the commands about files that describe an organisation's people: what one would change, applying
// it, and the present state as one.
package people

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"roster/internal/action/team/apply"
	"roster/internal/command"
	"roster/internal/people"
)

// Commands are about files of people.
type Commands struct {
	Plan   planCommand   `cmd:"" does:"people.plan" help:"Tell what a file would change, and change nothing."`
	Apply  applyCommand  `cmd:"" does:"people.apply" help:"Make the people what a file describes."`
	Export exportCommand `cmd:"" does:"people.export" help:"Write customer accounts, roles and members as such a file."`
}

const shape = `A file (YAML, JSON or CSV) describes customer accounts, roles and members with all that they hold. What it does
not name stays as it is; “removed: true”, “blocked: true” and “archived: true” end something, and “prune: block”
or “prune: remove” ends members whom the file does not name.

    units:
      - {external_id: nordwind, name: Nordwind}
    members:
      - email: anna@example.com
        first_name: Anna
        last_name: Berg
        grants:
          - {role: member, unit: nordwind, until: 2027-03-31}

`

// input is the file that a command reads.
type input struct {
	File string `arg:"" help:"The file, YAML, JSON or CSV; - for standard input." placeholder:"FILE"`
}

func (i input) read(con *command.Console) (people.File, error) {
	from, name := io.Reader(con.In), ""
	if i.File != "-" {
		f, err := os.Open(i.File)
		if err != nil {
			return people.File{}, errors.Join(command.Usage("The file %s cannot be read.", i.File), err)
		}
		defer func() { _ = f.Close() }() // it was only read
		from, name = f, filepath.Base(i.File)
	}
	data, err := io.ReadAll(io.LimitReader(from, people.MostBytes+1))
	if err != nil {
		return people.File{}, fmt.Errorf("read the file: %w", err)
	}
	f, err := people.Read(data)
	f.Name = name
	return f, err
}

// planCommand tells what a file would change.
type planCommand struct {
	command.Output
	command.Place
	input
}

// Help shows a file and examples.
func (planCommand) Help() string {
	return shape + `Each change is tried and taken back, so the answer is what applying would do now. A plan in which something
would be refused ends with code 1.

    roster people plan team.yaml
    roster people plan team.csv --as ada@example.com`
}

// Run tells the plan.
func (c *planCommand) Run(ctx context.Context, con *command.Console) error {
	f, err := c.read(con)
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		r, err := d.People.Plan(ctx, f)
		if err != nil {
			return err
		}
		return tell(con, r, c.JSON, true, d.Org.Name)
	})
}

// applyCommand applies a file.
type applyCommand struct {
	command.Output
	command.Place
	input
	DryRun bool `help:"Tell what would change, and change nothing: as “roster people plan”."`
}

// Help shows a file and examples.
func (applyCommand) Help() string {
	return shape + `Applying the same file again changes nothing. Each change is a line of the history of its own; one that is
refused takes no other down, and the command then ends with code 1. The secrets of API users that are made are
printed this once.

    roster people apply team.yaml
    roster people apply team.yaml --json > made.json`
}

// Run applies the file.
func (c *applyCommand) Run(ctx context.Context, con *command.Console) error {
	f, err := c.read(con)
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		if c.DryRun {
			r, err := d.People.Plan(ctx, f)
			if err != nil {
				return err
			}
			return tell(con, r, c.JSON, true, d.Org.Name)
		}
		r, failed := apply.Apply(ctx, d.People, f, func(r apply.Result) {
			if !r.Over() {
				con.Note("%d done, %d refused so far.", r.Done, r.Refused)
			}
		})
		if failed != nil && len(r.Changes) == 0 {
			return failed
		}
		err := tell(con, r, c.JSON, false, d.Org.Name)
		if failed != nil {
			return failed
		}
		return err
	})
}

type fieldDocument struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

type changeDocument struct {
	Line     int             `json:"line"`
	What     string          `json:"what"`
	ID       *string         `json:"id"`
	Name     string          `json:"name"`
	Action   *string         `json:"action"`
	Changes  []fieldDocument `json:"changes"`
	Gained   []string        `json:"gained"`
	Lost     []string        `json:"lost"`
	Error    *errorDocument  `json:"error"`
	ClientID *string         `json:"client_id"`
	Secret   *string         `json:"client_secret"`
}

type errorDocument struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Fields  []string `json:"fields,omitempty"`
}

type resultDocument struct {
	Items   []changeDocument `json:"items"`
	Done    int              `json:"done"`
	Refused int              `json:"refused"`
}

func documentOf(r apply.Result, planned bool) resultDocument {
	out := resultDocument{Items: []changeDocument{}, Done: r.Done, Refused: r.Refused}
	for _, c := range r.Changes {
		d := changeDocument{
			Line: c.Line, What: c.What, ID: command.Text(c.ID), Name: c.Name, Action: command.Text(string(c.Does)), Changes: []fieldDocument{},
			Gained: texts(c.Gained), Lost: texts(c.Lost),
		}
		for _, f := range c.Fields {
			d.Changes = append(d.Changes, fieldDocument{f.Name, f.From, f.To})
		}
		if c.Err != nil {
			d.Error = &errorDocument{Code: c.Err.Code, Message: c.Err.Message}
			for _, f := range c.Err.Fields {
				d.Error.Fields = append(d.Error.Fields, f.Field+": "+f.Message)
			}
		}
		if planned && c.Made() {
			d.ID = nil
		}
		if !planned && c.Err == nil {
			d.ClientID, d.Secret = command.Text(c.ClientID), command.Text(c.Secret)
		}
		out.Items = append(out.Items, d)
	}
	return out
}

func texts(all []apply.Grant) []string {
	out := []string{}
	for _, g := range all {
		out = append(out, g.String())
	}
	return out
}

// tell prints what a file changes, or changed. Where something was refused the command fails.
func tell(con *command.Console, r apply.Result, asJSON, planned bool, org string) error {
	var err error
	if asJSON {
		err = con.JSON(documentOf(r, planned))
	} else if len(r.Changes) > 0 {
		err = con.Print(table(r))
	}
	if err == nil && !asJSON && !planned {
		err = secrets(con, r)
	}
	switch {
	case len(r.Changes) == 0 && planned:
		con.Note("Nothing would change in %s.", org)
	case len(r.Changes) == 0:
		con.Note("Nothing changed in %s: all is as the file says.", org)
	case planned:
		con.Note("%d would be done in %s, %d refused.", r.Done, org, r.Refused)
	default:
		con.Note("%d done in %s, %d refused.", r.Done, org, r.Refused)
	}
	if err == nil && r.Refused > 0 {
		err = command.ErrTold
	}
	return err
}

func table(r apply.Result) *command.Table {
	t := command.Columns("LINE", "ACT", "WHAT", "CHANGE")
	for _, c := range r.Changes {
		line := ""
		if c.Line > 0 {
			line = fmt.Sprint(c.Line)
		}
		t.Add(line, command.OrElse(string(c.Does), c.What), c.Name, change(c))
	}
	return t
}

// change tells a change in a line.
func change(c apply.Change) string {
	var parts []string
	for _, f := range c.Fields {
		if f.From == "" {
			parts = append(parts, fmt.Sprintf("%s: %s", f.Name, f.To))
		} else {
			parts = append(parts, fmt.Sprintf("%s: %s → %s", f.Name, f.From, command.OrElse(f.To, "nothing")))
		}
	}
	for _, g := range c.Gained {
		parts = append(parts, "+ "+g.String())
	}
	for _, g := range c.Lost {
		parts = append(parts, "- "+g.String())
	}
	if e := c.Err; e != nil {
		said := e.Message
		if len(e.Fields) > 0 {
			all := make([]string, len(e.Fields))
			for i, f := range e.Fields {
				all[i] = f.Field + ": " + f.Message
			}
			said = strings.Join(all, " ")
		} else if e.Field != "" {
			said = e.Field + ": " + said
		}
		parts = append(parts, "REFUSED: "+said)
	}
	return strings.Join(parts, "; ")
}

// secrets prints those of API users that were made, this once.
func secrets(con *command.Console, r apply.Result) error {
	t := command.Columns("API USER", "CLIENT ID", "CLIENT SECRET")
	made := false
	for _, c := range r.Changes {
		if c.Secret != "" {
			t.Add(c.Name, c.ClientID, c.Secret)
			made = true
		}
	}
	if !made {
		return nil
	}
	if err := con.Line(""); err != nil {
		return err
	}
	con.Note("These secrets are shown this once. Store them now.")
	return con.Print(t)
}

// exportCommand writes the people into a file.
type exportCommand struct {
	command.Place
	Format string `help:"yaml, json or csv; by the file's name when absent, else yaml." placeholder:"FORMAT"`
	Out    string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Help shows examples.
func (exportCommand) Help() string {
	return `Applying what was exported changes nothing. The history tells who exported it. Removed members and built-in roles
do not stand in it, nor does any secret.

    roster people export --out team.yaml
    roster people export --format csv > team.csv`
}

func (c *exportCommand) format() (people.Format, error) {
	name := c.Format
	if name == "" {
		name = strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), ".")
	}
	if name == "" || name == "yml" || c.Format == "" && name != "json" && name != "csv" {
		return people.YAML, nil
	}
	f, err := people.ParseFormat(name)
	if err != nil {
		return f, command.Usage("--format is yaml, json or csv.")
	}
	return f, nil
}

// Run writes the file.
func (c *exportCommand) Run(ctx context.Context, con *command.Console) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		f, err := d.People.Export(ctx, format)
		if err != nil {
			return err
		}
		if err := errors.Join(con.Write(c.Out, f), f.Close()); err != nil {
			return err
		}
		con.Note("Exported from %s: %d.", d.Org.Name, f.Items)
		return nil
	})
}
