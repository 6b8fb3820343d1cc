// Package passkeydb keeps passkeys, and what browsers were asked to answer by one. It neither asks nor verifies.
package passkeydb

import (
	"context"
	"time"

	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/store"
)

// Kept is a passkey as it is kept.
type Kept struct {
	ID  string
	Key passkey.Key
}

// Of gives a person's passkeys, the oldest first.
func Of(ctx context.Context, r store.Reader, p roster.PersonID) ([]Kept, error) {
	return store.All(ctx, r, func(row store.Row) (Kept, error) {
		var k Kept
		var data string
		err := row.Scan(&k.ID, &data)
		if err == nil {
			k.Key, err = passkey.Decode(data)
		}
		return k, err
	}, `SELECT id, data FROM credential WHERE person_id = $1 AND kind = $2 ORDER BY created_at, id`, p, roster.FactorPasskey)
}

// Holder finds whose key it is that an authenticator calls so.
func Holder(ctx context.Context, r store.Reader, key string) (store.Found[roster.PersonID], error) {
	return store.One(ctx, r, store.Scan[roster.PersonID], `SELECT person_id FROM credential WHERE key_id = $1 AND key_id <> ''`, key)
}

// Add keeps a new passkey.
func Add(ctx context.Context, tx *store.Tx, p roster.PersonID, f roster.Factor, k passkey.Key) error {
	data, err := k.Encode()
	if err != nil {
		return err
	}
	_, err = tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor", To: f.Name}},
		`INSERT INTO credential (person_id, kind, id, data, name, key_id, alone, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		p, f.Kind, f.ID, data, f.Name, k.ID(), f.Alone, store.Micros(tx.At()))
	return err
}

// Use notes that a passkey was used, with what it said of itself, and whether it lets its person in alone; the person is
// locked.
func Use(ctx context.Context, tx *store.Tx, p roster.PersonID, k Kept, alone bool) error {
	data, err := k.Key.Encode()
	if err != nil {
		return err
	}
	_, err = tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factor_used", To: roster.FactorPasskey}},
		`UPDATE credential SET data = $1, alone = $2, used_at = $3 WHERE person_id = $4 AND kind = $5 AND id = $6`,
		data, alone, store.Micros(tx.At()), p, roster.FactorPasskey, k.ID)
	return err
}

// Challenge is what a browser was asked to answer.
type Challenge struct {
	Hash    string // of the challenge
	Purpose string // what the answer is for
	Bound   string // the hash of the session, the sign-in or the browser that it was given to
	About   string // the name by which a new key will know its person, or a hash of the address block of who is not known
}

// Ask keeps a challenge until a moment.
func Ask(ctx context.Context, tx store.Noter, c Challenge, until time.Time) error {
	_, err := tx.Note(ctx, store.BookChallenge, `INSERT INTO challenge (hash, purpose, bound, about, until_at) VALUES ($1, $2, $3, $4, $5)`,
		c.Hash, c.Purpose, c.Bound, c.About, store.Micros(until))
	return err
}

// Open tells how many challenges stand open about something.
func Open(ctx context.Context, r store.Reader, about string, now time.Time) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM challenge WHERE about = $1 AND until_at > $2`, about, store.Micros(now))
	return n.Value, err
}

// Take uses a challenge up, and gives what it is about. taken is false where there is none of that hash,
// for that purpose and bound to the same, or its time is over: of two that come at once one takes it.
func Take(ctx context.Context, tx store.Noter, c Challenge) (about string, taken bool, err error) {
	err = tx.NoteEach(ctx, store.BookChallenge, func(row store.Row) error {
		taken = true
		return row.Scan(&about)
	}, `DELETE FROM challenge WHERE hash = $1 AND purpose = $2 AND bound = $3 AND until_at > $4 RETURNING about`,
		c.Hash, c.Purpose, c.Bound, store.Micros(tx.At()))
	return about, taken, err
}

// Sweep deletes challenges whose time was over before a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookChallenge, `DELETE FROM challenge WHERE until_at < $1`, store.Micros(before))
	return err
}
