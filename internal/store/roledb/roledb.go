// Package roledb keeps roles and grants, and keeps external members' grants inside their unit. What a
// built-in role contains is generated in package authz; whether a grant may be given is asked by the gate.
package roledb

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

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

// Give keeps a new grant of a member. Kind: Invalid, code external_confined, when the member is external and the
// grant does not lie in their unit; Conflict, code already_granted, when the member holds the same thing there.
func Give(ctx context.Context, tx *store.Tx, m roster.Member, g roster.Grant) error {
	if m.Kind == roster.External {
		if inside, err := within(ctx, tx, g.Unit, m.Unit); err != nil || !inside {
			return cmp.Or(err, error(roster.Errorf(roster.Invalid, "external_confined", "%s is bound to one customer account; access can be given there and below it, and nowhere else.", m.Label())))
		}
	}
	g.Member = m.ID
	told := []roster.Change{{Of: m.Ref(), Field: "grant", To: describe(g)}}
	if by := roster.ActorFrom(ctx).ID(); g.GivenBy != by {
		told = append(told, roster.Change{Of: m.Ref(), Field: "given_by", To: g.GivenBy})
	}
	n, err := tx.Change(ctx, told,
		`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		 ON CONFLICT DO NOTHING`,
		tx.Org(), g.Member, g.ID, store.Null(g.Role), g.Permission, g.Scope, store.Null(g.Unit), store.Micros(g.Until), g.GivenBy, store.Micros(g.GivenAt))
	if err == nil && n == 0 {
		err = roster.Errorf(roster.Conflict, "already_granted", "%s holds the %s there already.", m.Label(), g.What())
	}
	tx.Give(g)
	return err
}

// Take ends a grant of a member.
func Take(ctx context.Context, tx *store.Tx, m roster.Member, g roster.Grant) error {
	tx.Take(g)
	_, err := tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "grant", From: describe(g)}},
		`DELETE FROM member_grant WHERE org_id = $1 AND member_id = $2 AND id = $3`, tx.Org(), m.ID, g.ID)
	return err
}

// within tells whether a unit is another or stands below it; the organisation is within nothing.
func within(ctx context.Context, tx *store.Tx, inner, outer roster.UnitID) (bool, error) {
	if inner == "" || outer == "" {
		return false, nil
	}
	found, err := store.One(ctx, tx, store.Scan[int], `WITH RECURSIVE above (id, parent_id) AS (
		SELECT id, parent_id FROM unit WHERE org_id = $1 AND id = $2
		UNION SELECT u.id, u.parent_id FROM unit u JOIN above a ON u.org_id = $1 AND u.id = a.parent_id)
		SELECT 1 FROM above WHERE id = $3`, tx.Org(), inner, outer)
	return found.OK, err
}

func describe(g roster.Grant) string {
	s := g.What()
	if g.Unit != "" {
		s += " on " + string(g.Unit)
	}
	if !g.Until.IsZero() {
		s += " until " + g.Until.UTC().Format(time.RFC3339Nano)
	}
	return s
}

// HasOwner is rule 5's question: is there an active person with an endless Owner grant on the whole
// organisation and a stored way in that the organisation lets people come in by? A password that must still be changed is
// none: it ends by itself; nor is a passkey that only stands beside one.
func HasOwner(ctx context.Context, r store.Reader, org roster.OrgID) (bool, error) {
	return hasOwner(ctx, r, org, "")
}

// LastOwner tells whether HasOwner rests on one member alone.
func LastOwner(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (bool, error) {
	any, err := HasOwner(ctx, r, org)
	if err != nil || !any {
		return false, err
	}
	other, err := hasOwner(ctx, r, org, m)
	return !other, err
}

// hasOwner is HasOwner's question about all members but one; about all without one.
func hasOwner(ctx context.Context, r store.Reader, org roster.OrgID, but roster.MemberID) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM member_grant g
		JOIN member m ON m.org_id = g.org_id AND m.id = g.member_id AND m.status = 'active'
		WHERE g.org_id = $1 AND g.role_id = $2 AND g.unit_id IS NULL AND g.until_at = 0 AND g.member_id <> $3
		AND (EXISTS (SELECT 1 FROM credential c JOIN organisation o ON o.id = m.org_id AND NOT o.password_off
				WHERE c.person_id = m.person_id AND c.change_by = 0 AND (c.kind = 'password' OR c.kind = 'passkey' AND c.alone))
			OR EXISTS (SELECT 1 FROM identity i JOIN login_method l ON l.org_id = i.org_id AND l.id = i.method_id AND l.enabled AND l.tested_at > 0
				WHERE i.org_id = m.org_id AND i.member_id = m.id AND i.subject <> '')) LIMIT 1`, org, roster.RoleOwner, but)
	return found.OK, err
}
