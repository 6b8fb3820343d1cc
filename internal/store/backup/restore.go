package backup

import (
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"roster/internal/roster"
	"roster/internal/store"
)

// Restored is what a restore brought.
type Restored struct {
	Head
	Rows int64
}

// Restore fills an empty database with a backup, in one transaction: when it fails, nothing is there but the empty tables,
// and it can be tried again. The database has the backup's schema afterwards, which opening it brings up to date. Kinds:
// Invalid (backup_unreadable, backup_newer), Conflict (database_not_empty, and database_newer where its tables are of a
// later schema than the backup's, whether or not they hold anything).
func Restore(ctx context.Context, o store.Options, in io.ReadSeeker) (Restored, error) {
	zipped, err := whole(in)
	if err != nil {
		return Restored{}, unreadable(err)
	}
	from := json.NewDecoder(zipped)
	var done Restored
	if err := from.Decode(&done.Head); err != nil || done.Type != "backup" {
		return done, unreadable(err)
	}
	if done.Format > format {
		return done, newer()
	}
	o.To = done.Schema
	db, err := store.Open(ctx, o)
	if roster.Is(err, "schema_newer") {
		return done, behind()
	}
	if err != nil {
		return done, err
	}
	if _, is := db.Migrated(); is < done.Schema {
		err = newer()
	} else {
		err = store.Bulk(ctx, db, func(tx *sql.Tx) error {
			l := loading{tx: tx, from: from, engine: db.Kind()}
			if err := l.all(ctx); err != nil {
				return err
			}
			done.Rows = l.rows
			return nil
		})
	}
	return done, errors.Join(err, db.Close())
}

// whole reads a file to its end, where its checksum stands, and gives what is in it from the beginning.
func whole(in io.ReadSeeker) (io.Reader, error) {
	zipped, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, zipped); err != nil {
		return nil, err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return zipped, zipped.Reset(in)
}

func newer() error {
	return roster.Errorf(roster.Invalid, "backup_newer", "The backup was made by a newer Roster, whose files this one does not know. Restore it with that one.")
}

func notEmpty() error {
	return roster.Errorf(roster.Conflict, "database_not_empty", "The database holds an installation already, or a server runs on it. Restore into a new one: name it with --database.")
}

func behind() error {
	return roster.Errorf(roster.Conflict, "database_newer", "The database's tables are newer than the backup's. Restore into a database that is new: name it with --database.")
}

func unreadable(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return roster.Errorf(roster.Invalid, "backup_unreadable", "The file is no backup of Roster's, or it is cut off. Nothing was restored.")
	}
	return roster.Errorf(roster.Invalid, "backup_unreadable", "The file is no backup of Roster's, or it is damaged (%s). Nothing was restored.", err.Error())
}

// loading is a restore under way.
type loading struct {
	tx     *sql.Tx
	from   *json.Decoder
	engine string
	read   int64 // rows of the file
	rows   int64 // those of them that were taken
}

// all reads line by line. What ties rows to each other is looked at when all are there.
func (l *loading) all(ctx context.Context) error {
	if err := l.empty(ctx); err != nil {
		return err
	}
	ties, err := l.untie(ctx)
	if err != nil {
		return err
	}
	var t *filling
	for {
		var line json.RawMessage
		if err := l.from.Decode(&line); err != nil {
			return unreadable(err)
		}
		if line[0] == '[' && t != nil {
			l.read++
			if t.over {
				continue
			}
			if err := t.take(ctx, line); err != nil {
				return err
			}
			l.rows++
			continue
		}
		if err := t.flush(ctx); err != nil {
			return err
		}
		var next struct {
			table
			Rows int64 `json:"rows"`
		}
		if err := json.Unmarshal(line, &next); err != nil {
			return unreadable(err)
		}
		switch {
		case next.Type == "end" && next.Rows == l.read:
			return l.run(ctx, ties)
		case next.Type != "table":
			return unreadable(nil)
		}
		if t, err = l.begin(ctx, next.table); err != nil {
			return err
		}
	}
}

// empty refuses a database that holds something beside what its migrations put there.
func (l *loading) empty(ctx context.Context) error {
	for _, name := range []string{"organisation", "person", "event", "client", "replica"} {
		var n int64
		if err := l.tx.QueryRowContext(ctx, `SELECT count(*) FROM `+quoted(name)).Scan(&n); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		if n > 0 {
			return notEmpty()
		}
	}
	return nil
}

// untie lets rows come in any order: what they point at may follow. It gives the statements that tie them again.
func (l *loading) untie(ctx context.Context) ([]string, error) {
	if l.engine == "sqlite" {
		_, err := l.tx.ExecContext(ctx, `PRAGMA defer_foreign_keys = ON`)
		return nil, err
	}
	rows, err := l.tx.QueryContext(ctx, `SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace ORDER BY t.relname, c.conname`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var loose, ties []string
	for rows.Next() {
		var of, name, is string
		if err := rows.Scan(&of, &name, &is); err != nil {
			return nil, err
		}
		loose = append(loose, `ALTER TABLE `+quoted(of)+` DROP CONSTRAINT `+quoted(name))
		ties = append(ties, `ALTER TABLE `+quoted(of)+` ADD CONSTRAINT `+quoted(name)+` `+is)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	return ties, l.run(ctx, loose)
}

func (l *loading) run(ctx context.Context, statements []string) error {
	for _, s := range statements {
		if _, err := l.tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("backup: %s: %w", s, err)
		}
	}
	return nil
}

// begin makes a table ready for its rows: what the migrations put there comes with the backup. What a backup has no more is
// passed over in earlier ones.
func (l *loading) begin(ctx context.Context, t table) (*filling, error) {
	if len(t.Columns) == 0 {
		return nil, unreadable(nil)
	}
	if left(t.Name) {
		return &filling{over: true}, nil
	}
	if _, err := l.tx.ExecContext(ctx, `DELETE FROM `+quoted(t.Name)); err != nil {
		return nil, fmt.Errorf("backup: table %s: %w", t.Name, err)
	}
	return &filling{table: t, tx: l.tx, named: l.engine != "sqlite"}, nil
}

// most is how many rows one statement takes.
const most = 100

// filling is a table whose rows come.
type filling struct {
	table
	over  bool // its rows are passed over
	tx    *sql.Tx
	named bool      // parameters have names: SQLite would look for each one's among all of them, in n² steps
	full  *sql.Stmt // for as many rows as one takes
	args  []any
}

// take takes a row.
func (f *filling) take(ctx context.Context, line json.RawMessage) error {
	var row []json.RawMessage
	if err := json.Unmarshal(line, &row); err != nil || len(row) != len(f.Columns) {
		return unreadable(err)
	}
	for i, c := range f.Columns {
		v, err := c.read(row[i])
		if err != nil {
			return unreadable(fmt.Errorf("table %s, column %s: %w", f.Name, c.Name, err))
		}
		f.args = append(f.args, v)
	}
	if len(f.args) < most*len(f.Columns) {
		return nil
	}
	return f.flush(ctx)
}

// flush inserts the rows that were taken. Of no table there are none.
func (f *filling) flush(ctx context.Context) (err error) {
	if f == nil || len(f.args) == 0 {
		return nil
	}
	n := len(f.args) / len(f.Columns)
	s := f.full
	if n < most || s == nil {
		if s, err = f.tx.PrepareContext(ctx, f.insert(n)); err != nil {
			return fmt.Errorf("backup: table %s: %w", f.Name, err)
		}
		if n == most {
			f.full = s
		}
	}
	if _, err = s.ExecContext(ctx, f.args...); err != nil {
		return fmt.Errorf("backup: table %s: %w", f.Name, err)
	}
	f.args = f.args[:0]
	if s != f.full {
		return s.Close()
	}
	return nil
}

// insert is the statement for n rows.
func (f *filling) insert(n int) string {
	var q strings.Builder
	q.WriteString(`INSERT INTO ` + quoted(f.Name) + ` (` + f.names() + `) VALUES `)
	at := 0
	for i := range n {
		if i > 0 {
			q.WriteString(", ")
		}
		q.WriteByte('(')
		for j := range f.Columns {
			if j > 0 {
				q.WriteString(", ")
			}
			if at++; f.named {
				fmt.Fprintf(&q, "$%d", at)
			} else {
				q.WriteByte('?')
			}
		}
		q.WriteByte(')')
	}
	return q.String()
}

// read reads a value of a line for its column.
func (c column) read(raw json.RawMessage) (any, error) {
	if string(raw) == "null" && c.Kind == "bytes" {
		return []byte{}, nil // none of these columns takes NULL: an earlier backup says it of no bytes
	}
	if string(raw) == "null" {
		return nil, nil
	}
	var err error
	switch c.Kind {
	case "number":
		var n int64
		err = json.Unmarshal(raw, &n)
		return n, err
	case "flag":
		var b bool
		err = json.Unmarshal(raw, &b)
		return b, err
	case "bytes":
		b := []byte{}
		err = json.Unmarshal(raw, &b)
		return b, err
	}
	if raw[0] == '{' {
		var o odd
		if err = json.Unmarshal(raw, &o); err != nil {
			return nil, err
		}
		text, err := base64.StdEncoding.DecodeString(o.Base64)
		return string(text), err
	}
	var s string
	err = json.Unmarshal(raw, &s)
	return s, err
}
