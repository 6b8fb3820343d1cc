package imports

import (
	"context"

	"roster/internal/roster"
)

// StepOf is Step of at most so many rows.
func (r *Room) StepOf(ctx context.Context, org roster.OrgID, id string, most int) (Stepped, error) {
	return r.step(ctx, org, id, most)
}
