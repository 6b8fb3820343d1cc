// Package mailboxdb keeps changes of the address that a person signs in by, from being asked for until they cannot be
// undone any more, and the links by which mailboxes prove them. Of a link's secret only the hash is here.
package mailboxdb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// State is how far a change is.
type State string

// The states of a change.
const (
	Asked  State = "asked"  // until both mailboxes proved it
	Done   State = "done"   // and can be undone, until its time is over
	Undone State = "undone" // or another before it was
)

// Side is whose mailbox a link was sent to, and what for.
type Side string

// The sides of a change.
const (
	Old  Side = "old"  // the address that is left: it proves that the person wants to
	New  Side = "new"  // the one that is taken: it proves that it is theirs
	Back Side = "back" // the one that was left, to undo it
)

// Change is a change of address.
type Change struct {
	ID           string
	Person       roster.PersonID
	State        State
	Was, Fresh   roster.Email
	Given        string // a digest of the password's hash when it was asked for
	AskedAt      time.Time
	OldAt, NewAt time.Time // when either mailbox proved it; zero before
	UntilAt      time.Time // until when it can be finished; once it is done, until when undone
}

// Proved tells whether both mailboxes proved it.
func (c Change) Proved() bool { return !c.OldAt.IsZero() && !c.NewAt.IsZero() }

const columns = `c.id, c.person_id, c.state, c.was, c.was_folded, c.fresh, c.fresh_folded, c.given, c.asked_at, c.old_at, c.new_at, c.until_at`

func fields(c *Change) []any {
	return []any{
		&c.ID, &c.Person, &c.State, &c.Was.Typed, &c.Was.Folded, &c.Fresh.Typed, &c.Fresh.Folded, &c.Given,
		store.When(&c.AskedAt), store.When(&c.OldAt), store.When(&c.NewAt), store.When(&c.UntilAt),
	}
}

func scan(row store.Row) (Change, error) {
	var c Change
	return c, row.Scan(fields(&c)...)
}

// ByID finds a change, whether or not its time is over.
func ByID(ctx context.Context, r store.Reader, id string) (store.Found[Change], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM address_change c WHERE c.id = $1`, id)
}

// Waiting finds the change that a person asked for and that is not done, whether or not its time is over.
func Waiting(ctx context.Context, r store.Reader, p roster.PersonID) (store.Found[Change], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM address_change c WHERE c.person_id = $1 AND c.state = 'asked' ORDER BY c.asked_at DESC LIMIT 1`, p)
}

// Of gives a person's changes that are kept, the oldest first.
func Of(ctx context.Context, r store.Reader, p roster.PersonID) ([]Change, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM address_change c WHERE c.person_id = $1 ORDER BY c.asked_at, c.id`, p)
}

// ByHash finds a change by the secret of one of its links, and which side holds it.
func ByHash(ctx context.Context, r store.Reader, hash string) (store.Found[Change], Side, error) {
	var side Side
	found, err := store.One(ctx, r, func(row store.Row) (Change, error) {
		var c Change
		return c, row.Scan(append(fields(&c), &side)...)
	}, `SELECT `+columns+`, l.side FROM address_link l JOIN address_change c ON c.id = l.change_id WHERE l.hash = $1`, hash)
	return found, side, err
}

// Rests tells whether an address was left by somebody else who can still go back to it.
func Rests(ctx context.Context, r store.Reader, folded string, but roster.PersonID, now time.Time) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM address_change c WHERE c.was_folded = $1 AND c.state = 'done' AND c.until_at > $2 AND c.person_id <> $3 LIMIT 1`,
		folded, store.Micros(now), but)
	return found.OK, err
}

// Free refuses an address of which nobody can be made: somebody left it a short while ago, and can still go back to it.
// Kind: Conflict (email_rests).
func Free(ctx context.Context, r store.Reader, address roster.Email, now time.Time) error {
	rests, err := Rests(ctx, r, address.Folded, "", now)
	if err == nil && rests {
		err = roster.Errorf(roster.Conflict, "email_rests", "An account left %s a short while ago, and can go back to it for 72 hours. Sign in as it is called now, or open this link when they are over.", address.Typed)
	}
	return err
}

// Insert keeps a change that was asked for.
func Insert(ctx context.Context, tx *store.Tx, c Change) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(c.Person), Field: "email_asked", To: c.Fresh.Typed}},
		`INSERT INTO address_change (id, person_id, state, was, was_folded, fresh, fresh_folded, given, asked_at, old_at, new_at, until_at)
		 VALUES ($1, $2, 'asked', $3, $4, $5, $6, $7, $8, 0, 0, $9)`,
		c.ID, c.Person, c.Was.Typed, c.Was.Folded, c.Fresh.Typed, c.Fresh.Folded, c.Given, store.Micros(c.AskedAt), store.Micros(c.UntilAt))
	return err
}

// Withdraw ends a change that is not done, with its links. ended is false when it is gone already.
func Withdraw(ctx context.Context, tx *store.Tx, c Change) (ended bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(c.Person), Field: "email_asked", From: c.Fresh.Typed}},
		`DELETE FROM address_change WHERE id = $1 AND state = 'asked'`, c.ID)
	return n == 1, err
}

// Prove keeps which mailboxes proved a change by now.
func Prove(ctx context.Context, tx *store.Tx, c Change, by Side) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(c.Person), Field: "email_proved", To: string(by)}},
		`UPDATE address_change SET old_at = $1, new_at = $2 WHERE id = $3 AND state = 'asked'`, store.Micros(c.OldAt), store.Micros(c.NewAt), c.ID)
	return err
}

// Finish keeps that a change is done and until when it can be undone; the links by which it was proved are dead.
func Finish(ctx context.Context, tx *store.Tx, c Change) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(c.Person), Field: "email_undo_until", To: c.UntilAt.UTC().Format(time.RFC3339)}},
		`UPDATE address_change SET state = 'done', until_at = $1 WHERE id = $2`, store.Micros(c.UntilAt), c.ID)
	if err != nil {
		return err
	}
	_, err = tx.Note(ctx, store.BookAddressLink, `DELETE FROM address_link WHERE change_id = $1`, c.ID)
	return err
}

// Undo keeps that a change was undone, and with it all that its person changed or asked for since; their links are dead.
// The rows stay until a moment, so that members follow.
func Undo(ctx context.Context, tx *store.Tx, c Change, until time.Time) error {
	if _, err := tx.Note(ctx, store.BookAddressLink, `DELETE FROM address_link WHERE change_id IN (SELECT id FROM address_change WHERE person_id = $1 AND asked_at >= $2)`,
		c.Person, store.Micros(c.AskedAt)); err != nil {
		return err
	}
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(c.Person), Field: "email_undone", To: c.Was.Typed}},
		`UPDATE address_change SET state = 'undone', until_at = $1 WHERE person_id = $2 AND asked_at >= $3`, store.Micros(until), c.Person, store.Micros(c.AskedAt))
	return err
}

// Mint keeps the hash of a link's secret; that of an attempt before is dead.
func Mint(ctx context.Context, tx store.Noter, id string, side Side, hash string) error {
	_, err := tx.Note(ctx, store.BookAddressLink, `INSERT INTO address_link (change_id, side, hash) VALUES ($1, $2, $3)
		ON CONFLICT (change_id, side) DO UPDATE SET hash = excluded.hash`, id, side, hash)
	return err
}

// Silence ends the links that were mailed to a person, and sign-ins of theirs between two proofs.
func Silence(ctx context.Context, tx store.Noter, p roster.PersonID) error {
	if _, err := tx.Note(ctx, store.BookPersonLink, `DELETE FROM person_link WHERE person_id = $1`, p); err != nil {
		return err
	}
	if _, err := tx.Note(ctx, store.BookHalf, `DELETE FROM half_session WHERE person_id = $1`, p); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookReset, `DELETE FROM factor_reset
		WHERE EXISTS (SELECT 1 FROM member m WHERE m.org_id = factor_reset.org_id AND m.id = factor_reset.member_id AND m.person_id = $1)`, p)
	return err
}

// Sweep forgets changes that cannot be finished or undone since a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookAddress, `DELETE FROM address_change WHERE until_at < $1`, store.Micros(before))
	return err
}

// Behind is a member whose address is not their person's.
type Behind struct {
	Org    roster.OrgID
	Member roster.MemberID
	Person roster.PersonID
}

func scanBehind(row store.Row) (Behind, error) {
	var b Behind
	return b, row.Scan(&b.Org, &b.Member, &b.Person)
}

// BehindOf gives a person's members whose address is not theirs, by organisation.
func BehindOf(ctx context.Context, r store.Reader, p roster.PersonID) ([]Behind, error) {
	return store.All(ctx, r, scanBehind, `SELECT m.org_id, m.id, p.id FROM person p JOIN member m ON m.person_id = p.id AND m.status <> 'removed' AND m.email_folded <> p.email_folded
		WHERE p.id = $1 AND p.managed_by = '' ORDER BY m.org_id, m.id`, p)
}

// AllBehind gives the same of everybody whose address changed lately, some at a time: those after the last one.
func AllBehind(ctx context.Context, r store.Reader, last Behind) ([]Behind, error) {
	return store.All(ctx, r, scanBehind, `SELECT m.org_id, m.id, p.id FROM person p JOIN member m ON m.person_id = p.id AND m.status <> 'removed' AND m.email_folded <> p.email_folded
		WHERE p.managed_by = '' AND p.id IN (SELECT c.person_id FROM address_change c WHERE c.state <> 'asked')
		AND (m.org_id > $1 OR m.org_id = $1 AND m.id > $2) ORDER BY m.org_id, m.id LIMIT 200`, last.Org, last.Member)
}

// Another gives the organisations of a person in which somebody else has an address, by name.
func Another(ctx context.Context, r store.Reader, p roster.PersonID, folded string) ([]string, error) {
	return store.All(ctx, r, store.Scan[string], `SELECT o.name FROM member m JOIN organisation o ON o.id = m.org_id
		JOIN member other ON other.org_id = m.org_id AND other.email_folded = $2 AND other.status <> 'removed' AND other.id <> m.id
		WHERE m.person_id = $1 AND m.status <> 'removed' ORDER BY o.name, o.id LIMIT 50`, p, folded)
}
