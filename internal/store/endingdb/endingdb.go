// Package endingdb deletes an organisation whose time has come, with everything in it: some rows in each transaction,
// what refers to others first, and its history last. It does not decide when.
package endingdb

import (
	"context"
	"errors"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// rows is how many rows one transaction deletes at most, so that nobody waits long for its lock.
const rows = 2000

// table is one of an organisation's, and the columns that tell its rows apart.
type table struct{ name, key string }

// tables are an organisation's but for those that are treated apart, in an order in which none refers to one before it.
func tables() (beforeMembers, afterMembers []table) {
	beforeMembers = []table{
		{"member_word", "org_id, word, member_id"},
		{"unit_word", "org_id, word, unit_id"},
		{"member_place", "org_id, unit_id, sort_name, member_id"},
		{"invitation_link", "org_id, hash"},
		{"invitation", "org_id, member_id, generation"},
		{"api_secret", "org_id, member_id, id"},
		{"picture", "org_id, member_id"},
		{"view", "org_id, member_id, id"},
		{"notification", "org_id, id"},
		{"notification_choice", "org_id, member_id, notification"},
		{"factor_reset", "org_id, member_id"},
		{"identity", "org_id, member_id"},
		{"member_grant", "org_id, member_id, id"},
		{"operator_visit", "org_id, id"},
		{"portal_link", "org_id, id"},
	}
	afterMembers = []table{
		{"role_item", "org_id, role_id, permission, scope"},
		{"role", "org_id, id"},
		{"unit", "org_id, id"},
		{"login_method", "org_id, id"},
		{"webhook_attempt", "org_id, webhook_id, id"},
		{"webhook_reach", "org_id, webhook_id, of_org"},
		{"webhook", "org_id, id"},
		{"login_flow", "org_id, id"},
		{"session_entry", "org_id, session_id"},
		{"revoked_token", "org_id, id"},
		{"idempotency", "org_id, actor_id, key"},
		{"job", "org_id, id"},
		{"organisation_picture", "org_id"},
		{"checkpoint", "org_id, seq"},
		{"import_row", "org_id, import_id, number"},
		{"import", "org_id, id"},
		{"feed", "org_id, seq"},
	}
	return beforeMembers, afterMembers
}

// Begin keeps where the history of the organisation under lock stands before anything is deleted. Once it did, it does
// nothing.
func Begin(ctx context.Context, tx *store.Tx) error {
	begun, err := store.One(ctx, tx, store.Scan[string], `SELECT org_id FROM ending WHERE org_id = $1`, tx.Org())
	if err != nil || begun.OK {
		return err
	}
	head, err := store.One(ctx, tx, store.Scan[string], `SELECT hash FROM event WHERE org_id = $1 AND seq = $2`, tx.Org(), tx.Seq())
	if err != nil {
		return err
	}
	_, err = tx.Change(ctx, []roster.Change{{Of: tx.Organisation().Ref(), Field: "head", From: head.Value}},
		`INSERT INTO ending (org_id, seq, hash, members, persons) VALUES ($1, $2, $3, 0, 0)`, tx.Org(), tx.Seq(), head.Value)
	return err
}

// Some deletes some rows of the organisation under lock, and tells whether more are left than End deletes.
func Some(ctx context.Context, tx *store.Tx) (left bool, err error) {
	before, after := tables()
	steps := make([]func(most int) (int, error), 0, len(before)+len(after)+4)
	add := func(all []table) {
		for _, t := range all {
			steps = append(steps, func(most int) (int, error) { return empty(ctx, tx, t, most) })
		}
	}
	add(before)
	steps = append(steps,
		func(int) (int, error) { return members(ctx, tx) },
		func(int) (int, error) { return managed(ctx, tx) },
		func(most int) (int, error) { return orphan(ctx, tx, most) })
	add(after)
	steps = append(steps, func(most int) (int, error) { return lines(ctx, tx, most) })
	most := rows
	for _, step := range steps {
		n, err := step(most)
		if err != nil {
			return false, err
		}
		if most -= n; most <= 0 {
			return true, nil
		}
	}
	return false, nil
}

// some is the history's word for what a statement deletes.
func some(tx *store.Tx, what string) []roster.Change {
	return []roster.Change{{Of: tx.Organisation().Ref(), Field: what, From: "(some)"}}
}

// empty deletes some rows of a table.
func empty(ctx context.Context, tx *store.Tx, t table, most int) (int, error) {
	there, err := store.One(ctx, tx, store.Scan[int], `SELECT 1 FROM `+t.name+` WHERE org_id = $1 LIMIT 1`, tx.Org())
	if err != nil || !there.OK {
		return 0, err
	}
	n, err := tx.Change(ctx, some(tx, t.name),
		`DELETE FROM `+t.name+` WHERE (`+t.key+`) IN (SELECT `+t.key+` FROM `+t.name+` WHERE org_id = $1 LIMIT $2)`, tx.Org(), most)
	return int(n), err
}

// orphan takes the customer accounts out of their tree, so that they can be deleted in any order.
func orphan(ctx context.Context, tx *store.Tx, most int) (int, error) {
	there, err := store.One(ctx, tx, store.Scan[int], `SELECT 1 FROM unit WHERE org_id = $1 AND parent_id IS NOT NULL LIMIT 1`, tx.Org())
	if err != nil || !there.OK {
		return 0, err
	}
	n, err := tx.Change(ctx, some(tx, "parent"), `UPDATE unit SET parent_id = NULL WHERE org_id = $1 AND id IN
		(SELECT id FROM unit WHERE org_id = $1 AND parent_id IS NOT NULL LIMIT $2)`, tx.Org(), most)
	return int(n), err
}

// tail is how many lines of the history are left for End at most, those of the deletion itself among them.
const tail = 1000

// lines deletes some of the history, the oldest first.
func lines(ctx context.Context, tx *store.Tx, most int) (int, error) {
	first, err := store.One(ctx, tx, store.Scan[int64], `SELECT seq FROM event WHERE org_id = $1 ORDER BY seq LIMIT 1`, tx.Org())
	if err != nil || !first.OK || tx.Seq()-first.Value < tail {
		return 0, err
	}
	n, err := tx.Change(ctx, some(tx, "event"), `DELETE FROM event WHERE org_id = $1 AND seq < $2`, tx.Org(), min(first.Value+int64(most), tx.Seq()-tail/2))
	return int(n), err
}

// Lock finds an organisation and keeps everybody else from changing it until the transaction, which is the
// installation's, ends. Kind: NotFound.
func Lock(ctx context.Context, tx *store.Tx, org roster.OrgID) (roster.Organisation, error) {
	found, err := store.One(ctx, tx, store.ScanOrganisation, `SELECT `+store.OrganisationColumns+` FROM organisation WHERE id = $1`+store.ForUpdate(tx), org)
	if err != nil {
		return found.Value, err
	}
	return found.Or("organisation")
}

// ending is how an organisation stood before its deletion began, and what is gone since.
type ending struct {
	seq              int64
	hash             string
	members, persons int
}

// End deletes what Some has left of an organisation that is locked, and its own row.
func End(ctx context.Context, tx *store.Tx, o roster.Organisation) error {
	found, err := store.One(ctx, tx, func(row store.Row) (ending, error) {
		var e ending
		return e, row.Scan(&e.seq, &e.hash, &e.members, &e.persons)
	}, `SELECT seq, hash, members, persons FROM ending WHERE org_id = $1`, o.ID)
	if err != nil {
		return err
	}
	if !found.OK {
		return errors.New("endingdb: the deletion has not begun")
	}
	e := found.Value
	was := func(field, value string) roster.Change { return roster.Change{Of: o.Ref(), Field: field, From: value} }
	if _, err := tx.Change(ctx, []roster.Change{was("lines", strconv.FormatInt(e.seq, 10)), was("head", e.hash)}, `DELETE FROM event WHERE org_id = $1`, o.ID); err != nil {
		return err
	}
	if err := unbook(ctx, tx, o.ID); err != nil {
		return err
	}
	if _, err := tx.Change(ctx, []roster.Change{was("members", strconv.Itoa(e.members)), was("persons", strconv.Itoa(e.persons))}, `DELETE FROM ending WHERE org_id = $1`, o.ID); err != nil {
		return err
	}
	_, err = tx.Change(ctx, []roster.Change{was("name", o.Name), was("slug", o.Slug), was("created_at", o.CreatedAt.Format(time.RFC3339))}, `DELETE FROM organisation WHERE id = $1`, o.ID)
	return err
}

// unbook deletes what bookkeeping has left, and may have added since.
func unbook(ctx context.Context, tx *store.Tx, org roster.OrgID) error {
	_, err := tx.Note(ctx, store.BookRefusal, `DELETE FROM refusal WHERE org_id = $1`, org)
	if err == nil {
		_, err = tx.Note(ctx, store.BookJob, `DELETE FROM job WHERE org_id = $1`, org)
	}
	if err == nil {
		_, err = tx.Note(ctx, store.BookEntry, `DELETE FROM session_entry WHERE org_id = $1`, org)
	}
	if err == nil {
		_, err = tx.Note(ctx, store.BookApplied, `DELETE FROM applied WHERE org_id = $1`, org)
	}
	if err == nil {
		_, err = tx.Note(ctx, store.BookReach, `DELETE FROM webhook_reach WHERE of_org = $1`, org)
	}
	if err == nil {
		_, err = tx.Note(ctx, store.BookNotice, `DELETE FROM notice WHERE org_id = $1`, org)
	}
	if err == nil {
		_, err = tx.Note(ctx, store.BookFeed, `DELETE FROM feed WHERE org_id = $1`, org)
	}
	return err
}
