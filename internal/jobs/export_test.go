package jobs

import (
	"context"
	"time"

	"roster/internal/action/org/ending"
	"roster/internal/roster"
)

// DeleteUntil is one organisation's deletion in a turn that is over at a moment.
func DeleteUntil(ctx context.Context, room *ending.Room, org roster.OrgID, until time.Time) error {
	return deletion(ctx, room, org, until)
}

// Grace is how long attempts may go on at a stop, and ImportTurn how long an import begins steps.
const (
	Grace      = grace
	ImportTurn = importTurn
)
