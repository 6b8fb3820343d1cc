// Package orgdb keeps organisations. It does not keep their seq, head and seats in use: those move
// with the history, in package store.
package orgdb

import (
	"context"
	"strconv"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

const columns = store.OrganisationColumns

// ByName finds an organisation by its ID or slug.
func ByName(ctx context.Context, r store.Reader, name string) (store.Found[roster.Organisation], error) {
	return store.One(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation WHERE id = $1 OR slug = $1`, name)
}

// All gives every organisation, by slug.
func All(ctx context.Context, r store.Reader) ([]roster.Organisation, error) {
	return store.All(ctx, r, store.ScanOrganisation, `SELECT `+columns+` FROM organisation ORDER BY slug`)
}

// Insert makes an organisation inside a transaction of the installation.
func Insert(ctx context.Context, tx *store.Tx, o roster.Organisation) error {
	of := roster.RefOrganisation(o.ID, o.Name)
	return tx.Found(ctx, o, []roster.Change{
		{Of: of, Field: "name", To: o.Name},
		{Of: of, Field: "slug", To: o.Slug},
		{Of: of, Field: "plan", To: o.Plan},
		{Of: of, Field: "invitation_ttl", To: o.InvitationTTL.String()},
		{Of: of, Field: "phone_required", To: strconv.FormatBool(o.PhoneRequired)},
	})
}

// Accepted notes that the first Owner has accepted: rule 5 holds from here on.
func Accepted(ctx context.Context, tx *store.Tx) error {
	o := tx.Organisation()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefOrganisation(o.ID, o.Name), Field: "accepted_at", To: tx.At().Format(time.RFC3339)}},
		`UPDATE organisation SET accepted_at = $1 WHERE id = $2`, store.Micros(tx.At()), o.ID)
	return err
}
