// Package cataloguedb keeps the document in which the host product declares its scopes, permissions and
// mappings, and finds what uses them. What the document means is package authz's.
package cataloguedb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Stored is the catalogue's document as it is kept. Version rises with each change.
type Stored struct {
	Version   int64
	Document  string // JSON
	AppliedAt time.Time
	AppliedBy string // an actor's ID
}

// Load gives the catalogue; before the first one was applied its version is 0 and its document empty ("{}").
func Load(ctx context.Context, r store.Reader) (Stored, error) {
	return load(ctx, r, "")
}

// Take gives the catalogue to a transaction that may change it: those that hold it, and others that take it,
// are waited for and wait.
func Take(ctx context.Context, tx *store.Tx) (Stored, error) {
	return load(ctx, tx, store.ForUpdate(tx))
}

func load(ctx context.Context, r store.Reader, lock string) (Stored, error) {
	found, err := store.One(ctx, r, func(row store.Row) (Stored, error) {
		var c Stored
		return c, row.Scan(&c.Version, &c.Document, store.When(&c.AppliedAt), &c.AppliedBy)
	}, `SELECT version, document, applied_at, applied_by FROM catalogue WHERE id = 'catalogue'`+lock)
	if err != nil {
		return Stored{}, err
	}
	return found.Or("catalogue")
}

// Save keeps a new document, in a transaction of the installation, and gives it with its version. changes say
// for the history in what it differs. It waits for transactions that hold the catalogue. Kind: Conflict,
// code changed_meanwhile, when was is not what is kept.
func Save(ctx context.Context, tx *store.Tx, was Stored, document string, changes []roster.Change) (Stored, error) {
	now := Stored{Version: was.Version + 1, Document: document, AppliedAt: tx.At(), AppliedBy: roster.ActorFrom(ctx).ID()}
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

// Use is how a permission or scope is used in one organisation: held by a role, or given to members by
// itself.
type Use struct {
	Permission string // or Scope
	Scope      string
	Org        roster.OrgID
	OrgName    string
	Role       string // a role's ID; empty where it is given by itself
	RoleName   string
	Members    int // who are not removed and hold the role, or what is given, at this moment
}

// perStatement bounds the parameters of one statement.
const perStatement = 50

// Uses gives where some permissions and scopes are held by a role or given, by key, organisation and role.
func Uses(ctx context.Context, r store.Reader, permissions, scopes []string) ([]Use, error) {
	now, err := r.Now(ctx)
	if err != nil {
		return nil, err
	}
	var all []Use
	for _, k := range []struct {
		column string
		keys   []string
	}{{"permission", permissions}, {"scope", scopes}} {
		for keys := range slices.Chunk(k.keys, perStatement) {
			some, err := uses(ctx, r, k.column, keys, now)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

func uses(ctx context.Context, r store.Reader, column string, keys []string, now time.Time) ([]Use, error) {
	marks, args := query.Marks(keys)
	args = append(args, store.Micros(now))
	live := fmt.Sprintf(`(g.until_at = 0 OR g.until_at > $%d)`, len(args))
	return store.All(ctx, r, func(row store.Row) (Use, error) {
		var u Use
		into := &u.Permission
		if column == "scope" {
			into = &u.Scope
		}
		return u, row.Scan(into, &u.Org, &u.OrgName, &u.Role, &u.RoleName, &u.Members)
	}, fmt.Sprintf(`SELECT used.key, o.id, o.name, used.role_id, used.role_name, used.members FROM (
	    SELECT g.%[1]s AS key, g.org_id, '' AS role_id, '' AS role_name, count(DISTINCT g.member_id) AS members
	    FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id
	    WHERE g.%[1]s <> '' AND g.%[1]s IN (%[2]s) AND m.status <> 'removed' AND %[3]s GROUP BY g.%[1]s, g.org_id
	    UNION ALL SELECT i.%[1]s, i.org_id, r.id, r.name, (SELECT count(DISTINCT g.member_id)
	        FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id
	        WHERE g.org_id = r.org_id AND g.role_id = r.id AND m.status <> 'removed' AND %[3]s)
	    FROM role_item i JOIN role r ON r.org_id = i.org_id AND r.id = i.role_id WHERE i.%[1]s <> '' AND i.%[1]s IN (%[2]s)) AS used
	    JOIN organisation o ON o.id = used.org_id ORDER BY used.key, o.slug, used.role_name`, column, marks, live), args...)
}
