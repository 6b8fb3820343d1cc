package endingdb

import (
	"context"
	"slices"

	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// people is how many members, or persons without a member, one transaction deletes at most; each has several ways in.
const people = 50

// ways are the tables of a person's ways in, of what began by one, and of what is remembered for the next time.
func ways() []string {
	return []string{"half_session", "person_link", "address_change", "device", "session", "credential"}
}

// members deletes some members, of whom nothing else is left, and their persons as far as they belong nowhere else.
func members(ctx context.Context, tx *store.Tx) (int, error) {
	var last roster.MemberID
	var persons []roster.PersonID
	n := 0
	err := store.Each(ctx, tx, func(row store.Row) error {
		var p roster.PersonID
		n++
		err := row.Scan(&last, store.Text(&p))
		if p != "" {
			persons = append(persons, p)
		}
		return err
	}, `SELECT id, person_id FROM member WHERE org_id = $1 ORDER BY id LIMIT $2`, tx.Org(), people)
	if err != nil || n == 0 {
		return 0, err
	}
	if _, err := tx.Change(ctx, some(tx, "member"), `DELETE FROM member WHERE org_id = $1 AND id <= $2`, tx.Org(), last); err != nil {
		return 0, err
	}
	erased, err := erase(ctx, tx, persons)
	if err != nil {
		return 0, err
	}
	return whole, counted(ctx, tx, n, erased)
}

// whole makes members and persons a transaction of their own.
const whole = rows

// managed deletes some persons of the organisation's own of whom no member is left.
func managed(ctx context.Context, tx *store.Tx) (int, error) {
	all, err := store.All(ctx, tx, store.Scan[roster.PersonID], `SELECT id FROM person WHERE managed_by = $1 ORDER BY id LIMIT $2`, tx.Org(), people)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	erased, err := erase(ctx, tx, all)
	if err != nil {
		return 0, err
	}
	return whole, counted(ctx, tx, 0, erased)
}

// counted keeps how many are gone.
func counted(ctx context.Context, tx *store.Tx, members, persons int) error {
	_, err := tx.Change(ctx, some(tx, "ending"), `UPDATE ending SET members = members + $1, persons = persons + $2 WHERE org_id = $3`, members, persons, tx.Org())
	return err
}

// erase deletes those of some persons who belong nowhere any more: their ways in and sessions, as with a last membership
// that ends, and themselves where no removed membership elsewhere tells of them. It gives how many ended.
func erase(ctx context.Context, tx *store.Tx, all []roster.PersonID) (int, error) {
	all = roster.Unique(all)
	if len(all) == 0 {
		return 0, nil
	}
	slices.Sort(all)
	marks, args := query.Marks(all)
	// Whoever accepts an invitation elsewhere at this moment locks their person, too.
	locked, err := store.All(ctx, tx, store.Scan[roster.PersonID], `SELECT id FROM person WHERE id IN (`+marks+`) AND managed_by <> 'installation' ORDER BY id`+store.ForUpdate(tx), args...)
	if err != nil {
		return 0, err
	}
	there, known := map[roster.PersonID]bool{}, map[roster.PersonID]bool{}
	err = store.Each(ctx, tx, func(row store.Row) error {
		var p roster.PersonID
		var status roster.Status
		err := row.Scan(&p, &status)
		known[p] = true
		there[p] = there[p] || status != roster.Removed
		return err
	}, `SELECT person_id, status FROM member WHERE person_id IN (`+marks+`)`, args...)
	if err != nil {
		return 0, err
	}
	gone := slices.DeleteFunc(locked, func(p roster.PersonID) bool { return there[p] })
	if len(gone) == 0 {
		return 0, nil
	}
	marks, args = query.Marks(gone)
	for _, t := range ways() {
		if _, err := tx.Change(ctx, some(tx, t), `DELETE FROM `+t+` WHERE person_id IN (`+marks+`)`, args...); err != nil {
			return 0, err
		}
	}
	n := len(gone)
	gone = slices.DeleteFunc(gone, func(p roster.PersonID) bool { return known[p] })
	if len(gone) == 0 {
		return n, nil
	}
	marks, args = query.Marks(gone)
	_, err = tx.Change(ctx, some(tx, "person"), `DELETE FROM person WHERE id IN (`+marks+`)`, args...)
	return n, err
}
