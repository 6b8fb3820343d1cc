// Package tokendb keeps the keys that sign access tokens and the tokens that were revoked before
// their time. Tokens themselves are not kept.
package tokendb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Key is a signing key, its private part sealed.
type Key struct {
	ID     string
	Sealed string
	MadeAt time.Time
}

// Keys gives the signing keys, the newest first.
func Keys(ctx context.Context, r store.Reader) ([]Key, error) {
	return store.All(ctx, r, func(row store.Row) (Key, error) {
		var k Key
		return k, row.Scan(&k.ID, &k.Sealed, store.When(&k.MadeAt))
	}, `SELECT id, sealed, made_at FROM signing_key ORDER BY made_at DESC, id`)
}

// Lock makes others who would look for the keys in order to make one wait for this transaction.
func Lock(ctx context.Context, tx store.Noter) error {
	_, err := store.One(ctx, tx, store.Scan[string], `SELECT id FROM installation`+store.ForUpdate(tx))
	return err
}

// AddKey keeps a signing key.
func AddKey(ctx context.Context, tx store.Noter, k Key) error {
	_, err := tx.Note(ctx, store.BookKey, `INSERT INTO signing_key (id, sealed, made_at) VALUES ($1, $2, $3)`, k.ID, k.Sealed, store.Micros(tx.At()))
	return err
}

// Revoke keeps that a token ended early, until it would have ended anyway.
func Revoke(ctx context.Context, tx *store.Tx, org roster.OrgID, id string, expires time.Time) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.Ref{Kind: "token", ID: id}, Field: "token", From: id}},
		`INSERT INTO revoked_token (org_id, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, org, id, store.Micros(expires))
	return err
}

// Revoked tells whether a token ended early.
func Revoked(ctx context.Context, r store.Reader, org roster.OrgID, id string) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM revoked_token WHERE org_id = $1 AND id = $2`, org, id)
	return found.OK, err
}

// Sweep forgets revoked tokens that have ended anyway.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookToken, `DELETE FROM revoked_token WHERE expires_at < $1`, store.Micros(before))
	return err
}
