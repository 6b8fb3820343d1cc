package store

import (
	"context"
	"errors"
	"fmt"
)

// Row runs one row of a batch inside the transaction: what fn changes stands together with the line that it
// records, or, where fn fails, not at all; the rows before it stay either way. From a row on, seats and position
// are as it left them.
func (tx *Tx) Row(ctx context.Context, fn func(context.Context) error) error {
	if len(tx.changes) > 0 || tx.sealed || len(tx.ledgers) != 1 {
		return errors.New("store: a row within a change")
	}
	was := *tx.ledgers[0]
	if _, err := tx.tx.ExecContext(ctx, "SAVEPOINT one_row"); err != nil {
		return fmt.Errorf("store: row: %w", err)
	}
	failed := fn(ctx)
	if failed == nil && tx.written && !tx.sealed {
		failed = errors.New("store: a change without a line in the history")
	}
	if failed != nil {
		if _, err := tx.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one_row"); err != nil {
			return errors.Join(ErrBroken, failed, err)
		}
		*tx.ledgers[0] = was
	}
	if _, err := tx.tx.ExecContext(ctx, "RELEASE SAVEPOINT one_row"); err != nil {
		return errors.Join(ErrBroken, failed, fmt.Errorf("store: row: %w", err))
	}
	if failed == nil && tx.sealed {
		l := tx.ledgers[0]
		l.org.People, l.org.APIUsers = l.org.People+tx.people, l.org.APIUsers+tx.apis
		tx.was.Seq = l.org.Seq
		tx.lined = true
	}
	tx.told, tx.changes, tx.written, tx.sealed = told{}, nil, false, false
	return failed
}

// ErrBroken says that the transaction itself cannot go on.
var ErrBroken = errors.New("store: the batch broke off")

// Lined tells whether the transaction has lines in the history already.
func (tx *Tx) Lined() bool { return tx.lined || tx.sealed }
