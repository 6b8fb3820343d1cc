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
	ID        string
	Sealed    string
	MadeAt    time.Time
	MadeBy    string    // an actor's ID; empty where Roster made it
	SignsFrom time.Time // until the next one does
}

// Ref points at the key.
func (k Key) Ref() roster.Ref { return roster.Ref{Kind: "signing_key", ID: k.ID, Name: k.ID} }

const keyColumns = `id, sealed, made_at, made_by, signs_from`

func keyFields(k *Key) []any {
	return []any{&k.ID, &k.Sealed, store.When(&k.MadeAt), &k.MadeBy, store.When(&k.SignsFrom)}
}

// Keys gives the signing keys, the one that signs last first.
func Keys(ctx context.Context, r store.Reader) ([]Key, error) {
	return store.All(ctx, r, func(row store.Row) (Key, error) {
		var k Key
		return k, row.Scan(keyFields(&k)...)
	}, `SELECT `+keyColumns+` FROM signing_key ORDER BY signs_from DESC, made_at DESC, id`)
}

// Rings gives the signing keys as Keys does, with the installation's seq, in one statement; under whatever single name
// they are asked for.
func Rings(ctx context.Context, r store.Reader, names []string) (map[string]store.At[[]Key], error) {
	ring := store.At[[]Key]{Org: roster.Installation}
	keys, err := store.All(ctx, r, func(row store.Row) (Key, error) {
		var k Key
		return k, row.Scan(append(keyFields(&k), &ring.Seq)...)
	}, `SELECT `+keyColumns+`, (SELECT seq FROM installation WHERE id = 'installation') FROM signing_key ORDER BY signs_from DESC, made_at DESC, id`)
	ring.Value = keys
	found := map[string]store.At[[]Key]{}
	if len(keys) > 0 {
		found[names[0]] = ring
	}
	return found, err
}

// Lock makes others who would look for the keys in order to make one wait for this transaction.
func Lock(ctx context.Context, tx store.Noter) error {
	_, err := store.One(ctx, tx, store.Scan[string], `SELECT id FROM installation`+store.ForUpdate(tx))
	return err
}

// BeginKey keeps an installation's first signing key, which signs at once.
func BeginKey(ctx context.Context, tx store.Noter, k Key) error {
	_, err := tx.Note(ctx, store.BookKey, `INSERT INTO signing_key (id, sealed, made_at, made_by, signs_from) VALUES ($1, $2, $3, '', $3)`, k.ID, k.Sealed, store.Micros(tx.At()))
	return err
}

// AddKey keeps a signing key that follows others.
func AddKey(ctx context.Context, tx *store.Tx, k Key) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: k.Ref(), Field: "signing_key", To: k.ID}, {Of: k.Ref(), Field: "signs_from", To: k.SignsFrom.Format(time.RFC3339)}},
		`INSERT INTO signing_key (id, sealed, made_at, made_by, signs_from) VALUES ($1, $2, $3, $4, $5)`,
		k.ID, k.Sealed, store.Micros(k.MadeAt), k.MadeBy, store.Micros(k.SignsFrom))
	return err
}

// DropKey ends a signing key before its time: what it signed is worth nothing any more.
func DropKey(ctx context.Context, tx *store.Tx, k Key) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: k.Ref(), Field: "signing_key", From: k.ID}}, `DELETE FROM signing_key WHERE id = $1`, k.ID)
	return err
}

// SweepKey forgets a key whose last token has ended.
func SweepKey(ctx context.Context, tx store.Noter, k Key) error {
	_, err := tx.Note(ctx, store.BookKey, `DELETE FROM signing_key WHERE id = $1`, k.ID)
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

// UseOnce keeps that a client's assertion was used, until it would have ended anyway; false where it was used before.
func UseOnce(ctx context.Context, tx store.Noter, org roster.OrgID, id string, expires time.Time) (bool, error) {
	n, err := tx.Note(ctx, store.BookToken, `INSERT INTO revoked_token (org_id, id, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, org, id, store.Micros(expires))
	return n == 1, err
}

// Sweep forgets revoked tokens that have ended anyway.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookToken, `DELETE FROM revoked_token WHERE expires_at < $1`, store.Micros(before))
	return err
}
