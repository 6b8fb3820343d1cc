package unit

import (
	"context"
	"slices"
	"strings"

	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/unitdb"
)

// mostLimit is the most that a page has.
const mostLimit = 200

// chosen gives the units that a query names or unrolls, in one statement whatever their number, with those
// that the actor sees alone. More says that an outline has more.
func (t tree) chosen(ctx context.Context, rd store.Reader, q Query) (Page, error) {
	wanted, more := q.IDs, false
	if q.Outline {
		limit := q.Limit
		if limit < 1 || limit > mostLimit {
			limit = mostLimit
		}
		wanted, more = t.outline(limit, q.Archived)
	}
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(id roster.UnitID) bool { return !t.sees(id) })
	if len(wanted) > mostLimit {
		wanted, more = wanted[:mostLimit], true
	}
	if len(wanted) == 0 {
		return Page{}, nil
	}
	f := unitdb.Filter{Org: roster.ActorFrom(ctx).Organisation, Only: wanted, Archived: q.Archived || len(q.IDs) > 0, Limit: mostLimit}
	rows, err := unitdb.List(ctx, rd, f)
	if err != nil {
		return Page{}, err
	}
	page := Page{Total: len(rows), More: more}
	for _, id := range wanted {
		if at := slices.IndexFunc(rows, func(r unitdb.Row) bool { return r.ID == id }); at >= 0 {
			page.Units = append(page.Units, t.view(ctx, rows[at]))
		}
	}
	return page, nil
}

// outline gives the first units of the tree as it is read from top to bottom: by name, what stands inside
// right after what it stands in. Of the actor's sight where that is not the whole organisation.
func (t tree) outline(limit int, archived bool) (ids []roster.UnitID, more bool) {
	below := map[roster.UnitID][]roster.Unit{}
	var tops []roster.Unit
	for u := range t.Units() {
		switch {
		case u.Archived() && !archived:
		case slices.Contains(t.sight, u.ID) || t.sight == nil && u.Parent == "":
			tops = append(tops, u)
		default:
			below[u.Parent] = append(below[u.Parent], u)
		}
	}
	var read func(list []roster.Unit)
	read = func(list []roster.Unit) {
		slices.SortFunc(list, func(a, b roster.Unit) int { return strings.Compare(roster.Fold(a.Name), roster.Fold(b.Name)) })
		for _, u := range list {
			if len(ids) == limit {
				more = true
				return
			}
			ids = append(ids, u.ID)
			read(below[u.ID])
		}
	}
	read(tops)
	return ids, more
}
