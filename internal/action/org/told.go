package org

import (
	"context"
	"encoding/json"

	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/memberdb"
)

// mostTold is how many Owners a letter goes to.
const mostTold = 50

// Tell queues a letter of a kind to each Owner of the organisation under lock. about is what it tells, without a secret.
func Tell(ctx context.Context, tx *store.Tx, kind string, about any) error {
	owners, err := memberdb.Owners(ctx, tx, tx.Org(), tx.At(), mostTold)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(about)
	if err != nil {
		return err
	}
	for _, o := range owners {
		j := jobdb.Job{Org: tx.Org(), ID: roster.NewID("job_"), Kind: kind, About: string(o.ID), Payload: string(payload)}
		if err := jobdb.Enqueue(ctx, tx, j); err != nil {
			return err
		}
	}
	return nil
}
