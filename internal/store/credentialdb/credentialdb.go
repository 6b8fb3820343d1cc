// Package credentialdb keeps what proves a person: passwords (as argon2id hashes) now, other kinds
// beside them later; and the tries at them. It neither hashes nor compares.
package credentialdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/query"

	"roster/internal/roster"
	"roster/internal/store"
)

// kindPassword is a password's kind; a person has one, so its ID is the kind too.
const kindPassword = "password"

// Password finds a person's password, whether or not it still opens anything.
func Password(ctx context.Context, r store.Reader, p roster.PersonID) (store.Found[roster.Password], error) {
	return store.One(ctx, r, func(row store.Row) (roster.Password, error) {
		var found roster.Password
		return found, row.Scan(&found.Hash, store.When(&found.ChangeBy))
	}, `SELECT data, change_by FROM credential WHERE person_id = $1 AND kind = $2 AND id = $2`, p, kindPassword)
}

// SetPassword keeps a password, in place of an older one.
func SetPassword(ctx context.Context, tx *store.Tx, p roster.PersonID, now roster.Password) error {
	tx.MovesWays()
	changes := []roster.Change{{Of: roster.RefPerson(p), Field: "password", To: "(set)"}}
	if now.MustChange() {
		changes = append(changes, roster.Change{Of: roster.RefPerson(p), Field: "password_change_by", To: now.ChangeBy.UTC().Format(time.RFC3339)})
	}
	_, err := tx.Change(ctx, changes,
		`INSERT INTO credential (person_id, kind, id, data, change_by, created_at) VALUES ($1, $2, $2, $3, $4, $5)
		 ON CONFLICT (person_id, kind, id) DO UPDATE SET data = excluded.data, change_by = excluded.change_by, created_at = excluded.created_at`,
		p, kindPassword, now.Hash, store.Micros(now.ChangeBy), store.Micros(tx.At()))
	return err
}

// Erase deletes every credential of a person, at the end of their last membership.
func Erase(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "credentials", From: "(set)"}},
		`DELETE FROM credential WHERE person_id = $1`, p)
	return err
}

// AttemptsAt gives what some keys have behind them, in their order, and locks them until the transaction ends.
func AttemptsAt(ctx context.Context, tx store.Noter, keys ...string) ([]roster.Tries, error) {
	// Only rows that are there can be locked.
	var q strings.Builder
	q.WriteString(`INSERT INTO attempt (key, failures, last_at, until_at) VALUES `)
	args := make([]any, len(keys))
	for i, key := range keys {
		if args[i] = key; i > 0 {
			q.WriteString(", ")
		}
		fmt.Fprintf(&q, "($%d, 0, 0, 0)", i+1)
	}
	q.WriteString(` ON CONFLICT (key) DO NOTHING`)
	if _, err := tx.Note(ctx, store.BookAttempt, q.String(), args...); err != nil {
		return nil, err
	}
	all := make([]roster.Tries, len(keys))
	marks, of := query.Marks(keys)
	return all, store.Each(ctx, tx, func(row store.Row) error {
		var key string
		var a roster.Tries
		err := row.Scan(&key, &a.Failures, store.When(&a.LastAt), store.When(&a.Until))
		all[slices.Index(keys, key)] = a
		return err
	}, `SELECT key, failures, last_at, until_at FROM attempt WHERE key IN (`+marks+`) ORDER BY key`+store.ForUpdate(tx), of...)
}

// SetAttempts keeps what some keys have behind them.
func SetAttempts(ctx context.Context, tx store.Noter, keys []string, all []roster.Tries) error {
	var q strings.Builder
	q.WriteString(`INSERT INTO attempt (key, failures, last_at, until_at) VALUES `)
	var args []any
	for i, a := range all {
		if i > 0 {
			q.WriteString(", ")
		}
		fmt.Fprintf(&q, "($%d, $%d, $%d, $%d)", len(args)+1, len(args)+2, len(args)+3, len(args)+4)
		args = append(args, keys[i], a.Failures, store.Micros(a.LastAt), store.Micros(a.Until))
	}
	q.WriteString(` ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until_at = excluded.until_at`)
	_, err := tx.Note(ctx, store.BookAttempt, q.String(), args...)
	return err
}

// Forget clears a key after a success, and another, which may be empty.
func Forget(ctx context.Context, tx store.Noter, key, other string) error {
	_, err := tx.Note(ctx, store.BookAttempt, `DELETE FROM attempt WHERE key IN ($1, $2)`, key, other)
	return err
}

// GiveBack takes one try from what a key has behind it, with the wait that followed from it.
func GiveBack(ctx context.Context, tx store.Noter, key string) error {
	_, err := tx.Note(ctx, store.BookAttempt, `UPDATE attempt SET failures = failures - 1, until_at = last_at WHERE key = $1 AND failures > 0`, key)
	return err
}

// Sweep forgets keys that were quiet since a moment.
func Sweep(ctx context.Context, tx store.Noter, quietSince time.Time) error {
	_, err := tx.Note(ctx, store.BookAttempt, `DELETE FROM attempt WHERE last_at < $1`, store.Micros(quietSince))
	return err
}
