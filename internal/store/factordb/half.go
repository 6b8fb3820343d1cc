package factordb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Half is a sign-in between its two proofs.
type Half struct {
	Person roster.PersonID
	Given  string // a digest of the hash of the password that was right
	Until  time.Time
}

// InsertHalf keeps a sign-in whose first proof was right.
func InsertHalf(ctx context.Context, tx store.Noter, hash string, h Half) error {
	_, err := tx.Note(ctx, store.BookHalf, `INSERT INTO half_session (hash, person_id, given, until_at) VALUES ($1, $2, $3, $4)`,
		hash, h.Person, h.Given, store.Micros(h.Until))
	return err
}

// HalfByHash finds a sign-in between its two proofs, whether or not its time is over.
func HalfByHash(ctx context.Context, r store.Reader, hash string) (store.Found[Half], error) {
	return store.One(ctx, r, func(row store.Row) (Half, error) {
		var h Half
		return h, row.Scan(&h.Person, &h.Given, store.When(&h.Until))
	}, `SELECT person_id, given, until_at FROM half_session WHERE hash = $1`, hash)
}

// EndHalf uses a sign-in's first proof up. ended is false when somebody did before.
func EndHalf(ctx context.Context, tx store.Noter, hash string) (ended bool, err error) {
	n, err := tx.Note(ctx, store.BookHalf, `DELETE FROM half_session WHERE hash = $1`, hash)
	return n == 1, err
}

// SweepHalves deletes sign-ins whose time was over before a moment.
func SweepHalves(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookHalf, `DELETE FROM half_session WHERE until_at < $1`, store.Micros(before))
	return err
}
