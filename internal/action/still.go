package action

import (
	"context"

	"roster/internal/store"
)

// Still runs fn, within an action that reads, with a reader for which everything stands as it was at one moment.
func Still(ctx context.Context, fn func(context.Context, store.Reader) error) error {
	in := insideOf(ctx)
	if in == nil {
		return errOutside
	}
	return in.gate.db.Snapshot(ctx, fn)
}
