package credential

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/jobdb/newsdb"
)

// Warning is how long before an end it is told of.
const Warning = 7 * 24 * time.Hour

// Warn lets those who made an API user, and the Owners, be told that its time is over within a week; once for each end. It
// is for Roster itself, again and again.
func (r *Room) Warn(ctx context.Context) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		all, err := apidb.Nearing(ctx, tx, tx.At().Add(Warning))
		for i := 0; i < len(all) && err == nil; i++ {
			err = tell(ctx, tx, all[i])
		}
		return err
	})
}

func tell(ctx context.Context, tx store.Noter, e apidb.Ending) error {
	maker := roster.MemberID(e.MadeBy)
	if roster.IsMemberID(e.MadeBy) {
		if err := newsdb.Tell(ctx, tx.Tx, e.Org, maker, bulletin.NewsEnding, string(e.Member)); err != nil {
			return err
		}
	}
	return action.TellOwners(ctx, tx.Tx, e.Org, bulletin.NewsEnding, string(e.Member), maker)
}
