package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"roster/internal/prepared"
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

func TestStatementsKeptPreparedAreBounded(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		text := func(n int) string { return fmt.Sprintf("SELECT %d FROM organisation WHERE id = $1", n) }
		ask := func(ctx context.Context, r Reader, n int) error {
			got, err := One(ctx, r, Scan[int], text(n), org)
			if err == nil && got.Value != n {
				err = fmt.Errorf("%d, not %d", got.Value, n)
			}
			return err
		}
		for n := range prepared.Most + 1 {
			if err := ask(context.Background(), db.Reader(), n); err != nil {
				t.Fatal(err)
			}
		}
		err := db.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
			for n := range prepared.Most + 1 {
				if err := ask(ctx, tx, n); err != nil {
					return err
				}
			}
			return ask(ctx, tx, 0)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Snapshot(context.Background(), func(ctx context.Context, r Reader) error { return ask(ctx, r, 0) }); err != nil {
			t.Fatal(err)
		}
		if err := ask(context.Background(), db.Reader(), 2); err != nil || db.reader.stmts.Known(text(1)) != nil {
			t.Errorf("as many statements stay prepared as there are texts: %v", err)
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

const try = `INSERT INTO attempt (key, failures, last_at, until_at) VALUES ($1, 1, 1, 1)`

// soon keeps a try by a statement that may wait, as a change.
func soon(ctx context.Context, tx *Tx, key string) error {
	return tx.ChangeSoon(ctx, []roster.Change{{Of: roster.RefOrganisation(tx.Org(), ""), Field: "try", To: key}}, try, key)
}

// noted keeps one likewise, as bookkeeping.
func noted(ctx context.Context, tx *Tx, key string) error {
	return tx.NoteSoon(ctx, BookAttempt, try, key)
}

// tried gives the keys of tries.
func tried(ctx context.Context, t *testing.T, r Reader) string {
	t.Helper()
	keys, err := All(ctx, r, Scan[string], `SELECT key FROM attempt ORDER BY key`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(keys, " ")
}

// TestWhatWaitsIsDoneInItsPlace: before whatever is read after it, before and after rows and not with one that fails, and at
// the end though nothing comes after it.
func TestWhatWaitsIsDoneInItsPlace(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		ctx, org := context.Background(), found(t, db, "acme")
		failed := errors.New("the row fails")
		err := db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
			err := noted(ctx, tx, "a")
			if got := tried(ctx, t, tx); err != nil || got != "a" {
				t.Errorf("a read after it: %q %v", got, err)
			}
			if err := noted(ctx, tx, "b"); err != nil {
				return err
			}
			err = tx.Row(ctx, func(ctx context.Context) error {
				return errors.Join(soon(ctx, tx, "lost"), noted(ctx, tx, "c"), failed)
			})
			if !errors.Is(err, failed) {
				t.Errorf("the row's own failure: %v", err)
			}
			if got := tried(ctx, t, tx); got != "a b" {
				t.Errorf("after a row that failed: %q", got)
			}
			err = tx.Row(ctx, func(ctx context.Context) error {
				if err := soon(ctx, tx, "changed"); err != nil {
					return err
				}
				_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit"})
				return errors.Join(err, noted(ctx, tx, "d"))
			})
			if err != nil {
				return err
			}
			_, err = tx.tx.ExecContext(ctx, `UPDATE attempt SET failures = 2 WHERE key = 'd'`) // the row's own is done as it ends
			return errors.Join(err, noted(ctx, tx, "e"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Keep(ctx, func(ctx context.Context, tx Noter) error { return noted(ctx, tx.Tx, "f") }); err != nil {
			t.Fatal(err)
		}
		if got := tried(ctx, t, db.Reader()); got != "a b changed d e f" {
			t.Errorf("kept: %q", got)
		}
		if got, err := One(ctx, db.Reader(), Scan[string], `SELECT key FROM attempt WHERE failures = 2`); err != nil || got.Value != "d" {
			t.Errorf("what waited in a row is done after it: %q %v", got.Value, err)
		}
		if lines, faults, err := verified(ctx, db.Reader(), org); lines != 2 || len(faults) != 0 || err != nil {
			t.Errorf("%d lines, %v, %v", lines, faults, err)
		}
		err = db.Write(ctx, org, func(ctx context.Context, tx *Tx) error { return soon(ctx, tx, "silent") })
		if err == nil || !strings.Contains(err.Error(), "without a line") {
			t.Errorf("a change that waits, without a line: %v", err)
		}
		err = db.Write(ctx, org, func(ctx context.Context, tx *Tx) error { return tx.ChangeSoon(ctx, nil, `DELETE FROM attempt`) })
		if err == nil || !strings.Contains(err.Error(), "without a change") {
			t.Errorf("a statement that waits, without a change: %v", err)
		}
		err = db.Keep(ctx, func(ctx context.Context, tx Noter) error {
			return tx.ChangeSoon(ctx, []roster.Change{{Field: "x"}}, `DELETE FROM attempt`)
		})
		if err == nil || tried(ctx, t, db.Reader()) != "a b changed d e f" {
			t.Errorf("bookkeeping changed something: %v", err)
		}
	})
}
