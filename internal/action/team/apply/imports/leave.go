package imports

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/importdb"
)

// Amended gives a row's cells with others in the places of some fields; what is not said stays. Kind: Invalid, code
// field_unknown.
func (v View) Amended(cells []string, said map[column.Field]string) ([]string, error) {
	out := append(slices.Clone(cells), make([]string, max(0, len(v.Header)-len(cells)))...)
	for field, text := range said {
		at := slices.Index(v.Mapping, field)
		if field == column.None || at < 0 {
			return nil, roster.Errorf(roster.Invalid, "field_unknown", "No column of this import means %q.", string(field))
		}
		out[at] = text
	}
	return out, nil
}

// Leave leaves a row out, which is then not tried, or takes it in again, to wait as it stands. Kinds: NotFound, Conflict
// (import_running, row_done).
func (r *Room) Leave(ctx context.Context, id string, number int, out bool) (Row, error) {
	return action.Do(ctx, r.gate, act.ImportCorrect, roster.Ref{Kind: "import", ID: id}, func(ctx context.Context, tx *store.Tx) (Row, error) {
		i, v, err := open(ctx, tx, id, number)
		if err != nil {
			return Row{}, err
		}
		if out {
			v.State, v.Problem = importdb.LeftOut, ""
		} else if err := judge(mapping(i), &v); err != nil {
			return Row{}, err
		}
		return put(ctx, tx, i, v)
	})
}

// open gives a row that may be changed, and its import. Kinds: as of Leave.
func open(ctx context.Context, tx *store.Tx, id string, number int) (importdb.Import, importdb.Row, error) {
	i, err := still(ctx, tx, id)
	if err != nil {
		return i, importdb.Row{}, err
	}
	found, err := importdb.RowAt(ctx, tx, i.Org, id, number)
	if err != nil {
		return i, found.Value, err
	}
	v, err := found.Or("row")
	if err == nil && (v.State == importdb.Changed || v.State == importdb.Same) {
		err = roster.Errorf(roster.Conflict, "row_done", "This row was done already. What it changed stands in the history.")
	}
	return i, v, err
}

// put keeps a row that was changed. Kind: Conflict (changed_meanwhile), where its import was swept meanwhile.
func put(ctx context.Context, tx *store.Tx, i importdb.Import, v importdb.Row) (Row, error) {
	if err := importdb.Update(ctx, tx, i); err != nil { // whoever looked before sees that it is otherwise
		return Row{}, err
	}
	if err := importdb.Mark(ctx, tx, i.Org, i.ID, v); err != nil {
		return Row{}, err
	}
	return shown(v)
}
