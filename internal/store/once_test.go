package store

import (
	"context"
	"testing"
)

// Within one check, what was committed before it is seen, and what comes meanwhile may be left to the next.
func TestACheckSeesWhatWasThereWhenItBegan(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		at := func(ctx context.Context) int64 {
			t.Helper()
			p, err := db.Position(ctx, org)
			if err != nil {
				t.Fatal(err)
			}
			return p.Seq
		}
		first := at(context.Background())
		edit(t, db, org, "Acme One")
		check := Once(context.Background())
		if got := at(check); got != first+1 {
			t.Fatalf("the check begins at %d, want %d", got, first+1)
		}
		edit(t, db, org, "Acme Two")
		if got := at(check); got < first+1 {
			t.Errorf("the check goes back to %d", got)
		}
		if got := at(Once(context.Background())); got != first+2 {
			t.Errorf("the next check is at %d, want %d", got, first+2)
		}
	})
}
