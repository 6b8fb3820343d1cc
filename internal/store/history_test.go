package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/chain"
	"roster/internal/roster"
	cluster "roster/internal/rostertest/postgres"
)

func eachDatabase(t *testing.T, test func(t *testing.T, db *DB, url string)) {
	t.Helper()
	run := func(t *testing.T, url string) {
		db, err := Open(context.Background(), Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		test(t, db, url)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "r.db")) })
	if cluster.Wanted() {
		t.Run("postgres", func(t *testing.T) { run(t, cluster.Database(t)) })
	}
}

// found makes an organisation and gives its ID.
func found(t *testing.T, db *DB, slug string) roster.OrgID {
	t.Helper()
	o := roster.Organisation{ID: roster.NewOrgID(), Slug: slug, Name: slug, Plan: roster.PlanUnlimited}
	err := db.Write(context.Background(), roster.Installation, func(ctx context.Context, tx *Tx) error {
		if err := tx.Found(ctx, o, []roster.Change{{Of: roster.RefOrganisation(o.ID, o.Name), Field: "name", To: o.Name}}); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create", ActorName: "Test", Target: roster.RefOrganisation(o.ID, o.Name)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func rename(ctx context.Context, tx *Tx, name string) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefOrganisation(tx.Org(), name), Field: "name", From: tx.Organisation().Name, To: name}},
		`UPDATE organisation SET name = $1 WHERE id = $2`, name, tx.Org())
	return err
}

// edit renames an organisation, with the line that belongs to it.
func edit(t *testing.T, db *DB, org roster.OrgID, name string) {
	t.Helper()
	err := db.Write(context.Background(), org, func(ctx context.Context, tx *Tx) error {
		if err := rename(ctx, tx, name); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit", ActorID: "mem_1", ActorName: "Anna", IP: "203.0.113.1", Target: roster.RefOrganisation(org, "acme")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoWriteInSilence(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		ctx := context.Background()
		err := db.Write(ctx, org, func(ctx context.Context, tx *Tx) error { return rename(ctx, tx, "Silent") })
		if err == nil || !strings.Contains(err.Error(), "without a line") {
			t.Errorf("a change without a line: %v", err)
		}
		err = db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Change(ctx, nil, `UPDATE organisation SET name = 'x'`)
			return err
		})
		if err == nil {
			t.Error("a statement without a change was run")
		}
		err = db.Keep(ctx, func(ctx context.Context, tx Noter) error {
			_, err := tx.Change(ctx, []roster.Change{{Field: "x"}}, `UPDATE organisation SET name = 'x'`)
			return err
		})
		if err == nil {
			t.Error("bookkeeping changed something")
		}
		name, err := One(ctx, db.Reader(), Scan[string], `SELECT name FROM organisation WHERE id = $1`, org)
		if err != nil || name.Value != "acme" {
			t.Errorf("the name is %q (%v)", name.Value, err)
		}
	})
}

func TestEveryAlterationIsFound(t *testing.T) {
	attacks := map[string]string{
		"a text":            `UPDATE event SET vals = replace(vals, 'Name 2', 'Name 9') WHERE seq = 4`,
		"a body":            `UPDATE event SET body = replace(body, 'organisation.edit', 'organisation.read') WHERE seq = 3`,
		"a column":          `UPDATE event SET actor_id = 'mem_x' WHERE seq = 3`,
		"a moment":          `UPDATE event SET at = at + 1 WHERE seq = 3`,
		"a dropped line":    `DELETE FROM event WHERE seq = 3`,
		"the first dropped": `DELETE FROM event WHERE seq = 1`,
		"a cut tail":        `DELETE FROM event WHERE seq = 6`,
		"a swap":            `UPDATE event SET seq = 9 - seq WHERE seq IN (4, 5)`,
		"a line more":       `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) SELECT org_id, 7, at, action, actor_id, target_id, body, vals, hash FROM event WHERE seq = 6`,
	}
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db *DB, _ string) {
				ctx := context.Background()
				org := found(t, db, "acme")
				for i := range 5 {
					edit(t, db, org, "Name "+string(rune('0'+i)))
				}
				if lines, faults, err := verified(ctx, db.Reader(), org); lines != 6 || len(faults) != 0 || err != nil {
					t.Fatalf("untouched: %d lines, %v, %v", lines, faults, err)
				}
				if name == "a swap" { // two steps, so that the key is never taken
					exec(t, db, `UPDATE event SET seq = 100 WHERE seq = 4`)
					exec(t, db, `UPDATE event SET seq = 4 WHERE seq = 5`)
					attack = `UPDATE event SET seq = 5 WHERE seq = 100`
				}
				exec(t, db, attack+where(attack, org))
				if _, faults, err := verified(ctx, db.Reader(), org); err != nil || len(faults) == 0 {
					t.Errorf("not found: %v, %v", faults, err)
				}
			})
		})
	}
}

// busy is a reader beside which something happens each time the end of a history is asked for.
type busy struct {
	Reader
	happens func()
}

func (b busy) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if strings.Contains(query, "head FROM organisation") {
		b.happens()
	}
	return b.Reader.rows(ctx, query, args)
}

func TestAHistoryThatGrowsMeanwhileVerifies(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		for _, more := range []int{1, 3} {
			left := more
			r := busy{db.Reader(), func() {
				if left > 0 {
					left--
					edit(t, db, org, time.Now().String())
				}
			}}
			if _, faults, err := verified(context.Background(), r, org); len(faults) > 0 || err != nil {
				t.Errorf("%d lines meanwhile: %v, %v", more, faults, err)
			}
		}
	})
}

func where(attack string, org roster.OrgID) string { return " AND org_id = '" + string(org) + "'" }

func exec(t *testing.T, db *DB, statement string) {
	t.Helper()
	if _, err := db.writer.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// TestTextsDeletedByHandAreFound: with their salts or without. Package chain tells of those that an erasure deletes.
func TestTextsDeletedByHandAreFound(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		ctx := context.Background()
		org := found(t, db, "acme")
		exec(t, db, `UPDATE event SET vals = replace(replace(vals, '"t":"acme"', '"t":""'), '"s":', '"was":')`)
		rows, err := All(ctx, db.Reader(), Scan[string], `SELECT vals FROM event WHERE org_id = $1`, org)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		// Salt and text are both gone for what was called acme; "Test" lost its salt alone.
		if _, faults, _ := verified(ctx, db.Reader(), org); len(faults) == 0 {
			t.Error("a text without its salt was not found")
		}
		exec(t, db, `UPDATE event SET vals = replace(vals, '"t":"Test"', '"t":""')`)
		if _, faults, err := verified(ctx, db.Reader(), org); err != nil || len(faults) == 0 {
			t.Errorf("texts that are gone with their salts: %v, %v", faults, err)
		}
	})
}

// TestALineBesideStandsInTheInstallationsHistory: with the transaction, and of a row with the row.
func TestALineBesideStandsInTheInstallationsHistory(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		ctx := context.Background()
		org := found(t, db, "acme")
		at := func() int64 {
			p, err := db.Position(ctx, roster.Installation)
			if err != nil {
				t.Fatal(err)
			}
			return p.Seq
		}
		before, failed := at(), errors.New("no")
		row := func(tx *Tx, name string, fails error) error {
			return tx.Row(ctx, func(ctx context.Context) error {
				if err := rename(ctx, tx, name); err != nil {
					return err
				}
				if err := tx.Beside(ctx, roster.Event{Action: "organisation.edit", Target: roster.RefOrganisation(org, name)}); err != nil || fails != nil {
					return errors.Join(err, fails)
				}
				_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit", Target: roster.RefOrganisation(org, name)})
				return err
			})
		}
		err := db.Write(ctx, org, func(_ context.Context, tx *Tx) error {
			one, other, two := row(tx, "One", nil), row(tx, "None", failed), row(tx, "Two", nil)
			if !errors.Is(other, failed) {
				t.Errorf("the row that fails: %v", other)
			}
			return errors.Join(one, two)
		})
		if err != nil || at() != before+2 {
			t.Errorf("the installation's history went from %d to %d: %v", before, at(), err)
		}
		for _, of := range []roster.OrgID{org, roster.Installation} {
			if _, faults, err := verified(ctx, db.Reader(), of); err != nil || len(faults) > 0 {
				t.Errorf("%s: %v, %v", of, faults, err)
			}
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, url string) {
		exec(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
		other, err := Open(context.Background(), Options{URL: url})
		if err == nil {
			other.Close()
		}
		if !roster.Is(err, "schema_newer") || !strings.Contains(err.Error(), "9999") {
			t.Errorf("got %v", err)
		}
	})
}

func TestProcessesThatStartAtOnceAgree(t *testing.T) {
	start := func(t *testing.T, url string) {
		done := make(chan error, 6)
		for range cap(done) {
			go func() {
				db, err := Open(context.Background(), Options{URL: url})
				if err == nil {
					err = db.Close()
				}
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { start(t, filepath.Join(t.TempDir(), "r.db")) })
	if cluster.Wanted() {
		t.Run("postgres", func(t *testing.T) { start(t, cluster.Database(t)) })
	}
}

func TestOrganisationsTakeTurnsAndDoNotWaitForOthers(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db *DB, _ string) {
		org := found(t, db, "acme")
		const writers, each = 40, 3 // more than there are connections
		ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
		defer stop()
		done := make(chan error, writers)
		for range writers {
			go func() {
				var err error
				for range each {
					_, asked := One(ctx, db.Reader(), Scan[string], `SELECT name FROM organisation WHERE id = $1`, org)
					err = errors.Join(err, asked, db.Write(ctx, org, func(ctx context.Context, tx *Tx) error {
						if err := rename(ctx, tx, "n"+time.Now().String()); err != nil {
							return err
						}
						_, err := tx.Record(ctx, roster.Event{Action: "organisation.edit", Target: roster.RefOrganisation(org, "x")})
						return err
					}))
				}
				done <- err
			}()
		}
		for range writers {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if lines, faults, err := verified(context.Background(), db.Reader(), org); lines != writers*each+1 || len(faults) > 0 || err != nil {
			t.Errorf("%d lines, %v, %v", lines, faults, err)
		}
	})
}

// verified walks a history and gives how many lines it has, and what is wrong.
func verified(ctx context.Context, r Reader, org roster.OrgID) (int64, []chain.Fault, error) {
	w := chain.NewWalk(org)
	err := Verify(ctx, r, org, w)
	return w.Lines, w.Faults, err
}
