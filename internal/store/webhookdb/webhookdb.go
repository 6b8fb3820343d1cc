// Package webhookdb keeps webhooks, how far each has got in which history, and the last of their deliveries. Secrets are
// here only as they were sealed; what is delivered when is not decided here.
package webhookdb

import (
	"context"
	"strings"
	"time"

	"roster/internal/endpoint"
	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `org_id, id, client_id, name, url, events, secret, last_four, old_secret, old_until, paused_at, paused_why, created_at, created_by, updated_at, updated_by, version`

func fields(e *endpoint.Endpoint) []any {
	return []any{
		&e.Org, &e.ID, &e.Client, &e.Name, &e.URL, store.Words(&e.Events), &e.Secret, &e.LastFour, &e.Old, store.When(&e.OldUntil), store.When(&e.PausedAt), &e.Why,
		store.When(&e.CreatedAt), &e.CreatedBy, store.When(&e.UpdatedAt), &e.UpdatedBy, &e.Version,
	}
}

func scan(row store.Row) (endpoint.Endpoint, error) {
	var e endpoint.Endpoint
	return e, row.Scan(fields(&e)...)
}

// List gives the webhooks of an organisation, or of product clients, the oldest first.
func List(ctx context.Context, r store.Reader, org roster.OrgID) ([]endpoint.Endpoint, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM webhook WHERE org_id = $1 ORDER BY id`, org)
}

// ByID finds a webhook.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id string) (store.Found[endpoint.Endpoint], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM webhook WHERE org_id = $1 AND id = $2`, org, id)
}

// Insert keeps a new webhook. It is told of what happens from here on: of its own making first.
func Insert(ctx context.Context, tx *store.Tx, e endpoint.Endpoint) error {
	_, err := tx.Change(ctx, changes(endpoint.Endpoint{}, e),
		`INSERT INTO webhook (org_id, id, client_id, name, url, events, secret, last_four, old_secret, old_until, paused_at, paused_why, created_at, created_by, updated_at, updated_by, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, '', $9, $10, $9, $10, 1)`,
		e.Org, e.ID, e.Client, e.Name, e.URL, strings.Join(e.Events, " "), e.Secret, e.LastFour, store.Micros(e.CreatedAt), e.CreatedBy)
	if err != nil {
		return err
	}
	if e.Org != roster.Installation {
		_, err = tx.Note(ctx, store.BookReach, `INSERT INTO webhook_reach (org_id, webhook_id, of_org, seq, turn, tries, failed_at, due_at) VALUES ($1, $2, $1, $3, 0, 0, 0, 0)`, e.Org, e.ID, tx.Seq())
		return err
	}
	_, err = tx.Note(ctx, store.BookReach, `INSERT INTO webhook_reach (org_id, webhook_id, of_org, seq, turn, tries, failed_at, due_at)
		SELECT $1, $2, o.id, o.seq, 0, 0, 0, 0 FROM organisation o`, e.Org, e.ID)
	return err
}

// Begin lets the webhooks of product clients be told of a new organisation from its first event on, in the installation's
// transaction that makes it.
func Begin(ctx context.Context, tx *store.Tx, org roster.OrgID) error {
	_, err := tx.Note(ctx, store.BookReach, `INSERT INTO webhook_reach (org_id, webhook_id, of_org, seq, turn, tries, failed_at, due_at)
		SELECT w.org_id, w.id, $1, 0, 0, 0, 0, 0 FROM webhook w WHERE w.org_id = $2`, org, roster.Installation)
	return err
}

// Update keeps a change of a webhook. Kind: Conflict (changed_meanwhile) when was is not what is kept.
func Update(ctx context.Context, tx *store.Tx, was, now endpoint.Endpoint) (endpoint.Endpoint, error) {
	diff := changes(was, now)
	if len(diff) == 0 {
		return was, nil
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	n, err := tx.Change(ctx, diff, `UPDATE webhook SET name = $1, url = $2, events = $3, secret = $4, last_four = $5, old_secret = $6, old_until = $7,
		paused_at = $8, paused_why = $9, updated_at = $10, updated_by = $11, version = $12 WHERE org_id = $13 AND id = $14 AND version = $15`,
		now.Name, now.URL, strings.Join(now.Events, " "), now.Secret, now.LastFour, now.Old, store.Micros(now.OldUntil),
		store.Micros(now.PausedAt), now.Why, store.Micros(now.UpdatedAt), now.UpdatedBy, now.Version, was.Org, was.ID, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return now, err
}

// Delete ends a webhook, and forgets its deliveries.
func Delete(ctx context.Context, tx *store.Tx, was endpoint.Endpoint) error {
	if _, err := tx.Note(ctx, store.BookDelivery, `DELETE FROM webhook_attempt WHERE org_id = $1 AND webhook_id = $2`, was.Org, was.ID); err != nil {
		return err
	}
	if _, err := tx.Note(ctx, store.BookReach, `DELETE FROM webhook_reach WHERE org_id = $1 AND webhook_id = $2`, was.Org, was.ID); err != nil {
		return err
	}
	n, err := tx.Change(ctx, changes(was, endpoint.Endpoint{Org: was.Org, ID: was.ID}), `DELETE FROM webhook WHERE org_id = $1 AND id = $2 AND version = $3`, was.Org, was.ID, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return err
}

// DeleteOf ends the webhooks of a product client, with the client.
func DeleteOf(ctx context.Context, tx *store.Tx, client string) error {
	all, err := List(ctx, tx, roster.Installation)
	for i := 0; i < len(all) && err == nil; i++ {
		if all[i].Client == client {
			err = Delete(ctx, tx, all[i])
		}
	}
	return err
}

// changes lists in what two states of a webhook differ, for the history: of a secret only that it was set, of an address
// not what stands behind its question mark.
func changes(was, now endpoint.Endpoint) []roster.Change {
	of := now.Ref()
	if of.Name == "" {
		of.Name = was.Name
	}
	var all []roster.Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: of, Field: field, From: from, To: to})
		}
	}
	add("name", was.Name, now.Name)
	if was.URL != now.URL {
		all = append(all, roster.Change{Of: of, Field: "url", From: endpoint.Hushed(was.URL), To: endpoint.Hushed(now.URL)})
	}
	add("events", strings.Join(was.Events, " "), strings.Join(now.Events, " "))
	add("client", was.Client, now.Client)
	if was.Secret != now.Secret {
		all = append(all, roster.Change{Of: of, Field: "secret", From: set(was.Secret), To: set(now.Secret)})
	}
	if was.Old != now.Old && now.ID != "" && now.Secret != "" {
		add("old_secret_until", moment(was.OldUntil), moment(now.OldUntil))
	}
	if now.Secret != "" {
		add("paused", paused(was), paused(now))
	}
	return all
}

func set(sealed string) string {
	if sealed == "" {
		return ""
	}
	return "(set)"
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func paused(e endpoint.Endpoint) string {
	if e.Paused() {
		return string(e.Why)
	}
	return ""
}
