// Package jobdb keeps jobs: what follows from the history, outside its transaction. It does not run them.
package jobdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// State tells how far a job got.
type State string

// The states of jobs.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Refused   State = "refused"   // ended by an answer that trying again cannot change
	GivenUp   State = "given_up"  // tried too often
	Cancelled State = "cancelled" // no longer wanted
)

// Job is one thing to do.
type Job struct {
	Org     roster.OrgID
	ID      string
	Kind    string
	About   string // the member it is about
	Payload string // JSON; never a secret
	State   State
	Attempt int
	DueAt   time.Time // when it may run, or when its lease ends while it runs
	Error   string    // why the last attempt failed, in words for an administrator
	MadeAt  time.Time
	DoneAt  time.Time
}

const columns = `org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at`

func fields(j *Job) []any {
	return []any{&j.Org, &j.ID, &j.Kind, &j.About, &j.Payload, &j.State, &j.Attempt, store.When(&j.DueAt), &j.Error, store.When(&j.MadeAt), store.When(&j.DoneAt)}
}

func scan(row store.Row) (Job, error) {
	var j Job
	return j, row.Scan(fields(&j)...)
}

// Enqueue keeps a job in the transaction that makes it necessary.
func Enqueue(ctx context.Context, tx *store.Tx, j Job) error {
	_, err := tx.Note(ctx, store.BookJob, `INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, '', $6, 0)`, j.Org, j.ID, j.Kind, j.About, j.Payload, store.Micros(tx.At()))
	return err
}

// Claim takes up to n jobs of these kinds that are due, or whose lease has run out, and leases them. Those of an
// organisation that is closed wait until it is open again, but for what its Owners are told of what operators do.
func Claim(ctx context.Context, tx store.Noter, kinds []string, n int, lease time.Duration) ([]Job, error) {
	return claim(ctx, tx, kinds, n, lease, false)
}

// ClaimApart is Claim of one job of an organisation at most, and of none where one of these kinds is under way.
func ClaimApart(ctx context.Context, tx store.Noter, kinds []string, n int, lease time.Duration) ([]Job, error) {
	return claim(ctx, tx, kinds, n, lease, true)
}

func claim(ctx context.Context, tx store.Noter, kinds []string, n int, lease time.Duration, apart bool) ([]Job, error) {
	args := []any{store.Micros(tx.At()), n}
	marks := make([]string, len(kinds))
	for i, kind := range kinds {
		args = append(args, kind)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	of, alone := `kind IN (`+strings.Join(marks, ", ")+`)`, ""
	if apart {
		alone = ` AND NOT EXISTS (SELECT 1 FROM job other WHERE other.org_id = job.org_id AND other.` + of + ` AND other.state IN ('waiting', 'running')
			AND (other.state = 'running' AND other.due_at > $1 OR other.due_at <= $1 AND (other.due_at, other.id) < (job.due_at, job.id)))`
	}
	due, err := store.All(ctx, tx, scan, `SELECT `+columns+` FROM job WHERE state IN ('waiting', 'running') AND due_at <= $1 AND `+of+alone+`
		AND (kind IN ('`+VisitLetter+`', '`+DeletionLetter+`') OR NOT EXISTS (SELECT 1 FROM organisation o WHERE o.id = job.org_id AND (o.suspended_at > 0 OR o.delete_at > 0)))
		ORDER BY due_at LIMIT $2`+store.SkipLocked(tx), args...)
	if err != nil {
		return nil, err
	}
	for i := range due {
		j := &due[i]
		j.State, j.DueAt, j.Attempt = Running, tx.At().Add(lease), j.Attempt+1
		if _, err := tx.Note(ctx, store.BookJob, `UPDATE job SET state = 'running', attempt = $1, due_at = $2 WHERE org_id = $3 AND id = $4`,
			j.Attempt, store.Micros(j.DueAt), j.Org, j.ID); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// Held tells whether an attempt is still the one that counts: not cancelled, not claimed anew. Until the
// transaction ends, that cannot change.
func Held(ctx context.Context, tx store.Noter, j Job) (bool, error) {
	found, err := store.One(ctx, tx, store.Scan[int], `SELECT 1 FROM job WHERE org_id = $1 AND id = $2 AND attempt = $3 AND state = 'running'`+store.ForUpdate(tx),
		j.Org, j.ID, j.Attempt)
	return found.OK, err
}

// Finish keeps what became of an attempt: an end, or Waiting until it is due again. It does nothing
// when the job was claimed anew meanwhile.
func Finish(ctx context.Context, tx store.Noter, j Job, state State, due time.Time, why string) error {
	done := int64(0)
	if state != Waiting {
		done = store.Micros(tx.At())
	}
	_, err := tx.Note(ctx, store.BookJob, `UPDATE job SET state = $1, due_at = $2, error = $3, done_at = $4 WHERE org_id = $5 AND id = $6 AND attempt = $7 AND state = 'running'`,
		state, store.Micros(due), why, done, j.Org, j.ID, j.Attempt)
	return err
}

// Twin tells whether an older job of the same kind about the same waits or runs.
func Twin(ctx context.Context, tx store.Noter, j Job) (bool, error) {
	found, err := store.One(ctx, tx, store.Scan[int], `SELECT 1 FROM job WHERE org_id = $1 AND about = $2 AND kind = $3 AND state IN ('waiting', 'running') AND (made_at, id) < ($4, $5)`,
		j.Org, j.About, j.Kind, store.Micros(j.MadeAt), j.ID)
	return found.OK, err
}

// HandBack gives a job that was not begun back, as if it had not been claimed.
func HandBack(ctx context.Context, tx store.Noter, j Job) error {
	_, err := tx.Note(ctx, store.BookJob, `UPDATE job SET state = 'waiting', due_at = $1, attempt = attempt - 1 WHERE org_id = $2 AND id = $3 AND attempt = $4 AND state = 'running'`,
		store.Micros(tx.At()), j.Org, j.ID, j.Attempt)
	return err
}

// PutOff keeps that an attempt did what could be done, and that the job goes on when it is due: its failures count anew.
func PutOff(ctx context.Context, tx store.Noter, j Job, due time.Time) error {
	_, err := tx.Note(ctx, store.BookJob, `UPDATE job SET state = 'waiting', due_at = $1, error = '', attempt = 0 WHERE org_id = $2 AND id = $3 AND attempt = $4 AND state = 'running'`,
		store.Micros(due), j.Org, j.ID, j.Attempt)
	return err
}

// Release lets claimed jobs be claimed anew at once, though their lease has not run out. The caller knows
// that nobody is at them.
func Release(ctx context.Context, tx store.Noter) error {
	_, err := tx.Note(ctx, store.BookJob, `UPDATE job SET due_at = $1 WHERE state = 'running' AND due_at > $1`, store.Micros(tx.At()))
	return err
}

// Cancel ends a member's jobs that have not run: what they would do is no longer wanted.
func Cancel(ctx context.Context, tx *store.Tx, org roster.OrgID, about string) error {
	_, err := tx.Note(ctx, store.BookJob, `UPDATE job SET state = 'cancelled', done_at = $1 WHERE org_id = $2 AND about = $3 AND state IN ('waiting', 'running')`,
		store.Micros(tx.At()), org, about)
	return err
}

// Dead gives the states of jobs that failed and that nobody tries again by itself.
func Dead() []State { return []State{Refused, GivenUp} }

// Tidings gives the kinds of letters that tell a member what happened in the organisation, rather than bring them in.
func Tidings() []string { return []string{VisitLetter, DeletionLetter, PortalLetter, News, Digest} }

// About gives the jobs by which a member comes in, the newest first: not those that tell them what happened.
func About(ctx context.Context, r store.Reader, org roster.OrgID, about string) ([]Job, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM job WHERE org_id = $1 AND about = $2 AND kind NOT IN ('`+strings.Join(Tidings(), "', '")+`') ORDER BY made_at DESC, id DESC`, org, about)
}

// Pending tells whether a job about something waits or runs.
func Pending(ctx context.Context, r store.Reader, org roster.OrgID, about string) (bool, error) {
	found, err := store.One(ctx, r, store.Scan[int], `SELECT 1 FROM job WHERE org_id = $1 AND about = $2 AND state IN ('waiting', 'running') LIMIT 1`, org, about)
	return found.OK, err
}

// Due gives when a job about something is done at the earliest; the zero time where none waits.
func Due(ctx context.Context, r store.Reader, org roster.OrgID, about string) (time.Time, error) {
	found, err := store.One(ctx, r, func(row store.Row) (time.Time, error) {
		var at time.Time
		return at, row.Scan(store.When(&at))
	}, `SELECT due_at FROM job WHERE org_id = $1 AND about = $2 AND state = 'waiting' ORDER BY due_at LIMIT 1`, org, about)
	return found.Value, err
}

// Addressed is a job and the address of the member it is about.
type Addressed struct {
	Job
	To string
}

// Open gives the jobs of every organisation that are in some states, but for imports, the next due first.
func Open(ctx context.Context, r store.Reader, states []State, limit int) ([]Addressed, error) {
	args := []any{limit}
	marks := make([]string, len(states))
	for i, s := range states {
		args = append(args, s)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	return store.All(ctx, r, func(row store.Row) (Addressed, error) {
		var a Addressed
		return a, row.Scan(append(fields(&a.Job), &a.To)...)
	}, `SELECT `+columns+`, COALESCE((SELECT m.email FROM member m WHERE m.org_id = job.org_id AND m.id = job.about), '') FROM job
	    WHERE state IN (`+strings.Join(marks, ", ")+`) AND kind <> 'import' ORDER BY due_at, id LIMIT $1`, args...)
}

// CountOpen tells how many jobs of every organisation are in each state, but for imports and those that are over.
func CountOpen(ctx context.Context, r store.Reader) (map[State]int, error) {
	all := map[State]int{}
	return all, store.Each(ctx, r, func(row store.Row) error {
		var s State
		var n int
		err := row.Scan(&s, &n)
		all[s] = n
		return err
	}, `SELECT state, count(*) FROM job WHERE state IN ('waiting', 'running', 'refused', 'given_up') AND kind <> 'import' GROUP BY state`)
}

// Sweep forgets jobs that ended before a moment.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) error {
	_, err := tx.Note(ctx, store.BookJob, `DELETE FROM job WHERE done_at > 0 AND done_at < $1`, store.Micros(before))
	return err
}

// Waits tells how many jobs wait or run, for the metrics.
func Waits(ctx context.Context, r store.Reader) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM job WHERE state IN ('waiting', 'running')`)
	return n.Value, err
}
