// Package apidb keeps the secrets of API users, as hashes with enough left to recognise them.
package apidb

import (
	"context"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Secret is what is kept of a client secret.
type Secret struct {
	Member    roster.MemberID
	ID        string
	Hash      string
	Prefix    string
	LastFour  string
	CreatedAt time.Time
	UsedAt    time.Time
	UsedIP    string // the address from which it was
}

const columns = `member_id, id, hash, prefix, last_four, created_at, used_at, used_ip`

func scan(row store.Row) (Secret, error) {
	var s Secret
	return s, row.Scan(&s.Member, &s.ID, &s.Hash, &s.Prefix, &s.LastFour, store.When(&s.CreatedAt), store.When(&s.UsedAt), &s.UsedIP)
}

// Secrets gives an API user's secrets.
func Secrets(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]Secret, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM api_secret WHERE org_id = $1 AND member_id = $2 ORDER BY created_at, id`, org, m)
}

// Insert keeps a new secret's hash.
func Insert(ctx context.Context, tx *store.Tx, of roster.Ref, s Secret) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "client_secret", To: "(set)"}},
		`INSERT INTO api_secret (org_id, member_id, id, hash, prefix, last_four, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		tx.Org(), s.Member, s.ID, s.Hash, s.Prefix, s.LastFour, store.Micros(tx.At()))
	return err
}

// Erase deletes an API user's secrets.
func Erase(ctx context.Context, tx *store.Tx, of roster.Ref, m roster.MemberID) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "client_secret", From: "(set)"}},
		`DELETE FROM api_secret WHERE org_id = $1 AND member_id = $2`, tx.Org(), m)
	return err
}

// Used notes that a secret was used, by whoever acts. The caller keeps to once a minute.
func Used(ctx context.Context, tx store.Noter, org roster.OrgID, s Secret) error {
	_, err := tx.Note(ctx, store.BookUsed, `UPDATE api_secret SET used_at = $1, used_ip = $2 WHERE org_id = $3 AND member_id = $4 AND id = $5`,
		store.Micros(tx.At()), roster.ActorFrom(ctx).IP, org, s.Member, s.ID)
	return err
}

// Client is an API user as authenticating needs it: secrets and status.
type Client struct {
	Org      roster.OrgID
	Member   roster.MemberID
	Name     string
	ClientID string
	Status   roster.Status
	Secrets  []Secret
	From     []string // its own list of addresses
	OrgFrom  []string // its organisation's
}

// Of gives the member that the client is, as far as it was read.
func (c Client) Of() roster.Member {
	return roster.Member{Org: c.Org, ID: c.Member, Kind: roster.API, Status: c.Status, Name: c.Name, ClientID: c.ClientID}
}

// ByClientIDs finds the API users with some client IDs, and their organisations' seq, in one statement: a
// row for each secret.
func ByClientIDs(ctx context.Context, r store.Reader, ids []string) (map[string]store.At[Client], error) {
	type one struct {
		Client
		seq    int64
		secret Secret
	}
	marks, args := query.Marks(ids)
	rows, err := store.All(ctx, r, func(row store.Row) (one, error) {
		var v one
		return v, row.Scan(&v.Org, &v.seq, &v.Member, &v.Name, &v.ClientID, &v.Status, store.Words(&v.From), store.Words(&v.OrgFrom), &v.secret.ID, &v.secret.Hash, store.When(&v.secret.UsedAt))
	}, `SELECT m.org_id, o.seq, m.id, m.name, m.client_id, m.status, m.allowed_from, o.allowed_from, s.id, s.hash, s.used_at
	    FROM member m JOIN organisation o ON o.id = m.org_id JOIN api_secret s ON s.org_id = m.org_id AND s.member_id = m.id
	    WHERE m.client_id IN (`+marks+`) AND m.client_id <> ''`, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]store.At[Client], len(ids))
	for _, v := range rows {
		c, seen := found[v.ClientID]
		if !seen {
			c = store.At[Client]{Org: v.Org, Seq: v.seq, Value: v.Client}
		}
		v.secret.Member = v.Member
		c.Value.Secrets = append(c.Value.Secrets, v.secret)
		found[v.ClientID] = c
	}
	return found, nil
}
