// Package newsdb keeps what members are yet to be told by letter, and which of it they do not want to be told. It writes
// no letter and does not decide who may know what.
package newsdb

import (
	"context"
	"slices"
	"strings"
	"time"

	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// gathering is how long a letter waits for more to tell.
const gathering = 5 * time.Minute

// Item is one thing to tell a member.
type Item struct {
	Kind  bulletin.News
	About string // a member's ID; empty for what is about nobody else
	At    time.Time
}

// Tell keeps something that a member shall be told, and queues the letter. Who is no person, or is not active, is told
// nothing: an inviter may be a program, or have left.
func Tell(ctx context.Context, tx *store.Tx, org roster.OrgID, to roster.MemberID, kind bulletin.News, about string) error {
	n, err := tx.Note(ctx, store.BookNews, `INSERT INTO news (org_id, member_id, kind, about, happened_at)
		SELECT m.org_id, m.id, $3, $4, CAST($5 AS BIGINT) FROM member m
		WHERE m.org_id = $1 AND m.id = $2 AND m.kind <> 'api' AND m.status = 'active'
		ON CONFLICT (org_id, member_id, kind, about) DO UPDATE SET happened_at = excluded.happened_at`,
		org, to, kind, about, store.Micros(tx.At()))
	if err != nil || n == 0 {
		return err
	}
	return jobdb.Gather(ctx, tx, org, to, gathering)
}

// Of gives what a member is yet to be told, the oldest first.
func Of(ctx context.Context, r store.Reader, org roster.OrgID, to roster.MemberID, limit int) ([]Item, error) {
	return store.All(ctx, r, func(row store.Row) (Item, error) {
		var i Item
		return i, row.Scan(&i.Kind, &i.About, store.When(&i.At))
	}, `SELECT kind, about, happened_at FROM news WHERE org_id = $1 AND member_id = $2 ORDER BY happened_at, kind, about LIMIT $3`, org, to, limit)
}

// Forget keeps that a member was told what happened until a moment.
func Forget(ctx context.Context, tx store.Noter, org roster.OrgID, to roster.MemberID, until time.Time) error {
	_, err := tx.Note(ctx, store.BookNews, `DELETE FROM news WHERE org_id = $1 AND member_id = $2 AND happened_at <= $3`, org, to, store.Micros(until))
	return err
}

// Sweep forgets what happened before a moment and was never told.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookNews, `DELETE FROM news WHERE happened_at < $1`, store.Micros(before))
	return err
}

// mostExpired is how many expired invitations are told of at once.
const mostExpired = 200

// Expired tells inviters of invitations that expired since a moment and were told of to nobody yet.
func Expired(ctx context.Context, tx store.Noter, since time.Time) error {
	type expired struct {
		org               roster.OrgID
		invited, inviting roster.MemberID
	}
	var all []expired
	take := func(row store.Row) error {
		var e expired
		err := row.Scan(&e.org, &e.invited, &e.inviting)
		all = append(all, e)
		return err
	}
	err := tx.NoteEach(ctx, store.BookClock, take, `UPDATE invitation SET told_at = $1 WHERE (org_id, member_id, generation) IN (
		SELECT org_id, member_id, generation FROM invitation WHERE state = 'live' AND told_at = 0 AND expires_at > $2 AND expires_at <= $1 ORDER BY expires_at LIMIT $3)
		RETURNING org_id, member_id, inviter`, store.Micros(tx.At()), store.Micros(since), mostExpired)
	for i := 0; i < len(all) && err == nil; i++ {
		err = Tell(ctx, tx.Tx, all[i].org, all[i].inviting, bulletin.NewsExpired, string(all[i].invited))
	}
	return err
}

// Off gives the notifications that a member switched off.
func Off(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]bulletin.Notification, error) {
	found, err := store.One(ctx, r, store.Scan[string], `SELECT unwanted FROM news_choice WHERE org_id = $1 AND member_id = $2`, org, m)
	var all []bulletin.Notification
	for _, word := range strings.Fields(found.Value) {
		all = append(all, bulletin.Notification(word))
	}
	return all, err
}

// SetOff keeps which notifications a member switched off.
func SetOff(ctx context.Context, tx *store.Tx, m roster.Ref, was, now []bulletin.Notification) error {
	if slices.Equal(was, now) {
		return nil
	}
	_, err := tx.Change(ctx, []roster.Change{{Of: m, Field: "notifications_off", From: list(was, ", "), To: list(now, ", ")}},
		`INSERT INTO news_choice (org_id, member_id, unwanted) VALUES ($1, $2, $3) ON CONFLICT (org_id, member_id) DO UPDATE SET unwanted = excluded.unwanted`,
		tx.Org(), m.ID, list(now, " "))
	return err
}

func list(all []bulletin.Notification, between string) string {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = string(n)
	}
	return strings.Join(words, between)
}
