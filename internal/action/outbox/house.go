package outbox

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/branddb"
)

// House gives how the installation looks, for the letters that are about to leave.
func (r *Room) House(ctx context.Context) (roster.House, error) {
	return action.Look(ctx, r.gate, act.BrandShow, func(ctx context.Context, rd store.Reader) (roster.House, error) {
		return branddb.Now(ctx, rd)
	})
}
