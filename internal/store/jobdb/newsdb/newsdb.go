// Package newsdb keeps what members are told of what happened, whether they read it and were told by letter, and how they
// want to be told. It writes no letter and does not decide who may know what.
package newsdb

import (
	"context"
	"time"

	"roster/internal/bulletin"
	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/zone"
)

// gathering is how long a letter waits for more to tell; the one of the day waits until this hour.
const (
	gathering = 5 * time.Minute
	morning   = 8
)

// Item is one thing that a member is told.
type Item struct {
	ID    string
	Kind  bulletin.News
	About string // what it is about, by ID; empty for what is about nobody else
	At    time.Time
	Read  time.Time // when they read it in the dashboard; zero for not yet
}

const columns = `id, kind, about, happened_at, seen_at`

func scan(row store.Row) (Item, error) {
	var i Item
	return i, row.Scan(&i.ID, &i.Kind, &i.About, store.When(&i.At), store.When(&i.Read))
}

// Tell keeps something that a member is told, in the way that they want, and queues the letter where they want one. What
// they did not read yet and happens again is told once, as of now. Who is no person, is not active or wants to hear nothing
// of it is told nothing: an inviter may be a program, or have left.
func Tell(ctx context.Context, tx *store.Tx, org roster.OrgID, to roster.MemberID, kind bulletin.News, about string) error {
	var way bulletin.Way
	n := kind.Notification()
	err := tx.NoteEach(ctx, store.BookNews, func(row store.Row) error { return row.Scan(&way) },
		`INSERT INTO notification (org_id, id, member_id, kind, about, way, happened_at, seen_at, told_at)
		SELECT m.org_id, CAST($3 AS TEXT), m.id, CAST($4 AS TEXT), CAST($5 AS TEXT), COALESCE(c.way, CAST($6 AS TEXT)), CAST($7 AS BIGINT), 0, 0
		FROM member m LEFT JOIN notification_choice c ON c.org_id = m.org_id AND c.member_id = m.id AND c.notification = $8
		WHERE m.org_id = $1 AND m.id = $2 AND m.kind <> 'api' AND m.status = 'active' AND COALESCE(c.way, '') <> 'none'
		ON CONFLICT (org_id, member_id, kind, about) WHERE seen_at = 0 DO UPDATE SET way = excluded.way, happened_at = excluded.happened_at, told_at = 0
		RETURNING way`,
		org, to, roster.NewID("ntf_"), kind, about, n.Usual(), store.Micros(tx.At()), n)
	if err != nil {
		return err
	}
	switch way {
	case bulletin.WayLetter:
		return jobdb.Gather(ctx, tx, jobdb.News, org, to, tx.At().Add(gathering))
	case bulletin.WayDaily:
		due, err := nextMorning(ctx, tx, org, to)
		if err != nil {
			return err
		}
		return jobdb.Gather(ctx, tx, jobdb.Digest, org, to, due)
	}
	return nil
}

// nextMorning gives when a member's letter of the day leaves next, in their time zone.
func nextMorning(ctx context.Context, tx *store.Tx, org roster.OrgID, to roster.MemberID) (time.Time, error) {
	name, err := store.One(ctx, tx, store.Scan[string], `SELECT p.zone FROM member m JOIN person p ON p.id = m.person_id WHERE m.org_id = $1 AND m.id = $2`, org, to)
	now := tx.At().In(zone.Of(name.Value))
	due := time.Date(now.Year(), now.Month(), now.Day(), morning, 0, 0, 0, now.Location())
	if !due.After(now) {
		due = time.Date(now.Year(), now.Month(), now.Day()+1, morning, 0, 0, 0, now.Location())
	}
	return due, err
}

// Untold gives what a letter of one of the ways is yet to tell a member, the oldest first: not what they have read.
func Untold(ctx context.Context, r store.Reader, org roster.OrgID, to roster.MemberID, way bulletin.Way, limit int) ([]Item, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM notification WHERE org_id = $1 AND member_id = $2 AND way = $3 AND told_at = 0 AND seen_at = 0
		ORDER BY happened_at, id LIMIT $4`, org, to, way, limit)
}

// Told keeps that a letter of one of the ways told a member what happened until a moment, or found nothing of it to tell.
func Told(ctx context.Context, tx store.Noter, org roster.OrgID, to roster.MemberID, way bulletin.Way, until time.Time) error {
	_, err := tx.Note(ctx, store.BookNews, `UPDATE notification SET told_at = $1 WHERE org_id = $2 AND member_id = $3 AND way = $4 AND told_at = 0 AND happened_at <= $5`,
		store.Micros(tx.At()), org, to, way, store.Micros(until))
	return err
}

// Place is where a list of what a member is told stands: behind what happened then.
type Place struct {
	At time.Time
	ID string
}

// Filter is what of it is asked for.
type Filter struct {
	Org    roster.OrgID
	Member roster.MemberID
	Kinds  []bulletin.News
	Unread bool // only what they did not read
	After  Place
	Limit  int
}

func (f Filter) conditions() *query.Conditions {
	q := &query.Conditions{}
	q.Add("org_id = %s", f.Org)
	q.Add("member_id = %s", f.Member)
	q.AddIn("kind", query.Anys(f.Kinds))
	if f.Unread {
		q.Add("seen_at = 0")
	}
	return q
}

// List gives what a member is told, the newest first.
func List(ctx context.Context, r store.Reader, f Filter) ([]Item, error) {
	q := f.conditions()
	if f.After.ID != "" {
		q.Add("(happened_at, id) < (%s, %s)", store.Micros(f.After.At), f.After.ID)
	}
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM notification WHERE `+q.Text()+` ORDER BY happened_at DESC, id DESC LIMIT `+q.Arg(f.Limit), q.Args()...)
}

// Kept gives all that a member is told, whatever concerns them now, the oldest first.
func Kept(ctx context.Context, r store.Reader, org roster.OrgID, m roster.MemberID) ([]Item, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM notification WHERE org_id = $1 AND member_id = $2 ORDER BY happened_at, id`, org, m)
}

// Count tells how much List would give without a place and a limit.
func Count(ctx context.Context, r store.Reader, f Filter) (int, error) {
	q := f.conditions()
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM notification WHERE `+q.Text(), q.Args()...)
	return n.Value, err
}

// CountTo is Count that stops at a number: counting costs no more for whoever reads nothing.
func CountTo(ctx context.Context, r store.Reader, f Filter, most int) (int, error) {
	q := f.conditions()
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM (SELECT 1 FROM notification WHERE `+q.Text()+` LIMIT `+q.Arg(most)+`) AS few`, q.Args()...)
	return n.Value, err
}

// Read keeps that a member read one thing, unless it happened again after they saw it; what they read before stays read as
// of then. known is false for what is not theirs.
func Read(ctx context.Context, tx store.Noter, org roster.OrgID, m roster.MemberID, id string, seen time.Time) (known bool, err error) {
	n, err := tx.Note(ctx, store.BookNews, `UPDATE notification SET seen_at = CASE WHEN seen_at = 0 AND happened_at <= $1 THEN $2 ELSE seen_at END WHERE org_id = $3 AND member_id = $4 AND id = $5`,
		store.Micros(seen), store.Micros(tx.At()), org, m, id)
	return n == 1, err
}

// ReadUntil keeps that a member read all that List would give of what happened until a moment.
func ReadUntil(ctx context.Context, tx store.Noter, f Filter, until time.Time) error {
	q := f.conditions()
	q.Add("happened_at <= %s", store.Micros(until))
	statement := `UPDATE notification SET seen_at = ` + q.Arg(store.Micros(tx.At())) + ` WHERE ` + q.Text()
	_, err := tx.Note(ctx, store.BookNews, statement, q.Args()...)
	return err
}

// Sweep forgets what happened before a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookNews, `DELETE FROM notification WHERE happened_at < $1`, store.Micros(before))
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
