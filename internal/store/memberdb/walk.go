package memberdb

import (
	"context"

	"roster/internal/store"
)

// Walk gives all members of a filter, in its order, each page of the filter's limit to a function. How the filter is
// answered is found out once.
func Walk(ctx context.Context, r store.Reader, f Filter, page func([]Row) error) error {
	p, err := planned(ctx, r, f)
	if err != nil {
		return err
	}
	for {
		rows, err := p.list(ctx, r)
		if err != nil {
			return err
		}
		if err := page(rows); err != nil {
			return err
		}
		if len(rows) < f.Limit {
			return nil
		}
		p.f.After = f.Sort.Place(rows[len(rows)-1])
	}
}
