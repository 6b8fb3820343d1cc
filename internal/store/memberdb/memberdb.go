// Package memberdb keeps members and the words by which they are found. It decides no rule: what may
// become of a member is decided in package roster, and who may do it by the gate.
package memberdb

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `m.org_id, m.id, m.kind, m.status, m.before, m.person_id, m.unit_id, m.external_id, m.first_name, m.last_name, m.name,
 m.email, m.email_folded, m.phone, m.client_id, m.block_reason, m.verified_at, m.last_seen_at, m.created_at, m.created_by,
 m.updated_at, m.updated_by, m.removed_at, m.version, m.picture, m.ends_at, m.erased_at, m.signed_out_at,
 EXISTS (SELECT 1 FROM person own WHERE own.id = m.person_id AND own.managed_by = m.org_id)`

func fields(m *roster.Member) []any {
	return []any{
		&m.Org, &m.ID, &m.Kind, &m.Status, &m.Before, store.Text(&m.Person), store.Text(&m.Unit), &m.ExternalID, &m.FirstName, &m.LastName, &m.Name,
		&m.Email.Typed, &m.Email.Folded, &m.Phone, &m.ClientID, &m.BlockReason, store.When(&m.VerifiedAt), store.When(&m.LastSeenAt),
		store.When(&m.CreatedAt), &m.CreatedBy, store.When(&m.UpdatedAt), &m.UpdatedBy, store.When(&m.RemovedAt), &m.Version, &m.Picture, store.When(&m.Ends), store.When(&m.ErasedAt), store.When(&m.SignedOutAt), &m.Managed,
	}
}

func scan(row store.Row) (roster.Member, error) {
	var m roster.Member
	return m, row.Scan(fields(&m)...)
}

// ByID finds a member of an organisation. Members of other organisations are not found.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id roster.MemberID) (store.Found[roster.Member], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.id = $2`, org, id)
}

// ByPerson finds a person's membership in an organisation.
func ByPerson(ctx context.Context, r store.Reader, org roster.OrgID, p roster.PersonID) (store.Found[roster.Member], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.person_id = $2 AND m.status <> 'removed'`, org, p)
}

// ByAddress finds the live member with an address, folded.
func ByAddress(ctx context.Context, r store.Reader, org roster.OrgID, folded string) (store.Found[roster.Member], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.email_folded = $2 AND m.status <> 'removed'`, org, folded)
}

// Called finds a member by an ID, an e-mail address or a client ID. At an address it is the live one, or else the newest of
// those who were removed. What is none of the three finds nobody.
func Called(ctx context.Context, r store.Reader, org roster.OrgID, text string) (store.Found[roster.Member], error) {
	switch {
	case roster.IsMemberID(text):
		return ByID(ctx, r, org, roster.MemberID(text))
	case roster.IsClientID(text):
		return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.client_id = $2 AND m.client_id <> ''`, org, text)
	}
	if email, err := roster.ParseEmail(text); err == nil {
		return byAddressEver(ctx, r, org, email.Folded)
	}
	return store.Found[roster.Member]{}, nil
}

func byAddressEver(ctx context.Context, r store.Reader, org roster.OrgID, folded string) (store.Found[roster.Member], error) {
	live, err := ByAddress(ctx, r, org, folded)
	if err != nil || live.OK {
		return live, err
	}
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.email_folded = $2 AND m.status = 'removed'
		ORDER BY m.created_at DESC, m.id DESC LIMIT 1`, org, folded)
}

// perStatement bounds the parameters of one statement: SQLite binds n of them in n² steps.
const perStatement = 50

// Labels gives what to call several members, removed ones too, by ID.
func Labels(ctx context.Context, r store.Reader, org roster.OrgID, ids []roster.MemberID) (map[roster.MemberID]string, error) {
	labels := make(map[roster.MemberID]string, len(ids))
	for some := range slices.Chunk(ids, perStatement) {
		q := &query.Conditions{}
		q.Add("org_id = %s", org)
		q.AddIn("id", query.Anys(some))
		all, err := store.All(ctx, r, func(row store.Row) (roster.Member, error) {
			var m roster.Member
			return m, row.Scan(&m.ID, &m.Name, &m.Email.Typed)
		}, `SELECT id, name, email FROM member WHERE `+q.Text(), q.Args()...)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			labels[m.ID] = m.Label()
		}
	}
	return labels, nil
}

// Membership is one organisation that a person belongs to.
type Membership struct {
	Org     roster.OrgID
	Slug    string
	Name    string
	Picture string // the hash of the organisation's; empty without one
	Member  roster.MemberID
	Status  roster.Status
	From    []string // the addresses from which the organisation lets people in; empty for any
}

// OfPerson gives the organisations in which a person is a member who was not removed, by name.
func OfPerson(ctx context.Context, r store.Reader, p roster.PersonID) ([]Membership, error) {
	return store.All(ctx, r, func(row store.Row) (Membership, error) {
		var m Membership
		return m, row.Scan(&m.Org, &m.Slug, &m.Name, &m.Picture, &m.Member, &m.Status, store.Words(&m.From))
	}, `SELECT o.id, o.slug, o.name, o.picture, m.id, m.status, o.allowed_from FROM member m JOIN organisation o ON o.id = m.org_id
	    WHERE m.person_id = $1 AND m.status <> 'removed' ORDER BY o.name, o.id`, p)
}

// ByExternalID finds the live member whom the host product calls so; the name is not empty.
func ByExternalID(ctx context.Context, r store.Reader, org roster.OrgID, external string) (store.Found[roster.Member], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM member m WHERE m.org_id = $1 AND m.external_id = $2 AND m.external_id <> '' AND m.status <> 'removed'`, org, external)
}

// external refuses an external ID that another live member has.
func external(ctx context.Context, tx *store.Tx, m roster.Member) error {
	if m.ExternalID == "" || m.Status == roster.Removed {
		return nil
	}
	other, err := ByExternalID(ctx, tx, m.Org, m.ExternalID)
	if err == nil && other.OK && other.Value.ID != m.ID {
		err = roster.Errorf(roster.Conflict, "external_id_taken", "Somebody else here has this external ID already.").On("external_id")
	}
	return err
}

// Insert keeps a new member, takes its seat and its words. taken tells that a live member has the address;
// then nothing was kept, and the transaction must not go on. Kind: Conflict, code external_id_taken.
func Insert(ctx context.Context, tx *store.Tx, m roster.Member) (taken bool, err error) {
	if err := external(ctx, tx, m); err != nil {
		return false, err
	}
	n, err := tx.Change(ctx, changes(roster.Member{}, m),
		`INSERT INTO member (org_id, id, kind, status, before, person_id, unit_id, external_id, first_name, last_name, name, sort_name, sort_identifier,
		 email, email_folded, phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21, $22, $23, $24, 1)
		 ON CONFLICT DO NOTHING`,
		m.Org, m.ID, m.Kind, m.Status, m.Before, store.Null(m.Person), store.Null(m.Unit), m.ExternalID, m.FirstName, m.LastName, m.Name, sortName(m), sortIdentifier(m),
		m.Email.Typed, m.Email.Folded, m.Phone, m.ClientID, m.BlockReason, store.Micros(m.VerifiedAt), store.Micros(m.CreatedAt), m.CreatedBy,
		store.Micros(m.UpdatedAt), m.UpdatedBy, store.Micros(m.RemovedAt))
	if err != nil || n == 0 {
		return err == nil, err
	}
	tx.Seat(m.Kind, 1)
	tx.Subject(m)
	return false, addWords(ctx, tx, m)
}

// Update keeps a member's change; kind, unit, address and client ID stay what they were. Kind: Conflict, code
// external_id_taken, or changed_meanwhile when was is not what is kept.
func Update(ctx context.Context, tx *store.Tx, was, now roster.Member) (roster.Member, error) {
	now.Kind, now.Unit, now.Email, now.ClientID = was.Kind, was.Unit, was.Email, was.ClientID
	if was.ExternalID != now.ExternalID {
		if err := external(ctx, tx, now); err != nil {
			return was, err
		}
	}
	diff := changes(was, now)
	if len(diff) == 0 {
		return was, nil
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	n, err := tx.Change(ctx, diff,
		`UPDATE member SET status = $1, before = $2, person_id = $3, first_name = $4, last_name = $5, name = $6, sort_name = $7, phone = $8,
		 block_reason = $9, verified_at = $10, updated_at = $11, updated_by = $12, removed_at = $13, version = $14, external_id = $15
		 WHERE org_id = $16 AND id = $17 AND version = $18`,
		now.Status, now.Before, store.Null(now.Person), now.FirstName, now.LastName, now.Name, sortName(now), now.Phone,
		now.BlockReason, store.Micros(now.VerifiedAt), store.Micros(now.UpdatedAt), now.UpdatedBy, store.Micros(now.RemovedAt), now.Version, now.ExternalID,
		was.Org, was.ID, was.Version)
	if err != nil {
		return now, err
	}
	if n != 1 {
		return now, store.ErrStale()
	}
	if err := comesBack(ctx, tx, was, &now); err != nil {
		return now, err
	}
	tx.Subject(now)
	if was.Status != now.Status {
		tx.MovesWays()
	}
	if now.Status == roster.Removed && was.Status != roster.Removed {
		tx.Seat(was.Kind, -1)
		if _, err := tx.Note(ctx, store.BookView, `DELETE FROM view WHERE org_id = $1 AND member_id = $2`, was.Org, was.ID); err != nil {
			return now, err
		}
	}
	if words(was) != words(now) || !bytes.Equal(sortName(was), sortName(now)) {
		if _, err := tx.Note(ctx, store.BookWord, `DELETE FROM member_word WHERE org_id = $1 AND member_id = $2`, was.Org, was.ID); err != nil {
			return now, err
		}
		return now, addWords(ctx, tx, now)
	}
	return now, nil
}

// Touch raises a member's version when something that belongs to them changed, such as their grants.
func Touch(ctx context.Context, tx *store.Tx, m roster.Member) (roster.Member, error) {
	was := m.Version
	m.UpdatedAt, m.UpdatedBy, m.Version = tx.At(), roster.ActorFrom(ctx).ID(), was+1
	n, err := tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "version", From: strconv.FormatInt(was, 10), To: strconv.FormatInt(m.Version, 10)}},
		`UPDATE member SET updated_at = $1, updated_by = $2, version = $3 WHERE org_id = $4 AND id = $5 AND version = $6`,
		store.Micros(m.UpdatedAt), m.UpdatedBy, m.Version, m.Org, m.ID, was)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return m, err
}

// SignedOut gives when a person was last signed out, of an organisation or of any: also where they were removed since. Zero is
// never.
func SignedOut(ctx context.Context, r store.Reader, org roster.OrgID, p roster.PersonID) (time.Time, error) {
	at, err := store.One(ctx, r, func(row store.Row) (at time.Time, err error) {
		err = row.Scan(store.When(&at))
		return at, err
	}, `SELECT COALESCE(MAX(signed_out_at), 0) FROM member WHERE person_id = $1 AND ($2 = '' OR org_id = $2)`, p, org)
	return at.Value, err
}

// SignOut keeps that what a member's sessions proved until now counts in the organisation no more.
func SignOut(ctx context.Context, tx *store.Tx, m roster.Member) error {
	return signOut(ctx, tx, m, tx.At())
}

func signOut(ctx context.Context, tx *store.Tx, m roster.Member, at time.Time) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: m.Ref(), Field: "signed_out_at", From: stamp(m.SignedOutAt), To: stamp(at)}},
		`UPDATE member SET signed_out_at = $1 WHERE org_id = $2 AND id = $3`, store.Micros(at), m.Org, m.ID)
	return err
}

// comesBack keeps of who is a member once more when they were signed out the last time that they were: what was proved until
// then counts no more. was is how they stood before.
func comesBack(ctx context.Context, tx *store.Tx, was roster.Member, m *roster.Member) error {
	if was.Person != "" || m.Person == "" {
		return nil
	}
	at, err := SignedOut(ctx, tx, m.Org, m.Person)
	if err != nil || !at.After(m.SignedOutAt) {
		return err
	}
	err = signOut(ctx, tx, *m, at)
	m.SignedOutAt = at
	return err
}

// Given notes how many more access tokens an API user was given, and when it was here. The caller keeps to once a minute.
func Given(ctx context.Context, tx store.Noter, org roster.OrgID, id roster.MemberID, tokens int64, at time.Time) error {
	_, err := tx.Note(ctx, store.BookSeen, `UPDATE member SET last_seen_at = CASE WHEN last_seen_at < $1 THEN $1 ELSE last_seen_at END, token_at = CASE WHEN CAST($2 AS BIGINT) > 0 AND token_at < $1 THEN $1 ELSE token_at END, tokens = tokens + CAST($2 AS BIGINT) WHERE org_id = $3 AND id = $4`,
		store.Micros(at), tokens, org, id)
	return err
}

// Seen notes when a member was last here. The caller keeps to once a minute.
func Seen(ctx context.Context, tx store.Noter, org roster.OrgID, id roster.MemberID) error {
	_, err := tx.Note(ctx, store.BookSeen, `UPDATE member SET last_seen_at = $1 WHERE org_id = $2 AND id = $3`, store.Micros(tx.At()), org, id)
	return err
}

// sortName orders people by name, else by address, without regard to case and accents.
func sortName(m roster.Member) []byte { return []byte(roster.Fold(m.Label())) }

// sortIdentifier orders people by address and API users by client ID.
func sortIdentifier(m roster.Member) []byte {
	if m.Kind == roster.API {
		return []byte(m.ClientID)
	}
	return []byte(m.Email.Folded)
}

func words(m roster.Member) string {
	if m.Status == roster.Removed {
		return ""
	}
	_, domain, _ := strings.Cut(m.Email.Folded, "@")
	_, typed, _ := strings.Cut(m.Email.Typed, "@")
	return strings.Join(roster.SearchWords(m.Name, m.Email.Typed, m.Email.Folded, typed, domain, m.Phone, m.ClientID, m.ExternalID), "\n")
}

// addWords keeps a member's words in one statement; its text is the same for the same number of them.
func addWords(ctx context.Context, tx *store.Tx, m roster.Member) error {
	text := words(m)
	if text == "" {
		return nil
	}
	all := strings.Split(text, "\n")
	var q strings.Builder
	q.WriteString(`INSERT INTO member_word (org_id, word, member_id, sort_name) VALUES `)
	args := []any{m.Org, m.ID, sortName(m)}
	for i, w := range all {
		if i > 0 {
			q.WriteString(", ")
		}
		fmt.Fprintf(&q, "($1, $%d, $2, $3)", i+4)
		args = append(args, []byte(w))
	}
	_, err := tx.Note(ctx, store.BookWord, q.String(), args...)
	return err
}

// changes lists the fields in which two states of a member differ, for the history.
func changes(was, now roster.Member) []roster.Change {
	var all []roster.Change
	of := now.Ref()
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: of, Field: field, From: from, To: to})
		}
	}
	add("kind", string(was.Kind), string(now.Kind))
	add("status", string(was.Status), string(now.Status))
	add("status_before_block", string(was.Before), string(now.Before))
	add("person", string(was.Person), string(now.Person))
	add("unit", string(was.Unit), string(now.Unit))
	add("external_id", was.ExternalID, now.ExternalID)
	add("first_name", was.FirstName, now.FirstName)
	add("last_name", was.LastName, now.LastName)
	if now.Kind == roster.API {
		add("name", was.Name, now.Name)
	}
	add("email", was.Email.Typed, now.Email.Typed)
	add("phone", was.Phone, now.Phone)
	add("client_id", was.ClientID, now.ClientID)
	add("block_reason", was.BlockReason, now.BlockReason)
	add("verified_at", stamp(was.VerifiedAt), stamp(now.VerifiedAt))
	add("removed_at", stamp(was.RemovedAt), stamp(now.RemovedAt))
	return all
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
