// Package apidb keeps the credentials of API users: secrets as hashes with enough left to recognise them, and public keys.
package apidb

import (
	"context"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Secret is what is kept of a credential: a client secret, or a public key.
type Secret struct {
	Member    roster.MemberID
	ID        string
	Hash      string // of a secret; empty for a key
	Prefix    string // of a key its kid
	LastFour  string // of a key its algorithm
	PublicKey string // a JWK; empty for a secret
	CreatedAt time.Time
	CreatedBy string // an actor's ID; empty for the first secret, which was made with its API user
	UsedAt    time.Time
	UsedIP    string // the address from which it was
}

// IsKey tells whether it is a public key.
func (s Secret) IsKey() bool { return s.PublicKey != "" }

// field gives what the history calls it.
func (s Secret) field() string {
	if s.IsKey() {
		return "client_key"
	}
	return "client_secret"
}

// shown gives how the history tells one from another.
func (s Secret) shown() string {
	if s.IsKey() {
		return s.Prefix
	}
	return s.Prefix + "…" + s.LastFour
}

const columns = `member_id, id, hash, prefix, last_four, public_key, created_at, created_by, used_at, used_ip`

func scan(row store.Row) (Secret, error) {
	var s Secret
	return s, row.Scan(&s.Member, &s.ID, &s.Hash, &s.Prefix, &s.LastFour, &s.PublicKey, store.When(&s.CreatedAt), &s.CreatedBy, store.When(&s.UsedAt), &s.UsedIP)
}

// Secrets gives an API user's secrets and keys, the oldest first.
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

// Add keeps another secret's hash, or a public key.
func Add(ctx context.Context, tx *store.Tx, of roster.Ref, s Secret) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: s.field(), To: s.shown()}},
		`INSERT INTO api_secret (org_id, member_id, id, hash, prefix, last_four, public_key, created_at, created_by, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
		tx.Org(), s.Member, s.ID, s.Hash, s.Prefix, s.LastFour, s.PublicKey, store.Micros(s.CreatedAt), s.CreatedBy)
	return err
}

// Remove deletes a secret or a key.
func Remove(ctx context.Context, tx *store.Tx, of roster.Ref, s Secret) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: s.field(), From: s.shown()}},
		`DELETE FROM api_secret WHERE org_id = $1 AND member_id = $2 AND id = $3`, tx.Org(), s.Member, s.ID)
	return err
}

// Issued is how many access tokens an API user was given, and when the last.
type Issued struct {
	Tokens int64
	Last   time.Time
}

// IssuedTo gives how many access tokens an API user was given.
func IssuedTo(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (Issued, error) {
	found, err := store.One(ctx, r, func(row store.Row) (Issued, error) {
		var i Issued
		return i, row.Scan(&i.Tokens, store.When(&i.Last))
	}, `SELECT tokens, token_at FROM member WHERE org_id = $1 AND id = $2`, org, m)
	return found.Value, err
}

// SetEnd keeps when an API user's time is over; the zero time for never. The member is as it is once the version was raised.
func SetEnd(ctx context.Context, tx *store.Tx, m roster.Member, was time.Time) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "ends_at", From: written(was), To: written(m.Ends)}},
		`UPDATE member SET ends_at = $1, end_told_at = 0 WHERE org_id = $2 AND id = $3`, store.Micros(m.Ends), m.Org, m.ID)
	tx.Subject(m)
	return err
}

// written writes an end for the history; nothing for none.
func written(end time.Time) string {
	if end.IsZero() {
		return ""
	}
	return end.UTC().Format(time.RFC3339Nano)
}

// Ending is an API user whose time is nearly over.
type Ending struct {
	Org    roster.OrgID
	Member roster.MemberID
	MadeBy string // an actor's ID
}

// mostEnding is how many of them are told of at once.
const mostEnding = 100

// Nearing gives the API users whose time is over before a moment and of whom nobody was told yet, and notes that it is told.
func Nearing(ctx context.Context, tx store.Noter, before time.Time) ([]Ending, error) {
	var all []Ending
	err := tx.NoteEach(ctx, store.BookSeen, func(row store.Row) error {
		var e Ending
		err := row.Scan(&e.Org, &e.Member, &e.MadeBy)
		all = append(all, e)
		return err
	}, `UPDATE member SET end_told_at = $1 WHERE (org_id, id) IN (
		SELECT org_id, id FROM member WHERE ends_at > $1 AND ends_at <= $2 AND end_told_at = 0 AND status = 'active' ORDER BY ends_at LIMIT $3)
		RETURNING org_id, id, created_by`, store.Micros(tx.At()), store.Micros(before), mostEnding)
	return all, err
}

// Erase deletes an API user's secrets and keys.
func Erase(ctx context.Context, tx *store.Tx, of roster.Ref, m roster.MemberID) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "client_secret", From: "(set)"}},
		`DELETE FROM api_secret WHERE org_id = $1 AND member_id = $2`, tx.Org(), m)
	return err
}

// Used notes when a secret was used and from which address, unless it was used later still. The caller keeps to once a minute.
func Used(ctx context.Context, tx store.Noter, org roster.OrgID, s Secret, at time.Time, ip string) error {
	_, err := tx.Note(ctx, store.BookUsed, `UPDATE api_secret SET used_at = $1, used_ip = $2 WHERE org_id = $3 AND member_id = $4 AND id = $5 AND used_at <= $1`,
		store.Micros(at), ip, org, s.Member, s.ID)
	return err
}

// Client is an API user as authenticating needs it: secrets and status.
type Client struct {
	Org      roster.OrgID
	Member   roster.MemberID
	Name     string
	ClientID string
	Status   roster.Status
	Ends     time.Time // when its time is over; zero for never
	Secrets  []Secret
	From     []string // its own list of addresses
	OrgFrom  []string // its organisation's
}

// Live tells whether it may do anything at a moment.
func (c Client) Live(at time.Time) bool {
	return c.Status == roster.Active && (c.Ends.IsZero() || at.Before(c.Ends))
}

// Of gives the member that the client is, as far as it was read.
func (c Client) Of() roster.Member {
	return roster.Member{Org: c.Org, ID: c.Member, Kind: roster.API, Status: c.Status, Name: c.Name, ClientID: c.ClientID, Ends: c.Ends}
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
		return v, row.Scan(&v.Org, &v.seq, &v.Member, &v.Name, &v.ClientID, &v.Status, store.When(&v.Ends), store.Words(&v.From), store.Words(&v.OrgFrom), &v.secret.ID, &v.secret.Hash, &v.secret.Prefix, &v.secret.PublicKey, store.When(&v.secret.UsedAt))
	}, `SELECT m.org_id, o.seq, m.id, m.name, m.client_id, m.status, m.ends_at, m.allowed_from, o.allowed_from, s.id, s.hash, s.prefix, s.public_key, s.used_at
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
