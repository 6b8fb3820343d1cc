package imports

import (
	"context"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/sheet"
	"roster/internal/store"
)

// Template writes a table of headings to fill in, in a language. Kind: Denied.
func (r *Room) Template(ctx context.Context, f sheet.Format, to io.Writer, tag language.Tag) error {
	_, err := action.Look(ctx, r.gate, act.ImportTemplate, func(context.Context, store.Reader) (struct{}, error) {
		return struct{}{}, column.Template(f, to, "Team", tag)
	})
	return err
}

// resultAtOnce is how many rows of a result are read by one look.
const resultAtOnce = 1000

// Headings of what a result adds to each row. None means a field, so a result that was corrected can be sent in again.
func added(tag language.Tag) []string {
	if base, _ := tag.Base(); base.String() == "pt" {
		return []string{"Linha", "Resultado", "O que foi feito", "O que corrigir"}
	}
	return []string{"Row", "Outcome", "What was done", "What to correct"}
}

// Write writes a result: each row as it was sent in or corrected, beside what became of it, what was done and what to do.
func Write(ctx context.Context, r *Room, v View, f sheet.Format, to io.Writer, tag language.Tag) (err error) {
	header := append([]string{}, v.Header...)
	t, err := sheet.New(f, to, "Import", append(header, added(tag)...))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			t.Abandon()
		}
	}()
	for after := 0; ; {
		rows, err := r.Read(ctx, v.ID, Page{After: after, Limit: resultAtOnce})
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.Number
			if err := t.Row(row.line(len(v.Header))); err != nil {
				return err
			}
		}
		if len(rows) < resultAtOnce {
			return t.Close()
		}
	}
}

// line gives a row of a result.
func (r Row) line(columns int) []string {
	cells := make([]string, columns, columns+4)
	copy(cells, r.Cells)
	return append(cells, strconv.Itoa(r.Number), string(r.State), strings.Join(r.Done(), "; "), strings.Join(r.Fix(), " "))
}

// Done tells what was done for a row, act by act.
func (r Row) Done() []string {
	var all []string
	for _, d := range r.Did {
		said := d.Action
		for _, c := range d.Changes {
			if d.Made() {
				continue
			}
			said += " " + c.Field + ": " + c.From + " → " + c.To
		}
		for _, g := range d.Gained {
			said += " + " + g
		}
		all = append(all, said)
	}
	return all
}

// Made tells whether it made somebody who was not there.
func (d Deed) Made() bool { return d.Action == "member.invite" || d.Action == "api_user.create" }

// Fix tells what to correct in a row, field by field.
func (r Row) Fix() []string {
	switch {
	case r.Problem == nil:
		return nil
	case len(r.Problem.Fields) == 0:
		return []string{r.Problem.Message}
	}
	var all []string
	for _, f := range r.Problem.Fields {
		field := f.Field
		if heading := column.Field(f.Field).Heading(language.English); heading != "" {
			field = heading
		}
		all = append(all, field+": "+f.Message)
	}
	return all
}
