package apply

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// run is a file that is being gone through, within one transaction.
type run struct {
	*action.Series
	hands  Hands
	file   people.File
	most   int // acts after which it stops; 0 for never
	tasks  []func(context.Context) error
	prune  int // which of the tasks may stop within itself
	after  roster.MemberID
	who    []roster.MemberID // whom each member of the file means; empty for nobody
	lost   []*roster.Error   // why nobody can be meant
	rows   map[roster.MemberID]memberdb.Row
	adds   bool // what is granted is held beside what was held before
	places *paths
	out    Result
}

// begin lays out what there is to do, in the order in which things depend on one another: customer accounts from the top
// down, roles, members who are there, then who is blocked or removed, so that seats are free for who is new; at last roles
// and accounts that nothing hangs on any more.
func begin(s *action.Series, h Hands, f people.File) *run {
	r := &run{Series: s, hands: h, file: f, rows: map[roster.MemberID]memberdb.Row{}}
	add := func(task func(context.Context) error) { r.tasks = append(r.tasks, task) }
	units := order(f.Units)
	for _, u := range units {
		add(func(ctx context.Context) error { return r.unit(ctx, u) })
	}
	for _, v := range f.Roles {
		if !v.Removed {
			add(func(ctx context.Context) error { return r.role(ctx, v) })
		}
	}
	for i := range f.Members {
		add(func(ctx context.Context) error { return r.member(ctx, i) })
	}
	for i, m := range f.Members {
		if m.Removed || m.Blocked != nil && *m.Blocked {
			add(func(ctx context.Context) error { return r.stop(ctx, i) })
		}
	}
	r.prune = len(r.tasks)
	add(r.pruned)
	for i, m := range f.Members {
		if !m.Removed {
			add(func(ctx context.Context) error { return r.join(ctx, i) })
		}
	}
	for _, v := range f.Roles {
		if v.Removed {
			add(func(ctx context.Context) error { return r.endRole(ctx, v) })
		}
	}
	for _, u := range slices.Backward(units) {
		if u.Archived != nil && *u.Archived {
			add(func(ctx context.Context) error { return r.archive(ctx, u) })
		}
	}
	return r
}

// order gives customer accounts with what they stand in before them.
func order(all []people.Unit) []people.Unit {
	byName := map[string]int{}
	for i, u := range all {
		byName[u.ID] = i
		if u.ExternalID != nil {
			byName[*u.ExternalID] = i
		}
	}
	delete(byName, "")
	out, done := make([]people.Unit, 0, len(all)), make([]bool, len(all))
	for i := range all {
		// what lies on the way up; one that stands in itself is refused where it is moved
		var way []int
		for at, ok := i, true; ok && !done[at]; {
			done[at] = true
			way = append(way, at)
			if all[at].Parent == nil {
				break
			}
			at, ok = byName[*all[at].Parent]
		}
		for _, at := range slices.Backward(way) {
			out = append(out, all[at])
		}
	}
	return out
}

// walk does what there is to do from a place on.
func (r *run) walk(ctx context.Context, from Place, most int) (Result, error) {
	r.most, r.out.Total = most, len(r.tasks)
	if err := r.identify(ctx); err != nil {
		return r.out, err
	}
	r.after = from.After
	for at := from.Task; at < len(r.tasks); at++ {
		if r.full() {
			r.out.Next = Place{Task: at}
			return r.out, nil
		}
		if err := r.tasks[at](ctx); err != nil {
			return r.out, err
		}
		if at == r.prune && r.after != "" {
			r.out.Next = Place{at, r.after}
			return r.out, nil
		}
		if err := ctx.Err(); err != nil {
			return r.out, err
		}
	}
	return r.out, nil
}

func (r *run) full() bool { return r.most > 0 && r.out.Done+r.out.Refused >= r.most }

// identify finds out whom the file's members mean.
func (r *run) identify(ctx context.Context) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	r.who, r.lost = make([]roster.MemberID, len(r.file.Members)), make([]*roster.Error, len(r.file.Members))
	sees := func(id roster.MemberID, known bool) roster.MemberID {
		if s, there := snap.Member(id); known && there && s.Status != roster.Removed && action.Sees(ctx, id) {
			return id
		}
		return ""
	}
	for i, m := range r.file.Members {
		r.who[i], r.lost[i] = identity(snap, m, sees)
	}
	r.twice()
	return nil
}

// identity finds whom a member of the file means. What is none of Roster's own names may be somebody new.
func identity(snap *authz.Snapshot, m people.Member, sees func(roster.MemberID, bool) roster.MemberID) (roster.MemberID, *roster.Error) {
	unknown := func(field string) *roster.Error {
		return roster.Errorf(roster.Invalid, "member_unknown", "There is no such member here.").On(field)
	}
	var found []roster.MemberID
	if m.ID != "" {
		id := sees(roster.MemberID(m.ID), true)
		if id == "" {
			return "", unknown("id")
		}
		found = append(found, id)
	}
	if m.ClientID != "" {
		id := sees(snap.ByClientID(m.ClientID))
		if id == "" {
			return "", unknown("client_id")
		}
		found = append(found, id)
	}
	if m.ExternalID != nil && *m.ExternalID != "" {
		found = append(found, sees(snap.ByExternalID(*m.ExternalID)))
	}
	if address, err := roster.ParseEmail(m.Email); err == nil && m.Email != "" {
		found = append(found, sees(snap.ByEmail(address.Folded)))
	}
	found = slices.DeleteFunc(found, func(id roster.MemberID) bool { return id == "" })
	if len(found) == 0 {
		return "", nil
	}
	for _, id := range found[1:] {
		if id != found[0] {
			return "", roster.Errorf(roster.Conflict, "member_ambiguous", "The names given here belong to different members.")
		}
	}
	return found[0], nil
}

// twice refuses those who mean somebody whom another one before them means.
func (r *run) twice() {
	lines := map[roster.MemberID]int{}
	for i, id := range r.who {
		if id == "" {
			continue
		}
		if line, known := lines[id]; known {
			r.who[i] = ""
			r.lost[i] = roster.Errorf(roster.Invalid, "doubled", "This stands on line %d already. Describe each once.", line)
			continue
		}
		lines[id] = r.file.Members[i].Line
	}
}

// readAtOnce is how many members are read by one statement.
const readAtOnce = 50

// row gives a member as they are kept, read together with those who come next in the file.
func (r *run) row(ctx context.Context, i int) (memberdb.Row, error) {
	if row, known := r.rows[r.who[i]]; known {
		return row, nil
	}
	var ids []roster.MemberID
	for _, id := range r.who[i:] {
		if id != "" {
			ids = append(ids, id)
		}
		if len(ids) == readAtOnce {
			break
		}
	}
	rows, err := memberdb.List(ctx, r.Tx(), memberdb.Filter{Org: r.Tx().Org(), IDs: ids, At: r.Tx().At(), Sort: memberdb.ByName, Limit: len(ids)})
	clear(r.rows)
	for _, row := range rows {
		r.rows[row.ID] = row
	}
	return r.rows[r.who[i]], err
}

// do does one act and notes what became of it.
func (r *run) do(ctx context.Context, c Change, on roster.Ref, fn func(context.Context) error) (done bool, err error) {
	i := len(r.out.Changes)
	r.out.Changes = append(r.out.Changes, c)
	refused, err := r.Do(ctx, c.Does, on, func(ctx context.Context, _ *store.Tx) error { return fn(ctx) })
	if err != nil {
		return false, err
	}
	if refused == nil {
		r.out.Done++
		return true, nil
	}
	r.out.Refused++
	r.out.Changes[i].Err = refused
	return false, nil
}

// refuse notes what cannot be meant.
func (r *run) refuse(c Change, why error) {
	c.Err = roster.AsError(why)
	r.out.Changes = append(r.out.Changes, c)
	r.out.Refused++
}

// last gives the change that was noted last, to add to it.
func (r *run) last() *Change { return &r.out.Changes[len(r.out.Changes)-1] }

// pruned blocks or removes members whom the file does not name, but nobody themselves.
func (r *run) pruned(ctx context.Context) error {
	after := r.after
	r.after = ""
	if r.file.Prune == "" {
		return nil
	}
	ids, err := r.unnamed(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id <= after {
			continue
		}
		if r.full() {
			return nil
		}
		if err := r.end(ctx, id, r.file.Prune == people.PruneRemove, 0); err != nil {
			return err
		}
		if r.full() && id != ids[len(ids)-1] {
			r.after = id
		}
	}
	return nil
}

// unnamed gives the members whom the actor sees and the file does not name, in an order that no act changes.
func (r *run) unnamed(ctx context.Context) ([]roster.MemberID, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	named := map[roster.MemberID]bool{roster.ActorFrom(ctx).Member: true}
	for _, id := range r.who {
		named[id] = true
	}
	for _, m := range r.file.Members { // who is named by something wrong as well is named
		for id, known := range mentioned(snap, m) {
			named[id] = named[id] || known
		}
	}
	var ids []roster.MemberID
	for m := range snap.Members() {
		switch {
		case m.Status == roster.Removed || named[m.ID] || !action.Sees(ctx, m.ID):
		case r.file.Prune == people.PruneBlock && m.Status == roster.Blocked:
		case len(ids) == team.MostChosen:
			return nil, team.TooMany()
		default:
			ids = append(ids, m.ID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// mentioned gives everybody whom a member of the file could mean.
func mentioned(snap *authz.Snapshot, m people.Member) iter.Seq2[roster.MemberID, bool] {
	return func(yield func(roster.MemberID, bool) bool) {
		if !yield(roster.MemberID(m.ID), true) || !yield(snap.ByClientID(m.ClientID)) {
			return
		}
		if m.ExternalID != nil && !yield(snap.ByExternalID(*m.ExternalID)) {
			return
		}
		if address, err := roster.ParseEmail(m.Email); err == nil {
			yield(snap.ByEmail(address.Folded))
		}
	}
}

// end blocks or removes a member, where they are not that already.
func (r *run) end(ctx context.Context, id roster.MemberID, remove bool, line int) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	m, known := snap.Member(id)
	if !known || m.Status == roster.Removed || !remove && m.Status == roster.Blocked {
		return nil
	}
	label, err := memberdb.Labels(ctx, r.Tx(), r.Tx().Org(), []roster.MemberID{id})
	if err != nil {
		return err
	}
	c := Change{What: Member, Line: line, ID: string(id), Name: cmp.Or(label[id], string(id)), Does: act.MemberBlock}
	if remove {
		c.Does = act.MemberRemove
	}
	_, err = r.do(ctx, c, roster.RefMember(id, ""), func(ctx context.Context) error {
		var err error
		if remove {
			_, err = team.End(ctx, r.Tx(), id)
		} else {
			_, err = team.Stop(ctx, r.Tx(), id, "")
		}
		return err
	})
	return err
}
