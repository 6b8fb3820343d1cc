package imports

import (
	"context"
	"slices"
	"strconv"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team/apply"
	"roster/internal/people"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/importdb"
	"roster/internal/store/memberdb"
)

// rowsOfStep is how many rows a step does at most: so long the organisation's lock is held.
const rowsOfStep = 200

// Stepped is what a step came to. How many rows the import has in each state it does not tell: counting them would cost as
// much as doing some, and a hundred thousand rows take five hundred steps.
type Stepped struct {
	importdb.Import
	Rows map[importdb.RowState]int // those that the step dealt with, by what became of them
	Wait time.Duration             // how long the next step must wait, since letters are paced
}

// Step does the next rows of an import that is under way, in one transaction under the authority of whoever started it, as
// it is now. Where they may not go on the import is stopped, and Show tells why. One that somebody else went on with, or
// started anew, meanwhile is left as it is: the next step looks whose it is now. It is Roster's own.
func (r *Room) Step(ctx context.Context, org roster.OrgID, id string) (Stepped, error) {
	return r.step(ctx, org, id, rowsOfStep)
}

func (r *Room) step(ctx context.Context, org roster.OrgID, id string, most int) (Stepped, error) {
	own := roster.ActorFrom(ctx)
	if !own.Root() {
		return Stepped{}, roster.Errorf(roster.Denied, "forbidden", "Only the operator can do this.")
	}
	own.Organisation, own.Call = org, nil
	root := roster.WithActor(ctx, own)
	i, err := action.Look(root, r.gate, act.ImportShow, func(ctx context.Context, rd store.Reader) (importdb.Import, error) { return load(ctx, rd, id) })
	if err != nil || i.State != importdb.Running {
		return Stepped{Import: i}, err
	}
	return r.onward(root, i, most)
}

// onward does the next rows of an import that was looked at while it was under way.
func (r *Room) onward(root context.Context, i importdb.Import, most int) (Stepped, error) {
	out, err := action.DoSeries(roster.WithActor(root, i.Actor), r.gate, act.ImportApply, func(ctx context.Context, s *action.Series) (Stepped, error) {
		return chunk(ctx, s, i, most)
	})
	if e := roster.AsError(err); err != nil && stops(e) {
		return r.stop(root, i, e)
	}
	return out, err
}

// stops tells the refusals after which trying again is of no use.
func stops(e *roster.Error) bool {
	return e.Kind == roster.Denied || e.Kind == roster.Unauthenticated || e.Kind == roster.NotFound || e.Kind == roster.Gone
}

// stop ends an import that was looked at and that whoever had started it may not go on with.
func (r *Room) stop(ctx context.Context, i importdb.Import, why *roster.Error) (Stepped, error) {
	return action.Do(ctx, r.gate, act.ImportCancel, i.Ref(), func(ctx context.Context, tx *store.Tx) (Stepped, error) {
		now, err := load(ctx, tx, i.ID)
		if err != nil || now.Version != i.Version {
			return Stepped{Import: now}, err
		}
		if now.Why, err = refusal(why); err != nil {
			return Stepped{}, err
		}
		err = set(ctx, tx, &now, importdb.Stopped)
		return Stepped{Import: now}, err
	})
}

// chunk does the next rows and keeps what became of each, in the transaction of the series. It does none where the import is
// not as it was seen: rows that somebody changed since, and started by themselves, are not done under the authority of
// whoever had started it before.
func chunk(ctx context.Context, s *action.Series, seen importdb.Import, most int) (Stepped, error) {
	tx, id := s.Tx(), seen.ID
	i, err := load(ctx, tx, id)
	if err != nil || i.Version != seen.Version {
		return Stepped{Import: i}, err
	}
	if err := signedIn(ctx, tx, i); err != nil {
		return Stepped{}, err
	}
	rows, err := importdb.Rows(ctx, tx, i.Org, id, importdb.Waiting, 0, most)
	if err != nil {
		return Stepped{}, err
	}
	done, wait, err := try(ctx, s, i, rows)
	if err != nil {
		return Stepped{}, err
	}
	counts := map[importdb.RowState]int{}
	for n, d := range done {
		rows[n] = d.row
		counts[d.row.State]++
	}
	if err := importdb.Mark(ctx, tx, i.Org, id, rows[:len(done)]...); err != nil {
		return Stepped{}, err
	}
	i.EndedAt = time.Time{}
	if len(rows) < most && len(done) == len(rows) {
		i.State, i.EndedAt = importdb.Done, tx.At()
	}
	if err := importdb.Update(ctx, tx, i); err != nil {
		return Stepped{}, err
	}
	if counts[importdb.Changed]+counts[importdb.Refused] > 0 || i.State == importdb.Done {
		err := s.Tell(ctx, i.Ref(), roster.Change{Of: i.Ref(), Field: "done", To: strconv.Itoa(counts[importdb.Changed])},
			roster.Change{Of: i.Ref(), Field: "refused", To: strconv.Itoa(counts[importdb.Refused] + counts[importdb.Wrong])})
		if err != nil {
			return Stepped{}, err
		}
	}
	i.Version++
	return Stepped{Import: i, Rows: counts, Wait: wait}, nil
}

// signedIn refuses to go on for a member who was signed out since they started an import: it goes on without their session,
// and would outlive it. Kind: Denied (signed_out).
func signedIn(ctx context.Context, tx *store.Tx, i importdb.Import) error {
	if i.Actor.Member == "" {
		return nil
	}
	m, err := memberdb.ByID(ctx, tx, i.Org, i.Actor.Member)
	if err != nil || !m.OK || i.StartedAt.After(m.Value.SignedOutAt) {
		return err
	}
	return policy.Of(tx.Organisation()).Refuse(policy.LacksAnew, false)
}

// dealt is a row that was tried.
type dealt struct {
	row     importdb.Row
	changes []apply.Change
}

// try does rows in a series. It stops before a row for which a letter must wait, and tells how long.
func try(ctx context.Context, s *action.Series, i importdb.Import, rows []importdb.Row) ([]dealt, time.Duration, error) {
	m := mapping(i)
	out := make([]dealt, len(rows))
	var members []people.Member
	var at []int
	for n, v := range rows {
		if err := judge(m, &v); err != nil {
			return nil, 0, err
		}
		if out[n].row = v; v.State != importdb.Waiting {
			continue
		}
		member, err := m.Read(v.Number, v.Cells)
		if err != nil {
			return nil, 0, err
		}
		members, at = append(members, member), append(at, n)
	}
	all, err := apply.Rows(ctx, s, members)
	if err != nil {
		return nil, 0, err
	}
	for n, changes := range all {
		d := &out[at[n]]
		if d.changes = changes; paced(changes) > 0 {
			return out[:at[n]], paced(changes), nil
		}
		if err := d.settle(); err != nil {
			return nil, 0, err
		}
	}
	return out, 0, nil
}

// paced tells how long a row must wait whose letter may not leave yet, of which nothing was done.
func paced(changes []apply.Change) time.Duration {
	if n := len(changes); n == 1 && changes[0].Err != nil && changes[0].Err.Kind == roster.Limited && changes[0].Err.Field == "" {
		return max(changes[0].Err.RetryAfter, time.Second)
	}
	return 0
}

// settle tells what became of a row.
func (d *dealt) settle() error {
	before, err := was[[]Deed](d.row.Outcome) // what was done when it was tried before
	if err != nil {
		return err
	}
	var did []Deed
	if before != nil {
		did = *before
	}
	d.row.State = importdb.Same
	for _, c := range d.changes {
		if c.Err != nil {
			d.row.State = importdb.Refused
			if d.row.Problem, err = refusal(c.Err); err != nil {
				return err
			}
			continue
		}
		if d.row.State == importdb.Same {
			d.row.State = importdb.Changed
		}
		did = append(did, deed(c))
	}
	if len(did) == 0 {
		return nil
	}
	d.row.Outcome, err = kept(&did)
	return err
}

func deed(c apply.Change) Deed {
	d := Deed{Action: string(c.Does), ID: c.ID, Name: c.Name, ClientID: c.ClientID}
	for _, f := range c.Fields {
		d.Changes = append(d.Changes, Change{f.Name, f.From, f.To})
	}
	d.Names = map[string]string{}
	for _, g := range c.Gained {
		d.Gained = append(d.Gained, g.String())
	}
	for _, g := range c.Lost {
		d.Lost = append(d.Lost, g.String())
	}
	for _, g := range slices.Concat(c.Gained, c.Lost) {
		if g.RoleName != "" {
			d.Names[g.Role] = g.RoleName
		}
		if g.UnitName != "" {
			d.Names[g.Unit] = g.UnitName
		}
	}
	return d
}

// A plan tries so many rows at most, and begins no more of them after so long: all the while the organisation's lock is
// held, and the one writer of a file.
const (
	mostPlanned = 10_000
	planTime    = 3 * time.Second
)

// Planned is what applying an import would do now.
type Planned struct {
	Rows  []Row // that were tried, in their order, each with what would become of it
	Left  int   // rows that wait and were not tried, since there are many
	Paced bool  // letters would have to wait, and so the rows that are left
}

// Plan tells what applying an import would do now: the first rows that wait, or were refused before, are done in one
// transaction, as Step does them, and taken back. Kinds: NotFound, Invalid (as of column.Mapping.Check), Denied.
func (r *Room) Plan(ctx context.Context, id string) (Planned, error) {
	return r.plan(ctx, id, planTime)
}

func (r *Room) plan(ctx context.Context, id string, within time.Duration) (Planned, error) {
	actor := roster.ActorFrom(ctx)
	actor.Call = &roster.Call{DryRun: true}
	return action.DoSeries(roster.WithActor(ctx, actor), r.gate, act.ImportPlan, func(ctx context.Context, s *action.Series) (Planned, error) {
		i, err := load(ctx, s.Tx(), id)
		if err != nil {
			return Planned{}, err
		}
		if err := mapping(i).Check(); err != nil {
			return Planned{}, err
		}
		n, err := importdb.Again(ctx, s.Tx(), i.Org, i.ID)
		if err != nil {
			return Planned{}, err
		}
		on, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		out := Planned{Left: n}
		for more := true; more; more = more && !out.Paced && len(out.Rows) < mostPlanned && on.Err() == nil {
			if more, err = out.next(ctx, s, i); err != nil {
				return Planned{}, err
			}
		}
		return out, nil
	})
}

// next tries the next rows of a plan, as many as one step does, and tells whether more may be left.
func (p *Planned) next(ctx context.Context, s *action.Series, i importdb.Import) (more bool, err error) {
	after := 0
	if n := len(p.Rows); n > 0 {
		after = p.Rows[n-1].Number
	}
	rows, err := importdb.Rows(ctx, s.Tx(), i.Org, i.ID, importdb.Waiting, after, rowsOfStep)
	if err != nil {
		return false, err
	}
	done, wait, err := try(ctx, s, i, rows)
	if err != nil {
		return false, err
	}
	p.Left, p.Paced = p.Left-len(done), wait > 0
	for _, d := range done {
		row, err := shown(d.row)
		if err != nil {
			return false, err
		}
		row.Planned = true
		p.Rows = append(p.Rows, row)
	}
	return len(rows) == rowsOfStep, nil
}
