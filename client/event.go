package client

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// Events are what happens in all organisations, in one feed, for product clients with events.read.
type Events struct{ c *Client }

// EventFilter chooses lines; what is empty does not choose.
type EventFilter struct {
	After        string // the After of the page that was dealt with last; "now" for what is yet to come; empty for the beginning
	Organisation string // its ID
	Action       string
}

// EventPage is what happened, a part of it at a time.
type EventPage struct {
	Items []Line `json:"items"`      // of each organisation in order, none missing
	After string `json:"next_after"` // where to go on: to be kept once all items were dealt with
	More  bool   `json:"more"`
}

// feedWait is how long a request waits for news before it is sent again.
const feedWait = 25 * time.Second

// Follow gives what happened after a place, page by page, and goes on as more happens, until the context ends or the loop
// is left. Whoever keeps a page's After and begins there again misses nothing. An error ends it.
func (s Events) Follow(ctx context.Context, f EventFilter) iter.Seq2[EventPage, error] {
	return func(yield func(EventPage, error) bool) {
		query := asked("organisation", f.Organisation, "action", f.Action)
		query.Set("limit", strconv.Itoa(pageSize))
		query.Set("wait", strconv.Itoa(int(feedWait/time.Second)))
		for after := f.After; ; {
			if after != "" {
				query.Set("after", after)
			}
			var p EventPage
			if err := s.c.do(ctx, call{method: http.MethodGet, path: api + "/events", query: query, out: &p, wait: feedWait}); err != nil {
				yield(EventPage{}, err)
				return
			}
			if len(p.Items) > 0 && !yield(p, nil) {
				return
			}
			after = p.After
		}
	}
}
