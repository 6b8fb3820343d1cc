// Package feeddb puts the lines of all organisations' histories into one order, in which they are told to product clients
// (decision 046). Each organisation's own order stays; of the installation's history only the ends of organisations are in it.
package feeddb

import (
	"context"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Some lines of one organisation that stand together.
type some struct {
	org   roster.OrgID
	seq   int64 // of the last one
	lines int64
}

const (
	mostLines  = 500  // in one row, so that whoever reads a row does not read very many
	mostRows   = 100  // in one transaction, so that nobody waits long for it
	mostPassed = 1000 // lines of the installation's history that are looked through again
)

// endOfOrganisation is the action that ends one, with its history. The line stands in the installation's.
const endOfOrganisation = "organisation.end"

// head is how far lines are numbered.
type head struct{ number, installation int64 }

func scanHead(row store.Row) (head, error) {
	var h head
	return h, row.Scan(&h.number, &h.installation)
}

// Behind tells whether there are lines to number, or very many to pass over.
func Behind(ctx context.Context, r store.Reader) (bool, error) {
	found, err := store.One(ctx, r, scanHead, `SELECT number, installation FROM feed_head WHERE id = 'feed'`)
	if err != nil {
		return false, err
	}
	more, passed, err := unnumbered(ctx, r, found.Value, 1)
	return len(more) > 0 || passed > found.Value.installation+mostPassed, err
}

// unnumbered finds lines that have no number, and how far the installation's history has no other. Of an organisation they are
// those up to seq: they become visible in their own order, so that it is all there is before the last one. One that is being
// deleted has none: its numbers go before its lines do, and nothing is told a second time.
func unnumbered(ctx context.Context, r store.Reader, h head, most int) (all []some, passed int64, err error) {
	at, err := store.One(ctx, r, store.Scan[int64], `SELECT seq FROM installation WHERE id = $1`, roster.Installation)
	if err != nil {
		return nil, 0, err
	}
	ends, err := store.All(ctx, r, store.Scan[int64], `SELECT seq FROM event WHERE org_id = $1 AND seq > $2 AND seq <= $3 AND action = $4 ORDER BY seq LIMIT $5`,
		roster.Installation, h.installation, at.Value, endOfOrganisation, most)
	if err != nil {
		return nil, 0, err
	}
	for _, seq := range ends {
		all = append(all, some{roster.Installation, seq, 1})
	}
	if len(ends) == most {
		return all, ends[most-1], nil
	}
	rest, err := store.All(ctx, r, func(row store.Row) (some, error) {
		var v some
		return v, row.Scan(&v.org, &v.seq, &v.lines)
	}, `SELECT id, seq, seq - numbered FROM
		(SELECT o.id, o.seq, COALESCE((SELECT MAX(f.seq) FROM feed f WHERE f.org_id = o.id), 0) AS numbered FROM organisation o
		 WHERE NOT EXISTS (SELECT 1 FROM ending e WHERE e.org_id = o.id)) n
		WHERE seq > numbered LIMIT $1`, most-len(ends))
	return append(all, rest...), at.Value, err
}

// Number gives numbers to lines that have none, and tells whether there are more. One numbers at a time, and holds the head to
// the end: so a number becomes visible with all before it, and none comes later.
func Number(ctx context.Context, tx store.Noter) (more bool, err error) {
	found, err := store.One(ctx, tx, scanHead, `SELECT number, installation FROM feed_head WHERE id = 'feed'`+store.ForUpdate(tx))
	if err != nil {
		return false, err
	}
	all, passed, err := unnumbered(ctx, tx, found.Value, mostRows)
	if err != nil {
		return false, err
	}
	number, rows := found.Value.number, 0
	for _, s := range all {
		for left := s.lines; left > 0 && rows < mostRows; rows++ {
			n := min(left, mostLines)
			left, number = left-n, number+n
			err := tx.NoteSoon(ctx, store.BookFeed, `INSERT INTO feed (org_id, seq, lines, last) VALUES ($1, $2, $3, $4)`, s.org, s.seq-left, n, number)
			if err != nil {
				return false, err
			}
		}
	}
	_, err = tx.Note(ctx, store.BookFeedHead, `UPDATE feed_head SET number = $1, installation = $2 WHERE id = 'feed'`, number, passed)
	return rows == mostRows, err
}

// Filter chooses lines.
type Filter struct {
	Org    roster.OrgID // empty for all
	Action string       // empty for any
	After  int64        // a number
	Limit  int
}

// Line is a line of some organisation's history, with its number.
type Line struct {
	Number int64
	roster.Event
}

// After gives lines in the order of their numbers, and the number up to which there are no others.
func After(ctx context.Context, r store.Reader, f Filter) (lines []Line, reached int64, err error) {
	to, err := rows(ctx, r, f)
	if err != nil || to == f.After {
		return nil, f.After, err
	}
	c := query.Conditions{}
	c.Add("f.last > %s AND f.last <= %s", f.After, to)
	c.Add("f.last - f.seq + e.seq > %s", f.After)
	if f.Org != "" {
		c.Add("(e.org_id = %s OR e.org_id = %s AND e.target_id = %s)", f.Org, roster.Installation, f.Org)
	}
	if f.Action != "" {
		c.Add("e.action = %s", f.Action)
	}
	lines, err = store.All(ctx, r, scanLine, `SELECT f.last - f.seq + e.seq, `+store.EventColumns+` FROM feed f
		JOIN event e ON e.org_id = f.org_id AND e.seq > f.seq - f.lines AND e.seq <= f.seq
		WHERE `+c.Text()+` ORDER BY 1 LIMIT `+c.Arg(f.Limit), c.Args()...)
	if len(lines) == f.Limit {
		to = lines[f.Limit-1].Number
	}
	return lines, to, err
}

// rows tells up to which number a page reads: few rows, and about as many lines as are asked for.
func rows(ctx context.Context, r store.Reader, f Filter) (to int64, err error) {
	to = f.After
	err = store.Each(ctx, r, func(row store.Row) error {
		var last int64
		err := row.Scan(&last)
		if to < f.After+int64(f.Limit) {
			to = last
		}
		return err
	}, `SELECT last FROM feed WHERE last > $1 ORDER BY last LIMIT 200`, f.After)
	return to, err
}

// scanLine reads a line behind its number.
func scanLine(row store.Row) (Line, error) {
	var l Line
	var err error
	l.Event, err = store.ScanEvent(numbered{row, &l.Number})
	return l, err
}

type numbered struct {
	store.Row
	number *int64
}

// Scan reads the number, and what stands behind it.
func (n numbered) Scan(dest ...any) error { return n.Row.Scan(append([]any{n.number}, dest...)...) }

// Newest gives the last number.
func Newest(ctx context.Context, r store.Reader) (int64, error) {
	found, err := store.One(ctx, r, scanHead, `SELECT number, installation FROM feed_head WHERE id = 'feed'`)
	return found.Value.number, err
}
