package memberdb

import (
	"context"
	"fmt"
	"strings"

	"roster/internal/query"
	"roster/internal/store"
)

// few is how many members a condition may choose so that they are looked up and put into order; where each
// chooses more, the order is walked until the page is full. Both touch some thousands of rows, however many
// members there are. See docs/decisions/017-how-a-list-is-read.md.
const few = 5000

// mostWalked bounds how many members of an order are asked for one page whether they fulfil the conditions. A page that
// is not full by then ends there, and is gone on from: so what hardly anybody fulfils, and no index finds, costs no
// walk past everybody.
const mostWalked = 10_000

// mostSearched is the same for a search: whom a first name finds stand together in the order by name, and often far
// from its beginning.
const mostSearched = 50_000

// mostCounted bounds counting: beyond it a list says "more".
const mostCounted = 10_000

// Total is how many members a filter chooses.
type Total struct {
	N    int
	More bool // there are more than N
}

// plan is how a filter is answered.
type plan struct {
	f     Filter
	all   []condition
	first int // the condition whose members are looked up; -1 to walk the order
	lane  int // the condition along whose lane it is walked; -1 for everybody's
	more  int // how many more than this fulfil the only condition there is, where it was counted
}

// planned counts, no further than few, what each condition chooses, in one statement, and looks up those of the
// narrowest. Whoever is found twice counts twice: to tell them apart a database may read all of them.
func planned(ctx context.Context, r store.Reader, f Filter) (plan, error) {
	p := plan{f: f, all: f.conditions(), first: -1, lane: -1}
	q := &query.Conditions{}
	var counts []string
	var of []int
	for i, c := range p.all {
		if c.set != nil {
			counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM (SELECT id FROM (%s) AS s LIMIT %s) AS c)", c.set(q), q.Arg(c.most(f)+1)))
			of = append(of, i)
		}
	}
	if len(counts) == 0 {
		return p, nil
	}
	with := f.tables(q)
	found := make([]int, len(counts))
	_, err := store.One(ctx, r, func(row store.Row) (bool, error) {
		into := make([]any, len(found))
		for i := range found {
			into[i] = &found[i]
		}
		return true, row.Scan(into...)
	}, with+"SELECT "+strings.Join(counts, ", "), q.Args()...)
	least := few + 1
	for i, n := range found {
		if p.more = n - 1; n < least && n <= p.all[of[i]].most(f) {
			least, p.first = n, of[i]
		}
	}
	p.lane = p.along()
	return p, err
}

// chosen gives what chooses the members: what stands before the SELECT, where it selects from, and the conditions.
func (p plan) chosen() (with, from string, q *query.Conditions) {
	q = &query.Conditions{}
	statuses := p.f.statuses(q)
	if p.first >= 0 || p.lane >= 0 { // they are looked up by their IDs, and by no index of an order
		statuses = strings.Replace(statuses, "m.status", "m.status"+apart, 1)
	}
	q.Add(statuses)
	early := ""
	for i, c := range p.all {
		switch {
		case i == p.first, i == p.lane && c.lane.whole:
		case p.first >= 0 && c.early != nil:
			early += " AND " + c.early(q, "s.id")
		default:
			q.Add(c.test(q))
		}
	}
	with, from = p.f.tables(q), "member m"
	switch {
	case p.first >= 0:
		with = query.Before(with, "hit (org_id, id) AS MATERIALIZED (SELECT DISTINCT CAST("+q.Arg(p.f.Org)+" AS TEXT), id FROM ("+p.all[p.first].set(q)+") AS s WHERE TRUE"+early+")")
		from = "hit CROSS JOIN member m"
		q.Add("m.org_id = hit.org_id")
		q.Add("m.id = hit.id")
	case p.lane >= 0:
		l := p.all[p.lane].lane
		from = l.table + " l CROSS JOIN member m"
		q.Add(l.chosen(q))
		q.Add("m.org_id = l.org_id" + apart)
		q.Add("m.id = l.member_id")
	default:
		q.Add("m.org_id = %s", p.f.Org)
	}
	return with, from, q
}

// order is the filter's, of the table that is walked.
func (p plan) order() order {
	o := p.f.Sort.order()
	if p.lane >= 0 {
		o.column, o.id = "l.sort_name", "l.member_id"
	}
	return o
}

// list gives the page.
func (p plan) list(ctx context.Context, r store.Reader) ([]Row, error) {
	text, args := p.ordered(rowColumns, rowJoins, nil)
	return store.All(ctx, r, scanRow, text, args...)
}

// page gives the page, as far as its members are found among the next mostWalked. end is where it stopped before it
// was full; nil where it is full, or nobody is left.
func (p plan) page(ctx context.Context, r store.Reader) (rows []Row, end *Key, err error) {
	if p.first >= 0 || len(p.all) == 0 || len(p.all) == 1 && p.lane == 0 && p.all[0].lane.whole {
		rows, err = p.list(ctx, r)
		return rows, nil, err
	}
	last, err := p.horizon(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	text, args := p.ordered(rowColumns, rowJoins, last)
	if rows, err = store.All(ctx, r, scanRow, text, args...); err == nil && len(rows) < p.f.Limit {
		end = last
	}
	return rows, end, err
}

// horizon gives the place in the order of the last member whom a page asks; nil where the order ends before. It reads
// the order's index alone.
func (p plan) horizon(ctx context.Context, r store.Reader) (*Key, error) {
	q, o, from := &query.Conditions{}, p.order(), "member m"
	most := mostWalked
	if p.lane >= 0 {
		l := p.all[p.lane].lane
		from = l.table + " l"
		q.Add(l.chosen(q))
	} else {
		q.Add("m.org_id = %s", p.f.Org)
		q.Add(p.f.statuses(q))
		if len(p.f.Words) > 0 {
			most = mostSearched
		}
	}
	if p.f.After != nil {
		o.compared(q, o.after, *p.f.After)
	}
	found, err := store.One(ctx, r, p.f.Sort.scan, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s %s LIMIT 1 OFFSET %s",
		o.column, o.id, from, q.Text(), o.sorted(), q.Arg(most-1)), q.Args()...)
	if err != nil || !found.OK {
		return nil, err
	}
	return &found.Value, nil
}

// ordered gives the statement that selects something of the members in the filter's order, up to a last one.
func (p plan) ordered(columns, joins string, last *Key) (text string, args []any) {
	with, from, q := p.chosen()
	o := p.order()
	if p.f.After != nil {
		o.compared(q, o.after, *p.f.After)
	}
	if last != nil {
		o.compared(q, o.until, *last)
	}
	cut := " LIMIT " + q.Arg(p.f.Limit)
	if joins == "" && p.lane < 0 {
		return with + "SELECT " + columns + " FROM " + from + " WHERE " + q.Text() + " " + o.sorted() + cut, q.Args()
	}
	// Only those on the page are joined with what is shown of them. That all the others are asked by an index is why the
	// page stands apart. It hands on the organisation, too: where that is given as a value, and a table has grown since
	// PostgreSQL last looked at it, a plan reads the whole organisation for each of them.
	selected := "m.org_id, m.id"
	if p.lane >= 0 { // whom two words find stands in the lane twice
		selected = "DISTINCT l.org_id, " + o.id + " AS id, " + o.column
	}
	with = query.Before(with, "page AS MATERIALIZED (SELECT "+selected+" FROM "+from+" WHERE "+q.Text()+" "+o.sorted()+cut+")")
	return with + "SELECT " + columns + " FROM page CROSS JOIN member m" + joins + " WHERE m.org_id = page.org_id AND m.id = page.id " + p.f.Sort.order().sorted(), q.Args()
}

// total tells how many the filter chooses: exactly up to most where that can be counted without walking to the
// end of the order, else what is known: of a page that stopped before it was full, those it shows.
func (p plan) total(ctx context.Context, r store.Reader, shown, most int, stopped bool) (Total, error) {
	if p.first < 0 && len(p.all) > 0 {
		switch {
		case stopped:
			return Total{N: shown, More: true}, nil
		case p.f.After == nil && shown < p.f.Limit:
			return Total{N: shown}, nil
		case len(p.all) == 1 && p.all[0].set != nil:
			return Total{p.more, true}, nil
		}
		return Total{max(shown-1, 0), true}, nil
	}
	with, from, q := p.chosen()
	limit := q.Arg(most + 1)
	n, err := store.One(ctx, r, store.Scan[int], fmt.Sprintf("%sSELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %s) AS counted", with, from, q.Text(), limit), q.Args()...)
	return Total{min(n.Value, most), n.Value > most}, err
}
