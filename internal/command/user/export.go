package user

import (
	"context"
	"errors"
	"strings"

	"roster/internal/action/team/export"
	"roster/internal/command"
	"roster/internal/sheet"
	"roster/internal/words"
)

// ExportCommand writes members into a file.
type ExportCommand struct {
	command.Place
	selection
	Format  string   `help:"csv or xlsx; by the file's name when absent, else csv." placeholder:"FORMAT"`
	Columns []string `help:"Which columns, in this order; those of the dashboard's list when absent." placeholder:"COLUMN"`
	Out     string   `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Help shows examples and the columns.
func (ExportCommand) Help() string {
	return `The history tells who exported whom. No cell becomes a formula: what would be one begins with an apostrophe.

    roster export --out team.xlsx
    roster export --status active --role auditor --columns name,identifier,last_seen_at > auditors.csv

The columns: ` + strings.Join(export.Columns(), ", ") + "."
}

// format gives the format that is meant.
func (c *ExportCommand) format() (sheet.Format, error) {
	switch {
	case c.Format == "" && strings.HasSuffix(strings.ToLower(c.Out), ".xlsx"):
		return sheet.XLSX, nil
	case c.Format == "":
		return sheet.CSV, nil
	}
	f, err := sheet.Parse(c.Format)
	if err != nil {
		return f, command.Usage("--format is csv or xlsx.")
	}
	return f, nil
}

// Run writes the file.
func (c *ExportCommand) Run(ctx context.Context, con *command.Console) error {
	format, err := c.format()
	if err != nil {
		return err
	}
	if c.Out == "" && format != sheet.CSV && con.Width > 0 {
		return command.Usage("A workbook is nothing for a terminal. Name a file with --out.")
	}
	say, err := words.English()
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		q, err := c.query(ctx, d)
		if err != nil {
			return err
		}
		f, err := d.Exports.Export(ctx, export.Order{Query: q, Format: format, Columns: c.Columns, Words: say})
		if err != nil {
			return err
		}
		if err := errors.Join(con.Write(c.Out, f), f.Close()); err != nil {
			return err
		}
		con.Note("Exported from %s: %d.", d.Org.Name, f.Rows)
		return nil
	})
}
