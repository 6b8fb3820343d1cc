// Package backup copies the whole of an installation's database into a file, and a file into an empty database of either
// kind. It knows no table: what the schema has is copied, so that none can be forgotten.
package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roster/internal/store"
)

// format is the number of the format; additions do not change it.
const format = 1

// Head is a backup's first line.
type Head struct {
	Type   string    `json:"type"` // "backup"
	Format int       `json:"format"`
	Schema int64     `json:"schema"` // the version that the tables have
	Engine string    `json:"engine"` // "sqlite" or "postgres": where it was made; it fits both
	MadeAt time.Time `json:"made_at"`
}

// table is the line before a table's rows, each of which is an array of its columns.
type table struct {
	Type    string   `json:"type"` // "table"
	Name    string   `json:"name"`
	Columns []column `json:"columns"`
}

type column struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // text, number, flag or bytes
}

// end is the last line.
type end struct {
	Type string `json:"type"` // "end"
	Rows int64  `json:"rows"`
}

// odd is a text that is none in UTF-8, which SQLite keeps all the same.
type odd struct {
	Base64 string `json:"base64"`
}

// left are the tables that a backup has not. Some tell which servers run and what they were told, which none of those that
// start on a copy was. Others open doors for minutes or hours, and may have been shut since: sessions and where they were used,
// sign-ins between their two proofs, and links that stand for somebody.
func left(name string) bool {
	return strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "sqlite_") || slices.Contains([]string{
		"replica", "applied", "notice",
		"session", "session_entry", "half_session", "person_link", "portal_link",
	}, name)
}

// Write writes everything that a reader sees, compressed (RFC 1952): lines of JSON, the first of which is the head. It gives
// how many rows that were. The reader is a snapshot, so that what belongs together is from one moment.
func Write(ctx context.Context, rd store.Reader, engine string, w io.Writer) (rows int64, err error) {
	zipped := gzip.NewWriter(w)
	out := bufio.NewWriterSize(zipped, 1<<16)
	put := func(v any) error {
		line, err := json.Marshal(v)
		if err == nil {
			_, err = out.Write(append(line, '\n'))
		}
		return err
	}
	schema, err := store.One(ctx, rd, store.Scan[int64], `SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
	if err != nil {
		return 0, err
	}
	now, err := rd.Now(ctx)
	if err != nil {
		return 0, err
	}
	if err := put(Head{"backup", format, schema.Value, engine, now}); err != nil {
		return 0, err
	}
	all, err := tables(ctx, rd, engine)
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		if err := put(t); err != nil {
			return rows, err
		}
		held, values := t.room()
		err := store.Each(ctx, rd, func(row store.Row) error {
			if err := row.Scan(held...); err != nil {
				return err
			}
			rows++
			return put(values())
		}, `SELECT `+t.names()+` FROM `+quoted(t.Name))
		if err != nil {
			return rows, err
		}
	}
	if err := put(end{"end", rows}); err != nil {
		return rows, err
	}
	if err := out.Flush(); err != nil {
		return rows, err
	}
	return rows, zipped.Close()
}

// tables gives the schema's tables with their columns, by name.
func tables(ctx context.Context, rd store.Reader, engine string) ([]table, error) {
	query := `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
		WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position`
	if engine == "sqlite" {
		query = `SELECT m.name, p.name, lower(p.type) FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid`
	}
	var all []table
	err := store.Each(ctx, rd, func(row store.Row) error {
		var name, of, kind string
		if err := row.Scan(&name, &of, &kind); err != nil || left(name) {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, table{Type: "table", Name: name})
		}
		t := &all[len(all)-1]
		t.Columns = append(t.Columns, column{of, kindOf(kind)})
		return nil
	}, query)
	return all, err
}

func kindOf(declared string) string {
	switch declared {
	case "bigint", "integer":
		return "number"
	case "boolean":
		return "flag"
	case "bytea", "blob":
		return "bytes"
	}
	return "text"
}

// names gives the table's columns for a statement.
func (t table) names() string {
	all := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		all[i] = quoted(c.Name)
	}
	return strings.Join(all, ", ")
}

// quoted makes a name that may be a word of SQL's one that a statement takes.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// room gives where a row is scanned to, and what of it is written.
func (t table) room() (held []any, values func() []any) {
	row := make([]any, len(t.Columns))
	for _, c := range t.Columns {
		switch c.Kind {
		case "number":
			held = append(held, new(sql.Null[int64]))
		case "flag":
			held = append(held, new(sql.Null[bool]))
		case "bytes":
			held = append(held, new(sql.Null[[]byte]))
		default:
			held = append(held, new(sql.Null[string]))
		}
	}
	return held, func() []any {
		for i, v := range held {
			row[i] = written(v)
		}
		return row
	}
}

// written gives a value as it stands in a line.
func written(v any) any {
	switch v := v.(type) {
	case *sql.Null[int64]:
		if v.Valid {
			return v.V
		}
	case *sql.Null[bool]:
		if v.Valid {
			return v.V
		}
	case *sql.Null[string]:
		if v.Valid && !utf8.ValidString(v.V) {
			return odd{base64.StdEncoding.EncodeToString([]byte(v.V))}
		}
		if v.Valid {
			return v.V
		}
	case *sql.Null[[]byte]:
		if v.Valid {
			return base64.StdEncoding.EncodeToString(v.V) // of nil, too, which SQLite's driver gives for no bytes
		}
	}
	return nil
}
