// Package export is the room in which the Team list leaves as a file for spreadsheet programs: who is chosen by a filter,
// in an order, by some columns. Rows go into a file some at a time, so that memory stays bounded; the history is told
// what left before anybody is given the file. How cells are written is package sheet's.
package export

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/spool"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/words"
)

// Room holds the use case.
type Room struct {
	gate  *action.Gate
	turns chan struct{}
}

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g, make(chan struct{}, runtime.GOMAXPROCS(0))} }

// Order is what shall be exported, and how.
type Order struct {
	team.Query
	Format  sheet.Format
	Columns []string         // of Columns, in this order; Standard when empty
	Words   *words.Catalogue // in which the header is written
}

// File is what was exported, from its first byte on. It is nowhere else any more: Close ends it.
type File struct {
	*spool.File
	Name  string // what to call it
	Media string
	Rows  int
}

// Export writes members into a file, and tells the history who took which away, and how many. Kinds: Invalid for the
// query, the columns (column_unknown) and the format, Denied.
func (r *Room) Export(ctx context.Context, o Order) (*File, error) {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := action.Look(ctx, r.gate, act.MemberExport, func(ctx context.Context, rd store.Reader) (*File, error) {
		return o.written(ctx, rd)
	})
	if err != nil {
		return nil, err
	}
	_, err = action.Do(ctx, r.gate, act.MemberExport, roster.Ref{}, func(_ context.Context, tx *store.Tx) (bool, error) {
		tx.Tell(o.told(f)...)
		return true, nil
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// written gives the file with all rows in it.
func (o Order) written(ctx context.Context, rd store.Reader) (*File, error) {
	columns, err := o.columns()
	if err != nil {
		return nil, err
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	held, err := spool.New()
	if err != nil {
		return nil, err
	}
	f := &File{File: held}
	f.Name, f.Media = "members-"+action.Moment(ctx).Format("2006-01-02")+"."+string(o.Format), o.Format.Media()
	if err := o.fill(ctx, rd, f, columns, reading{snap, o.Words, team.SeesUnit(ctx)}); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// fill writes the rows and goes back to the file's beginning.
func (o Order) fill(ctx context.Context, rd store.Reader, f *File, columns []column, in reading) error {
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = o.Words.Say("export.column." + c.name)
	}
	table, err := sheet.New(o.Format, f, o.Words.Say("export.sheet"), header)
	if err != nil {
		return err
	}
	defer table.Abandon()
	cells := make([]string, len(columns))
	err = team.Walk(ctx, rd, o.Query, func(some []team.View) error {
		for _, v := range some {
			for i, c := range columns {
				cells[i] = c.of(in, v)
			}
			if err := table.Row(cells); err != nil {
				return err
			}
		}
		f.Rows += len(some)
		return ctx.Err()
	})
	if err == nil {
		err = table.Close()
	}
	if err != nil {
		return err
	}
	return f.Rewind()
}

// told is what the history is told.
func (o Order) told(f *File) []roster.Change {
	of := roster.Ref{Kind: "export", ID: roster.NewID("exp_"), Name: f.Name}
	names := o.Columns
	if len(names) == 0 {
		names = Standard()
	}
	order := o.Sort
	if order == "" {
		order = memberdb.ByName
	}
	return []roster.Change{
		{Of: of, Field: "filter", To: o.chosen()},
		{Of: of, Field: "sort", To: string(order)},
		{Of: of, Field: "columns", To: strings.Join(names, ", ")},
		{Of: of, Field: "rows", To: strconv.Itoa(f.Rows)},
	}
}

// chosen says the filter as the API's list is asked with it; empty for everybody.
func (o Order) chosen() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	yes := func(b *bool) string {
		if b == nil {
			return ""
		}
		return strconv.FormatBool(*b)
	}
	add("q", o.Text)
	for _, s := range o.Status {
		add("status", string(s))
	}
	for _, k := range o.Kinds {
		add("kind", string(k))
	}
	add("verified", yes(o.Verified))
	add("mfa", yes(o.MFA))
	add("role", o.Role)
	add("unit", string(o.Unit))
	add("not_role", o.NotRole)
	add("not_unit", string(o.NotUnit))
	return strings.Join(parts, " ")
}
