// Package methoddb keeps an organisation's connections to providers, and who comes in by which. A client secret is
// here only as it was sealed; whether a method lets anybody in is decided by login.Method.
package methoddb

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `org_id, id, kind, name, enabled, issuer, authorize_url, token_url, user_info_url, client_id, client_secret, scopes, parameters, identifier_claim,
 tested_at, revision, created_at, created_by, updated_at, updated_by, version`

func scan(row store.Row) (login.Method, error) {
	var m login.Method
	var parameters string
	c := &m.Connection
	err := row.Scan(&m.Org, &m.ID, &m.Kind, &m.Name, &m.Enabled, &c.Issuer, &c.AuthorizeURL, &c.TokenURL, &c.UserInfoURL, &c.ClientID, &c.Secret,
		store.Words(&c.Scopes), &parameters, &c.IdentifierClaim, store.When(&m.TestedAt), &m.Revision, store.When(&m.CreatedAt), &m.CreatedBy,
		store.When(&m.UpdatedAt), &m.UpdatedBy, &m.Version)
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(parameters), &c.Parameters)
}

// List gives an organisation's connections, by name.
func List(ctx context.Context, r store.Reader, org roster.OrgID) ([]login.Method, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM login_method WHERE org_id = $1 ORDER BY name_folded, id`, org)
}

// ByID finds a connection.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id string) (store.Found[login.Method], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM login_method WHERE org_id = $1 AND id = $2`, org, id)
}

// Lock finds a connection that is about to change: who comes in by it this very moment is done first, or finds it
// changed.
func Lock(ctx context.Context, tx *store.Tx, org roster.OrgID, id string) (store.Found[login.Method], error) {
	return store.One(ctx, tx, scan, `SELECT `+columns+` FROM login_method WHERE org_id = $1 AND id = $2`+store.ForUpdate(tx), org, id)
}

// Hold finds a connection that somebody comes in by, and keeps it as it is until the transaction ends.
func Hold(ctx context.Context, tx *store.Tx, org roster.OrgID, id string) (store.Found[login.Method], error) {
	return store.One(ctx, tx, scan, `SELECT `+columns+` FROM login_method WHERE org_id = $1 AND id = $2`+store.ForShare(tx), org, id)
}

// free is nil when no other connection has the name.
func free(ctx context.Context, tx *store.Tx, m login.Method) error {
	other, err := store.One(ctx, tx, store.Scan[string], `SELECT name FROM login_method WHERE org_id = $1 AND name_folded = $2 AND id <> $3`, m.Org, roster.Fold(m.Name), m.ID)
	if err == nil && other.OK {
		err = roster.Errorf(roster.Conflict, "method_name_taken", "There is a login method named %s already.", other.Value).On("name")
	}
	return err
}

// Insert keeps a new connection, which is neither enabled nor tested. Kind: Conflict, code method_name_taken.
func Insert(ctx context.Context, tx *store.Tx, m login.Method) error {
	if err := free(ctx, tx, m); err != nil {
		return err
	}
	parameters, err := json.Marshal(m.Connection.Parameters)
	if err != nil {
		return err
	}
	c := m.Connection
	_, err = tx.Change(ctx, changes(login.Method{}, m),
		`INSERT INTO login_method (org_id, id, kind, name, name_folded, enabled, issuer, authorize_url, token_url, user_info_url, client_id, client_secret,
		 scopes, parameters, identifier_claim, tested_at, revision, created_at, created_by, updated_at, updated_by, version)
		 VALUES ($1, $2, $3, $4, $5, FALSE, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 1, $15, $16, $15, $16, 1)`,
		m.Org, m.ID, m.Kind, m.Name, roster.Fold(m.Name), c.Issuer, c.AuthorizeURL, c.TokenURL, c.UserInfoURL, c.ClientID, c.Secret,
		strings.Join(c.Scopes, " "), string(parameters), c.IdentifierClaim, store.Micros(m.CreatedAt), m.CreatedBy)
	return err
}

// Update keeps a change of a connection, be it of its settings, of its test or of whether it is enabled. Kinds:
// Conflict, code method_name_taken, or changed_meanwhile when was is not what is kept.
func Update(ctx context.Context, tx *store.Tx, was, now login.Method) (login.Method, error) {
	if err := free(ctx, tx, now); err != nil {
		return was, err
	}
	diff := changes(was, now)
	if len(diff) == 0 {
		return was, nil
	}
	parameters, err := json.Marshal(now.Connection.Parameters)
	if err != nil {
		return was, err
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	c := now.Connection
	n, err := tx.Change(ctx, diff,
		`UPDATE login_method SET name = $1, name_folded = $2, enabled = $3, issuer = $4, authorize_url = $5, token_url = $6, user_info_url = $7, client_id = $8,
		 client_secret = $9, scopes = $10, parameters = $11, identifier_claim = $12, tested_at = $13, revision = $14, updated_at = $15, updated_by = $16, version = $17
		 WHERE org_id = $18 AND id = $19 AND version = $20`,
		now.Name, roster.Fold(now.Name), now.Enabled, c.Issuer, c.AuthorizeURL, c.TokenURL, c.UserInfoURL, c.ClientID,
		c.Secret, strings.Join(c.Scopes, " "), string(parameters), c.IdentifierClaim, store.Micros(now.TestedAt), now.Revision, store.Micros(now.UpdatedAt), now.UpdatedBy, now.Version,
		was.Org, was.ID, was.Version)
	switch {
	case err != nil:
		return was, err
	case n != 1:
		return was, store.ErrStale()
	}
	if was.State() != now.State() {
		tx.MovesWays()
	}
	return now, nil
}

// Delete ends a connection, with what is known of who came in by it.
func Delete(ctx context.Context, tx *store.Tx, was login.Method) error {
	if err := dropAll(ctx, tx, was); err != nil {
		return err
	}
	tx.MovesWays()
	n, err := tx.Change(ctx, []roster.Change{{Of: was.Ref(), Field: "name", From: was.Name}},
		`DELETE FROM login_method WHERE org_id = $1 AND id = $2 AND version = $3`, was.Org, was.ID, was.Version)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return err
}

// SetPasswordLogin keeps whether people come in to the locked organisation by e-mail and password.
func SetPasswordLogin(ctx context.Context, tx *store.Tx, was, now login.Method) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, changes(was, now), `UPDATE organisation SET password_off = $1 WHERE id = $2`, !now.Enabled, was.Org)
	return err
}

// changes lists in what two states of a method differ, for the history: of a secret only that it was set.
func changes(was, now login.Method) []roster.Change {
	var all []roster.Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: now.Ref(), Field: field, From: from, To: to})
		}
	}
	a, b := was.Connection, now.Connection
	add("kind", string(was.Kind), string(now.Kind))
	add("name", was.Name, now.Name)
	add("issuer", a.Issuer, b.Issuer)
	add("authorize_url", a.AuthorizeURL, b.AuthorizeURL)
	add("token_url", a.TokenURL, b.TokenURL)
	add("user_info_url", a.UserInfoURL, b.UserInfoURL)
	add("client_id", a.ClientID, b.ClientID)
	if a.Secret != b.Secret {
		all = append(all, roster.Change{Of: now.Ref(), Field: "client_secret", From: set(a.Secret), To: set(b.Secret)})
	}
	add("scopes", strings.Join(a.Scopes, " "), strings.Join(b.Scopes, " "))
	add("parameters", login.WriteParameters(a.Parameters), login.WriteParameters(b.Parameters))
	add("identifier_claim", a.IdentifierClaim, b.IdentifierClaim)
	if was.Version != 0 || now.Kind == login.Password {
		add("enabled", strconv.FormatBool(was.Enabled), strconv.FormatBool(now.Enabled))
	}
	add("tested_at", stamp(was.TestedAt), stamp(now.TestedAt))
	return all
}

func set(sealed string) string {
	if sealed == "" {
		return ""
	}
	return "(set)"
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Use notes that a sign-in by a connection has come back. first is false when it had before.
func Use(ctx context.Context, tx store.Noter, org roster.OrgID, id string, until time.Time) (first bool, err error) {
	n, err := tx.Note(ctx, store.BookFlow, `INSERT INTO login_flow (org_id, id, until_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, org, id, store.Micros(until))
	return n == 1, err
}

// Sweep forgets sign-ins whose time was over before a moment: they cannot come back any more.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookFlow, `DELETE FROM login_flow WHERE until_at < $1`, store.Micros(before))
	return err
}
