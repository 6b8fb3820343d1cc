package jobs

import (
	"context"
	"errors"
	"time"

	"roster/internal/action/org/ending"
	"roster/internal/roster"
)

// Deletions deletes the organisations whose time has come. What it does not get to, because its time is over or the
// server stops, it goes on with the next time.
func Deletions(room *ending.Room) Sweep {
	return Sweep{"deletions", time.Minute, func(ctx context.Context) error {
		due, err := room.Due(ctx)
		failed := []error{err}
		for _, o := range due {
			failed = append(failed, deletion(ctx, room, o.ID)) // one that fails does not keep the others
		}
		return errors.Join(failed...)
	}}
}

func deletion(ctx context.Context, room *ending.Room, org roster.OrgID) error {
	actor := roster.ActorFrom(ctx)
	actor.Organisation = org
	ctx = roster.WithActor(ctx, actor)
	for {
		left, err := room.Empty(ctx)
		if err != nil {
			return err
		}
		if !left {
			break
		}
	}
	_, err := room.End(ctx)
	return err
}
