package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"roster/internal/rostertest/postgres"
)

func TestEachDatabaseIsEmptyAndGoneAfterwards(t *testing.T) {
	if !postgres.Wanted() {
		return // nothing but SQLite was asked for
	}
	ctx := context.Background()
	var first string
	t.Run("made", func(t *testing.T) {
		first = postgres.Database(t)
		for _, name := range []string{first, postgres.Database(t)} {
			c, err := pgx.Connect(ctx, name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Exec(ctx, `CREATE TABLE t (n BIGINT)`); err != nil {
				t.Errorf("a database that is not empty: %v", err)
			}
		} // the connections stay open: dropping must not wait for them
	})
	if c, err := pgx.Connect(ctx, first); err == nil {
		t.Error("the database outlived its test")
		_ = c.Close(ctx)
	}
}
