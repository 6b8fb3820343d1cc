// Package roledb keeps roles and grants. What a built-in role contains is generated in package
// authz; whether a grant may be given is asked by the gate.
package roledb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Roles gives an organisation's roles: built-in ones first, then by name.
func Roles(ctx context.Context, r store.Reader, org roster.OrgID) ([]roster.Role, error) {
	return store.All(ctx, r, func(row store.Row) (roster.Role, error) {
		var v roster.Role
		return v, row.Scan(&v.ID, &v.Key, &v.Name, &v.Description, &v.BuiltIn)
	}, `SELECT id, key, name, description, built_in FROM role WHERE org_id = $1 ORDER BY built_in DESC, name, id`, org)
}

// InsertRole keeps a new role.
func InsertRole(ctx context.Context, tx *store.Tx, v roster.Role) error {
	of := roster.Ref{Kind: "role", ID: v.ID, Name: v.Name}
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "name", To: v.Name}},
		`INSERT INTO role (org_id, id, key, name, name_folded, description, built_in, members, created_at, created_by, updated_at, updated_by, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, 1)`,
		tx.Org(), v.ID, v.Key, v.Name, roster.Fold(v.Name), v.Description, v.BuiltIn, v.For, store.Micros(tx.At()), roster.ActorFrom(ctx).ID())
	return err
}

const columns = `member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at`

func scan(row store.Row) (roster.Grant, error) {
	var g roster.Grant
	return g, row.Scan(&g.Member, &g.ID, store.Text(&g.Role), &g.Permission, &g.Scope, store.Text(&g.Unit), store.When(&g.Until), &g.GivenBy, store.When(&g.GivenAt))
}

// Grants gives a member's grants, in the order in which they were given.
func Grants(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]roster.Grant, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM member_grant WHERE org_id = $1 AND member_id = $2 ORDER BY given_at, id`, org, m)
}

// Standing gives a member's status and grants in one statement; the status is empty for who is no member.
func Standing(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (roster.Status, []roster.Grant, error) {
	var status roster.Status
	all, err := store.All(ctx, r, func(row store.Row) (roster.Grant, error) {
		var g roster.Grant
		return g, row.Scan(&status, &g.Member, &g.ID, store.Text(&g.Role), &g.Permission, &g.Scope, store.Text(&g.Unit), store.When(&g.Until), &g.GivenBy, store.When(&g.GivenAt))
	}, `SELECT m.status, m.id, COALESCE(g.id, ''), g.role_id, COALESCE(g.permission, ''), COALESCE(g.scope, ''), g.unit_id,
		COALESCE(g.until_at, 0), COALESCE(g.given_by, ''), COALESCE(g.given_at, 0)
		FROM member m LEFT JOIN member_grant g ON g.org_id = m.org_id AND g.member_id = m.id WHERE m.org_id = $1 AND m.id = $2`, org, m)
	if len(all) == 1 && all[0].ID == "" {
		all = nil // a member without grants
	}
	return status, all, err
}

// perStatement bounds the parameters of one statement: SQLite binds n of them in n² steps.
const perStatement = 50

// GrantsOf gives the grants of several members, in a constant number of statements per fifty.
func GrantsOf(ctx context.Context, r store.Reader, org roster.OrgID, members []roster.MemberID) (map[roster.MemberID][]roster.Grant, error) {
	of := map[roster.MemberID][]roster.Grant{}
	for len(members) > 0 {
		some := members[:min(perStatement, len(members))]
		members = members[len(some):]
		args := []any{org}
		var marks []string
		for i, id := range some {
			marks = append(marks, fmt.Sprintf("$%d", i+2))
			args = append(args, id)
		}
		all, err := store.All(ctx, r, scan, `SELECT `+columns+` FROM member_grant WHERE org_id = $1 AND member_id IN (`+strings.Join(marks, ", ")+`) ORDER BY given_at, id`, args...)
		if err != nil {
			return nil, err
		}
		for _, g := range all {
			of[g.Member] = append(of[g.Member], g)
		}
	}
	return of, nil
}

// Givers gives what to call the members who gave a member's grants, by the IDs that stand in the grants.
func Givers(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (map[string]string, error) {
	all, err := store.All(ctx, r, func(row store.Row) (roster.Member, error) {
		var giver roster.Member
		return giver, row.Scan(&giver.ID, &giver.Name, &giver.Email.Typed)
	}, `SELECT DISTINCT m.id, m.name, m.email FROM member_grant g JOIN member m ON m.org_id = g.org_id AND m.id = g.given_by
	    WHERE g.org_id = $1 AND g.member_id = $2`, org, m)
	names := make(map[string]string, len(all))
	for _, giver := range all {
		names[string(giver.ID)] = giver.Label()
	}
	return names, err
}

// Give keeps a new grant.
func Give(ctx context.Context, tx *store.Tx, of roster.Ref, g roster.Grant) error {
	tx.Give(g)
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "grant", To: describe(g)}},
		`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		tx.Org(), g.Member, g.ID, store.Null(g.Role), g.Permission, g.Scope, store.Null(g.Unit), store.Micros(g.Until), g.GivenBy, store.Micros(g.GivenAt))
	return err
}

// Take ends a grant.
func Take(ctx context.Context, tx *store.Tx, of roster.Ref, g roster.Grant) error {
	tx.Take(g)
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "grant", From: describe(g)}},
		`DELETE FROM member_grant WHERE org_id = $1 AND member_id = $2 AND id = $3`, tx.Org(), g.Member, g.ID)
	return err
}

func describe(g roster.Grant) string {
	s := g.What()
	if g.Unit != "" {
		s += " on " + string(g.Unit)
	}
	if !g.Until.IsZero() {
		s += " until " + g.Until.Format(time.RFC3339)
	}
	return s
}

// HasOwner is rule 5's question: is there an active person with an endless Owner grant on the whole
// organisation and a stored way in?
func HasOwner(ctx context.Context, r store.Reader, org roster.OrgID) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM member_grant g
		JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id AND m.status = 'active'
		WHERE g.org_id = $1 AND g.role_id = $2 AND g.unit_id IS NULL AND g.until_at = 0
		AND EXISTS (SELECT 1 FROM credential c WHERE c.person_id = m.person_id) LIMIT 1`, org, roster.RoleOwner)
	return found.OK, err
}
