package jobs

import (
	"context"
	"errors"
	"time"

	"roster/internal/action/team/erasure"
	"roster/internal/roster"
)

// Erasures erases members whose organisation's time for it has passed since they were removed. Whom it does not get to are
// erased the next time.
func Erasures(room *erasure.Room) Sweep {
	return Sweep{"erasures", 10 * time.Minute, func(ctx context.Context) error {
		until := time.Now().Add(turn)
		due, err := room.Due(ctx)
		failed := []error{err}
		for _, m := range due {
			if time.Now().After(until) {
				break
			}
			actor := roster.ActorFrom(ctx)
			actor.Organisation = m.Org
			_, err := room.Erase(roster.WithActor(ctx, actor), m.ID, m.Label())
			failed = append(failed, err) // one that fails does not keep the others
		}
		return errors.Join(failed...)
	}}
}
