package imports

import (
	"context"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"roster/internal/action/team/apply/imports"
	"roster/internal/command"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/store/importdb"
)

type importDocument struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	State   string         `json:"state"`
	Header  []string       `json:"header"`
	Columns []string       `json:"columns"`
	Rows    map[string]int `json:"rows"`
	Total   int            `json:"total"`
	Why     *string        `json:"why"`
}

type listDocument struct {
	Items []importDocument `json:"items"`
}

func documentOf(v imports.View) importDocument {
	d := importDocument{ID: v.ID, Name: v.Name, State: string(v.State), Header: v.Header, Columns: v.Columns, Rows: map[string]int{}, Total: v.Total}
	for _, s := range importdb.RowStates() {
		d.Rows[string(s)] = v.Rows[s]
	}
	if v.Why != nil {
		d.Why = &v.Why.Message
	}
	return d
}

type rowDocument struct {
	Row     int              `json:"row"`
	State   string           `json:"state"`
	Cells   []string         `json:"cells"`
	Done    []imports.Deed   `json:"done"`
	Undo    []string         `json:"undo"`
	Problem *problemDocument `json:"problem"`
}

type problemDocument struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Fields  []fieldDocument `json:"fields,omitempty"`
}

type fieldDocument struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func problemOf(e *roster.Error) *problemDocument {
	if e == nil {
		return nil
	}
	d := &problemDocument{Code: e.Code, Message: e.Message}
	for _, f := range e.Fields {
		d.Fields = append(d.Fields, fieldDocument{f.Field, f.Code, f.Message})
	}
	return d
}

type rowsDocument struct {
	Items []rowDocument `json:"items"`
}

func documents(rows []imports.Row) []rowDocument {
	all := []rowDocument{}
	for _, r := range rows {
		d := rowDocument{Row: r.Number, State: string(r.State), Cells: r.Cells, Done: r.Did, Undo: []string{}, Problem: problemOf(r.Problem)}
		for _, p := range r.Undo(language.English) {
			d.Undo = append(d.Undo, p.String())
		}
		if d.Done == nil {
			d.Done = []imports.Deed{}
		}
		all = append(all, d)
	}
	return all
}

func table(rows []imports.Row) *command.Table {
	t := command.Columns("ROW", "STATE", "WHAT", "TO DO")
	for _, r := range rows {
		what := strings.Join(r.Done(), "; ")
		if what == "" {
			what = strings.Join(r.Cells, " ")
		}
		t.Add(strconv.Itoa(r.Number), string(r.State), what, strings.Join(r.Fix(), " "))
	}
	return t
}

// listCommand lists imports.
type listCommand struct {
	command.Output
	command.Place
}

// Run lists imports.
func (c *listCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		all, err := d.Imports.List(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			docs := []importDocument{}
			for _, v := range all {
				docs = append(docs, documentOf(v))
			}
			return con.JSON(listDocument{docs})
		}
		t := command.Columns("ID", "FILE", "STATE", "ROWS", "LEFT", "REFUSED", "WRONG")
		for _, v := range all {
			t.Add(v.ID, v.Name, string(v.State), strconv.Itoa(v.Total), strconv.Itoa(v.Rows[importdb.Waiting]), strconv.Itoa(v.Rows[importdb.Refused]), strconv.Itoa(v.Rows[importdb.Wrong]))
		}
		return con.Print(t)
	})
}

// which names an import.
type which struct {
	command.Output
	command.Place
	Import string `arg:"" help:"The import's ID." placeholder:"IMPORT"`
}

// showCommand shows an import.
type showCommand struct {
	which
	State string `help:"Rows of this state: waiting, wrong, changed, same, refused or left_out." placeholder:"STATE"`
}

// Run shows an import.
func (c *showCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Imports.Show(ctx, c.Import)
		if err != nil {
			return err
		}
		if c.State != "" {
			rows, err := every(ctx, d, c.Import, importdb.RowState(c.State))
			if err != nil {
				return err
			}
			if c.JSON {
				return con.JSON(rowsDocument{documents(rows)})
			}
			return con.Print(table(rows))
		}
		if c.JSON {
			return con.JSON(documentOf(v))
		}
		columns(con, v)
		t := command.Columns("STATE", "ROWS")
		for _, s := range importdb.RowStates() {
			t.Add(string(s), strconv.Itoa(v.Rows[s]))
		}
		con.Note("It is %s.", v.State)
		if v.Why != nil {
			con.Note("It was stopped: %s", v.Why.Message)
		}
		return con.Print(t)
	})
}

// correctCommand corrects a row.
type correctCommand struct {
	which
	Row      int      `arg:"" help:"The row's number." placeholder:"ROW"`
	Set      []string `help:"A field and what stands there, such as email=anna@example.com." placeholder:"FIELD=TEXT" sep:"none" xor:"how" required:""`
	LeaveOut bool     `help:"Leave the row out: it is not tried." xor:"how" required:""`
	TakeIn   bool     `help:"Take a row in again that was left out." xor:"how" required:""`
}

// Run corrects the row.
func (c *correctCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		row, err := c.corrected(ctx, d)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documents([]imports.Row{row})[0])
		}
		return con.Print(table([]imports.Row{row}))
	})
}

func (c *correctCommand) corrected(ctx context.Context, d command.Desk) (imports.Row, error) {
	if len(c.Set) == 0 {
		return d.Imports.Leave(ctx, c.Import, c.Row, c.LeaveOut)
	}
	v, err := d.Imports.Show(ctx, c.Import)
	if err != nil {
		return imports.Row{}, err
	}
	rows, err := d.Imports.Read(ctx, c.Import, imports.Page{After: c.Row - 1, Limit: 1})
	if err != nil {
		return imports.Row{}, err
	}
	var cells []string
	if len(rows) == 1 && rows[0].Number == c.Row { // else the room says that there is none
		cells = rows[0].Cells
	}
	written := map[column.Field]string{}
	for _, said := range c.Set {
		field, text, _ := strings.Cut(said, "=")
		written[column.Field(field)] = text
	}
	if cells, err = v.Amended(cells, written); err != nil {
		return imports.Row{}, err
	}
	return d.Imports.Correct(ctx, c.Import, c.Row, cells)
}

// resumeCommand goes on with an import.
type resumeCommand struct{ which }

// Run goes on.
func (c *resumeCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error { return attend(ctx, con, d, c.Import, c.JSON) })
}

// cancelCommand cancels an import.
type cancelCommand struct{ which }

// Run cancels it.
func (c *cancelCommand) Run(ctx context.Context, con *command.Console) error {
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Imports.Cancel(ctx, c.Import)
		if err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(v))
		}
		con.Note("Cancelled: %d rows were done, %d are left.", v.Rows[importdb.Changed], v.Rows[importdb.Waiting])
		return nil
	})
}

// forgetCommand forgets an import.
type forgetCommand struct {
	which
	Yes bool `help:"Do not ask."`
}

// Help tells what is gone then.
func (forgetCommand) Help() string {
	return `Its rows and what became of each are gone for good, and so is its result; imports are forgotten by
themselves after 30 days. What it did stands. On a terminal its ID is asked for; elsewhere --yes is needed.

    roster import result imp_01kb0example --out result.xlsx
    roster import forget imp_01kb0example --yes`
}

// Run forgets it.
func (c *forgetCommand) Run(ctx context.Context, con *command.Console) error {
	if !c.Yes && !con.Asks {
		return command.Usage("Forgetting cannot be undone. Say --yes to do it without being asked.")
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Imports.Show(ctx, c.Import)
		if err == nil && !c.Yes {
			err = con.Confirm(v.ID, "the imports")
		}
		if err != nil {
			return err
		}
		if v, err = d.Imports.Forget(ctx, c.Import); err != nil {
			return err
		}
		if c.JSON {
			return con.JSON(documentOf(v))
		}
		con.Note("Forgotten: %s, with %d rows. What it did stands.", command.OrElse(v.Name, "the file"), v.Total)
		return nil
	})
}

// resultCommand writes a result.
type resultCommand struct {
	command.Place
	Import string `arg:"" help:"The import's ID." placeholder:"IMPORT"`
	Format string `help:"csv or xlsx; by the file's name when absent, else csv." placeholder:"FORMAT"`
	Out    string `help:"The file to write; the output when absent." placeholder:"FILE"`
}

// Run writes the result.
func (c *resultCommand) Run(ctx context.Context, con *command.Console) error {
	f, err := format(c.Format, c.Out)
	if err != nil {
		return err
	}
	return c.At(ctx, func(ctx context.Context, d command.Desk) error {
		v, err := d.Imports.Show(ctx, c.Import)
		if err != nil {
			return err
		}
		return piped(con, c.Out, func(to io.Writer) error {
			return imports.Write(ctx, d.Imports, v, f, to, imports.Speech{Tag: language.English})
		})
	})
}
