package action

import (
	"context"

	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
)

// mostOwners is how many Owners are told that the seats are nearly used up.
const mostOwners = 50

// nearing lets the Owners be told when the seats in use reach nine tenths of the plan's limit by what is done.
func nearing(ctx context.Context, tx *store.Tx, plan roster.Plan) error {
	org := tx.Organisation()
	people, apis := tx.Seats()
	var told []bulletin.News
	if roster.Nearing(plan.MaxUsers, org.People-people, org.People) {
		told = append(told, bulletin.NewsSeats)
	}
	if roster.Nearing(plan.MaxAPIUsers, org.APIUsers-apis, org.APIUsers) {
		told = append(told, bulletin.NewsAPISeats)
	}
	if len(told) == 0 {
		return nil
	}
	owners, err := memberdb.Owners(ctx, tx, org.ID, tx.At(), mostOwners)
	for i := 0; i < len(owners) && err == nil; i++ {
		for _, kind := range told {
			if err == nil {
				err = newsdb.Tell(ctx, tx, org.ID, owners[i].ID, kind, "")
			}
		}
	}
	return err
}
