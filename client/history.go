package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// History is an organisation's history: one line for each change, in order and without gaps.
type History struct{ o *Org }

// Line is one line of the history.
type Line struct {
	Org     string    `json:"organisation"` // the ID of the organisation in whose history it stands
	Seq     int64     `json:"seq"`          // its place, from 1
	At      time.Time `json:"at"`
	Action  string    `json:"action"` // such as member.block
	Actor   Party     `json:"actor"`
	Door    string    `json:"door"`
	IP      string    `json:"ip"`
	Target  Party     `json:"target"`
	Refused string    `json:"refused"` // the code of a refusal; empty when the action was done
	Count   int       `json:"count"`   // how many refusals the line stands for
	Changes []Change  `json:"changes"`
}

// Party is someone or something that a line tells of, named as it was then.
type Party struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Change is one field that an action changed.
type Change struct {
	Of    Party  `json:"of"`
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Span chooses lines; what is empty does not choose.
type Span struct {
	After  int64 // lines after this position: the Seq of the last one that was dealt with
	Action string
	Member string // a member's ID
	From   time.Time
	To     time.Time
}

// List walks the lines that there are, the oldest first. Whoever keeps the Seq of the last line goes on after it later.
func (h History) List(ctx context.Context, s Span) iter.Seq2[Line, error] { return h.walk(ctx, s, 0) }

// Follow walks the lines after a position and goes on as they come, until the context ends or the loop is left. Whoever
// keeps the Seq of the last line that was dealt with, and begins there again, misses none. An error ends it.
func (h History) Follow(ctx context.Context, s Span) iter.Seq2[Line, error] {
	return h.walk(ctx, s, feedWait)
}

// walk walks lines; with a time to wait for news it goes on when there are no more.
func (h History) walk(ctx context.Context, s Span, wait time.Duration) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		query := asked("action", s.Action, "member", s.Member, "from", moment(s.From), "to", moment(s.To))
		query.Set("limit", strconv.Itoa(pageSize))
		if wait > 0 {
			query.Set("wait", strconv.Itoa(int(wait/time.Second)))
		}
		for after := s.After; ; {
			query.Set("after", strconv.FormatInt(after, 10))
			p, err := h.page(ctx, query, wait)
			if err != nil {
				yield(Line{}, err)
				return
			}
			for _, line := range p.Items {
				if !yield(line, nil) {
					return
				}
			}
			if !p.More && wait == 0 {
				return
			}
			after = p.Next
		}
	}
}

// lines is one page of the history.
type lines struct {
	Items []Line `json:"items"`
	Next  int64  `json:"next_after"`
	More  bool   `json:"more"`
}

func (h History) page(ctx context.Context, query url.Values, wait time.Duration) (lines, error) {
	var p lines
	err := h.o.c.do(ctx, call{method: http.MethodGet, path: api + h.o.path("history"), query: query, out: &p, org: h.o, wait: wait})
	return p, err
}
