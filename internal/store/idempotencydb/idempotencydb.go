// Package idempotencydb keeps the answers to requests that carried an Idempotency-Key, without secrets.
package idempotencydb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Kept is an answer under the key of one actor in one organisation.
type Kept struct {
	Org    roster.OrgID
	Actor  string
	Key    string
	MAC    string // of the request: another request under the same key is refused
	Answer roster.Answer
	MadeAt time.Time
}

// Find finds a kept answer.
func Find(ctx context.Context, r store.Reader, org roster.OrgID, actor, key string) (store.Found[Kept], error) {
	return store.One(ctx, r, func(row store.Row) (Kept, error) {
		k := Kept{Org: org, Actor: actor, Key: key}
		return k, row.Scan(&k.MAC, &k.Answer.Status, &k.Answer.Body, &k.Answer.Seq, store.When(&k.MadeAt))
	}, `SELECT mac, status, answer, seq, made_at FROM idempotency WHERE org_id = $1 AND actor_id = $2 AND key = $3`, org, actor, key)
}

// Wait keeps others that wait here out until the transaction, which holds no organisation's lock otherwise, ends: of two
// requests under one key the second finds the first one's answer.
func Wait(ctx context.Context, tx store.Noter, org roster.OrgID) error {
	_, err := store.One(ctx, tx, store.Scan[string], `SELECT id FROM organisation WHERE id = $1`+store.ForUpdate(tx), org)
	return err
}

// Keep keeps an answer in the transaction that did what it tells of.
func Keep(ctx context.Context, tx *store.Tx, k Kept) error {
	_, err := tx.Note(ctx, store.BookIdempotency, `INSERT INTO idempotency (org_id, actor_id, key, mac, status, answer, seq, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (org_id, actor_id, key) DO UPDATE SET mac = excluded.mac, status = excluded.status, answer = excluded.answer, seq = excluded.seq, made_at = excluded.made_at`,
		k.Org, k.Actor, k.Key, k.MAC, k.Answer.Status, k.Answer.Body, k.Answer.Seq, store.Micros(tx.At()))
	return err
}

// Sweep forgets answers kept before a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookIdempotency, `DELETE FROM idempotency WHERE made_at < $1`, store.Micros(before))
	return err
}
