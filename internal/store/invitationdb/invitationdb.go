// Package invitationdb keeps the generations of invitations and the hashes of their links. It never
// sees a link's secret, and it does not decide whether one still counts: roster.Invitation does.
package invitationdb

import (
	"context"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `member_id, generation, state, inviter, inviter_name, message, ttl, made_at, sent_at, expires_at, ended_at, opened_at`

func scan(row store.Row) (roster.Invitation, error) {
	var i roster.Invitation
	return i, row.Scan(&i.Member, &i.Generation, &i.State, &i.Inviter, &i.InviterBy, &i.Message, store.Span(&i.TTL),
		store.When(&i.MadeAt), store.When(&i.SentAt), store.When(&i.ExpiresAt), store.When(&i.EndedAt), store.When(&i.OpenedAt))
}

// Of gives a member's invitations, the newest first.
func Of(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]roster.Invitation, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM invitation WHERE org_id = $1 AND member_id = $2 ORDER BY generation DESC`, org, m)
}

// Latest finds a member's newest invitation.
func Latest(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) (store.Found[roster.Invitation], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM invitation WHERE org_id = $1 AND member_id = $2 ORDER BY generation DESC LIMIT 1`, org, m)
}

// ByGeneration finds one generation of a member's invitation.
func ByGeneration(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID, generation int) (store.Found[roster.Invitation], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM invitation WHERE org_id = $1 AND member_id = $2 AND generation = $3`, org, m, generation)
}

// Insert keeps a new generation.
func Insert(ctx context.Context, tx *store.Tx, of roster.Ref, i roster.Invitation) error {
	_, err := tx.Change(ctx, []roster.Change{
		{Of: of, Field: "invitation", To: strconv.Itoa(i.Generation)},
		{Of: of, Field: "invitation_ttl", To: i.TTL.String()},
	}, `INSERT INTO invitation (org_id, member_id, generation, state, inviter, inviter_name, message, ttl, made_at, sent_at, expires_at, ended_at)
	    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)`,
		tx.Org(), i.Member, i.Generation, i.State, i.Inviter, i.InviterBy, i.Message, i.TTL.Microseconds(),
		store.Micros(i.MadeAt), store.Micros(i.SentAt), store.Micros(i.ExpiresAt))
	return err
}

// End keeps that a generation is over: accepted, superseded or withdrawn.
func End(ctx context.Context, tx *store.Tx, of roster.Ref, was, now roster.Invitation) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "invitation_state", From: string(was.State), To: string(now.State)}},
		`UPDATE invitation SET state = $1, ended_at = $2 WHERE org_id = $3 AND member_id = $4 AND generation = $5`,
		now.State, store.Micros(now.EndedAt), tx.Org(), now.Member, now.Generation)
	return err
}

// HandOver makes another member the inviter of a member's live invitation, if they have one.
func HandOver(ctx context.Context, tx *store.Tx, of roster.Ref, was, now roster.Member) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "inviter", From: was.Label(), To: now.Label()}},
		`UPDATE invitation SET inviter = $1, inviter_name = $2 WHERE org_id = $3 AND member_id = $4 AND inviter = $5 AND state = 'live'`,
		now.ID, now.Label(), tx.Org(), of.ID, was.ID)
	return err
}

// Start keeps when the first hand-over set an invitation's clock running.
func Start(ctx context.Context, tx store.Noter, org roster.OrgID, i roster.Invitation) error {
	_, err := tx.Note(ctx, store.BookClock, `UPDATE invitation SET sent_at = $1, expires_at = $2
		WHERE org_id = $3 AND member_id = $4 AND generation = $5 AND sent_at = 0`,
		store.Micros(i.SentAt), store.Micros(i.ExpiresAt), org, i.Member, i.Generation)
	return err
}

// Opened notes that an invitation's page was opened. The caller keeps to once a minute.
func Opened(ctx context.Context, tx store.Noter, org roster.OrgID, i roster.Invitation) error {
	_, err := tx.Note(ctx, store.BookClock, `UPDATE invitation SET opened_at = $1 WHERE org_id = $2 AND member_id = $3 AND generation = $4`,
		store.Micros(tx.At()), org, i.Member, i.Generation)
	return err
}

// Link is the hash of one secret of an invitation.
type Link struct {
	Hash       string
	Member     roster.MemberID
	Generation int
	ByMail     bool // whether the secret left by mail and so proves the address
	MadeAt     time.Time
}

// AddLink keeps a secret's hash, before the secret leaves.
func AddLink(ctx context.Context, tx *store.Tx, org roster.OrgID, l Link) error {
	_, err := tx.Note(ctx, store.BookLink, `INSERT INTO invitation_link (org_id, hash, member_id, generation, by_mail, made_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		org, l.Hash, l.Member, l.Generation, l.ByMail, store.Micros(tx.At()))
	return err
}

// DropLink forgets a secret that surely never left.
func DropLink(ctx context.Context, tx store.Noter, org roster.OrgID, hash string) error {
	_, err := tx.Note(ctx, store.BookLink, `DELETE FROM invitation_link WHERE org_id = $1 AND hash = $2`, org, hash)
	return err
}

// CountLinks tells how many secrets a generation has.
func CountLinks(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID, generation int) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM invitation_link WHERE org_id = $1 AND member_id = $2 AND generation = $3`, org, m, generation)
	return n.Value, err
}

// Links gives the secrets of a generation.
func Links(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID, generation int) ([]Link, error) {
	return store.All(ctx, r, scanLink, `SELECT hash, member_id, generation, by_mail, made_at FROM invitation_link WHERE org_id = $1 AND member_id = $2 AND generation = $3`, org, m, generation)
}

func scanLink(row store.Row) (Link, error) {
	var l Link
	return l, row.Scan(&l.Hash, &l.Member, &l.Generation, &l.ByMail, store.When(&l.MadeAt))
}

// LinkByHash finds a secret by its hash.
func LinkByHash(ctx context.Context, r store.Reader, org roster.OrgID, hash string) (store.Found[Link], error) {
	return store.One(ctx, r, scanLink, `SELECT hash, member_id, generation, by_mail, made_at FROM invitation_link WHERE org_id = $1 AND hash = $2`, org, hash)
}
