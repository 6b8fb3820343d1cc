package store

import (
	"context"
	"errors"
	"testing"

	"roster/internal/roster"
)

var errLost = errors.New("the answer was lost")

func TestACommitWhoseAnswerWasLostIsFoundOut(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		ctx := context.Background()
		org := found(t, db, "acme")
		for name, end := range map[string]error{"committed": nil, "rolled back": errors.New("no")} {
			t.Run(name, func(t *testing.T) {
				var lost *Tx
				told := make(chan error, 1)
				err := db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
					lost = tx
					if err := rename(ctx, tx, name); err != nil {
						return err
					}
					if _, err := tx.Record(ctx, roster.Event{Action: "organisation.edit", Target: roster.RefOrganisation(org, name)}); err != nil {
						return err
					}
					if db.Kind() == "postgres" { // where a commit goes on when its connection is gone
						go func() { told <- lost.settle(context.Background(), errLost) }()
						awaitLock(t, db, told)
					}
					return end
				})
				if !errors.Is(err, end) {
					t.Fatal(err)
				}
				if db.Kind() == "sqlite" {
					told <- lost.settle(ctx, errLost)
				}
				if err := <-told; errors.Is(err, errLost) != (end != nil) {
					t.Errorf("found out: %v", err)
				}
			})
		}
	})
}

// awaitLock waits until someone waits for a lock in the database; it fails the test when they were told before.
func awaitLock(t *testing.T, db *DB, told <-chan error) {
	t.Helper()
	for {
		n, err := One(context.Background(), db.Reader(), Scan[int], `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
		switch {
		case err != nil:
			t.Fatal(err)
		case n.Value > 0:
			return
		}
		select {
		case err := <-told:
			t.Fatalf("told before the end of the transaction: %v", err)
		default:
		}
	}
}
