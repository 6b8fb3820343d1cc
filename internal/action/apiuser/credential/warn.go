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
	"roster/internal/store/memberdb"
)

// How an end is told of: so long before, and to so many Owners.
const (
	Warning    = 7 * 24 * time.Hour
	mostOwners = 50
)

// Warn lets those who made an API user, and the Owners, be told that its time is over within a week; once for
// each end. It is for Roster itself, again and again.
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
	owners, err := memberdb.Owners(ctx, tx, e.Org, tx.At(), mostOwners)
	if err != nil {
		return err
	}
	to := []roster.MemberID{}
	if roster.IsMemberID(e.MadeBy) {
		to = append(to, roster.MemberID(e.MadeBy))
	}
	for _, o := range owners {
		to = append(to, o.ID)
	}
	for _, m := range roster.Unique(to) {
		if err := newsdb.Tell(ctx, tx.Tx, e.Org, m, bulletin.NewsEnding, string(e.Member)); err != nil {
			return err
		}
	}
	return nil
}
