package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"roster/internal/roster"
)

// Snapshot runs fn with a reader for which everything stands as it was at one moment, whatever is committed
// meanwhile. It writes nothing, and waits for nobody's lock.
func (db *DB) Snapshot(ctx context.Context, fn func(context.Context, Reader) error) error {
	return db.again(ctx, func() error {
		tx, err := db.reader.BeginTx(ctx, db.dialect.snapshot())
		if err != nil {
			return fmt.Errorf("store: snapshot: %w", err)
		}
		defer func() { _ = tx.Rollback() }() // there is nothing to commit
		return fn(ctx, &frozen{plain: plain{db: db}, tx: tx})
	})
}

// frozen reads as of one moment.
type frozen struct {
	plain
	tx *sql.Tx
}

// Now gives the database's clock, read once.
func (f *frozen) Now(ctx context.Context) (time.Time, error) { return f.now(ctx, f.tx) }

func (f *frozen) position(ctx context.Context, org roster.OrgID) (Position, error) {
	return positionOf(ctx, f, org)
}

func (f *frozen) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	f.db.looked.Add(1)
	if !f.db.reader.prepare {
		return f.tx.QueryContext(ctx, query, args...)
	}
	s, err := f.db.reader.stmts.Take(ctx, f.db.reader.DB, query)
	if err != nil {
		return nil, err
	}
	defer s.Leave()
	return f.tx.StmtContext(ctx, s.Stmt).QueryContext(ctx, args...)
}
