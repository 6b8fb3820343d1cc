package letters

import (
	"context"

	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// trial sends a letter that says that mail arrives.
func (p post) trial(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	language, held, err := p.set.Outbox.Trying(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case !held:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	letter, err := mail.Trial{To: j.About, Link: p.set.URL + "/operator/jobs", Product: p.set.Product}.Letter(p.set.Words.Best("", language))
	return p.deliver(ctx, j, letter, err)
}
