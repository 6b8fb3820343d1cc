package factordb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// EndSince ends the second factors and recovery codes that a person has since a moment.
func EndSince(ctx context.Context, tx *store.Tx, p roster.PersonID, since time.Time) error {
	tx.MovesWays()
	_, err := tx.Change(ctx, []roster.Change{{Of: roster.RefPerson(p), Field: "factors", From: "(since " + since.UTC().Format(time.RFC3339) + ")"}},
		`DELETE FROM credential WHERE person_id = $1 AND kind IN ($2, $3, $4) AND created_at >= $5`,
		p, roster.FactorTOTP, roster.FactorPasskey, roster.FactorRecovery, store.Micros(since))
	return err
}
