package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// pageSize is how many things a request for a list asks for, the most that one gives.
const pageSize = 200

// page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor"`
}

// pages walks a list page by page. An error ends it, beside a zero value.
func pages[T any](ctx context.Context, c *Client, k call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		query := url.Values{}
		for name, values := range k.query {
			query[name] = values
		}
		query.Set("limit", strconv.Itoa(pageSize))
		for {
			var p page[T]
			one := k
			one.method, one.query, one.out = http.MethodGet, query, &p
			if err := c.do(ctx, one); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			query.Set("cursor", p.Next)
		}
	}
}

// All gathers a list that is known to be short. An error gives what came before it, too.
func All[T any](list iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for item, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, item)
	}
	return all, nil
}

// asked makes a query of what is given, as name and value in turn; empty values are left out.
func asked(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}

// yes writes a choice as a parameter; empty where none was made.
func yes(choice *bool) string {
	if choice == nil {
		return ""
	}
	return strconv.FormatBool(*choice)
}

// moment writes a moment as a parameter; empty for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
