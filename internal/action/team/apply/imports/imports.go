// Package imports is the room of tables of people that are sent in: they are read and kept row by row, their columns mapped,
// rows corrected, tried, and applied in the background, some rows at a time, under the authority of whoever started it as it
// is at that moment. What a row does is done by its parent, by the acts that there are. What became of a row is written in
// the transaction of what it did, so each is done exactly once, whatever happens in between. Whoever sent a table in is alone
// with it: nobody else sees or changes it, but for the command line.
package imports

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/importdb"
	"roster/internal/store/jobdb"
)

// Room holds the use cases.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// Job is the kind of jobs that apply an import; it is about the import.
const Job = "import"

// Kept is how long an import is kept after it was sent in.
const Kept = 30 * 24 * time.Hour

// States of imports that doors ask for.
const (
	Running   = importdb.Running
	Done      = importdb.Done
	Cancelled = importdb.Cancelled
	Stopped   = importdb.Stopped
)

// How many imports are kept. Those that ended make room for others.
const (
	mostKept = 100 // of an organisation
	mostOwn  = 20  // of who sent them in: so nobody takes all of an organisation's places
)

// View is an import as it is shown.
type View struct {
	importdb.Import
	Mapping column.Mapping
	Left    []string // columns that are left out, by their headings
	Rows    map[importdb.RowState]int
	Total   int
	Why     *roster.Error // why it was stopped
	Due     time.Time     // of one that is under way, where Show gives it: when its next rows are done at the earliest
}

// Dealt gives how many rows need nothing more.
func (v View) Dealt() int { return v.Total - v.Rows[importdb.Waiting] }

// Allowed gives what whoever sees an import may do to it now.
func (v View) Allowed() []act.Name {
	if v.State == importdb.Running {
		return []act.Name{act.ImportShow, act.ImportRows, act.ImportCancel}
	}
	return []act.Name{act.ImportShow, act.ImportRows, act.ImportMap, act.ImportCorrect, act.ImportPlan, act.ImportStart, act.ImportForget}
}

// List gives the imports that the actor sent in, the newest first; to the command line everybody's.
func (r *Room) List(ctx context.Context) ([]View, error) {
	return action.Look(ctx, r.gate, act.ImportList, func(ctx context.Context, rd store.Reader) ([]View, error) {
		actor := roster.ActorFrom(ctx)
		by := actor.ID()
		if actor.Root() {
			by = ""
		}
		all, err := importdb.List(ctx, rd, actor.Organisation, by, mostKept)
		if err != nil {
			return nil, err
		}
		counts, err := importdb.CountsOfAll(ctx, rd, actor.Organisation, by)
		views := make([]View, len(all))
		for i, one := range all {
			if err == nil {
				views[i], err = counted(one, counts[one.ID])
			}
		}
		return views, err
	})
}

// Show gives an import. Kind: NotFound.
func (r *Room) Show(ctx context.Context, id string) (View, error) {
	return action.Look(ctx, r.gate, act.ImportShow, func(ctx context.Context, rd store.Reader) (View, error) {
		i, err := load(ctx, rd, id)
		if err != nil {
			return View{}, err
		}
		v, err := view(ctx, rd, i)
		if err == nil && i.State == importdb.Running {
			v.Due, err = jobdb.Due(ctx, rd, i.Org, id)
		}
		return v, err
	})
}

// load gives an import, if it is the actor's.
func load(ctx context.Context, rd store.Reader, id string) (importdb.Import, error) {
	actor := roster.ActorFrom(ctx)
	found, err := importdb.ByID(ctx, rd, actor.Organisation, id)
	if err != nil {
		return found.Value, err
	}
	if found.OK && !actor.Root() && found.Value.MadeBy != actor.ID() {
		found.OK = false
	}
	return found.Or("import")
}

func view(ctx context.Context, rd store.Reader, i importdb.Import) (View, error) {
	rows, err := importdb.Counts(ctx, rd, i.Org, i.ID)
	if err != nil {
		return View{Import: i}, err
	}
	return counted(i, rows)
}

// counted gives an import as it is shown, with how many rows are in each state.
func counted(i importdb.Import, rows map[importdb.RowState]int) (View, error) {
	v := View{Import: i, Mapping: mapping(i), Rows: rows}
	v.Left = v.Mapping.Left(i.Header)
	for _, n := range rows {
		v.Total += n
	}
	var err error
	v.Why, err = refused(i.Why)
	return v, err
}

func mapping(i importdb.Import) column.Mapping {
	m := make(column.Mapping, len(i.Columns))
	for n, f := range i.Columns {
		m[n] = column.Field(f)
	}
	return m
}

// Row is a row of an import, with what became of it.
type Row struct {
	Number  int
	Cells   []string
	State   importdb.RowState
	Problem *roster.Error // what is wrong with it, or why it was refused; nil for nothing
	Did     []Deed
	Planned bool // Did is what would be done
}

// Deed is an act that a row asked for and that was done.
type Deed struct {
	Action   string   `json:"action"`
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	ClientID string   `json:"client_id,omitempty"`
	Changes  []Change `json:"changes,omitempty"`
	Gained   []string `json:"gained,omitempty"`
	Lost     []string `json:"lost,omitempty"` // what was held with an earlier end before

	Names map[string]string `json:"names,omitempty"` // what roles and customer accounts are called, by how Gained and Lost name them
}

// Change is a field that an act gave another value.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

func shown(v importdb.Row) (Row, error) {
	out := Row{Number: v.Number, Cells: v.Cells, State: v.State}
	var err error
	if out.Problem, err = refused(v.Problem); err != nil {
		return out, err
	}
	did, err := was[[]Deed](v.Outcome)
	if did != nil {
		out.Did = *did
	}
	return out, err
}

// Page chooses rows of an import: those of a state, or all, after a number.
type Page struct {
	State importdb.RowState
	After int
	Limit int
}

// Read gives rows of an import, in their order. Kinds: NotFound, and Invalid (code state_unknown).
func (r *Room) Read(ctx context.Context, id string, p Page) ([]Row, error) {
	return action.Look(ctx, r.gate, act.ImportRows, func(ctx context.Context, rd store.Reader) ([]Row, error) {
		i, err := load(ctx, rd, id)
		if err != nil {
			return nil, err
		}
		return rows(ctx, rd, i, p)
	})
}

func rows(ctx context.Context, rd store.Reader, i importdb.Import, p Page) ([]Row, error) {
	if p.State != "" && !slices.Contains(importdb.RowStates(), p.State) {
		return nil, roster.Errorf(roster.Invalid, "state_unknown", "A row's state is waiting, wrong, changed, same, refused or left_out.").On("state")
	}
	all, err := importdb.Rows(ctx, rd, i.Org, i.ID, p.State, p.After, p.Limit)
	out := make([]Row, len(all))
	for n, v := range all {
		if err == nil {
			out[n], err = shown(v)
		}
	}
	return out, err
}

// Query chooses rows of an import: those of a state, or all, from where a page before ended.
type Query struct {
	State  importdb.RowState
	Cursor string
	Limit  int // 50 when zero
}

// Listing is a page of rows.
type Listing struct {
	Rows  []Row
	Next  string // where the next page begins; empty on the last
	Total int    // of the state that is asked for
}

// Rows gives a page of an import's rows, in their order. Kinds: NotFound, Invalid (state_unknown, limit_invalid, cursor_invalid).
func (r *Room) Rows(ctx context.Context, id string, q Query) (Listing, error) {
	return action.Look(ctx, r.gate, act.ImportRows, func(ctx context.Context, rd store.Reader) (Listing, error) {
		i, err := load(ctx, rd, id)
		if err != nil {
			return Listing{}, err
		}
		v, err := view(ctx, rd, i)
		if err != nil {
			return Listing{}, err
		}
		if q.Limit == 0 {
			q.Limit = 50
		}
		if q.Limit < 1 || q.Limit > 200 {
			return Listing{}, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
		}
		after, bound := 0, "import rows\n"+string(i.Org)+"\n"+i.ID+"\n"+string(q.State)
		if q.Cursor != "" {
			if err := r.cursors.Decode(bound, q.Cursor, &after); err != nil {
				return Listing{}, err
			}
		}
		out := Listing{Total: v.Total}
		if q.State != "" {
			out.Total = v.Rows[q.State]
		}
		if out.Rows, err = rows(ctx, rd, i, Page{State: q.State, After: after, Limit: q.Limit + 1}); err != nil || len(out.Rows) <= q.Limit {
			return out, err
		}
		out.Rows = out.Rows[:q.Limit]
		out.Next, err = r.cursors.Encode(bound, out.Rows[q.Limit-1].Number)
		return out, err
	})
}
