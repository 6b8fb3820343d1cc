// Package portaldb keeps the links that the host product asked for, by the hashes of their secrets, and which sessions they
// began. Whether one still brings anybody in is decided by the room of the portal.
package portaldb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Link is a link for one member.
type Link struct {
	Org     roster.OrgID
	ID      string
	Member  roster.MemberID
	Client  string // who asked for it
	Product string // what that is called; empty once it was removed
	Page    string // where it leads
	Until   time.Time
	UsedAt  time.Time // zero where it was not
}

// Insert keeps a new link, and forgets those of the organisation that are over, with what they began: none of that lasts
// longer than kept.
func Insert(ctx context.Context, tx *store.Tx, of roster.Ref, l Link, hash string, kept time.Duration) error {
	if _, err := tx.Note(ctx, store.BookPortal, `DELETE FROM portal_link WHERE org_id = $1 AND until_at < $2`, l.Org, store.Micros(tx.At().Add(-kept))); err != nil {
		return err
	}
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "portal_link", To: l.Page}},
		`INSERT INTO portal_link (org_id, id, hash, member_id, client_id, page, made_at, until_at, used_at, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`,
		l.Org, l.ID, hash, l.Member, l.Client, l.Page, store.Micros(tx.At()), store.Micros(l.Until))
	return err
}

// ByHash finds a link of an organisation by its secret's hash, whether or not it is over.
func ByHash(ctx context.Context, r store.Reader, org roster.OrgID, hash string) (store.Found[Link], error) {
	return store.One(ctx, r, func(row store.Row) (Link, error) {
		l := Link{Org: org}
		return l, row.Scan(&l.ID, &l.Member, &l.Client, &l.Page, store.When(&l.Until), store.When(&l.UsedAt), &l.Product)
	}, `SELECT l.id, l.member_id, l.client_id, l.page, l.until_at, l.used_at, CASE WHEN c.removed_at = 0 THEN c.name ELSE '' END
	    FROM portal_link l JOIN client c ON c.id = l.client_id WHERE l.org_id = $1 AND l.hash = $2`, org, hash)
}

// Use keeps that a link was used, and the session that it began; empty where the person had one that was enough.
func Use(ctx context.Context, tx *store.Tx, of roster.Ref, l Link, session string) error {
	n, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "portal_product", To: l.Product}},
		`UPDATE portal_link SET used_at = $1, session_id = $2 WHERE org_id = $3 AND id = $4 AND used_at = 0`, store.Micros(tx.At()), session, l.Org, l.ID)
	if err == nil && n != 1 {
		err = store.ErrStale()
	}
	return err
}

// Close ends the sessions that links of the organisation under lock began, and the links that nobody used.
func Close(ctx context.Context, tx *store.Tx) error {
	of := tx.Organisation().Ref()
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "sessions", From: "(all by the portal)"}},
		`DELETE FROM session WHERE id IN (SELECT session_id FROM portal_link WHERE org_id = $1)`, of.ID)
	if err == nil {
		_, err = tx.Change(ctx, []roster.Change{{Of: of, Field: "portal_links", From: "(all)"}}, `DELETE FROM portal_link WHERE org_id = $1`, of.ID)
	}
	return err
}

// CloseFor is Close for a product client in all organisations, once its removal is kept.
func CloseFor(ctx context.Context, tx *store.Tx, client roster.Ref) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: client, Field: "sessions", From: "(all by the portal)"}},
		`DELETE FROM session WHERE id IN (SELECT session_id FROM portal_link WHERE client_id = $1)`, client.ID)
	return err
}
