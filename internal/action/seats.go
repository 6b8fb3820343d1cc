package action

import (
	"context"

	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
)

// nearing lets the Owners be told when the seats in use reach nine tenths of the plan's limit by what is done.
func nearing(ctx context.Context, tx *store.Tx, plan roster.Plan) error {
	org := tx.Organisation()
	people, apis := tx.Seats()
	if roster.Nearing(plan.MaxUsers, org.People-people, org.People) {
		if err := TellOwners(ctx, tx, bulletin.NewsSeats, ""); err != nil {
			return err
		}
	}
	if roster.Nearing(plan.MaxAPIUsers, org.APIUsers-apis, org.APIUsers) {
		return TellOwners(ctx, tx, bulletin.NewsAPISeats, "")
	}
	return nil
}
