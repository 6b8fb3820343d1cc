package store

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unowned are the tables that belong to no organisation, with whose they are.
func unowned() map[string]string {
	person := "a person's, whatever organisations they are in"
	all := map[string]string{
		"organisation": "the organisations themselves", "goose_db_version": "what was migrated", "attempt": "sign-ins from anywhere, before anybody is known",
		"challenge": "a sign-in of nobody yet", "client": "product clients reach many organisations",
	}
	for _, table := range []string{"person", "credential", "session", "half_session", "person_link", "address_change", "address_link", "device", "operator"} {
		all[table] = person
	}
	for _, table := range []string{"installation", "signing_key", "replica", "catalogue", "plan", "installation_brand", "installation_picture", "feed_head"} {
		all[table] = "the installation's"
	}
	return all
}

// apart are the tables of organisations whose keys begin with something else, with the reason.
func apart() map[string]string {
	return map[string]string{"applied": "a replica reads and forgets its own rows"}
}

// misplaced finds the tables of which a row of one organisation could be taken for another's: keys that do not begin with
// the organisation, and references to such a key that leave it out.
func misplaced(t *testing.T, db *DB) (complaints []string) {
	t.Helper()
	type key struct{ first, org bool }
	keys := map[string]key{}
	each := func(scan func(Row) error, statement string) {
		t.Helper()
		if err := Each(context.Background(), db.Reader(), scan, statement); err != nil {
			t.Fatal(err)
		}
	}
	each(func(row Row) error {
		var table, column string
		var place int
		err := row.Scan(&table, &column, &place)
		k := keys[table]
		if column == "org_id" {
			k.org, k.first = true, place == 1
		}
		keys[table] = k
		return err
	}, `SELECT t.name, c.name, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`)
	for table, k := range keys {
		_, none := unowned()[table]
		_, other := apart()[table]
		switch {
		case k.org == none:
			complaints = append(complaints, table+": it has org_id, or else is named as nobody's")
		case k.org && k.first == other:
			complaints = append(complaints, table+": org_id comes first in its key, or else is named as an exception")
		}
	}
	references := map[string]bool{} // whether the organisation is part of each
	each(func(row Row) error {
		var table, to, from, column string
		var id int
		err := row.Scan(&table, &id, &to, &from, &column)
		if name := fmt.Sprintf("%s: its reference %d to %s leaves org_id out", table, id, to); keys[to].first {
			references[name] = references[name] || from == "org_id" && column == "org_id"
		}
		return err
	}, `SELECT t.name, f.id, f."table", f."from", COALESCE(f."to", '') FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'`)
	for name, whole := range references {
		if !whole {
			complaints = append(complaints, name)
		}
	}
	if len(keys) < 50 || len(references) < 20 {
		t.Errorf("only %d tables and %d references were found", len(keys), len(references))
	}
	slices.Sort(complaints)
	return complaints
}

// TestEveryKeyBeginsWithTheOrganisation: so that no statement that names one finds another's row by a mere identifier.
func TestEveryKeyBeginsWithTheOrganisation(t *testing.T) {
	ctx := context.Background()
	db, err := Open(ctx, Options{URL: filepath.Join(t.TempDir(), "r.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, complaint := range misplaced(t, db) {
		t.Error(complaint)
	}

	for _, statement := range []string{
		`CREATE TABLE nobodys (id TEXT PRIMARY KEY)`,
		`CREATE TABLE last (org_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (id, org_id))`,
		`CREATE TABLE loose (org_id TEXT NOT NULL, id TEXT NOT NULL UNIQUE, PRIMARY KEY (org_id, id))`,
		`CREATE TABLE pointing (org_id TEXT NOT NULL, id TEXT NOT NULL, loose_id TEXT REFERENCES loose (id), PRIMARY KEY (org_id, id))`,
	} {
		if _, err := db.writer.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	found := misplaced(t, db)
	parts := []string{"last: org_id comes first", "nobodys: it has org_id", "pointing: its reference 0 to loose"}
	if !slices.EqualFunc(found, parts, strings.HasPrefix) {
		t.Errorf("of a schema that is wrong it says %q", found)
	}
}
