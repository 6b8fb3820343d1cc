package imports

import (
	"context"
	"errors"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/sheet"
	"roster/internal/store"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
)

// still gives an import that may be changed. Kinds: NotFound, Conflict (import_running).
func still(ctx context.Context, tx *store.Tx, id string) (importdb.Import, error) {
	i, err := load(ctx, tx, id)
	switch {
	case err != nil:
	case i.State == importdb.Reading:
		err = store.ErrNone("import")
	case i.State == importdb.Running:
		err = roster.Errorf(roster.Conflict, "import_running", "This import is under way. Cancel it first.")
	}
	return i, err
}

// idle gives an import that may be started: also one that is under way and that nobody is at. Kinds: as of still.
func idle(ctx context.Context, tx *store.Tx, id string) (importdb.Import, error) {
	i, err := still(ctx, tx, id)
	if !roster.Is(err, "import_running") {
		return i, err
	}
	waits, asked := jobdb.Pending(ctx, tx, i.Org, id)
	if asked != nil || waits {
		return i, errors.Join(asked, err)
	}
	return i, nil
}

// Map tells what the columns of an import of a version mean, or of whatever version it has for 0; its rows that were not
// done are checked anew. Those of a large table are so in steps, as long as nobody changes it: until its step a row waits,
// and one that is wrong is found to be at the latest when it is tried. Kinds: Invalid (as of column.Mapping.Check), NotFound,
// Conflict (import_running, changed_meanwhile).
func (r *Room) Map(ctx context.Context, id string, m column.Mapping, version int64) (View, error) {
	return r.mapped(ctx, id, m, version, rowsAtOnce)
}

func (r *Room) mapped(ctx context.Context, id string, m column.Mapping, version int64, most int) (View, error) {
	after := 0
	v, err := action.Do(ctx, r.gate, act.ImportMap, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (View, error) {
		i, err := still(ctx, tx, id)
		if err == nil && version != 0 && version != i.Version {
			err = store.ErrStale()
		}
		if err != nil {
			return View{}, err
		}
		if len(m) > len(i.Header) {
			return View{}, roster.Errorf(roster.Invalid, "too_many_columns", "The file has %d columns.", len(i.Header)).On("columns")
		}
		if err := m.Check(); err != nil {
			return View{}, err
		}
		i.Columns = texts(m)
		if err := importdb.Update(ctx, tx, i); err != nil {
			return View{}, err
		}
		i.Version++
		if err := importdb.Unjudged(ctx, tx, i.Org, i.ID); err != nil {
			return View{}, err
		}
		if after, err = anew(ctx, tx, i, m, 0, most); err != nil {
			return View{}, err
		}
		return view(ctx, tx, i)
	})
	if call := roster.ActorFrom(ctx).Call; err != nil || call != nil && call.DryRun {
		return v, err
	}
	return r.rest(ctx, v, m, after, most)
}

// rest checks the rows of an import after one anew, so many at once, as long as nobody changes it.
func (r *Room) rest(ctx context.Context, v View, m column.Mapping, after, most int) (View, error) {
	actor := roster.ActorFrom(ctx)
	actor.Call = nil // what is kept under a key is the answer of the change itself
	for after > 0 {
		next := 0
		now, err := action.Do(roster.WithActor(ctx, actor), r.gate, act.ImportMap, v.Ref(), func(ctx context.Context, tx *store.Tx) (View, error) {
			i, err := still(ctx, tx, v.ID)
			if err == nil && i.Version != v.Version {
				err = store.ErrStale()
			}
			if err != nil {
				return View{}, err
			}
			if next, err = anew(ctx, tx, i, m, after, most); err != nil || next > 0 {
				return v, err
			}
			return view(ctx, tx, i)
		})
		if e := roster.AsError(err); err != nil && (e.Kind == roster.Internal || e.Kind == roster.Unavailable) {
			return View{}, err
		} else if err != nil {
			return v, nil // what was asked for stands
		}
		v, after = now, next
	}
	return v, nil
}

// anew checks so many rows that wait once more, and keeps which of them are wrong. It gives the last one's number where more
// may be left.
func anew(ctx context.Context, tx *store.Tx, i importdb.Import, m column.Mapping, after, most int) (last int, err error) {
	rows, err := importdb.Rows(ctx, tx, i.Org, i.ID, importdb.Waiting, after, most)
	if err != nil {
		return 0, err
	}
	var other []importdb.Row
	for _, v := range rows {
		before := v
		last = v.Number
		if err := judge(m, &v); err != nil {
			return 0, err
		}
		if v.State != before.State || v.Problem != before.Problem {
			other = append(other, v)
		}
	}
	if len(rows) < most {
		last = 0
	}
	return last, importdb.Mark(ctx, tx, i.Org, i.ID, other...)
}

// Correct gives a row other cells, of which those beyond the header mean nothing, as in a file. One that was refused, was
// wrong or left out waits again. Kinds: NotFound, Conflict (import_running, row_done), Invalid (too_many_columns, too_large).
func (r *Room) Correct(ctx context.Context, id string, number int, cells []string) (Row, error) {
	return action.Do(ctx, r.gate, act.ImportCorrect, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (Row, error) {
		i, v, err := open(ctx, tx, id, number)
		if err != nil {
			return Row{}, err
		}
		if len(cells) > sheet.MostColumns {
			return Row{}, roster.Errorf(roster.Invalid, "too_many_columns", "Row %d has more than %d columns, the most allowed.", number, sheet.MostColumns).On("cells")
		}
		if v.Cells, err = sheet.Clean(number, cells); err != nil {
			return Row{}, err
		}
		if err := judge(mapping(i), &v); err != nil {
			return Row{}, err
		}
		return put(ctx, tx, i, v)
	})
}

// Start lets an import be applied under the authority of the actor: in the background, or attended by who calls Step. Rows
// that were refused are tried again, and one that nobody is at goes on. Kinds: NotFound, Conflict (import_running,
// nothing_waits), Invalid (as of column.Mapping.Check), and Denied for who did not prove anew that it is they.
func (r *Room) Start(ctx context.Context, id string, attended bool) (View, error) {
	return action.Do(ctx, r.gate, act.ImportStart, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (View, error) {
		i, err := idle(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		if err := mapping(i).Check(); err != nil {
			return View{}, err
		}
		n, err := importdb.Again(ctx, tx, i.Org, i.ID)
		if err != nil {
			return View{}, err
		}
		if n == 0 {
			return View{}, roster.Errorf(roster.Conflict, "nothing_waits", "No row waits to be done. Correct those that are wrong, or send another file.")
		}
		actor := roster.ActorFrom(ctx)
		actor.Session, actor.Proofs, actor.Call = "", nil, nil // that it is they was proved now
		i.Actor, i.Why, i.StartedAt = actor, "", tx.At()
		if err := set(ctx, tx, &i, importdb.Running); err != nil {
			return View{}, err
		}
		if !attended {
			if err := jobdb.Enqueue(ctx, tx, jobdb.Job{Org: i.Org, ID: roster.NewID("job_"), Kind: Job, About: i.ID, Payload: "{}"}); err != nil {
				return View{}, err
			}
		}
		return view(ctx, tx, i)
	})
}

// Cancel ends an import that is under way before its next step. What was done stands. Kinds: NotFound, Conflict
// (import_not_running).
func (r *Room) Cancel(ctx context.Context, id string) (View, error) {
	return action.Do(ctx, r.gate, act.ImportCancel, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (View, error) {
		i, err := load(ctx, tx, id)
		if err == nil && i.State != importdb.Running {
			err = roster.Errorf(roster.Conflict, "import_not_running", "This import is not under way.")
		}
		if err != nil {
			return View{}, err
		}
		if err := set(ctx, tx, &i, importdb.Cancelled); err != nil {
			return View{}, err
		}
		if err := jobdb.Cancel(ctx, tx, i.Org, i.ID); err != nil {
			return View{}, err
		}
		return view(ctx, tx, i)
	})
}

// Forget forgets an import that is not under way, with all of its rows, before its time is over. What it did stands. Kinds:
// NotFound, Conflict (import_running).
func (r *Room) Forget(ctx context.Context, id string) (View, error) {
	return action.Do(ctx, r.gate, act.ImportForget, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (View, error) {
		i, err := still(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		v, err := view(ctx, tx, i)
		if err != nil {
			return View{}, err
		}
		tx.Tell(roster.Change{Of: i.Ref(), Field: "state", From: string(i.State), To: "forgotten"})
		return v, importdb.Forget(ctx, tx, i.Org, i.ID)
	})
}

// set gives an import another state, and tells the history.
func set(ctx context.Context, tx *store.Tx, i *importdb.Import, to importdb.State) error {
	from := i.State
	i.State = to
	if i.EndedAt = tx.At(); to == importdb.Running {
		i.EndedAt = time.Time{}
	}
	tx.Tell(roster.Change{Of: i.Ref(), Field: "state", From: string(from), To: string(to)})
	if err := importdb.Update(ctx, tx, *i); err != nil {
		return err
	}
	i.Version++
	return nil
}
