// Package cataloguedb keeps the document in which the host product declares its scopes, permissions and
// mappings, and finds what uses them. What the document means is package authz's.
package cataloguedb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Catalogue is the document as it is kept. Version rises with each change.
type Catalogue struct {
	Version   int64
	Document  string // JSON
	AppliedAt time.Time
	AppliedBy string // an actor's ID
}

// Load gives the catalogue; before the first one was applied its version is 0 and its document empty ("{}").
func Load(ctx context.Context, r store.Reader) (Catalogue, error) {
	found, err := store.One(ctx, r, func(row store.Row) (Catalogue, error) {
		var c Catalogue
		return c, row.Scan(&c.Version, &c.Document, store.When(&c.AppliedAt), &c.AppliedBy)
	}, `SELECT version, document, applied_at, applied_by FROM catalogue WHERE id = 'catalogue'`)
	if err != nil {
		return Catalogue{}, err
	}
	return found.Or("catalogue")
}

// Save keeps a new document, in a transaction of the installation, and gives it with its version. changes say
// for the history in what it differs. It waits for transactions that hold the catalogue. Kind: Conflict,
// code changed_meanwhile, when was is not what is kept.
func Save(ctx context.Context, tx *store.Tx, was Catalogue, document string, changes []roster.Change) (Catalogue, error) {
	now := Catalogue{Version: was.Version + 1, Document: document, AppliedAt: tx.At(), AppliedBy: roster.ActorFrom(ctx).ID()}
	n, err := tx.Change(ctx, changes, `UPDATE catalogue SET version = $1, document = $2, applied_at = $3, applied_by = $4 WHERE id = 'catalogue' AND version = $5`,
		now.Version, now.Document, store.Micros(now.AppliedAt), now.AppliedBy, was.Version)
	switch {
	case err != nil:
		return was, err
	case n != 1:
		return was, roster.Errorf(roster.Conflict, "changed_meanwhile", "Someone changed the catalogue meanwhile. Look at it again, then make your change.")
	}
	tx.Catalogued(now.Version)
	return now, nil
}

// Hold keeps the catalogue as it is until the transaction ends: for those that give or edit roles, permissions
// or scopes, whose keys must not vanish meanwhile. A transaction that began with an older catalogue runs again.
func Hold(ctx context.Context, tx *store.Tx) error { return tx.HoldCatalogue(ctx) }

// Use is how a permission or scope is used in one organisation.
type Use struct {
	Permission string
	Scope      string
	Org        roster.OrgID
	Slug       string
	Grants     int // grants of it to members, ended ones too
	Roles      int // roles that hold it
}

// perStatement bounds the parameters of one statement.
const perStatement = 50

// Uses gives where some permissions and scopes are granted or held by a role, by key and organisation.
func Uses(ctx context.Context, r store.Reader, permissions, scopes []string) ([]Use, error) {
	var all []Use
	for _, k := range []struct {
		column string
		keys   []string
	}{{"permission", permissions}, {"scope", scopes}} {
		for keys := range slices.Chunk(k.keys, perStatement) {
			some, err := uses(ctx, r, k.column, keys)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

func uses(ctx context.Context, r store.Reader, column string, keys []string) ([]Use, error) {
	marks, args := store.Marks(keys)
	return store.All(ctx, r, func(row store.Row) (Use, error) {
		var u Use
		into := &u.Permission
		if column == "scope" {
			into = &u.Scope
		}
		return u, row.Scan(into, &u.Org, &u.Slug, &u.Grants, &u.Roles)
	}, fmt.Sprintf(`SELECT used.key, o.id, o.slug, CAST(sum(used.grants) AS BIGINT), CAST(sum(used.roles) AS BIGINT) FROM (
	    SELECT %[1]s AS key, org_id, 1 AS grants, 0 AS roles FROM member_grant WHERE %[1]s <> '' AND %[1]s IN (%[2]s)
	    UNION ALL SELECT %[1]s, org_id, 0, 1 FROM role_item WHERE %[1]s <> '' AND %[1]s IN (%[2]s)) AS used
	    JOIN organisation o ON o.id = used.org_id GROUP BY used.key, o.id, o.slug ORDER BY used.key, o.slug`, column, marks), args...)
}
