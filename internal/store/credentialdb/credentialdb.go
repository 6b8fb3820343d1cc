// Package credentialdb keeps what proves a person: passwords (as argon2id hashes) now, other kinds
// beside them later; and the tries at them. It neither hashes nor compares.
package credentialdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// kindPassword is a password's kind; a person has one, so its ID is the kind too.
const kindPassword = "password"

func scanPassword(row store.Row) (roster.Password, error) {
	var found roster.Password
	return found, row.Scan(&found.Hash, store.When(&found.ChangeBy))
}

// Password finds a person's password, whether or not it still opens anything.
func Password(ctx context.Context, r store.Reader, p roster.PersonID) (store.Found[roster.Password], error) {
	return store.One(ctx, r, scanPassword, `SELECT data, change_by FROM credential WHERE person_id = $1 AND kind = $2 AND id = $2`, p, kindPassword)
}

// Ways are a person's password, and whether a second factor is asked for beside it.
type Ways struct {
	roster.Password
	Second bool
}

// Locked finds a person's ways in and keeps others from changing them until the transaction ends. It is taken after
// the organisation's lock, never before. A factor that is added under the installation's lock is seen under it.
func Locked(ctx context.Context, tx *store.Tx, p roster.PersonID) (store.Found[Ways], error) {
	return store.One(ctx, tx, func(row store.Row) (Ways, error) {
		var w Ways
		return w, row.Scan(&w.Hash, store.When(&w.ChangeBy), &w.Second)
	}, `SELECT c.data, c.change_by, EXISTS (SELECT 1 FROM credential f WHERE f.person_id = $1 AND f.kind IN ($3, $4))
		FROM person p JOIN credential c ON c.person_id = p.id
		WHERE p.id = $1 AND c.kind = $2 AND c.id = $2`+store.ForUpdate(tx), p, kindPassword, roster.FactorTOTP, roster.FactorPasskey)
}

// SetPassword keeps a password, in place of an older one. No device is known any more: whoever knew the old one may hold it.
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
	if err != nil {
		return err
	}
	return Forget(ctx, tx, p, "")
}

// Rehash keeps a better hash of the password that a person has.
func Rehash(ctx context.Context, tx *store.Tx, p roster.PersonID, hash string) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "password", To: "(set)"}},
		`UPDATE credential SET data = $1 WHERE person_id = $2 AND kind = $3 AND id = $3`, hash, p, kindPassword)
	return err
}

// EndPassword deletes a person's password, who comes in otherwise from now on, and forgets their devices.
func EndPassword(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "password", From: "(set)"}},
		`DELETE FROM credential WHERE person_id = $1 AND kind = $2 AND id = $2`, p, kindPassword)
	if err != nil {
		return err
	}
	return Forget(ctx, tx, p, "")
}

// Erase deletes every credential of a person, at the end of their last membership, and forgets their devices.
func Erase(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "credentials", From: "(set)"}},
		`DELETE FROM credential WHERE person_id = $1`, p)
	if err != nil {
		return err
	}
	return Forget(ctx, tx, p, "")
}

// AttemptsAt gives what some keys have behind them, in their order, and locks them until the transaction ends.
func AttemptsAt(ctx context.Context, tx store.Noter, keys ...string) ([]roster.Tries, error) {
	// Only rows that are there can be locked: new ones are made, and known ones kept as they are.
	rows, args := untried(keys)
	query := `INSERT INTO attempt (key, failures, last_at, until_at) VALUES ` + rows + `
		ON CONFLICT (key) DO UPDATE SET failures = attempt.failures RETURNING key, failures, last_at, until_at`
	all := make([]roster.Tries, len(keys))
	return all, tx.NoteEach(ctx, store.BookAttempt, func(row store.Row) error {
		var key string
		var a roster.Tries
		err := row.Scan(&key, &a.Failures, store.When(&a.LastAt), store.When(&a.Until))
		all[slices.Index(keys, key)] = a
		return err
	}, query, args...)
}

// CountFew counts a try against some keys if each of them has nothing behind it, or a few tries of which none is older
// than a moment, and none waits. It gives how many each has behind it then, in their order; 0 for a key that was not
// counted: all of them, unless others were counted at the same moment.
func CountFew(ctx context.Context, w store.Single, few int, since, now time.Time, keys ...string) ([]int, error) {
	rows, in, args := "", "", []any{store.Micros(now), few, store.Micros(since)}
	for i, key := range keys {
		if args = append(args, key); i > 0 {
			rows, in = rows+" UNION ALL ", in+", "
		}
		rows += fmt.Sprintf("SELECT CAST($%d AS TEXT) AS key", len(args))
		in += fmt.Sprintf("$%d", len(args))
	}
	const fits = `a.until_at <= $1 AND (a.failures = 0 OR a.failures < $2 AND a.last_at > $3)`
	query := `INSERT INTO attempt AS a (key, failures, last_at, until_at)
		SELECT k.key, 1, CAST($1 AS BIGINT), CAST($1 AS BIGINT) FROM (` + rows + `) k
			WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.key IN (` + in + `) AND NOT (` + fits + `))` + store.Unsynced(w) + `
		ON CONFLICT (key) DO UPDATE SET failures = a.failures + 1, until_at = excluded.until_at,
			last_at = CASE WHEN a.failures = 0 THEN excluded.last_at ELSE a.last_at END
		WHERE ` + fits + ` RETURNING key, failures`
	all := make([]int, len(keys))
	return all, w.NoteEach(ctx, store.BookAttempt, func(row store.Row) error {
		var key string
		var n int
		err := row.Scan(&key, &n)
		all[slices.Index(keys, key)] = n
		return err
	}, query, args...)
}

// GiveBack takes one try from what some keys have behind them.
func GiveBack(ctx context.Context, tx store.Noter, keys ...string) error {
	// As AttemptsAt does, and not by UPDATE, so that everybody locks keys in their order.
	rows, args := untried(keys)
	query := `INSERT INTO attempt (key, failures, last_at, until_at) VALUES ` + rows + `
		ON CONFLICT (key) DO UPDATE SET failures = attempt.failures - 1 WHERE attempt.failures > 0`
	return tx.NoteSoon(ctx, store.BookAttempt, query, args...)
}

// untried gives the rows of keys with nothing behind them.
func untried(keys []string) (rows string, args []any) {
	for i, key := range keys {
		if args = append(args, key); i > 0 {
			rows += ", "
		}
		rows += fmt.Sprintf("($%d, 0, 0, 0)", i+1)
	}
	return rows, args
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

// Sweep forgets keys that were quiet since a moment.
func Sweep(ctx context.Context, tx store.Noter, quietSince time.Time) error {
	_, err := tx.Note(ctx, store.BookAttempt, `DELETE FROM attempt WHERE last_at < $1`, store.Micros(quietSince))
	return err
}
