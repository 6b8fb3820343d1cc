package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"roster/internal/roster"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what is missing. On PostgreSQL a lock row keeps other processes waiting; on SQLite
// each migration and its version are one exclusive transaction, so a process that lost the race
// fails, finds the version raised and goes on. A schema newer than the binary is refused: an old binary on a
// new schema could write what the new one does not expect.
func migrate(ctx context.Context, db *DB) error {
	if db.upToDate(ctx) {
		return nil
	}
	p, err := provider(db, true)
	if err != nil {
		return err
	}
	have, want, err := db.versions(ctx, p)
	if err != nil {
		return err
	}
	if have > want {
		return roster.Errorf(roster.Unavailable, "schema_newer",
			"The database has schema %d, this binary knows schemas up to %d. Start the newer Roster, or restore a backup made before the upgrade.", have, want)
	}
	db.was, db.is = have, want
	for have < want {
		_, failed := p.UpTo(ctx, want)
		before := have
		if have, want, err = db.versions(ctx, p); err != nil {
			return err
		}
		if failed != nil && have == before {
			return fmt.Errorf("store: migrate: %w", failed)
		}
	}
	return nil
}

// upToDate tells whether there is nothing to do, without the lock: whoever finds it taken, or left behind
// by a process that crashed, waits for seconds. A look that fails, as two at an empty database may,
// leaves it to the one under the lock.
func (db *DB) upToDate(ctx context.Context) bool {
	have, want, err := db.Schema(ctx)
	db.was, db.is = have, want
	return err == nil && have == want
}

// Schema tells the schema's version in the database and the newest one this binary knows.
func (db *DB) Schema(ctx context.Context) (have, want int64, err error) {
	p, err := provider(db, false)
	if err != nil {
		return 0, 0, err
	}
	return db.versions(ctx, p)
}

func provider(db *DB, locked bool) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(fill(db.dialect))}
	if locked && db.dialect.goose() == goose.DialectPostgres {
		locker, err := lock.NewPostgresTableLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithLocker(locker))
	}
	p, err := goose.NewProvider(db.dialect.goose(), db.writer.DB, dir, options...)
	if err != nil {
		return nil, fmt.Errorf("store: migrations: %w", err)
	}
	return p, nil
}

func (db *DB) versions(ctx context.Context, p *goose.Provider) (have, want int64, err error) {
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("store: schema version: %w", err)
	}
	for _, s := range p.ListSources() {
		if db.to == 0 || s.Version <= db.to {
			want = max(want, s.Version)
		}
	}
	return have, want, nil
}

// fill gives members of an earlier schema their order by identifier. The databases have no common word for a text's bytes.
func fill(d dialect) *goose.Migration {
	return goose.NewGoMigration(6, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE member SET sort_identifier = `+d.bytes(`CASE WHEN kind = 'api' THEN client_id ELSE email_folded END`))
		return err
	}}, nil)
}
