package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roster/internal/roster"
)

// named renames the organisation in a row, with the line that belongs to it.
func named(ctx context.Context, tx *Tx, name string) error {
	return tx.Row(ctx, func(ctx context.Context) error {
		if err := rename(ctx, tx, name); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit", Target: roster.RefOrganisation(tx.Org(), name)})
		return err
	})
}

func TestARowFoundsNothingAndChangesNoCatalogue(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		ctx := context.Background()
		org := found(t, db, "acme")
		at, err := db.Position(ctx, org)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
			other := roster.Organisation{ID: roster.NewOrgID(), Slug: "other", Name: "Other", Plan: roster.PlanUnlimited}
			err := tx.Row(ctx, func(ctx context.Context) error {
				if err := tx.Found(ctx, other, []roster.Change{{Of: roster.RefOrganisation(other.ID, "Other"), Field: "name", To: "Other"}}); err != nil {
					return err
				}
				_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
				return err
			})
			if err == nil {
				t.Error("a row made an organisation")
			}
			err = tx.Row(ctx, func(context.Context) error {
				tx.Catalogued(at.Catalogue + 7)
				return nil
			})
			if err == nil {
				t.Error("a row changed the catalogue")
			}
			if got := tx.Org(); got != org {
				t.Errorf("afterwards the transaction is %s's", got)
			}
			return named(ctx, tx, "After")
		})
		if err != nil {
			t.Fatal(err)
		}
		now, err := db.Position(ctx, org)
		if err != nil || now != (Position{at.Catalogue, at.Seq + 1}) {
			t.Errorf("the position went from %v to %v: %v", at, now, err)
		}
	})
}

func TestWhatBreaksABatchIsNoRowsRefusal(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		err := db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
			return tx.Row(ctx, func(context.Context) error {
				cancel()
				return roster.Errorf(roster.Denied, "forbidden", "You may not.")
			})
		})
		var refused *roster.Error
		if errors.As(err, &refused) || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "You may not.") {
			t.Errorf("%v", err)
		}
	})
}

func TestAStatementIsPreparedOnceInATransaction(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		if !db.writer.prepare {
			return // the driver does it
		}
		org := found(t, db, "acme")
		for _, when := range []string{"new", "known"} {
			err := db.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
				for _, name := range []string{"A", "B", "C"} {
					if err := named(ctx, tx, name); err != nil {
						return err
					}
				}
				const query = `SELECT 1 FROM organisation WHERE id = $1`
				first, err := tx.stmt(ctx, query)
				if err != nil {
					return err
				}
				if again, err := tx.stmt(ctx, query); err != nil || again != first {
					t.Errorf("a %s text is prepared twice: %v", when, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAnUnknownOutcomeSaysThatItMayStand(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		var lost *Tx
		err := db.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
			lost = tx
			return named(ctx, tx, "Lost")
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		err = lost.settle(context.Background(), errLost)
		if !roster.Is(err, "outcome_unknown") || roster.AsError(err).Kind != roster.Unavailable || db.dialect.retryable(err) || !strings.Contains(err.Error(), errLost.Error()) {
			t.Errorf("%v", err)
		}
	})
}
