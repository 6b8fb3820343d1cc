package backup_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/backup"
)

// TestABackupOfAnEarlierSchemaIsBroughtUpToDate: the tables are made as they were, filled, and then changed.
func TestABackupOfAnEarlierSchemaIsBroughtUpToDate(t *testing.T) {
	for kind, database := range fresh(t) {
		t.Run(kind, func(t *testing.T) {
			const earlier = 41
			old, err := store.Open(context.Background(), store.Options{URL: database, To: earlier})
			must(t, err)
			must(t, store.Bulk(context.Background(), old, peopled))
			file := copied(t, old)
			must(t, old.Close())
			if got := schemaOf(t, file); got != earlier {
				t.Fatalf("the schema is %d", got)
			}
			into := fresh(t)[kind]
			_, err = backup.Restore(context.Background(), store.Options{URL: into}, bytes.NewReader(file))
			must(t, err)
			now := rostertest.New(t, into) // which makes an organisation there
			have, want, err := now.DB.Schema(context.Background())
			if err != nil || have != want || have <= earlier {
				t.Errorf("the schema is %d of %d, %v", have, want, err)
			}
			found, err := store.One(context.Background(), now.DB.Reader(), store.Scan[string], `SELECT o.name || ' ' || m.email || ' ' || e.body || ' ' || CAST(m.signed_out_at AS TEXT)
				FROM organisation o JOIN member m ON m.org_id = o.id JOIN event e ON e.org_id = o.id AND e.seq = o.seq WHERE o.id = 'org_old'`)
			if err != nil || found.Value != "Old ute@example.com {} 0" {
				t.Errorf("found %q, %v", found.Value, err)
			}
		})
	}
}

// peopled puts an organisation with a member and a history into the tables of an earlier schema.
func peopled(tx *sql.Tx) error {
	for _, insert := range []string{
		`organisation (id, slug, name, plan, invitation_ttl, phone_required, seq, head, people, api_users, accepted_at, created_at)
			VALUES ('org_old', 'old', 'Old', 'unlimited', 1, FALSE, 1, '', 1, 0, 0, 0)`,
		`member (org_id, id, kind, status, before, external_id, first_name, last_name, name, sort_name, email, email_folded, phone, client_id, block_reason,
			verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
			VALUES ('org_old', 'mem_old', 'regular', 'active', '', '', 'Ute', 'Alt', 'Ute Alt', 'ute alt', 'ute@example.com', 'ute@example.com', '', '', '', 0, 0, 0, '', 0, '', 0, 1)`,
		`event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) VALUES ('org_old', 1, 0, 'organisation.create', '', '', '{}', '{}', '')`,
	} {
		if _, err := tx.Exec(`INSERT INTO ` + insert); err != nil {
			return err
		}
	}
	return nil
}

// TestTablesThatAreNewerAreNotCalledFull: an empty database that was brought up to date takes no backup of an earlier schema, and
// is told so.
func TestTablesThatAreNewerAreNotCalledFull(t *testing.T) {
	for kind, database := range fresh(t) {
		t.Run(kind, func(t *testing.T) {
			old, err := store.Open(context.Background(), store.Options{URL: database, To: 41})
			must(t, err)
			file := copied(t, old)
			must(t, old.Close())
			into := fresh(t)[kind]
			now, err := store.Open(context.Background(), store.Options{URL: into})
			must(t, err)
			must(t, now.Close())
			_, err = backup.Restore(context.Background(), store.Options{URL: into}, bytes.NewReader(file))
			if !roster.Is(err, "database_newer") {
				t.Error(err)
			}
		})
	}
}

// TestABackupFromBeforeIsRestored: earlier ones said null of no bytes, and held sessions.
func TestABackupFromBeforeIsRestored(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		lived(t, h)
		file := copied(t, h.DB)
		old, nulls := before(t, file)
		if nulls == 0 {
			t.Fatal("no bytes are nowhere")
		}
		for kind, database := range fresh(t) {
			done, err := backup.Restore(context.Background(), store.Options{URL: database}, bytes.NewReader(old))
			must(t, err)
			r := rostertest.Open(t, database)
			if got, want := lines(t, copied(t, r.DB)), lines(t, file); !slices.Equal(got, want) || int(done.Rows) != rowsOf(want) {
				t.Errorf("%s: %d rows\n%s", kind, done.Rows, apart(got, want))
			}
			if n := count(t, r, "session"); n > 0 {
				t.Errorf("%s: %d sessions", kind, n)
			}
		}
	})
}

// before gives a backup as it was made before, and how many nulls it has for no bytes.
func before(t *testing.T, file []byte) (old []byte, nulls int) {
	t.Helper()
	const session = `{"type":"table","name":"session","columns":[{"name":"id","kind":"text"},{"name":"hash","kind":"text"}]}` + "\n" + `["ses_old","open"]` + "\n"
	type line struct {
		Type    string
		Columns []struct{ Kind string }
		Rows    int
	}
	var out strings.Builder
	var at line
	for text := range strings.Lines(unzipped(t, file)) {
		var row []json.RawMessage
		if json.Unmarshal([]byte(text), &row) != nil {
			at = line{}
			must(t, json.Unmarshal([]byte(text), &at))
			if at.Type == "end" {
				text = session + fmt.Sprintf(`{"type":"end","rows":%d}`, at.Rows+1) + "\n"
			}
			out.WriteString(text)
			continue
		}
		for i, v := range row {
			if at.Columns[i].Kind == "bytes" && string(v) == `""` {
				row[i], nulls = json.RawMessage("null"), nulls+1
			}
		}
		must(t, json.NewEncoder(&out).Encode(row))
	}
	return zipped(t, out.String()), nulls
}

// rowsOf counts the rows among a backup's lines.
func rowsOf(lines []string) (n int) {
	for _, l := range lines {
		if _, row, _ := strings.Cut(l, " "); row[0] == '[' {
			n++
		}
	}
	return n
}

func count(t *testing.T, h *rostertest.House, table string) int {
	t.Helper()
	found, err := store.One(context.Background(), h.DB.Reader(), store.Scan[int], `SELECT count(*) FROM `+table)
	must(t, err)
	return found.Value
}

// TestWhatOpensDoorsIsNotInABackup: who signed in before signs in again.
func TestWhatOpensDoorsIsNotInABackup(t *testing.T) {
	h := rostertest.SQLite(t)
	lived(t, h)
	if count(t, h, "session") == 0 {
		t.Fatal("nobody is signed in")
	}
	for _, l := range lines(t, copied(t, h.DB)) {
		if table, _, _ := strings.Cut(l, " "); slices.Contains([]string{"session", "session_entry", "half_session", "person_link", "portal_link"}, table) {
			t.Error(l)
		}
	}
}

// TestNoColumnOfBytesTakesNull: so a null there is the one of an earlier backup, for no bytes.
func TestNoColumnOfBytesTakesNull(t *testing.T) {
	h := rostertest.SQLite(t)
	var all, some []string
	must(t, store.Each(context.Background(), h.DB.Reader(), func(row store.Row) error {
		var name string
		var not bool
		err := row.Scan(&name, &not)
		if all = append(all, name); !not {
			some = append(some, name)
		}
		return err
	}, `SELECT m.name || '.' || c.name, c."notnull" FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND lower(c.type) IN ('bytea', 'blob')`))
	if len(all) == 0 || len(some) > 0 {
		t.Errorf("%q of %q take NULL", some, all)
	}
}
