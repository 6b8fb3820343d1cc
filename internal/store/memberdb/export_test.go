package memberdb

import (
	"context"

	"roster/internal/store"
)

// Statement gives what reads a page of a filter.
func Statement(ctx context.Context, r store.Reader, f Filter) (text string, args []any, err error) {
	p, err := planned(ctx, r, f)
	if err == nil {
		text, args = p.ordered(rowColumns, rowJoins, nil)
	}
	return text, args, err
}
