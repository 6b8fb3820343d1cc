// Package operatordb keeps who operates the installation. Their accounts are persons that the installation manages;
// how these prove themselves is kept where every person's ways in are.
package operatordb

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = `p.id, p.managed_by, p.email, p.email_folded, p.created_at, o.added_at, o.added_by,
	EXISTS (SELECT 1 FROM credential c WHERE c.person_id = p.id AND c.kind NOT IN ('password', 'recovery')),
	COALESCE((SELECT max(s.seen_at) FROM session s WHERE s.person_id = p.id), 0)`

func scan(row store.Row) (roster.Operator, error) {
	var o roster.Operator
	return o, row.Scan(&o.Person.ID, &o.Person.ManagedBy, &o.Person.Email.Typed, &o.Person.Email.Folded, store.When(&o.Person.CreatedAt),
		store.When(&o.AddedAt), &o.AddedBy, &o.Factor, store.When(&o.SeenAt))
}

// Is tells whether a person is an operator.
func Is(ctx context.Context, r store.Reader, p roster.PersonID) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[string], `SELECT person_id FROM operator WHERE person_id = $1`, p)
	return found.OK, err
}

// Held is Is for a transaction, until whose end that cannot change.
func Held(ctx context.Context, tx *store.Tx, p roster.PersonID) (bool, error) {
	found, err := store.One(ctx, tx, store.Scan[string], `SELECT person_id FROM operator WHERE person_id = $1`+store.ForShare(tx), p)
	return found.OK, err
}

// All gives the operators, by address.
func All(ctx context.Context, r store.Reader) ([]roster.Operator, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM operator o JOIN person p ON p.id = o.person_id ORDER BY p.email_folded, p.id`)
}

// ByAddress finds the operator with a folded address.
func ByAddress(ctx context.Context, r store.Reader, folded string) (store.Found[roster.Operator], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM operator o JOIN person p ON p.id = o.person_id WHERE p.managed_by = $1 AND p.email_folded = $2`,
		roster.Installation, folded)
}

// Insert makes a person of the installation's an operator.
func Insert(ctx context.Context, tx *store.Tx, p roster.Person) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: ref(p), Field: "operator", To: p.Email.Typed}},
		`INSERT INTO operator (person_id, added_at, added_by) VALUES ($1, $2, $3)`, p.ID, store.Micros(tx.At()), roster.ActorFrom(ctx).ID())
	return err
}

// Remove ends somebody's being an operator.
func Remove(ctx context.Context, tx *store.Tx, p roster.Person) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: ref(p), Field: "operator", From: p.Email.Typed}}, `DELETE FROM operator WHERE person_id = $1`, p.ID)
	return err
}

func ref(p roster.Person) roster.Ref {
	return roster.Ref{Kind: "person", ID: string(p.ID), Name: p.Email.Typed}
}
