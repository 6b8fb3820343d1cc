// Package store opens the database, reads from it, and writes to it in the one way there is:
// within the lock of an organisation, with a change named for every statement, sealed by a line
// of the history. It holds no rule about members, permissions or plans; packages below it hold
// the statements of one family of tables each.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"roster/internal/bell"
	"roster/internal/clock"
	"roster/internal/commit"
	"roster/internal/gather"
	"roster/internal/known"
	"roster/internal/prepared"
	"roster/internal/roster"
	"roster/internal/turn"
)

// DB is an open database: one writer and many readers on SQLite, one pool on PostgreSQL.
type DB struct {
	dialect  dialect
	writer   *pool
	reader   *pool
	aside    *pool       // where a server shows that it is alive, whatever others wait for; nil on SQLite
	turns    *turn.Turns // at writing
	clock    func() time.Time
	there    clock.Known // the database's clock
	url      string
	to       int64         // the schema's version that it is to have; 0 for the newest
	commits  *commit.Count // where the database itself tells that something was committed; nil elsewhere
	known    *known.Points
	asked    *gather.Gather[Reader, roster.OrgID, Position]
	bell     *bell.Bell // rung by every commit of a history
	opened   time.Time
	looked   atomic.Int64 // statements that read, outside writing transactions
	followed atomic.Int64 // when notices were last followed, counted from opened
	was, is  int64        // the schema's version before and after opening
}

// Options tell how to open a database.
type Options struct {
	URL   string           // "postgres://…", or the path of an SQLite file
	Clock func() time.Time // replaces the database's clock in tests; nil otherwise
	To    int64            // the schema's version to bring it to, where a backup has an older one; 0 for the newest
}

// Open opens the database and brings its schema up to date, locked against other processes that
// start at the same moment. Kind: Unavailable when the schema is newer than this binary.
func Open(ctx context.Context, o Options) (*DB, error) {
	db, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func open(ctx context.Context, o Options) (*DB, error) {
	d := dialectOf(o.URL)
	writer, reader, aside, err := d.open(ctx, o.URL)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	db := &DB{dialect: d, url: o.URL, clock: o.Clock, to: o.To, writer: &pool{DB: writer, prepare: d.prepares()}, known: known.New(), asked: gather.New(positionsOf), opened: time.Now()}
	db.bell, db.turns = bell.New(db.watch), turns(writer.Stats().MaxOpenConnections)
	db.reader = db.writer
	if reader != writer {
		db.reader = &pool{DB: reader, prepare: d.prepares()}
	}
	if aside != nil {
		db.aside = &pool{DB: aside, prepare: d.prepares()}
	}
	if d.counts() {
		db.commits = commit.NewCount(db.reader.DB)
	}
	if _, err := db.read(ctx, reader); err != nil {
		return nil, errors.Join(fmt.Errorf("store: clock: %w", err), db.Close())
	}
	return db, nil
}

// Close closes every connection.
func (db *DB) Close() error {
	if db.reader == db.writer {
		return errors.Join(db.aside.Close(), db.writer.Close())
	}
	return errors.Join(db.commits.Close(), db.reader.Close(), db.writer.Close())
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	_, err := One(ctx, db.Reader(), Scan[int64], `SELECT seq FROM installation`)
	return err
}

// Migrated tells the schema's version as it was found when the database was opened, and as it is since.
func (db *DB) Migrated() (was, is int64) { return db.was, db.is }

// Looked tells how many statements have read since the database was opened, those of writing transactions
// left out: a page that asks for each of its rows shows in it.
func (db *DB) Looked() int64 { return db.looked.Load() }

// Kind names the engine: "sqlite" or "postgres".
func (db *DB) Kind() string { return db.dialect.name() }

// Bulk runs fn in a transaction that no rule of the house sees, for package backup: on a database that holds nothing.
func Bulk(ctx context.Context, db *DB, fn func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// pool is a set of connections; on SQLite it keeps prepared statements, which pgx does by itself.
type pool struct {
	*sql.DB
	prepare bool
	stmts   prepared.Statements
}

func (p *pool) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if !p.prepare {
		return p.QueryContext(ctx, query, args...)
	}
	s, err := p.stmts.Take(ctx, p.DB, query)
	if err != nil {
		return nil, err
	}
	defer s.Leave()
	return s.QueryContext(ctx, args...)
}

// Reader reads. Only this package makes one, so that reading without the gate is seen.
type Reader interface {
	// Now gives the moment by which expiry is decided: the database's clock.
	Now(ctx context.Context) (time.Time, error)
	rows(ctx context.Context, query string, args []any) (*sql.Rows, error)
	// position gives the newest position of an organisation that the reader sees, or a newer one.
	position(ctx context.Context, org roster.OrgID) (Position, error)
	dialect() dialect
}

// Reader gives a reader outside any transaction: each statement sees what was committed when it began,
// and the clock is read once. It is for one act of one request.
func (db *DB) Reader() Reader { return &plain{db: db} }

type plain struct {
	db *DB
	at time.Time // the clock, once it was read
}

func (r *plain) dialect() dialect { return r.db.dialect }

func (r *plain) Now(ctx context.Context) (time.Time, error) { return r.now(ctx, r.db.reader.DB) }

// now asks for the clock, on whatever the reader reads from.
func (r *plain) now(ctx context.Context, on querier) (time.Time, error) {
	var err error
	if r.db.clock != nil || r.at.IsZero() {
		r.at, err = r.db.read(ctx, on)
	}
	return r.at, err
}

func (r *plain) position(ctx context.Context, org roster.OrgID) (Position, error) {
	return r.db.Position(ctx, org)
}

func (r *plain) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	r.db.looked.Add(1)
	return r.db.reader.rows(ctx, query, args)
}

// Row is one row of an answer.
type Row interface{ Scan(dest ...any) error }

// ErrNone makes the error that says that there is no such thing. Kind: NotFound.
func ErrNone(what string) *roster.Error {
	return roster.Errorf(roster.NotFound, "not_found", "There is no such %s.", roster.Plain(what))
}

// ErrStale says that something is not any more what was looked at. Kind: Conflict, code changed_meanwhile.
func ErrStale() *roster.Error {
	return roster.Errorf(roster.Conflict, "changed_meanwhile", "Someone changed this meanwhile. Look at it again, then make your change.")
}

// One reads one row. ok is false when there is none.
func One[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query string, args ...any) (Found[T], error) {
	var none Found[T]
	rows, err := r.rows(ctx, query, args)
	if err != nil {
		return none, fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return none, rows.Err()
	}
	v, err := scan(rows)
	if err != nil {
		return none, fmt.Errorf("store: scan: %w", err)
	}
	return Found[T]{Value: v, OK: true}, rows.Err()
}

// Found is a value that may be missing.
type Found[T any] struct {
	Value T
	OK    bool
}

// Or gives the value, or a NotFound error that names what was looked for.
func (f Found[T]) Or(what string) (T, error) {
	if !f.OK {
		return f.Value, ErrNone(what)
	}
	return f.Value, nil
}

// All reads every row.
func All[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := Each(ctx, r, func(row Row) error {
		v, err := scan(row)
		all = append(all, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each hands every row to a function, until it fails.
func Each(ctx context.Context, r Reader, take func(Row) error, query string, args ...any) error {
	rows, err := r.rows(ctx, query, args)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("store: scan: %w", err)
		}
	}
	return rows.Err()
}

// Scan reads a row of one column.
func Scan[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// Micros gives a moment as it is stored: microseconds since 1970, 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads a stored moment.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// When scans a stored moment into t.
func When(t *time.Time) sql.Scanner { return when{t} }

type when struct{ t *time.Time }

func (w when) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a stored moment is a number, not %T", v)
	}
	*w.t = Time(n)
	return nil
}

// Words scans words that are stored in one text, separated by spaces.
func Words(all *[]string) sql.Scanner { return words{all} }

type words struct{ all *[]string }

func (w words) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("stored words are a text, not %T", v)
	}
	*w.all = strings.Fields(s)
	return nil
}

// Span scans a stored duration in microseconds into d.
func Span(d *time.Duration) sql.Scanner { return span{d} }

type span struct{ d *time.Duration }

func (s span) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a stored duration is a number, not %T", v)
	}
	*s.d = time.Duration(n) * time.Microsecond
	return nil
}

// Null gives nil for an empty text, so that a foreign key does not apply to it.
func Null[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// Text scans a text that may be null into s.
func Text[T ~string](s *T) sql.Scanner { return text[T]{s} }

type text[T ~string] struct{ s *T }

func (t text[T]) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t.s = ""
	case string:
		*t.s = T(v)
	default:
		return fmt.Errorf("a stored text is not %T", v)
	}
	return nil
}
