package store

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/told"
)

// Row runs one row of a batch inside the transaction: what fn changes stands together with the line that it
// records, or, where fn fails, not at all; the rows before it stay either way. From a row on, seats and position
// are as it left them. A row founds no organisation and changes no catalogue, which are the whole
// transaction's. An error that is not fn's own says that the transaction cannot go on.
func (tx *Tx) Row(ctx context.Context, fn func(context.Context) error) error {
	if len(tx.changes) > 0 || tx.sealed || len(tx.ledgers) != 1 {
		return errors.New("store: a row within a change")
	}
	was, version, beside := *tx.ledgers[0], tx.version, tx.beside
	if err := tx.flush(ctx); err != nil {
		return err
	}
	if _, err := tx.tx.ExecContext(ctx, "SAVEPOINT one_row"); err != nil {
		return fmt.Errorf("store: row: %w", err)
	}
	failed := fn(ctx)
	if failed == nil {
		failed = tx.flush(ctx)
	}
	switch {
	case failed != nil:
	case tx.written && !tx.sealed:
		failed = errors.New("store: a change without a line in the history")
	case len(tx.ledgers) != 1 || tx.version != version:
		failed = errors.New("store: an organisation or a catalogue within a row")
	}
	if tx.waiting = nil; failed != nil {
		if _, err := tx.tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT one_row"); err != nil {
			return broken(ctx, err, failed)
		}
		tx.ledgers, tx.version, tx.beside = tx.ledgers[:1], version, beside
		*tx.ledgers[0] = was
	}
	if _, err := tx.tx.ExecContext(ctx, "RELEASE SAVEPOINT one_row"); err != nil {
		return broken(ctx, err, failed)
	}
	if failed == nil && tx.sealed {
		l := tx.ledgers[0]
		people, apis := tx.Seats()
		l.org.People, l.org.APIUsers = l.org.People+people, l.org.APIUsers+apis
		tx.was.Seq = l.org.Seq
		tx.lined = true
	}
	tx.Told, tx.changes, tx.written, tx.sealed = told.Told{}, nil, false, false
	return failed
}

// broken tells that the transaction cannot go on. The row's own refusal is a word in it and not the answer.
func broken(ctx context.Context, err, failed error) error {
	return fmt.Errorf("store: row: %w (after: %v)", errors.Join(err, ctx.Err()), failed)
}

// Lined tells whether the transaction has lines in the history already.
func (tx *Tx) Lined() bool { return tx.lined || tx.sealed }
