package jobdb

import (
	"context"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// ByID finds a job.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id string) (store.Found[Job], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM job WHERE org_id = $1 AND id = $2`, org, id)
}

// Named finds a job by its ID alone, whatever organisation it is of.
func Named(ctx context.Context, r store.Reader, id string) (store.Found[Job], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM job WHERE id = $1`, id)
}

// Ref points at the job.
func (j Job) Ref() roster.Ref { return roster.Ref{Kind: "job", ID: j.ID, Name: j.Kind} }

// Again lets a job that ended without success be tried as if it were new. done is false when it is not what it was.
func Again(ctx context.Context, tx *store.Tx, j Job) (done bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: j.Ref(), Field: "state", From: string(j.State), To: string(Waiting)}},
		`UPDATE job SET state = 'waiting', attempt = 0, due_at = $1, done_at = 0, error = '' WHERE org_id = $2 AND id = $3 AND state = $4`,
		store.Micros(tx.At()), j.Org, j.ID, j.State)
	return n == 1, err
}

// Drop ends a job that nobody is at, so that it is never tried again. done is false when it is not what it was.
func Drop(ctx context.Context, tx *store.Tx, j Job) (done bool, err error) {
	n, err := tx.Change(ctx, []roster.Change{{Of: j.Ref(), Field: "state", From: string(j.State), To: string(Cancelled)}},
		`UPDATE job SET state = 'cancelled', done_at = $1 WHERE org_id = $2 AND id = $3 AND state = $4`, store.Micros(tx.At()), j.Org, j.ID, j.State)
	return n == 1, err
}

// Try keeps a job that somebody asked for by itself, such as a letter to try the mail server.
func Try(ctx context.Context, tx *store.Tx, j Job) error {
	_, err := tx.Change(ctx, []roster.Change{{Of: j.Ref(), Field: "to", To: j.About}},
		`INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at) VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, '', $6, 0)`,
		j.Org, j.ID, j.Kind, j.About, j.Payload, store.Micros(tx.At()))
	return err
}

// VisitLetter is the kind of jobs that tell an Owner that an operator entered; Visit is their payload.
const VisitLetter = "letter.visit"

// DeletionLetter is the kind of jobs that tell an Owner that their organisation is to be deleted, or that this was taken
// back; Deletion is their payload.
const DeletionLetter = "letter.deletion"

// PortalLetter is the kind of jobs that tell an Owner that their organisation was opened further to the host product's links;
// Portal is their payload.
const PortalLetter = "letter.portal"

// Portal tells who opened it, and to whom.
type Portal struct {
	Who    string `json:"who"`
	OpenTo string `json:"open_to"`
}

// Deletion tells of a deletion that an operator asked for, or took back.
type Deletion struct {
	Who string    `json:"who"`
	At  time.Time `json:"at"` // when everything is deleted; zero where it was taken back
}

// Visit tells of an operator who entered.
type Visit struct {
	Who    string    `json:"who"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"`
}
