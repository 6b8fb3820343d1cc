// Package replicadb keeps which servers run on this database.
package replicadb

import (
	"context"
	"time"

	"roster/internal/store"
)

// Replica is a running server.
type Replica struct {
	ID        string
	Place     string // host and process, for people
	StartedAt time.Time
	SeenAt    time.Time
}

// Lock makes servers that start at the same moment wait for each other, until the transaction ends.
func Lock(ctx context.Context, tx store.Noter) error {
	_, err := store.One(ctx, tx, store.Scan[int64], `SELECT seq FROM installation WHERE id = 'installation'`+store.ForUpdate(tx))
	return err
}

// Live gives the servers seen since a moment.
func Live(ctx context.Context, r store.Reader, since time.Time) ([]Replica, error) {
	return store.All(ctx, r, func(row store.Row) (Replica, error) {
		var v Replica
		return v, row.Scan(&v.ID, &v.Place, store.When(&v.StartedAt), store.When(&v.SeenAt))
	}, `SELECT id, place, started_at, seen_at FROM replica WHERE seen_at > $1 ORDER BY started_at`, store.Micros(since))
}

// Beat notes that a server is alive. beats is false when it was taken for dead and its row is gone.
func Beat(ctx context.Context, tx store.Noter, id string) (beats bool, err error) {
	n, err := tx.Note(ctx, store.BookReplica, `UPDATE replica SET seen_at = $1 WHERE id = $2`, store.Micros(tx.At()), id)
	return n == 1, err
}

// Insert keeps a server that starts, in the transaction that found no other alive.
func Insert(ctx context.Context, tx store.Noter, v Replica) error {
	_, err := tx.Note(ctx, store.BookReplica, `INSERT INTO replica (id, place, started_at, seen_at) VALUES ($1, $2, $3, $3)`, v.ID, v.Place, store.Micros(tx.At()))
	return err
}

// Delete takes away a server that stopped, with how far it had followed.
func Delete(ctx context.Context, tx store.Noter, id string) error {
	if _, err := tx.Note(ctx, store.BookApplied, `DELETE FROM applied WHERE replica_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookReplica, `DELETE FROM replica WHERE id = $1`, id)
	return err
}

// Clear takes away every server, since none is alive, and all notices left for them: the one that starts
// remembers nothing from before.
func Clear(ctx context.Context, tx store.Noter) error {
	if _, err := tx.Note(ctx, store.BookNotice, `DELETE FROM notice`); err != nil {
		return err
	}
	if _, err := tx.Note(ctx, store.BookApplied, `DELETE FROM applied`); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookReplica, `DELETE FROM replica`)
	return err
}
