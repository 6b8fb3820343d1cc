package jobs

import (
	"context"
	"errors"
	"time"

	"roster/internal/action/org/ending"
	"roster/internal/roster"
)

// turn is how long deletions go on at once: other sweeps wait for their end.
const turn = 20 * time.Second

// Deletions deletes the organisations whose time has come. What it does not get to, because its turn is over or the
// server stops, it goes on with the next time.
func Deletions(room *ending.Room) Sweep {
	return Sweep{"deletions", time.Minute, func(ctx context.Context) error {
		until := time.Now().Add(turn)
		due, err := room.Due(ctx)
		failed := []error{err}
		for _, o := range due {
			failed = append(failed, deletion(ctx, room, o.ID, until)) // one that fails does not keep the others
		}
		return errors.Join(failed...)
	}}
}

// deletion deletes an organisation, or as much of it as it gets to until its turn is over.
func deletion(ctx context.Context, room *ending.Room, org roster.OrgID, until time.Time) error {
	actor := roster.ActorFrom(ctx)
	actor.Organisation = org
	ctx = roster.WithActor(ctx, actor)
	for time.Now().Before(until) {
		left, err := room.Empty(ctx)
		if err != nil {
			return err
		}
		if !left {
			_, err = room.End(ctx)
			return err
		}
	}
	return nil
}
