// Package unitdb keeps the tree of customer accounts and the words by which they are found. Kinds, depth and
// names are checked by whoever writes; what would break the tree itself, or let an external member reach
// beyond their unit, is refused here.
package unitdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `u.org_id, u.id, u.parent_id, u.kind, u.name, u.external_id, u.archived_at, u.created_at, u.created_by, u.updated_at, u.updated_by, u.version`

func fields(u *roster.Unit) []any {
	return []any{
		&u.Org, &u.ID, store.Text(&u.Parent), &u.Kind, &u.Name, &u.ExternalID, store.When(&u.ArchivedAt),
		store.When(&u.CreatedAt), &u.CreatedBy, store.When(&u.UpdatedAt), &u.UpdatedBy, &u.Version,
	}
}

func scan(row store.Row) (roster.Unit, error) {
	var u roster.Unit
	return u, row.Scan(fields(&u)...)
}

// ByID finds a unit of an organisation. Units of other organisations are not found.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id roster.UnitID) (store.Found[roster.Unit], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM unit u WHERE u.org_id = $1 AND u.id = $2`, org, id)
}

// ByExternalID finds a unit by the host product's name for it, which is not empty.
func ByExternalID(ctx context.Context, r store.Reader, org roster.OrgID, external string) (store.Found[roster.Unit], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM unit u WHERE u.org_id = $1 AND u.external_id = $2 AND u.external_id <> ''`, org, external)
}

// All gives an organisation's units, archived ones too, in no order.
func All(ctx context.Context, r store.Reader, org roster.OrgID) ([]roster.Unit, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM unit u WHERE u.org_id = $1`, org)
}

// Sibling finds the unit of a name, whatever its case and accents, directly below a parent; an empty parent is
// the organisation.
func Sibling(ctx context.Context, r store.Reader, org roster.OrgID, parent roster.UnitID, name string) (store.Found[roster.Unit], error) {
	q := &query.Conditions{}
	q.Add("u.org_id = %s AND u.sort_name = %s", org, []byte(roster.Fold(name)))
	if parent == "" {
		q.Add("u.parent_id IS NULL")
	} else {
		q.Add("u.parent_id = %s", parent)
	}
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM unit u WHERE `+q.Text()+` ORDER BY u.id LIMIT 1`, q.Args()...)
}

// Height gives how many levels a unit's tree has, itself included; 0 for a unit there is not.
func Height(ctx context.Context, r store.Reader, org roster.OrgID, id roster.UnitID) (int, error) {
	found, err := store.One(ctx, r, store.Scan[int], `WITH RECURSIVE below (id, level) AS (
		SELECT id, 1 FROM unit WHERE org_id = $1 AND id = $2
		UNION ALL SELECT u.id, b.level + 1 FROM unit u JOIN below b ON u.org_id = $1 AND u.parent_id = b.id)
		SELECT COALESCE(max(level), 0) FROM below`, org, id)
	return found.Value, err
}

// Insert keeps a new unit and its words. Kind: Conflict, code external_id_taken.
func Insert(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	u.Org = tx.Org()
	if err := external(ctx, tx, u); err != nil {
		return err
	}
	_, err := tx.Change(ctx, changes(roster.Unit{}, u),
		`INSERT INTO unit (org_id, id, parent_id, kind, name, sort_name, external_id, archived_at, created_at, created_by, updated_at, updated_by, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
		u.Org, u.ID, store.Null(u.Parent), u.Kind, u.Name, sortName(u), u.ExternalID, store.Micros(u.ArchivedAt),
		store.Micros(u.CreatedAt), u.CreatedBy, store.Micros(u.UpdatedAt), u.UpdatedBy)
	if err != nil {
		return err
	}
	u.Version = 1
	tx.Unit(roster.Unit{}, u)
	return addWords(ctx, tx, u)
}

// Update keeps a unit's new name, external ID and whether it is archived; its place is Move's.
// Kind: Conflict, code external_id_taken, or changed_meanwhile when was is not what is kept.
func Update(ctx context.Context, tx *store.Tx, was, now roster.Unit) (roster.Unit, error) {
	now.Parent, now.Kind = was.Parent, was.Kind
	if err := external(ctx, tx, now); err != nil {
		return was, err
	}
	return keep(ctx, tx, was, now)
}

// Move puts a unit, with all below it, under another parent; an empty one is the organisation.
// Kind: Invalid, code unit_cycle, when the parent is the unit or stands below it; Conflict, code
// external_confined, when an external member would no longer be bound above what they hold, or
// changed_meanwhile when was is not what is kept.
func Move(ctx context.Context, tx *store.Tx, was roster.Unit, parent roster.UnitID) (roster.Unit, error) {
	now := was
	now.Parent = parent
	cyclic, err := store.One(ctx, tx, store.Scan[int], `WITH RECURSIVE `+inside+` SELECT 1 FROM inside WHERE id = $3`, tx.Org(), was.ID, parent)
	switch {
	case err != nil:
		return was, err
	case cyclic.OK:
		return was, roster.Errorf(roster.Invalid, "unit_cycle", "%s cannot stand in itself or below itself.", was.Name).On("parent")
	}
	// Who is bound inside the moved tree goes along with it; who is bound at the new parent or above still
	// reaches what moves. Everybody else would hold something outside their unit.
	m, err := store.One(ctx, tx, func(row store.Row) (roster.Member, error) {
		var m roster.Member
		return m, row.Scan(&m.ID, &m.Name, &m.Email.Typed)
	}, `WITH RECURSIVE `+inside+`,
		above (id, parent_id) AS (SELECT id, parent_id FROM unit WHERE org_id = $1 AND id = $3
		UNION SELECT u.id, u.parent_id FROM unit u JOIN above a ON u.org_id = $1 AND u.id = a.parent_id)
		SELECT m.id, m.name, m.email FROM inside i JOIN member_grant g ON g.org_id = $1 AND g.unit_id = i.id
		JOIN member m ON m.org_id = $1 AND m.id = g.member_id AND m.kind = 'external' AND m.status <> 'removed'
		WHERE m.unit_id NOT IN (SELECT id FROM inside) AND m.unit_id NOT IN (SELECT id FROM above) LIMIT 1`, tx.Org(), was.ID, parent)
	switch {
	case err != nil:
		return was, err
	case m.OK:
		return was, roster.Errorf(roster.Conflict, "external_confined", "%s is bound to a customer account that %s would leave, and holds access here. Take that access first.", m.Value.Label(), was.Name)
	}
	return keep(ctx, tx, was, now)
}

// inside is the tree of the unit $2 of the organisation $1.
const inside = `inside (id) AS (SELECT id FROM unit WHERE org_id = $1 AND id = $2
		UNION SELECT u.id FROM unit u JOIN inside i ON u.org_id = $1 AND u.parent_id = i.id)`

func keep(ctx context.Context, tx *store.Tx, was, now roster.Unit) (roster.Unit, error) {
	diff := changes(was, now)
	if len(diff) == 0 {
		return was, nil
	}
	now.UpdatedAt, now.UpdatedBy, now.Version = tx.At(), roster.ActorFrom(ctx).ID(), was.Version+1
	n, err := tx.Change(ctx, diff,
		`UPDATE unit SET parent_id = $1, name = $2, sort_name = $3, external_id = $4, archived_at = $5, updated_at = $6, updated_by = $7, version = $8
		 WHERE org_id = $9 AND id = $10 AND version = $11`,
		store.Null(now.Parent), now.Name, sortName(now), now.ExternalID, store.Micros(now.ArchivedAt), store.Micros(now.UpdatedAt), now.UpdatedBy, now.Version,
		tx.Org(), was.ID, was.Version)
	switch {
	case err != nil:
		return was, err
	case n != 1:
		return was, store.ErrStale()
	}
	tx.Unit(was, now)
	if slices.Equal(words(was), words(now)) {
		return now, nil
	}
	if _, err := tx.Note(ctx, store.BookUnitWord, `DELETE FROM unit_word WHERE org_id = $1 AND unit_id = $2`, tx.Org(), was.ID); err != nil {
		return was, err
	}
	return now, addWords(ctx, tx, now)
}

// external refuses an external ID that another unit has.
func external(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	if u.ExternalID == "" {
		return nil
	}
	other, err := ByExternalID(ctx, tx, tx.Org(), u.ExternalID)
	if err != nil || !other.OK || other.Value.ID == u.ID {
		return err
	}
	return roster.Errorf(roster.Conflict, "external_id_taken", "Another customer account here has this external ID already.").On("external_id")
}

// sortName orders units without regard to case and accents.
func sortName(u roster.Unit) []byte { return []byte(roster.Fold(u.Name)) }

func words(u roster.Unit) []string { return roster.SearchWords(u.Name, u.ExternalID) }

// addWords keeps a unit's words in one statement; its text is the same for the same number of them.
func addWords(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	all := words(u)
	if len(all) == 0 {
		return nil
	}
	var q strings.Builder
	q.WriteString(`INSERT INTO unit_word (org_id, word, unit_id) VALUES `)
	args := []any{tx.Org(), u.ID}
	for i, w := range all {
		if i > 0 {
			q.WriteString(", ")
		}
		args = append(args, []byte(w))
		fmt.Fprintf(&q, "($1, $%d, $2)", len(args))
	}
	_, err := tx.Note(ctx, store.BookUnitWord, q.String(), args...)
	return err
}

// changes lists the fields in which two states of a unit differ, for the history.
func changes(was, now roster.Unit) []roster.Change {
	var all []roster.Change
	add := func(field, from, to string) {
		if from != to {
			all = append(all, roster.Change{Of: now.Ref(), Field: field, From: from, To: to})
		}
	}
	add("kind", string(was.Kind), string(now.Kind))
	add("name", was.Name, now.Name)
	add("parent", string(was.Parent), string(now.Parent))
	add("external_id", was.ExternalID, now.ExternalID)
	add("archived", stamp(was.ArchivedAt), stamp(now.ArchivedAt))
	return all
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
