// Package clientdb keeps product clients: the host product's own programs, which are no members. Of their
// secrets it keeps hashes, with enough left to recognise them.
package clientdb

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Client is a product client.
type Client struct {
	ID          string
	Name        string
	Permissions []string // sorted
	Hash        string   // of its secret
	Prefix      string
	LastFour    string
	CreatedAt   time.Time
	CreatedBy   string // an actor's ID
	UsedAt      time.Time
	RemovedAt   time.Time
	Version     int64
}

// Ref points at the client.
func (c Client) Ref() roster.Ref { return roster.Ref{Kind: "client", ID: c.ID, Name: c.Name} }

const columns = `id, name, permissions, hash, prefix, last_four, created_at, created_by, used_at, removed_at, version`

func fields(c *Client, permissions *string) []any {
	return []any{
		&c.ID, &c.Name, permissions, &c.Hash, &c.Prefix, &c.LastFour, store.When(&c.CreatedAt), &c.CreatedBy,
		store.When(&c.UsedAt), store.When(&c.RemovedAt), &c.Version,
	}
}

func scan(row store.Row) (Client, error) {
	var c Client
	var permissions string
	err := row.Scan(fields(&c, &permissions)...)
	c.Permissions = strings.Fields(permissions)
	return c, err
}

// ByID finds a client, a removed one too.
func ByID(ctx context.Context, r store.Reader, id string) (store.Found[Client], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM client WHERE id = $1`, id)
}

// Hold finds a client that was not removed, and keeps it from being until the transaction ends.
func Hold(ctx context.Context, tx *store.Tx, id string) (store.Found[Client], error) {
	return store.One(ctx, tx, scan, `SELECT `+columns+` FROM client WHERE id = $1 AND removed_at = 0`+store.ForShare(tx), id)
}

// ByIDs finds clients that were not removed, with the installation's seq, in one statement.
func ByIDs(ctx context.Context, r store.Reader, ids []string) (map[string]store.At[Client], error) {
	marks, args := query.Marks(ids)
	all, err := store.All(ctx, r, func(row store.Row) (store.At[Client], error) {
		at := store.At[Client]{Org: roster.Installation}
		var permissions string
		err := row.Scan(append(fields(&at.Value, &permissions), &at.Seq)...)
		at.Value.Permissions = strings.Fields(permissions)
		return at, err
	}, `SELECT `+columns+`, (SELECT seq FROM installation WHERE id = 'installation') FROM client WHERE id IN (`+marks+`) AND removed_at = 0`, args...)
	found := make(map[string]store.At[Client], len(all))
	for _, at := range all {
		found[at.Value.ID] = at
	}
	return found, err
}

// List gives the clients that were not removed, by name.
func List(ctx context.Context, r store.Reader) ([]Client, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM client WHERE removed_at = 0 ORDER BY name_folded, id`)
}

// Holding gives the names of clients that were not removed and hold a permission, in order.
func Holding(ctx context.Context, r store.Reader, permission string) ([]string, error) {
	all, err := List(ctx, r)
	names := []string{}
	for _, c := range all {
		if slices.Contains(c.Permissions, permission) {
			names = append(names, c.Name)
		}
	}
	return names, err
}

// Insert keeps a new client, in a transaction of the installation. Kind: Conflict, code client_exists, when
// another one has the name, whatever its case.
func Insert(ctx context.Context, tx *store.Tx, c Client) error {
	permissions := strings.Join(c.Permissions, " ")
	n, err := tx.Change(ctx, []roster.Change{
		{Of: c.Ref(), Field: "name", To: c.Name},
		{Of: c.Ref(), Field: "permissions", To: permissions},
		{Of: c.Ref(), Field: "client_secret", To: "(set)"},
	}, `INSERT INTO client (id, name, name_folded, permissions, hash, prefix, last_four, created_at, created_by, used_at, removed_at, version)
	    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 1) ON CONFLICT DO NOTHING`,
		c.ID, c.Name, roster.Fold(c.Name), permissions, c.Hash, c.Prefix, c.LastFour, store.Micros(tx.At()), roster.ActorFrom(ctx).ID())
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Conflict, "client_exists", "There is a product client of this name already.").On("name")
	}
	return err
}

// Remove ends a client, in a transaction of the installation, and forgets its secret. Kind: Conflict, code
// changed_meanwhile, when it was changed or removed since it was read.
func Remove(ctx context.Context, tx *store.Tx, c Client) error {
	n, err := tx.Change(ctx, []roster.Change{
		{Of: c.Ref(), Field: "client_secret", From: "(set)"},
		{Of: c.Ref(), Field: "removed_at", To: tx.At().Format(time.RFC3339)},
	}, `UPDATE client SET hash = '', removed_at = $1, version = version + 1 WHERE id = $2 AND version = $3 AND removed_at = 0`, store.Micros(tx.At()), c.ID, c.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return err
}

// Used notes when a client's secret was used, unless it was used later still. The caller keeps to once a minute.
func Used(ctx context.Context, tx store.Noter, id string, at time.Time) error {
	_, err := tx.Note(ctx, store.BookClientUsed, `UPDATE client SET used_at = $1 WHERE id = $2 AND used_at <= $1`, store.Micros(at), id)
	return err
}
