// Package imports holds the commands that bring in tables of people: CSV and workbooks, row by row.
package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"roster/internal/action/team/apply/imports"
	"roster/internal/command"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/store/importdb"
)

// Commands are about imports.
type Commands struct {
	File     fileCommand     `cmd:"" default:"withargs" does:"import.upload,import.map,import.plan,import.start,import.apply" help:"Bring in people from a table: CSV or .xlsx."`
	List     listCommand     `cmd:"" does:"import.list" help:"List imports, the newest first."`
	Show     showCommand     `cmd:"" does:"import.show,import.rows" help:"Show an import, and rows of it."`
	Correct  correctCommand  `cmd:"" does:"import.correct" help:"Give a row other cells."`
	Resume   resumeCommand   `cmd:"" does:"import.start,import.apply" help:"Go on with an import, or try again what was refused and corrected."`
	Cancel   cancelCommand   `cmd:"" does:"import.cancel" help:"End an import that is under way; what was done stands."`
	Forget   forgetCommand   `cmd:"" does:"import.forget" help:"Forget an import that is not under way, with its rows; what it did stands."`
	Result   resultCommand   `cmd:"" does:"import.rows" help:"Write each row with what became of it into a file."`
	Template templateCommand `cmd:"" help:"Write a table of headings to fill in."`
}

// fileCommand brings in a file.
type fileCommand struct {
	command.Output
	command.Place
	File       string   `arg:"" help:"The table, CSV or .xlsx." placeholder:"FILE"`
	Column     []string `help:"What a column means, by its heading or number, such as “Shoe size=” to leave it out or “3=email”." placeholder:"COLUMN=FIELD" sep:"none"`
	DryRun     bool     `help:"Tell what would become of each row, and change nothing."`
	Background bool     `help:"Leave the rows to the server, and come back at once."`
}

// Help shows a table and examples.
func (fileCommand) Help() string {
	return `The first row heads the columns; what a heading means is guessed, in English and Portuguese, and told. A row adds
whom nobody knows yet, changes who is there, and gives roles beside those that are held; it takes nothing away, and
a blank cell leaves what it is about as it is. Rows that are wrong or refused are told, and take no others down.
Bringing in the same table again changes nothing. An API user comes in without a secret: its first one is made on
its page.

    roster import template --out team.xlsx
    roster import team.xlsx --dry-run
    roster import team.csv --column "Mail address=email" --column "Shoe size="`
}

// Run brings the file in.
func (c *fileCommand) Run(ctx context.Context, con *command.Console) error {
	f, err := os.Open(c.File)
	if err != nil {
		return errors.Join(command.Usage("The file %s cannot be read.", c.File), err)
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Imports.Upload(ctx, imports.File{Name: filepath.Base(c.File), From: f, Size: info.Size()})
		if err == nil && len(c.Column) > 0 {
			var m column.Mapping
			if m, err = c.mapping(v); err == nil {
				v, err = d.Imports.Map(ctx, v.ID, m, v.Version)
			}
		}
		if err != nil {
			return err
		}
		columns(con, v)
		switch {
		case c.DryRun:
			return c.plan(ctx, con, d, v)
		case c.Background:
			if v, err = d.Imports.Start(ctx, v.ID, false); err != nil {
				return err
			}
			con.Note("%d rows are left to the server. “roster import show %s” tells how far it is.", v.Total-v.Dealt(), v.ID)
			return nil
		}
		return attend(ctx, con, d, v.ID, c.JSON)
	})
}

// mapping puts what columns are said to mean into what was guessed.
func (c *fileCommand) mapping(v imports.View) (column.Mapping, error) {
	m := v.Mapping
	for _, said := range c.Column {
		i := strings.LastIndex(said, "=")
		if i < 0 {
			return nil, command.Usage("--column is written as COLUMN=FIELD, such as “3=email”.")
		}
		which, field := strings.TrimSpace(said[:i]), column.Field(strings.TrimSpace(said[i+1:]))
		at := -1
		for n, h := range v.Header {
			if h != "" && roster.Fold(h) == roster.Fold(which) {
				at = n
			}
		}
		if n, err := strconv.Atoi(which); at < 0 && err == nil && n > 0 && n <= len(m) {
			at = n - 1
		}
		if at < 0 {
			return nil, command.Usage("There is no column %q in the file.", which)
		}
		m[at] = field
	}
	return m, nil
}

// columns tells what the columns mean.
func columns(con *command.Console, v imports.View) {
	var known []string
	for i, h := range v.Header {
		if v.Mapping[i] != column.None {
			known = append(known, fmt.Sprintf("%s=%s", h, v.Mapping[i]))
		}
	}
	con.Note("%s is import %s: %d rows. Columns: %s.", command.OrElse(v.Name, "The file"), v.ID, v.Total, strings.Join(known, ", "))
	if len(v.Left) > 0 {
		con.Note("Left out: %s.", strings.Join(v.Left, ", "))
	}
}

// plan tells what would become of the rows.
func (c *fileCommand) plan(ctx context.Context, con *command.Console, d command.Desk, v imports.View) error {
	planned, err := d.Imports.Plan(ctx, v.ID)
	if err != nil {
		return err
	}
	wrong, err := every(ctx, d, v.ID, importdb.Wrong)
	if err != nil {
		return err
	}
	rows := append(planned.Rows, wrong...)
	if c.JSON {
		err = con.JSON(rowsDocument{documents(rows)})
	} else {
		err = con.Print(table(rows))
	}
	counts := map[importdb.RowState]int{}
	for _, r := range rows {
		counts[r.State]++
	}
	con.Note("%d rows would change something, %d nothing, %d would be refused, %d are wrong.", counts[importdb.Changed], counts[importdb.Same], counts[importdb.Refused], counts[importdb.Wrong])
	if planned.Left > 0 {
		con.Note("%d rows were not tried.", planned.Left)
	}
	if planned.Paced {
		con.Note("Letters have to wait: the rows that are left are done as they may leave.")
	}
	if err == nil && counts[importdb.Refused]+counts[importdb.Wrong] > 0 {
		err = command.ErrTold
	}
	return err
}

// every gives all rows of a state.
func every(ctx context.Context, d command.Desk, id string, state importdb.RowState) ([]imports.Row, error) {
	var all []imports.Row
	for after := 0; ; {
		rows, err := d.Imports.Read(ctx, id, imports.Page{State: state, After: after, Limit: 1000})
		all = append(all, rows...)
		if err != nil || len(rows) < 1000 {
			return all, err
		}
		after = rows[len(rows)-1].Number
	}
}

// attend does an import step by step, and tells how far it is.
func attend(ctx context.Context, con *command.Console, d command.Desk, id string, asJSON bool) error {
	v, err := d.Imports.Start(ctx, id, true)
	if err != nil {
		return err
	}
	b, at := bar{con: con, all: v.Total - v.Dealt()}, imports.Stepped{Import: v.Import}
	for at.State == imports.Running && err == nil && at.Wait == 0 && ctx.Err() == nil {
		if at, err = d.Imports.Step(command.Operator(ctx, d.Org.ID), d.Org.ID, id); err == nil {
			b.show(at)
		}
	}
	b.end()
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		con.Note("What was done stands. “roster import resume %s” goes on.", id)
		return ctx.Err()
	}
	if v, err = d.Imports.Show(ctx, id); err != nil {
		return err
	}
	return finish(ctx, con, d, v, at.Wait, asJSON)
}

// finish tells what became of an import, and how long it must wait where letters are paced.
func finish(ctx context.Context, con *command.Console, d command.Desk, v imports.View, wait time.Duration, asJSON bool) error {
	var bad []imports.Row
	for _, s := range []importdb.RowState{importdb.Wrong, importdb.Refused} {
		rows, err := every(ctx, d, v.ID, s)
		if err != nil {
			return err
		}
		bad = append(bad, rows...)
	}
	var err error
	if asJSON {
		err = con.JSON(documentOf(v))
	} else if len(bad) > 0 {
		err = con.Print(table(bad))
	}
	con.Note("%d rows changed something in %s, %d nothing, %d were refused, %d are wrong.", v.Rows[importdb.Changed], d.Org.Name, v.Rows[importdb.Same], v.Rows[importdb.Refused], v.Rows[importdb.Wrong])
	if wait > 0 {
		con.Note("Letters have to wait: %d rows are left. “roster import resume %s” goes on in %s.", v.Rows[importdb.Waiting], v.ID, wait.Round(time.Second))
	}
	if v.Why != nil {
		con.Note("It was stopped: %s", v.Why.Message)
	}
	if err == nil && (len(bad) > 0 || v.State != imports.Done) {
		err = command.ErrTold
	}
	return err
}

// bar tells how far an import is: in a line that is written over on a terminal, else now and then.
type bar struct {
	con           *command.Console
	all           int // rows that waited at first
	done, refused int // of these, so far
	tenth         int
}

// show tells how far it is after a further step.
func (b *bar) show(s imports.Stepped) {
	for _, n := range s.Rows {
		b.done += n
	}
	b.refused += s.Rows[importdb.Refused]
	if b.all <= 0 || b.done > b.all {
		return
	}
	const wide = 30
	if b.con.Width > 0 {
		n := b.done * wide / b.all
		fmt.Fprintf(b.con.Err, "\r[%s%s] %d of %d, %d refused ", strings.Repeat("#", n), strings.Repeat(".", wide-n), b.done, b.all, b.refused)
		return
	}
	if t := b.done * 10 / b.all; t > b.tenth && b.done < b.all {
		b.tenth = t
		b.con.Note("%d of %d rows so far, %d refused.", b.done, b.all, b.refused)
	}
}

func (b *bar) end() {
	if b.con.Width > 0 && b.all > 0 {
		fmt.Fprintln(b.con.Err)
	}
}

// templateCommand writes a template.
type templateCommand struct {
	Format   string `help:"csv or xlsx; by the file's name when absent, else csv." placeholder:"FORMAT"`
	Language string `help:"Of the headings: en or pt-BR." default:"en" placeholder:"LANGUAGE"`
	Out      string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Run writes the template.
func (c *templateCommand) Run(_ context.Context, con *command.Console) error {
	f, err := format(c.Format, c.Out)
	if err != nil {
		return err
	}
	tag, err := language.Parse(c.Language)
	if err != nil {
		return command.Usage("--language is en or pt-BR.")
	}
	return piped(con, c.Out, func(to io.Writer) error { return column.Template(f, to, "Team", tag) })
}

// format tells a file's format.
func format(said, out string) (sheet.Format, error) {
	if said == "" {
		if strings.EqualFold(filepath.Ext(out), ".xlsx") {
			return sheet.XLSX, nil
		}
		return sheet.CSV, nil
	}
	f, err := sheet.Parse(said)
	if err != nil {
		return f, command.Usage("--format is csv or xlsx.")
	}
	return f, nil
}

// piped writes what a function writes into a file, or to the output.
func piped(con *command.Console, path string, write func(io.Writer) error) error {
	from, to := io.Pipe()
	go func() { to.CloseWithError(write(to)) }()
	err := con.Write(path, from)
	_ = from.Close()
	return err
}
