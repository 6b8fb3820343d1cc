package imports

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
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

// Headings of what a result adds to each row. None means a field, so a result that was corrected can be sent in again, and one
// of rows that were undone is not looked for under the IDs of those who are gone.
func added(tag language.Tag) []string {
	if base, _ := tag.Base(); base.String() == "pt" {
		return []string{"Linha", "Resultado", "O que foi feito", "O que corrigir", "ID do membro no Roster", "ID do cliente no Roster", "Como desfazer"}
	}
	return []string{"Row", "Outcome", "What was done", "What to correct", "Member ID in Roster", "Client ID in Roster", "How to undo it"}
}

// Speech is the language that a result is written in.
type Speech struct {
	Tag  language.Tag                            // of its headings
	Tell func(form string, values ...any) string // says its sentences by their English forms; nil to leave them in English
}

// say says a phrase.
func (s Speech) say(p roster.Phrase) string {
	if s.Tell == nil {
		return p.String()
	}
	form, values := p.Parts()
	return s.Tell(form, values...)
}

// Write writes a result: each row as it was sent in or corrected, beside what became of it, what was done, what to do, whom it
// is about, and how it is undone.
func Write(ctx context.Context, r *Room, v View, f sheet.Format, to io.Writer, s Speech) (err error) {
	header := append([]string{}, v.Header...)
	t, err := sheet.New(f, to, "Import", append(header, added(s.Tag)...))
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
			if err := t.Row(row.line(len(v.Header), s)); err != nil {
				return err
			}
		}
		if len(rows) < resultAtOnce {
			return t.Close()
		}
	}
}

// line gives a row of a result.
func (r Row) line(columns int, s Speech) []string {
	cells := make([]string, columns, columns+7)
	copy(cells, r.Cells)
	tag := language.English
	if s.Tell != nil {
		tag, r.Problem = s.Tag, r.Problem.In(s.Tell)
	}
	var member, client string
	for _, d := range r.Did { // all are about the one member
		member, client = d.ID, cmp.Or(d.ClientID, client)
	}
	var undo []string
	for _, p := range r.Undo(tag) {
		undo = append(undo, s.say(p))
	}
	return append(cells, strconv.Itoa(r.Number), string(r.State), strings.Join(r.Done(), "; "), strings.Join(r.fix(tag), " "), member, client, strings.Join(undo, "; "))
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
		for _, g := range d.Lost {
			said += " − " + g
		}
		all = append(all, said)
	}
	return all
}

// Made tells whether it made somebody who was not there.
func (d Deed) Made() bool { return d.Action == "member.invite" || d.Action == "api_user.create" }

// Fix tells what to correct in a row, field by field.
func (r Row) Fix() []string { return r.fix(language.English) }

func (r Row) fix(tag language.Tag) []string {
	switch {
	case r.Problem == nil:
		return nil
	case len(r.Problem.Fields) == 0:
		return []string{r.Problem.Message}
	}
	var all []string
	for _, f := range r.Problem.Fields {
		field := f.Field
		if heading := column.Field(f.Field).Heading(tag); heading != "" {
			field = heading
		}
		all = append(all, field+": "+f.Message)
	}
	return all
}
