// Package feed is the room in which product clients read the lines of all organisations' histories, one behind the other. It
// decides in which order; the lines are the gate's.
package feed

import (
	"context"
	"sync"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/bell"
	"roster/internal/record"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/feeddb"
)

// Room holds the use cases.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors

	mu   sync.Mutex // held by who gives numbers
	last time.Time  // when that was done
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{gate: g, cursors: c} }

// Now stands for the place behind everything that there is.
const Now = "now"

// Query is what is asked for: lines after a place, the next ones first.
type Query struct {
	After        string // a Cursor of a line or Next of a page, Now, or empty for the beginning
	Organisation roster.OrgID
	Action       string
	Limit        int // 1 to 200; 50 when 0
}

// Line is a line of some organisation's history; the end of an organisation stands in the installation's.
type Line struct {
	Cursor string // where to go on behind it
	roster.Event
}

// Page is one page.
type Page struct {
	Lines []Line
	Next  string // where to go on
	More  bool   // there is more already
}

// Read gives a page. Kinds: Invalid (limit_invalid, cursor_invalid), Denied.
func (r *Room) Read(ctx context.Context, q Query) (Page, error) {
	if q.Limit == 0 {
		q.Limit = 50
	}
	f := feeddb.Filter{Org: q.Organisation, Action: q.Action, Limit: q.Limit}
	behind, err := action.Look(ctx, r.gate, act.EventList, func(ctx context.Context, rd store.Reader) (bool, error) {
		if q.Limit < 1 || q.Limit > 200 {
			return false, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
		}
		if err := r.place(q.After, &f.After); err != nil {
			return false, err
		}
		return feeddb.Behind(ctx, rd)
	})
	if err == nil && behind {
		err = r.number(ctx)
	}
	if err != nil {
		return Page{}, err
	}
	return action.Look(ctx, r.gate, act.EventList, func(ctx context.Context, rd store.Reader) (Page, error) {
		newest, err := feeddb.Newest(ctx, rd)
		if err != nil {
			return Page{}, err
		}
		switch {
		case q.After == Now:
			f.After = newest
		case f.After > newest:
			return Page{}, roster.Errorf(roster.Conflict, "position_ahead", "Nothing comes after this place. Was the installation restored from a backup? Then read it anew.")
		}
		return r.page(ctx, rd, f, q.After, newest)
	})
}

// place reads a mark.
func (r *Room) place(mark string, at *int64) error {
	if mark == "" || mark == Now {
		return nil
	}
	err := r.cursors.Decode(bound, mark, at)
	if roster.Is(err, "cursor_invalid") {
		return roster.AsError(err).On("after")
	}
	return err
}

// bound is what marks are good for: this list, however it is filtered.
const bound = "events"

func (r *Room) page(ctx context.Context, rd store.Reader, f feeddb.Filter, after string, newest int64) (Page, error) {
	lines, reached, err := feeddb.After(ctx, rd, f)
	if err != nil {
		return Page{}, err
	}
	p := Page{Lines: make([]Line, len(lines)), More: reached < newest}
	at := f.After // the place that p.Next is the mark of; each place has one mark in an answer
	if p.Next = after; after == "" || after == Now {
		at = -1
	}
	for i, l := range lines {
		if at, p.Lines[i].Event = l.Number, record.Impersonal(l.Event); err == nil {
			p.Next, err = r.cursors.Encode(bound, at)
		}
		p.Lines[i].Cursor = p.Next
	}
	if at != reached && err == nil {
		p.Next, err = r.cursors.Encode(bound, reached)
	}
	return p, err
}

// pause is how long lines are gathered before they get their numbers, where much happens.
const pause = 20 * time.Millisecond

// number gives numbers to the lines that have none.
func (r *Room) number(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left := pause - time.Since(r.last); left > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(left):
		}
	}
	for more := true; more; {
		err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
			var err error
			more, err = feeddb.Number(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	r.last = time.Now()
	return nil
}

// May asks whether the actor may read, for who waits for something to read.
func (r *Room) May(ctx context.Context) error {
	_, err := action.Look(ctx, r.gate, act.EventList, func(context.Context, store.Reader) (struct{}, error) { return struct{}{}, nil })
	return err
}

// Listen gives an ear that hears of every line there is.
func (r *Room) Listen() *bell.Ear { return r.gate.Listen(bell.Any) }
