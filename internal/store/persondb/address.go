package persondb

import (
	"context"

	"roster/internal/roster"
	"roster/internal/store"
)

// Readdress gives a person another address. The caller has looked whose it is.
func Readdress(ctx context.Context, tx *store.Tx, was roster.Person, now roster.Email) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(was.ID), Field: "email", From: was.Email.Typed, To: now.Typed}},
		`UPDATE person SET email = $1, email_folded = $2 WHERE id = $3`, now.Typed, now.Folded, was.ID)
	return err
}
