package outbox

import (
	"context"
	"encoding/json"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/store/persondb"
)

// Trial is the kind of jobs that send a letter to try the mail server; it is about the address.
const Trial = "letter.test"

// Try queues a letter that says that mail arrives. For operators. Kind: Invalid for the address.
func (r *Room) Try(ctx context.Context, address string) (jobdb.Job, error) {
	j := jobdb.Job{Org: roster.Installation, ID: roster.NewID("job_"), Kind: Trial}
	return action.Do(ctx, r.gate, act.MailTest, j.Ref(), func(ctx context.Context, tx *store.Tx) (jobdb.Job, error) {
		to, err := roster.ParseEmail(address)
		if err != nil {
			return j, roster.AsError(err).On("to")
		}
		j.About = to.Typed
		by, err := json.Marshal(trial{roster.ActorFrom(ctx).Person})
		if err != nil {
			return j, err
		}
		j.Payload = string(by)
		return j, jobdb.Try(ctx, tx, j)
	})
}

// trial is what a job of the kind Trial is about besides.
type trial struct {
	By roster.PersonID // the operator who tries; empty for the command line
}

// Trying tells whether a trial's attempt is still the one that counts, and the language of the operator who tries; empty
// where they chose none.
func (r *Room) Trying(ctx context.Context, j jobdb.Job) (language string, held bool, err error) {
	var t trial
	if err := json.Unmarshal([]byte(j.Payload), &t); err != nil {
		return "", false, err
	}
	err = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		held, err = jobdb.Held(ctx, tx, j)
		if err != nil {
			return err
		}
		by, err := persondb.ByID(ctx, tx, t.By)
		language = by.Value.Language
		return err
	})
	return language, held, err
}

// Find finds a job by its ID. For the operator's command line. Kind: NotFound.
func (r *Room) Find(ctx context.Context, id string) (jobdb.Job, error) {
	return action.Look(ctx, r.gate, act.OutboxList, func(ctx context.Context, rd store.Reader) (jobdb.Job, error) {
		found, err := jobdb.Named(ctx, rd, id)
		if err == nil && !found.OK {
			err = roster.Errorf(roster.NotFound, "not_found", "There is no letter %s in the outbox. “roster outbox --json” shows them.", id)
		}
		return found.Value, err
	})
}

// Again lets a job be tried again that was refused or given up. For operators. Kinds: NotFound, Conflict (job_state).
func (r *Room) Again(ctx context.Context, org roster.OrgID, id string) (jobdb.Job, error) {
	return action.Do(ctx, r.gate, act.JobRetry, roster.Ref{Kind: "job", ID: id}, func(ctx context.Context, tx *store.Tx) (jobdb.Job, error) {
		return moved(ctx, tx, org, id, jobdb.Again, jobdb.Dead()...)
	})
}

// Drop ends a job for good that waits, was refused or given up. For operators. Kinds: NotFound, Conflict (job_state).
func (r *Room) Drop(ctx context.Context, org roster.OrgID, id string) (jobdb.Job, error) {
	return action.Do(ctx, r.gate, act.JobDiscard, roster.Ref{Kind: "job", ID: id}, func(ctx context.Context, tx *store.Tx) (jobdb.Job, error) {
		return moved(ctx, tx, org, id, jobdb.Drop, jobdb.Waiting, jobdb.Refused, jobdb.GivenUp)
	})
}

// moved does something to a job that is in one of some states.
func moved(ctx context.Context, tx *store.Tx, org roster.OrgID, id string, do func(context.Context, *store.Tx, jobdb.Job) (bool, error), from ...jobdb.State) (jobdb.Job, error) {
	found, err := jobdb.ByID(ctx, tx, org, id)
	if err != nil {
		return jobdb.Job{}, err
	}
	j, err := found.Or("job")
	if err != nil {
		return j, err
	}
	for _, state := range from {
		if j.State != state {
			continue
		}
		done, err := do(ctx, tx, j)
		if err == nil && !done { // somebody took it meanwhile
			err = store.ErrStale()
		}
		return j, err
	}
	return j, roster.Errorf(roster.Conflict, "job_state", "This job is %s, so nothing was done. Look at the list again.", j.State)
}

// AgainAll lets all letters be tried again that were refused or given up, at most action.MostRows, and tells how many are.
// One that somebody else moved meanwhile stays as it is. For operators.
func (r *Room) AgainAll(ctx context.Context) (int, error) {
	return r.each(ctx, act.JobRetry, func(ctx context.Context, tx *store.Tx, j jobdb.Job) (jobdb.Job, error) {
		return moved(ctx, tx, j.Org, j.ID, jobdb.Again, jobdb.Dead()...)
	})
}

// DropAll ends all letters for good that were refused or given up, likewise. Those that wait go on. For operators.
func (r *Room) DropAll(ctx context.Context) (int, error) {
	return r.each(ctx, act.JobDiscard, func(ctx context.Context, tx *store.Tx, j jobdb.Job) (jobdb.Job, error) {
		return moved(ctx, tx, j.Org, j.ID, jobdb.Drop, jobdb.Dead()...)
	})
}

// each does something to all dead letters, the oldest first, each with a line of its own.
func (r *Room) each(ctx context.Context, name act.Name, do func(context.Context, *store.Tx, jobdb.Job) (jobdb.Job, error)) (int, error) {
	dead, err := r.In(ctx, jobdb.Dead(), action.MostRows)
	if err != nil || len(dead.Letters) == 0 {
		return 0, err
	}
	on := func(w Waiting) roster.Ref { return roster.Ref{Kind: "job", ID: w.ID} }
	all, err := action.DoEach(ctx, r.gate, name, dead.Letters, on, func(ctx context.Context, tx *store.Tx, w Waiting) (jobdb.Job, error) {
		return do(ctx, tx, w.Job)
	})
	done := 0
	for _, o := range all {
		if o.Err == nil {
			done++
		}
	}
	return done, err
}
