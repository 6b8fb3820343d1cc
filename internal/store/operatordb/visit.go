package operatordb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// Visiting finds an operator's visit to an organisation, by their session, that has not ended.
func Visiting(ctx context.Context, r store.Reader, org roster.OrgID, p roster.PersonID, session string, at time.Time) (store.Found[roster.Visit], error) {
	return store.One(ctx, r, func(row store.Row) (roster.Visit, error) {
		v := roster.Visit{Org: org, Person: p, Session: session}
		return v, row.Scan(&v.ID, &v.Reason, store.When(&v.EnteredAt), store.When(&v.Until))
	}, `SELECT id, reason, entered_at, until_at FROM operator_visit
		WHERE org_id = $1 AND person_id = $2 AND session_id = $3 AND until_at > $4 ORDER BY until_at DESC LIMIT 1`, org, p, session, store.Micros(at))
}

// Visit keeps that an operator entered the organisation under lock.
func Visit(ctx context.Context, tx *store.Tx, v roster.Visit) error {
	of := tx.Organisation().Ref()
	_, err := tx.Change(ctx, []roster.Change{{Of: of, Field: "reason", To: v.Reason}, {Of: of, Field: "visit_until", To: v.Until.UTC().Format(time.RFC3339)}},
		`INSERT INTO operator_visit (org_id, id, person_id, session_id, reason, entered_at, until_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Org, v.ID, v.Person, v.Session, v.Reason, store.Micros(v.EnteredAt), store.Micros(v.Until))
	return err
}

// Leave ends an operator's visits to the organisation under lock.
func Leave(ctx context.Context, tx *store.Tx, p roster.PersonID) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: tx.Organisation().Ref(), Field: "visit_until", To: tx.At().UTC().Format(time.RFC3339)}},
		`UPDATE operator_visit SET until_at = $1 WHERE org_id = $2 AND person_id = $3 AND until_at > $1`, store.Micros(tx.At()), tx.Org(), p)
	return err
}
