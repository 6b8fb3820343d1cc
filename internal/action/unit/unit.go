// Package unit is the room of the customer accounts and the groups in them: the tree is listed, searched
// and changed here. Who has access to a unit is not given here (that is team) but shown as counts.
package unit

import (
	"context"
	"strconv"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/unitdb"
)

// Room holds the use cases of the customer accounts.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// View is a unit as every door shows it.
type View struct {
	unitdb.Row
	Path    []roster.Unit // what it stands in, from the top, as far as the asker sees
	PutAway bool          // it is archived, or something that it stands in is
	Allowed []string      // what the asker may do there
}

// Query is what a list asks for: the units below a parent, or with Text all units with these words, or those
// of IDs, or the tree's Outline. The last two are one page, at most 200 units.
type Query struct {
	Text     string
	Parent   string // an ID or external ID; empty for the top of what the asker sees
	Archived bool   // archived ones too
	Limit    int    // 1 to 200; 50 when 0
	Cursor   string

	IDs     []roster.UnitID // just these, archived ones too, as far as the asker sees them
	Outline bool            // the tree from its top, what stands inside right after what it stands in
}

// Page is one page of a list.
type Page struct {
	Units []View
	Next  string // the cursor of the next page; empty on the last
	Total int
	More  bool // there are more than Total
}

// countLimit bounds counting: beyond it a list says "more".
const countLimit = 10_000

// List gives a page of units, by name. Whoever holds units.read at some units alone sees those and what is
// below them. Kinds: Invalid for the query (unit_unknown, cursor_invalid), Denied.
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.UnitList, func(ctx context.Context, rd store.Reader) (Page, error) {
		t, err := standing(ctx)
		if err != nil {
			return Page{}, err
		}
		if len(q.IDs) > 0 || q.Outline {
			return t.chosen(ctx, rd, q)
		}
		f, bound, err := r.filter(ctx, t, q)
		if err != nil {
			return Page{}, err
		}
		limit := f.Limit
		f.Limit++
		rows, err := unitdb.List(ctx, rd, f)
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
		if page.Total, err = unitdb.Count(ctx, rd, f, countLimit+1); err != nil {
			return page, err
		}
		if page.Total > countLimit {
			page.Total, page.More = countLimit, true
		}
		page.Units = make([]View, len(rows))
		for i, row := range rows {
			page.Units[i] = t.view(ctx, row)
		}
		return page, nil
	})
}

// filter checks a query and gives it as the store takes it, with what a cursor of it is bound to.
func (r *Room) filter(ctx context.Context, t tree, q Query) (unitdb.Filter, string, error) {
	org := roster.ActorFrom(ctx).Organisation
	f := unitdb.Filter{Org: org, Words: roster.SearchPrefixes(q.Text), Archived: q.Archived, Limit: q.Limit}
	var bad roster.Problems
	if len([]rune(q.Text)) > 200 || len(f.Words) > 10 {
		bad.Add("q", roster.Errorf(roster.Invalid, "too_long", "Search for at most ten words."))
	}
	if f.Limit == 0 {
		f.Limit = 50
	}
	if f.Limit < 1 || f.Limit > 200 {
		bad.Add("limit", roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 customer accounts."))
	}
	parent, err := t.find(q.Parent)
	if err == nil && parent.ID != "" && !t.sees(parent.ID) {
		err = unknown(q.Parent)
	}
	bad.Add("parent", err)
	switch {
	case len(f.Words) > 0 && parent.ID != "":
		f.Within = []roster.UnitID{parent.ID}
	case len(f.Words) > 0:
		f.Within = t.sight
	case parent.ID == "" && t.sight != nil:
		f.Only = t.sight
	default:
		f.Parent = &parent.ID
	}
	bound := strings.Join([]string{string(org), "units", strings.Join(f.Words, " "), string(parent.ID), strconv.FormatBool(q.Archived)}, "\x1f")
	if q.Cursor != "" {
		f.After = &unitdb.Key{}
		if err := r.cursors.Decode(bound, q.Cursor, f.After); err != nil {
			return f, bound, err
		}
	}
	return f, bound, bad.Err()
}

// Detail is everything a unit's own page shows, but its people one by one.
type Detail struct {
	View
	People unitdb.People
}

// Show gives one unit. Kinds: NotFound, Denied.
func (r *Room) Show(ctx context.Context, id roster.UnitID) (Detail, error) {
	return action.LookAt(ctx, r.gate, act.UnitShow, ref(id), func(ctx context.Context, rd store.Reader) (Detail, error) {
		t, err := standing(ctx)
		if err != nil {
			return Detail{}, err
		}
		v, err := t.show(ctx, rd, id)
		if err != nil {
			return Detail{}, err
		}
		d := Detail{View: v}
		d.People, err = unitdb.PeopleOf(ctx, rd, v.Org, id)
		if t.sight != nil {
			d.People.Above = 0 // whoever sees a part of the tree alone is told nothing of what lies around it
		}
		return d, err
	})
}

func ref(id roster.UnitID) roster.Ref { return roster.Ref{Kind: "unit", ID: string(id)} }
