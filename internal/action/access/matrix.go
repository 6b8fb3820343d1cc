package access

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/unitdb"
)

// MatrixQuery asks for a page of people against a page of customer accounts. Each has its words to search
// for, its limit (1 to 200; 25 when 0) and its cursor.
type MatrixQuery struct {
	Text       string
	Kinds      []roster.MemberKind
	Limit      int
	Cursor     string
	UnitText   string
	Parent     string // only the accounts below this one, by ID or external ID; with UnitText everything below it
	UnitLimit  int
	UnitCursor string
}

// Matrix is who holds something where.
type Matrix struct {
	Units    []roster.Unit
	NextUnit string // the cursor of the next accounts; empty on the last page
	People   []Person
	Total    int               // of people
	More     bool              // there are more than Total
	Next     string            // the cursor of the next people; empty on the last page
	Roles    map[string]string // the names of the roles in the cells, by ID
}

// Person is one line of the matrix.
type Person struct {
	roster.Member
	Everywhere []roster.Grant   // on the whole organisation; they reach every account
	Cells      [][]roster.Grant // of each account in Units the grants that reach it: at it or above, live now
	// Both as far as the asker sees.
}

// Matrix gives people against customer accounts: for each pair the grants that reach it. Kinds: Invalid for
// the query, Denied.
func (r *Room) Matrix(ctx context.Context, q MatrixQuery) (Matrix, error) {
	return action.Look(ctx, r.gate, act.AccessMatrix, func(ctx context.Context, rd store.Reader) (Matrix, error) {
		m := Matrix{Roles: map[string]string{}}
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return m, err
		}
		sight, err := action.Sight(ctx)
		if err != nil {
			return m, err
		}
		q.Kinds = roster.Unique(q.Kinds)
		if err := q.check(); err != nil {
			return m, err
		}
		if m.Units, m.NextUnit, err = r.accounts(ctx, rd, &book{snap: snap, sight: sight, units: map[roster.UnitID]roster.Unit{}}, q); err != nil {
			return m, err
		}
		seen, err := action.Seen(ctx)
		if err != nil {
			return m, err
		}
		rows, err := r.people(ctx, rd, sight, q, &m)
		for _, row := range rows {
			m.People = append(m.People, m.line(ctx, snap, row.Member, seen))
		}
		return m, err
	})
}

// line fills in one person's cells with what the asker sees.
func (m *Matrix) line(ctx context.Context, snap *authz.Snapshot, of roster.Member, seen func(roster.Grant) bool) Person {
	p := Person{Member: of, Cells: make([][]roster.Grant, len(m.Units))}
	at := action.Moment(ctx)
	for _, g := range snap.GrantsOf(of.ID) {
		if !g.Live(at) || !seen(g) {
			continue
		}
		if g.Unit == "" {
			p.Everywhere = append(p.Everywhere, g)
		}
		reaches := g.Unit == ""
		for i, u := range m.Units {
			if snap.Within(u.ID, g.Unit) {
				p.Cells[i] = append(p.Cells[i], g)
				reaches = true
			}
		}
		if role, ok := snap.Role(g.Role); ok && reaches {
			m.Roles[role.ID] = role.Name
		}
	}
	return p
}

func (q MatrixQuery) check() error {
	var bad roster.Problems
	for field, n := range map[string]int{"limit": q.Limit, "unit_limit": q.UnitLimit} {
		if n < 0 || n > 200 {
			bad.Add(field, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines."))
		}
	}
	for field, text := range map[string]string{"q": q.Text, "unit_q": q.UnitText} {
		if len([]rune(text)) > 200 || len(roster.SearchPrefixes(text)) > 10 {
			bad.Add(field, roster.Errorf(roster.Invalid, "too_long", "Search for at most ten words."))
		}
	}
	if slices.ContainsFunc(q.Kinds, func(k roster.MemberKind) bool { return k != roster.Regular && k != roster.External && k != roster.API }) {
		bad.Add("kind", roster.Errorf(roster.Invalid, "kind_unknown", "A kind is regular, external or api."))
	}
	return bad.Err()
}

// accounts gives the page of customer accounts, and the cursor of the next.
func (r *Room) accounts(ctx context.Context, rd store.Reader, b *book, q MatrixQuery) ([]roster.Unit, string, error) {
	f := unitdb.Filter{Org: roster.ActorFrom(ctx).Organisation, Words: roster.SearchPrefixes(q.UnitText), Limit: cmp.Or(q.UnitLimit, 25)}
	var parent roster.UnitID
	if q.Parent != "" {
		u, err := b.unit(q.Parent)
		if err != nil {
			return nil, "", roster.AsError(err).On("parent")
		}
		parent = u.ID
	}
	switch {
	case len(f.Words) > 0 && parent != "":
		f.Within = []roster.UnitID{parent}
	case len(f.Words) > 0:
		f.Within = b.sight
	case parent == "" && b.sight != nil:
		f.Only = b.sight
	default:
		f.Parent = &parent
	}
	bound := strings.Join([]string{string(f.Org), "matrix units", strings.Join(f.Words, " "), string(parent)}, "\x1f")
	if q.UnitCursor != "" {
		f.After = &unitdb.Key{}
		if err := r.cursors.Decode(bound, q.UnitCursor, f.After); err != nil {
			return nil, "", roster.AsError(err).On("unit_cursor")
		}
	}
	limit := f.Limit
	f.Limit++
	rows, err := unitdb.List(ctx, rd, f)
	next := ""
	if err == nil && len(rows) > limit {
		rows = rows[:limit]
		next, err = r.cursors.Encode(bound, rows[limit-1].Key())
	}
	units := make([]roster.Unit, len(rows))
	for i, row := range rows {
		units[i] = row.Unit
	}
	return units, next, err
}

// people gives the page of members, and notes how many there are and the cursor of the next.
func (r *Room) people(ctx context.Context, rd store.Reader, sight []roster.UnitID, q MatrixQuery, m *Matrix) ([]memberdb.Row, error) {
	f := memberdb.Filter{
		Org: roster.ActorFrom(ctx).Organisation, Words: roster.SearchPrefixes(q.Text), Kinds: q.Kinds, Within: sight, At: action.Moment(ctx),
		Sort: memberdb.ByName, Limit: cmp.Or(q.Limit, 25),
	}
	bound := strings.Join([]string{string(f.Org), "matrix", strings.Join(f.Words, " ")}, "\x1f")
	for _, k := range q.Kinds {
		bound += "\x1f" + string(k)
	}
	if q.Cursor != "" {
		f.After = &memberdb.Key{}
		if err := r.cursors.Decode(bound, q.Cursor, f.After); err != nil {
			return nil, err
		}
	}
	limit := f.Limit
	f.Limit++
	rows, err := memberdb.List(ctx, rd, f)
	if err != nil {
		return nil, err
	}
	total, err := memberdb.Count(ctx, rd, f, len(rows))
	if err != nil {
		return nil, err
	}
	m.Total, m.More = total.N, total.More
	if len(rows) > limit {
		rows = rows[:limit]
		if m.Next, err = r.cursors.Encode(bound, rows[limit-1].Key()); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
