package letters

import (
	"context"
	"errors"

	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// trial sends a letter that says that mail arrives.
func (p post) trial(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	held, err := p.set.Outbox.Trying(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case !held:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	letter, err := mail.Trial{To: j.About, Link: p.set.URL + "/operator/jobs", Product: p.set.Product}.Letter(p.set.Words.English())
	if err != nil {
		out, kept := p.failed(ctx, j, outbox.Letter{}, p.again(j, "The letter could not be written. The operator's log says why."))
		return out, errors.Join(err, kept)
	}
	letter.ID = j.ID
	if err := p.set.Carrier.Carry(ctx, letter); err != nil {
		return p.failed(ctx, j, outbox.Letter{}, p.judge(j, err))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	return jobs.Outcome{State: jobdb.Done}, p.set.Outbox.SentReset(ctx, j)
}
