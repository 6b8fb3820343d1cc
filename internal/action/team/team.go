// Package team is the room of the Team screen: members are listed, shown, invited, edited, blocked,
// removed, and API users made. It does not accept invitations (that is signin), and it recognises no API
// user by a secret or token (apiuser).
package team

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Room holds the use cases of the Team screen.
type Room struct {
	gate    *action.Gate
	cursors action.Cursors
	hasher  *secret.Hasher
}

// New makes the room.
func New(g *action.Gate, c action.Cursors, h *secret.Hasher) *Room { return &Room{g, c, h} }

// View is a member as every door shows it.
type View struct {
	memberdb.Row
	Grants  []roster.Grant // as far as the asker sees (action.Seen)
	Allowed []string       // what the asker may do to the member
	Now     time.Time
	Gained  []roster.Grant // by the edit that gave this view
	Lost    []roster.Grant
}

// Roles gives the keys of the roles held, for a short answer to "what are they".
func (v View) Roles() []string {
	var roles []string
	for _, g := range v.Grants {
		if g.Role != "" && !slices.Contains(roles, g.Role) {
			roles = append(roles, g.Role)
		}
	}
	return roles
}

// Shown gives the status as people see it: an invitation whose time is over reads "expired".
func (v View) Shown() string {
	if v.Status == roster.Invited && v.Live.State == roster.InvitationLive && v.Live.Expired(v.Now) {
		return "expired"
	}
	return string(v.Status)
}

// Query is what a list asks for.
type Query struct {
	Text   string
	Status []roster.Status
	Kinds  []roster.MemberKind
	Role   string        // a role's ID or key
	Unit   roster.UnitID // only who is bound or holds something there or below, by ID or external ID; empty for all
	Sort   memberdb.Sort // by name when empty
	Limit  int           // 1 to 200; 50 when 0
	Cursor string
}

// Page is one page of a list.
type Page struct {
	Members []View
	Next    string // the cursor of the next page; empty on the last
	Total   int
	More    bool // there are more than Total
}

// countLimit bounds counting: beyond it a list says "more".
const countLimit = 10_000

// List gives a page of members. Kinds: Invalid for the query, Denied.
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, action.MemberList, func(ctx context.Context, rd store.Reader) (Page, error) {
		q, sight, err := settled(ctx, q)
		if err != nil {
			return Page{}, err
		}
		f, bound, err := r.filter(roster.ActorFrom(ctx).Organisation, q)
		if err != nil {
			return Page{}, err
		}
		f.Within, f.At = sight, action.Moment(ctx)
		limit := f.Limit
		f.Limit++
		rows, err := memberdb.List(ctx, rd, f)
		if err != nil {
			return Page{}, err
		}
		var page Page
		if len(rows) > limit {
			rows = rows[:limit]
			if page.Next, err = r.cursors.Encode(bound, rows[limit-1].Key()); err != nil {
				return page, err
			}
		}
		if page.Total, err = memberdb.Count(ctx, rd, f, countLimit+1); err != nil {
			return page, err
		}
		if page.Total > countLimit {
			page.Total, page.More = countLimit, true
		}
		page.Members, err = views(ctx, rd, rows)
		return page, err
	})
}

// settled gives a query with the role and unit that it names by their IDs, and what the actor sees. An
// unknown role is held by nobody. Kind: Invalid, code unit_unknown, also for a unit out of sight.
func settled(ctx context.Context, q Query) (Query, []roster.UnitID, error) {
	sight, err := action.Sight(ctx)
	if err != nil || q.Role == "" && q.Unit == "" {
		return q, sight, err
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return q, sight, err
	}
	if role, ok := snap.Role(q.Role); ok {
		q.Role = role.ID
	}
	if q.Unit == "" {
		return q, sight, nil
	}
	u, err := unitNamed(snap, string(q.Unit))
	if err == nil && sight != nil && !slices.ContainsFunc(sight, func(top roster.UnitID) bool { return snap.Within(u.ID, top) }) {
		err = unitUnknown(string(q.Unit))
	}
	if err != nil {
		return q, sight, roster.AsError(err).On("unit")
	}
	q.Unit = u.ID
	return q, sight, nil
}

func (r *Room) filter(org roster.OrgID, q Query) (memberdb.Filter, string, error) {
	q.Status, q.Kinds = unique(q.Status), unique(q.Kinds)
	f := memberdb.Filter{Org: org, Words: roster.SearchPrefixes(q.Text), Status: q.Status, Kinds: q.Kinds, Role: q.Role, Unit: q.Unit, Sort: q.Sort, Limit: q.Limit}
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
	if f.Sort == "" {
		f.Sort = memberdb.ByName
	}
	if !slices.Contains([]memberdb.Sort{memberdb.ByName, memberdb.ByNameDesc, memberdb.ByAge, memberdb.ByAgeDesc}, f.Sort) {
		bad.Add("sort", roster.Errorf(roster.Invalid, "sort_unknown", "Sort by name, -name, created_at or -created_at."))
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	if f.Limit < 1 || f.Limit > 200 {
		bad.Add("limit", roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 members."))
	}
	bound := strings.Join([]string{string(org), "members", strings.Join(f.Words, " "), join(q.Status), join(q.Kinds), q.Role, string(q.Unit), string(f.Sort)}, "\x1f")
	if q.Cursor != "" {
		f.After = &memberdb.Key{}
		if err := r.cursors.Decode(bound, q.Cursor, f.After); err != nil {
			return f, bound, err
		}
	}
	return f, bound, bad.Err()
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

// views completes rows with their grants that the actor sees and what the actor may do to each.
func views(ctx context.Context, rd store.Reader, rows []memberdb.Row) ([]View, error) {
	ids := make([]roster.MemberID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	grants, err := roledb.GrantsOf(ctx, rd, roster.ActorFrom(ctx).Organisation, ids)
	if err != nil {
		return nil, err
	}
	all := make([]View, len(rows))
	for i, row := range rows {
	seen, err := action.Seen(ctx)
	if err != nil {
		return nil, err
	}
		of := grants[row.ID]
		all[i] = View{Row: row, Now: action.Moment(ctx), Allowed: action.Allowed(ctx, row.Member, of)}
		all[i].Grants = slices.DeleteFunc(of, func(g roster.Grant) bool { return !seen(g) })
	}
	return all, nil
}

// Show gives one member. Kinds: NotFound, Denied.
func (r *Room) Show(ctx context.Context, id roster.MemberID) (View, error) {
	return action.LookAt(ctx, r.gate, action.MemberShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (View, error) {
		return view(ctx, rd, id)
	})
}

func view(ctx context.Context, rd store.Reader, id roster.MemberID) (View, error) {
	found, err := memberdb.RowByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
	if err != nil {
		return View{}, err
	}
	row, err := found.Or("member")
	if err != nil {
		return View{}, err
	}
	all, err := views(ctx, rd, []memberdb.Row{row})
	if err != nil {
		return View{}, err
	}
	return all[0], nil
}
