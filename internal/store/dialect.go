package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is everything in which the two databases differ.
type dialect interface {
	name() string
	goose() goose.Dialect
	open(ctx context.Context, url string) (writer, reader, aside *sql.DB, err error)
	prepares() bool           // whether statements are worth keeping prepared here
	forUpdate() string        // locks the rows that a SELECT finds
	forShare() string         // keeps the rows that a SELECT finds from being changed
	skipLocked() string       // locks them, passing over rows that are locked
	retryable(error) bool     // whether the transaction may succeed when tried again: then it sees the key that another kept first
	snapshot() *sql.TxOptions // for a transaction that reads everything as of one moment
	clock() string            // an expression for the database's clock in microseconds; 0 where it has none
	now(ctx context.Context, q querier) (time.Time, error)
	bytes(text string) string // an expression for the bytes of a text's
	weigh() string            // a statement after which it plans by how many members there are; "" where it plans by nothing of the kind
	counts() bool             // whether the database itself tells a process that another one committed something
	unsynced() string         // a condition that is true, and by which the transaction's end does not wait for the disk
	together() bool           // whether statements are worth sending as one
	announce() string         // a statement that wakes who listens, once the transaction is committed
	listen(ctx context.Context, url string, heard func()) error
}

// noClock is the clock of a database that has none.
const noClock = "0"

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func dialectOf(url string) dialect {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres{}
	}
	return lite{}
}

// weigh has the database look anew at what it plans by where an organisation has grown tenfold. It does by itself after a
// while; until then PostgreSQL may take a thousand members for one, and walk them all for each that it joins
// (decisions/017). Nothing but speed rests on it, so it may fail.
func (db *DB) weigh(ctx context.Context, was, is int) {
	if text := db.dialect.weigh(); text != "" && is >= 100 && len(strconv.Itoa(is)) > len(strconv.Itoa(was)) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockPatience) // a vacuum of a table holds it
		defer cancel()
		_, _ = db.writer.ExecContext(ctx, text)
	}
}

type lite struct{}

func (lite) name() string         { return "sqlite" }
func (lite) goose() goose.Dialect { return goose.DialectSQLite3 }
func (lite) prepares() bool       { return true }
func (lite) forUpdate() string    { return "" }
func (lite) forShare() string     { return "" } // there is one writer
func (lite) skipLocked() string   { return "" }
func (lite) clock() string        { return noClock }

func (lite) bytes(text string) string { return "CAST(" + text + " AS BLOB)" }
func (lite) weigh() string            { return "" }

// A transaction that reads sees what was committed at its first statement.
func (lite) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

// readers bounds SQLite's read connections: each holds a page cache of its own.
const readers = 8

// lockPatience is how long SQLite waits for another process's lock.
const lockPatience = 10 * time.Second

func (l lite) open(ctx context.Context, path string) (writer, reader, aside *sql.DB, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // a new one is readable by its owner alone
	if err != nil {
		return nil, nil, nil, fmt.Errorf("the database file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, nil, nil, fmt.Errorf("the database file: %w", err)
	}
	common := "&_pragma=busy_timeout(" + strconv.FormatInt(lockPatience.Milliseconds(), 10) + ")&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	name := "file:" + (&url.URL{Path: path}).EscapedPath()
	if writer, err = sql.Open("sqlite", name+"?_txlock=immediate"+common); err != nil {
		return nil, nil, nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := l.first(ctx, writer); err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("the database file %s: %w", path, err), writer.Close())
	}
	if reader, err = sql.Open("sqlite", name+"?_pragma=query_only(1)"+common); err != nil {
		return nil, nil, nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(readers + 1) // and the one that counts commits
	reader.SetMaxIdleConns(readers + 1)
	return writer, reader, nil, nil
}

// first makes the first connection. Of several processes that open a new file at once, one makes it WAL, and the
// others may find it locked whatever their patience with locks: they try again as long as that.
func (l lite) first(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil || !l.retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (lite) retryable(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// now is the machine's clock: a file has no other.
func (lite) now(context.Context, querier) (time.Time, error) {
	return time.Now().UTC().Truncate(time.Microsecond), nil
}

func (lite) counts() bool     { return true }
func (lite) announce() string { return "" }
func (lite) unsynced() string { return "" }
func (lite) together() bool   { return false }

func (lite) listen(context.Context, string, func()) error {
	return errors.New("nothing is announced in a file")
}

type postgres struct{}

func (postgres) name() string         { return "postgres" }
func (postgres) goose() goose.Dialect { return goose.DialectPostgres }
func (postgres) prepares() bool       { return false }

// NO KEY: a foreign key's check on the organisation does not wait for the lock.
func (postgres) forUpdate() string  { return " FOR NO KEY UPDATE" }
func (postgres) forShare() string   { return " FOR SHARE" }
func (postgres) skipLocked() string { return " FOR UPDATE SKIP LOCKED" }

func (postgres) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgres) clock() string {
	return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
}

// asides is how many connections a server has to show that it is alive and to follow others, beside those of its pool.
const asides = 2

func (postgres) open(ctx context.Context, url string) (writer, reader, aside *sql.DB, err error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, nil, nil, errors.New("the database URL cannot be read") // pgx's text may show the password
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = 16
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	p, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := p.Ping(ctx); err != nil {
		p.Close()
		return nil, nil, nil, fmt.Errorf("PostgreSQL at %s: %w", cfg.ConnConfig.Host, err)
	}
	db := stdlib.OpenDBFromPool(p)
	// Connections stay ready here: taking one from the pool for each act costs as much as a statement. Who
	// finds none free waits here too, where the next one comes back, and not at the pool, where none would.
	db.SetMaxOpenConns(int(cfg.MaxConns))
	db.SetMaxIdleConns(int(cfg.MaxConns))
	db.SetConnMaxIdleTime(5 * time.Minute)
	aside = stdlib.OpenDB(*cfg.ConnConfig)
	aside.SetMaxOpenConns(asides)
	aside.SetMaxIdleConns(asides)
	return db, db, aside, nil
}

func (postgres) retryable(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code == "40001" || e.Code == "40P01" || e.Code == "23505" || strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")
	}
	var lost *pgconn.ConnectError
	return errors.As(err, &lost) || pgconn.SafeToRetry(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgx.ErrTxClosed)
}

func (postgres) now(ctx context.Context, q querier) (time.Time, error) {
	var t time.Time
	err := q.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&t)
	return t.UTC().Truncate(time.Microsecond), err
}

func (postgres) bytes(text string) string { return "convert_to(" + text + ", 'UTF8')" }
func (postgres) weigh() string {
	return `ANALYZE member, member_word, member_place, member_grant, invitation, import_row, job`
}

func (postgres) counts() bool { return false }
func (postgres) unsynced() string {
	return ` AND set_config('synchronous_commit', 'off', true) = 'off'`
}
func (postgres) together() bool   { return true }
func (postgres) announce() string { return `SELECT pg_notify('roster', '')` }

// listen hears what is announced, on a connection of its own, until that is lost or ctx ends.
func (postgres) listen(ctx context.Context, url string, heard func()) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return errors.New("the database URL cannot be read")
	}
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `LISTEN roster`); err != nil {
		return err
	}
	for {
		heard() // at the beginning too: what was announced before was not heard
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}
