package rostertest

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roster/internal/rostertest/postgres"
	"roster/internal/store"
)

// A house begins with an empty database of the newest schema. To migrate one takes longer than most tests, so it is done
// once for all test programs, and the others are copies.

// Database makes an empty database of the newest schema on PostgreSQL, and gives its URL.
func Database(t testing.TB) string {
	t.Helper()
	return postgres.Copy(t, "roster_empty_"+made(t), migrate)
}

// schema puts an empty database of the newest schema where an SQLite file is to be, unless there is one.
func schema(t testing.TB, database string) {
	t.Helper()
	if strings.Contains(database, "://") {
		return
	}
	if _, err := os.Stat(database); err == nil {
		return
	}
	empty := filepath.Join(os.TempDir(), "roster-empty-"+made(t)+".db")
	data, err := os.ReadFile(empty)
	if err != nil {
		whole := filepath.Join(t.TempDir(), "empty.db")
		if err := migrate(whole); err != nil {
			t.Fatal(err)
		}
		if data, err = os.ReadFile(whole); err != nil {
			t.Fatal(err)
		}
		_ = os.Rename(whole, empty) // whole or not at all; who finds none makes one
	}
	if err := os.WriteFile(database, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// made gives a mark of what an empty database is made from: the migrations, and what runs them.
func made(t testing.TB) string {
	t.Helper()
	mark, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

func sources() (string, error) {
	house, err := os.Getwd() // a test runs where its sources are
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(house, "go.sum")); err == nil {
			break
		}
		if filepath.Dir(house) == house {
			return "", errors.New("a test runs outside the house")
		}
		house = filepath.Dir(house)
	}
	sum := fnv.New64a()
	for _, part := range []string{"go.sum", "internal/store/*.go", "internal/store/migrations/*.sql"} {
		files, err := filepath.Glob(filepath.Join(house, part))
		if err != nil {
			return "", err
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(sum, "%s %d %s", filepath.Base(f), len(data), data)
		}
	}
	return fmt.Sprintf("%x", sum.Sum64()), nil
}

// migrate brings a database up to the newest schema.
func migrate(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	return db.Close()
}
