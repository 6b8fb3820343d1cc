// Package team is the room of the Team screen: members are listed, shown, invited, edited, blocked,
// removed, and API users made. It does not accept invitations (that is signin), and it recognises no API
// user by a secret or token (apiuser).
package team

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
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
	cursors secret.Cursors
	hasher  *secret.Hasher
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors, h *secret.Hasher) *Room { return &Room{g, c, h} }

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

// Shown gives the status as people see it: an invitation whose time is over reads "expired", an API user whose is "ended".
func (v View) Shown() string {
	if v.Status == roster.Invited && v.Live.State == roster.InvitationLive && v.Live.Expired(v.Now) {
		return "expired"
	}
	if v.Status == roster.Active && !v.Ends.IsZero() && !v.Now.Before(v.Ends) {
		return string(roster.Ended)
	}
	return string(v.Status)
}

// Query is what a list asks for.
type Query struct {
	Text     string
	Status   []roster.Status
	Kinds    []roster.MemberKind
	Verified *bool         // of people, whether a letter proved their address
	MFA      *bool         // of people, whether they have a second factor
	Role     string        // a role's ID or key
	Unit     roster.UnitID // only who is bound or holds something there or below, by ID or external ID; empty for all
	NotRole  string        // only who does not hold the role
	NotUnit  roster.UnitID // only who is not bound and holds nothing there or below
	Sort     memberdb.Sort // by name when empty
	Limit    int           // 1 to 200; 50 when 0
	Cursor   string
}

// Page is one page of a list.
type Page struct {
	Members []View
	Next    string // the cursor of the next page; empty on the last
	Total   int
	More    bool // there are more than Total
	Short   bool // looking stopped before the page was full: there may be more, from Next on
}

// List gives a page of members. Kinds: Invalid for the query, Denied.
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.MemberList, func(ctx context.Context, rd store.Reader) (Page, error) {
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
		found, err := memberdb.Look(ctx, rd, f)
		if err != nil {
			return Page{}, err
		}
		rows, end := found.Rows, found.End
		page := Page{Total: found.Total.N, More: found.Total.More, Short: end != nil && len(rows) < limit}
		if len(rows) > limit {
			rows = rows[:limit]
			end, page.Short = f.Sort.Place(rows[limit-1]), false
		}
		if end != nil {
			if page.Next, err = r.cursors.Encode(bound, end); err != nil {
				return page, err
			}
		}
		page.Members, err = views(ctx, rd, rows)
		return page, err
	})
}

// views completes rows with their grants that the actor sees and what the actor may do to each.
func views(ctx context.Context, rd store.Reader, rows []memberdb.Row) ([]View, error) {
	return shown(ctx, rd, rows, action.Allowed)
}

// shown is views with another answer to what may be done to each.
func shown(ctx context.Context, rd store.Reader, rows []memberdb.Row, allowed func(context.Context, roster.Member, []roster.Grant) []string) ([]View, error) {
	ids := make([]roster.MemberID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	grants, err := roledb.GrantsOf(ctx, rd, roster.ActorFrom(ctx).Organisation, ids)
	if err != nil {
		return nil, err
	}
	seen, err := action.Seen(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]View, len(rows))
	for i, row := range rows {
		of := grants[row.ID]
		all[i] = View{Row: row, Now: action.Moment(ctx), Allowed: allowed(ctx, row.Member, of)}
		if row.Coming.Connected() { // their password is not administrators' to set, or they have none
			all[i].Allowed = slices.DeleteFunc(all[i].Allowed, func(name string) bool { return name == string(act.MemberPassword) })
		}
		all[i].Grants = slices.DeleteFunc(of, func(g roster.Grant) bool { return !seen(g) })
	}
	return all, nil
}

// Show gives one member. Kinds: NotFound, Denied.
func (r *Room) Show(ctx context.Context, id roster.MemberID) (View, error) {
	return action.LookAt(ctx, r.gate, act.MemberShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (View, error) {
		return view(ctx, rd, id)
	})
}

// Of gives a member as the rooms below this one show them. Kind: NotFound.
func Of(ctx context.Context, rd store.Reader, id roster.MemberID) (View, error) {
	return view(ctx, rd, id)
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
