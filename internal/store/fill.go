package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// fill is the migration that gives members of an earlier schema their order by identifier. The databases have no
// word in common for a text's bytes.
func fill(d dialect) *goose.Migration {
	return goose.NewGoMigration(6, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE member SET sort_identifier = `+d.bytes(`CASE WHEN kind = 'api' THEN client_id ELSE email_folded END`))
		return err
	}}, nil)
}
