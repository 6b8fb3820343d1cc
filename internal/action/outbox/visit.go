package outbox

import (
	"context"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Told gives the letter that tells an Owner what was done to their organisation: that an operator entered, that it is to be
// deleted, that its portal was opened. It is unwanted when its job was cancelled or claimed anew meanwhile, and where the
// Owner is not active any more.
func (r *Room) Told(ctx context.Context, j jobdb.Job) (Letter, error) {
	var l Letter
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{}
		held, err := l.address(ctx, tx, j)
		if l.Unwanted = !held || l.Member.Status != roster.Active; err != nil || l.Unwanted {
			return err
		}
		return l.speak(ctx, tx)
	})
	return l, err
}
