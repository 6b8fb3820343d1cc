package rostertest

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/action/outbox"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// Refused lets a mail server refuse every invitation's letter that is due, for a reason, and gives their jobs.
func (h *House) Refused(why string) []jobdb.Job {
	h.T.Helper()
	return h.ended(jobdb.Refused, why)
}

// Sent lets a mail server take them.
func (h *House) Sent() []jobdb.Job {
	h.T.Helper()
	return h.ended(jobdb.Done, "")
}

func (h *House) ended(state jobdb.State, why string) (all []jobdb.Job) {
	h.T.Helper()
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		var err error
		all, err = jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 1000, time.Minute)
		for _, j := range all {
			if err == nil {
				err = jobdb.Finish(ctx, tx, j, state, tx.At(), why)
			}
		}
		return err
	})
	if err != nil {
		h.T.Fatalf("end letters: %v", err)
	}
	return all
}
