package history

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// InParts is Replay with parts that hold at most so many things.
func InParts(ctx context.Context, rd store.Reader, org roster.OrgID, most int) (Replayed, error) {
	return inParts(ctx, rd, org, most)
}
