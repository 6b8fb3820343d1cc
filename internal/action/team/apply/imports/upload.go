package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/store"
	"roster/internal/store/importdb"
)

// File is a table that is sent in: CSV or a workbook.
type File struct {
	Name string
	From io.ReaderAt
	Size int64
}

// Upload reads a table and keeps its rows, each checked for its form; what its columns mean is guessed. Nothing of it is
// done yet. Each time a file is sent it is another import; where there are as many as are kept, another is forgotten for it
// (makeRoom). Kinds: Invalid (as of sheet.Open and Rows.Next, and no_rows, doubled_heading),
// Conflict (too_many_imports), Denied.
func (r *Room) Upload(ctx context.Context, f File) (View, error) {
	name, err := roster.CleanName(f.Name)
	if err != nil {
		name = ""
	}
	actor, call := roster.ActorFrom(ctx), &roster.Call{} // without a key: what is kept under one is an answer, and there is none before all rows are kept
	if given := actor.Call; given != nil {
		defer func() { given.Seq = call.Seq }()
	}
	actor.Call = call
	ctx = roster.WithActor(ctx, actor)
	i := importdb.Import{Org: actor.Organisation, ID: roster.NewID("imp_"), Name: name, State: importdb.Reading, Header: []string{}, Columns: []string{}, MadeBy: actor.ID()}
	// The right is asked before anything is read.
	i, err = action.Do(ctx, r.gate, act.ImportUpload, i.Ref(), func(ctx context.Context, tx *store.Tx) (importdb.Import, error) {
		err := makeRoom(ctx, tx, i)
		i.MadeAt, i.Version = tx.At(), 1
		if err == nil {
			err = importdb.Insert(ctx, tx, i)
		}
		return i, err
	})
	if err != nil {
		return View{}, err
	}
	whole := false
	defer func() {
		if !whole { // in whatever way it broke off, a panic among them
			_ = action.Note(context.WithoutCancel(ctx), r.gate, func(ctx context.Context, tx store.Noter) error { return importdb.Forget(ctx, tx.Tx, i.Org, i.ID) }) // else it is swept
		}
	}()
	if err := r.keep(ctx, f, &i); err != nil {
		return View{}, err
	}
	whole = true
	return r.Show(ctx, i.ID)
}

// makeRoom makes room for one more import: where its maker has as many as one keeps, their own that ended first is forgotten;
// where the organisation has as many as it keeps, anybody's that ended first, or else one that waits for who is gone. Kind:
// Conflict (too_many_imports), where there is none such.
func makeRoom(ctx context.Context, tx *store.Tx, i importdb.Import) error {
	all, own, err := importdb.Count(ctx, tx, i.Org, i.MadeBy)
	if err != nil || all < mostKept && own < mostOwn {
		return err
	}
	var first store.Found[importdb.Import]
	var none *roster.Error
	if own >= mostOwn {
		none = roster.Errorf(roster.Conflict, "too_many_imports", "At most %d of your imports may wait or be under way. Start or forget one of them first.", mostOwn)
		first, err = importdb.Ended(ctx, tx, i.Org, i.MadeBy)
	} else {
		none = roster.Errorf(roster.Conflict, "too_many_imports", "At most %d imports of an organisation may wait or be under way. Whoever sent some in has to start or forget one first.", mostKept)
		if first, err = importdb.Ended(ctx, tx, i.Org, ""); err == nil && !first.OK {
			first, err = importdb.Deserted(ctx, tx, i.Org)
		}
	}
	switch {
	case err != nil:
		return err
	case !first.OK:
		return none
	}
	return importdb.Forget(ctx, tx, i.Org, first.Value.ID)
}

// keep reads a table's rows and keeps them, and then that all of them are there.
func (r *Room) keep(ctx context.Context, f File, i *importdb.Import) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f.From, 0, min(f.Size, sheet.MostBytes+1))); err != nil {
		return fmt.Errorf("imports: %w", err)
	}
	i.Sum = hex.EncodeToString(sum.Sum(nil))
	rows, err := sheet.Open(f.From, f.Size)
	if err != nil {
		return err
	}
	header, err := rows.Next()
	if errors.Is(err, io.EOF) {
		return roster.Errorf(roster.Invalid, "field_required", "The file is empty.").On("file")
	}
	if err != nil {
		return err
	}
	i.Header = slices.Clone(header.Cells)
	m := column.Guess(i.Header)
	i.Columns = texts(m)
	n, err := r.rows(ctx, *i, m, rows)
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Invalid, "no_rows", "The file has a heading and no rows below it.").On("file")
	}
	if err != nil {
		return err
	}
	i.State = importdb.Open
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error { return importdb.Update(ctx, tx.Tx, *i) })
}

func texts(m column.Mapping) []string {
	all := make([]string, len(m))
	for i, f := range m {
		all[i] = string(f)
	}
	return all
}

// How much of a file one transaction keeps.
const (
	rowsAtOnce  = 1000
	bytesAtOnce = 1 << 20
)

// rows keeps a table's rows, some at a time.
func (r *Room) rows(ctx context.Context, i importdb.Import, m column.Mapping, from *sheet.Rows) (n int, err error) {
	var some []importdb.Row
	size := 0
	flush := func() error {
		rows := some
		some, size = nil, 0
		return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error { return importdb.Add(ctx, tx, i.Org, i.ID, rows) })
	}
	for last := 0; ; n++ {
		l, err := from.Next()
		if errors.Is(err, io.EOF) {
			return n, flush()
		}
		if err != nil {
			return n, err
		}
		if l.Number <= last { // a workbook may number its rows as it likes
			l.Number = last + 1
		}
		last = l.Number
		row := importdb.Row{Number: l.Number, Cells: slices.Clone(l.Cells)}
		if err := judge(m, &row); err != nil {
			return n, err
		}
		for _, c := range row.Cells {
			size += len(c) + 16
		}
		if some = append(some, row); len(some) == rowsAtOnce || size > bytesAtOnce {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
}

// judge tells whether a row's form is right.
func judge(m column.Mapping, row *importdb.Row) error {
	row.State, row.Problem = importdb.Waiting, ""
	_, err := m.Read(row.Number, row.Cells)
	if err == nil {
		return nil
	}
	row.State = importdb.Wrong
	row.Problem, err = refusal(err)
	return err
}
