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
}

// planned counts, no further than few, what each condition chooses, in one statement, and looks up those of the
// narrowest.
func planned(ctx context.Context, r store.Reader, f Filter) (plan, error) {
	p := plan{f: f, all: f.conditions(), first: -1}
	q := &query.Conditions{}
	var counts []string
	var of []int
	for i, c := range p.all {
		if c.set != nil {
			counts = append(counts, fmt.Sprintf("(SELECT count(*) FROM (SELECT DISTINCT id FROM (%s) AS s LIMIT %s) AS c)", c.set(q), q.Arg(few+1)))
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
		if n < least {
			least, p.first = n, of[i]
		}
	}
	return p, err
}

// chosen gives what chooses the members: what stands before the SELECT, where it selects from, and the conditions.
func (p plan) chosen() (with, from string, q *query.Conditions) {
	q = &query.Conditions{}
	q.Add("m.org_id = %s", p.f.Org)
	q.Add(p.f.statuses(q))
	for i, c := range p.all {
		if i != p.first {
			q.Add(c.test(q))
		}
	}
	with, from = p.f.tables(q), "member m"
	if p.first >= 0 {
		with = query.Before(with, "hit (id) AS MATERIALIZED (SELECT DISTINCT id FROM ("+p.all[p.first].set(q)+") AS s)")
		from = "hit CROSS JOIN member m"
		q.Add("m.id = hit.id")
	}
	return with, from, q
}

func (p plan) list(ctx context.Context, r store.Reader) ([]Row, error) {
	text, args := p.ordered(rowColumns, rowJoins)
	return store.All(ctx, r, scanRow, text, args...)
}

// ordered gives the statement that selects something of the members in the filter's order.
func (p plan) ordered(columns, joins string) (text string, args []any) {
	f := p.f
	with, from, q := p.chosen()
	order := f.Sort.order()
	if f.After != nil {
		q.Add("("+order.column+", m.id) "+order.after+" (%s, %s)", order.place(*f.After), f.After.ID)
	}
	limit := q.Arg(f.Limit)
	return fmt.Sprintf("%sSELECT %s FROM %s%s WHERE %s ORDER BY %s%s, m.id%s LIMIT %s",
		with, columns, from, joins, q.Text(), order.column, order.down, order.down, limit), q.Args()
}

// total tells how many the filter chooses: exactly up to most where that can be counted without walking to the
// end of the order, else what is known.
func (p plan) total(ctx context.Context, r store.Reader, shown, most int) (Total, error) {
	if p.first < 0 && len(p.all) > 0 {
		switch {
		case p.f.After == nil && shown < p.f.Limit:
			return Total{N: shown}, nil
		case len(p.all) == 1 && p.all[0].set != nil:
			return Total{few, true}, nil
		}
		return Total{max(shown-1, 0), true}, nil
	}
	with, from, q := p.chosen()
	limit := q.Arg(most + 1)
	n, err := store.One(ctx, r, store.Scan[int], fmt.Sprintf("%sSELECT count(*) FROM (SELECT 1 FROM %s WHERE %s LIMIT %s) AS counted", with, from, q.Text(), limit), q.Args()...)
	return Total{min(n.Value, most), n.Value > most}, err
}
