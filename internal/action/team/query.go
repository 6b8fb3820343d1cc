package team

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// MostChosen bounds how many members are acted on at once.
const MostChosen = 10_000

// TooMany refuses more. Kind: Invalid.
func TooMany() error {
	return roster.Errorf(roster.Invalid, "too_many_members", "At most %d members at once, please. Narrow the filter, and do the rest afterwards.", MostChosen)
}

// Chosen gives all members whom a query chooses, in its order, whatever its page. Kinds: as for List, and Invalid
// with the code too_many_members.
func (r *Room) Chosen(ctx context.Context, q Query) ([]roster.MemberID, error) {
	return action.Look(ctx, r.gate, act.MemberList, func(ctx context.Context, rd store.Reader) ([]roster.MemberID, error) {
		q, sight, err := settled(ctx, q)
		if err != nil {
			return nil, err
		}
		q.Cursor, q.Limit = "", 0
		f, _, err := r.filter(roster.ActorFrom(ctx).Organisation, q)
		if err != nil {
			return nil, err
		}
		f.Within, f.At, f.Limit = sight, action.Moment(ctx), MostChosen+1
		ids, err := memberdb.IDs(ctx, rd, f)
		if err == nil && len(ids) > MostChosen {
			err = TooMany()
		}
		return ids, err
	})
}

// Walk gives all members whom a query chooses, in its order and whatever its page, to a function, some at a time; what the
// actor may do to each is left out. For the rooms below this one. Kinds: as for List.
func Walk(ctx context.Context, rd store.Reader, q Query, some func([]View) error) error {
	q, sight, err := settled(ctx, q)
	if err != nil {
		return err
	}
	q.Cursor, q.Limit = "", 0
	f, _, err := q.filter(roster.ActorFrom(ctx).Organisation)
	if err != nil {
		return err
	}
	f.Within, f.At, f.Limit = sight, action.Moment(ctx), mostWalked
	return memberdb.Walk(ctx, rd, f, func(rows []memberdb.Row) error {
		all, err := shown(ctx, rd, rows, func(context.Context, roster.Member, []roster.Grant) []string { return nil })
		if err != nil {
			return err
		}
		return some(all)
	})
}

// mostWalked is how many members Walk reads at once.
const mostWalked = 500

// settled gives a query with the roles and units that it names by their IDs, and what the actor sees. An
// unknown role is held by nobody. Kind: Invalid, code unit_unknown, also for a unit out of sight.
func settled(ctx context.Context, q Query) (Query, []roster.UnitID, error) {
	sight, err := action.Sight(ctx)
	if err != nil || q.Role == "" && q.Unit == "" && q.NotRole == "" && q.NotUnit == "" {
		return q, sight, err
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return q, sight, err
	}
	for _, key := range []*string{&q.Role, &q.NotRole} {
		if role, ok := snap.Role(*key); ok {
			*key = role.ID
		}
	}
	var bad roster.Problems
	for _, u := range []struct {
		field string
		id    *roster.UnitID
	}{{"unit", &q.Unit}, {"not_unit", &q.NotUnit}} {
		if *u.id == "" {
			continue
		}
		found, err := seenUnit(snap, *u.id, sight)
		bad.Add(u.field, err)
		*u.id = found.ID
	}
	return q, sight, bad.Err()
}

// seenUnit gives the unit that is named, where it lies in sight.
func seenUnit(snap *authz.Snapshot, name roster.UnitID, sight []roster.UnitID) (roster.Unit, error) {
	return unitNamed(snap, string(name), func(id roster.UnitID) bool {
		return sight == nil || slices.ContainsFunc(sight, func(top roster.UnitID) bool { return snap.Within(id, top) })
	})
}

// filter gives a query as the store takes it, and what a cursor of it is good for. Kind: Invalid.
func (r *Room) filter(org roster.OrgID, q Query) (memberdb.Filter, string, error) {
	f, bound, bad := q.filter(org)
	if q.Cursor != "" {
		f.After = &memberdb.Key{}
		if err := r.cursors.Decode(bound, q.Cursor, f.After); err != nil {
			return f, bound, err
		}
	}
	return f, bound, bad
}

// filter is the query as the store takes it, from the first member on.
func (q Query) filter(org roster.OrgID) (memberdb.Filter, string, error) {
	q.Status, q.Kinds = unique(q.Status), unique(q.Kinds)
	f := memberdb.Filter{
		Org: org, Words: roster.SearchPrefixes(q.Text), Status: q.Status, Kinds: q.Kinds, Verified: q.Verified, MFA: q.MFA,
		Role: q.Role, Unit: q.Unit, NotRole: q.NotRole, NotUnit: q.NotUnit, Sort: q.Sort, Limit: q.Limit,
	}
	if f.Sort == "" {
		f.Sort = memberdb.ByName
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	bad := q.problems(f)
	bound := strings.Join([]string{
		string(org), "members", strings.Join(f.Words, " "), join(q.Status), join(q.Kinds), tell(q.Verified), tell(q.MFA),
		q.Role, string(q.Unit), q.NotRole, string(q.NotUnit), string(f.Sort),
	}, "\x1f")
	return f, bound, bad
}

// problems tells what of a query there is not.
func (q Query) problems(f memberdb.Filter) error {
	var bad roster.Problems
	if len([]rune(q.Text)) > 200 || len(f.Words) > 10 {
		bad.Add("q", roster.Errorf(roster.Invalid, "too_long", "Search for at most ten words."))
	}
	for _, s := range q.Status {
		if !slices.Contains([]roster.Status{roster.Invited, roster.Active, roster.Blocked, roster.Removed}, s) {
			bad.Add("status", roster.Errorf(roster.Invalid, "status_unknown", "A status is invited, active, blocked or removed."))
		}
	}
	for _, k := range q.Kinds {
		if !slices.Contains([]roster.MemberKind{roster.Regular, roster.External, roster.API}, k) {
			bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A kind is regular, external or api."))
		}
	}
	if !slices.Contains(memberdb.Sorts(), f.Sort) {
		bad.Add("sort", roster.Errorf(roster.Invalid, "sort_unknown", "Sort by one of %s; with a hyphen before it, from the last to the first.", strings.Join(memberdb.Columns(), ", ")))
	}
	if f.Limit < 1 || f.Limit > 200 {
		bad.Add("limit", roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 members."))
	}
	return bad.Err()
}

// unique gives each value once, so that a query has no more of them than there are.
func unique[T ~string](all []T) []T {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}

func join[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}

// tell writes a yes or no that may be absent.
func tell(b *bool) string {
	if b == nil {
		return ""
	}
	return fmt.Sprint(*b)
}
