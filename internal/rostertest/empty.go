package rostertest

import (
	"context"
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
// once for a test program, and the others are copies.

// Database makes an empty database of the newest schema on PostgreSQL, and gives its URL.
func Database(t testing.TB) string {
	t.Helper()
	_, mark := program(t)
	return postgres.Copy(t, "roster_empty_"+mark, migrate)
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
	path, mark := program(t)
	empty := path + "." + mark + ".db"
	data, err := os.ReadFile(empty)
	if err != nil {
		made := filepath.Join(t.TempDir(), "empty.db")
		if err := migrate(made); err != nil {
			t.Fatal(err)
		}
		if data, err = os.ReadFile(made); err != nil {
			t.Fatal(err)
		}
		_ = os.Rename(made, empty) // whole or not at all; who finds none makes one
	}
	if err := os.WriteFile(database, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// program gives the test program's path, and a mark that no other build has, and so no other schema.
func program(t testing.TB) (path, mark string) {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	built, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := fnv.New64a()
	fmt.Fprint(sum, path, built.ModTime().UnixNano())
	return path, fmt.Sprintf("%x", sum.Sum64())
}

// migrate brings a database up to the newest schema.
func migrate(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	return db.Close()
}
