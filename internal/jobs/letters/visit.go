package letters

import (
	"context"
	"encoding/json"

	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// deletion sends the letter that tells an Owner that their organisation is to be deleted, or that this was taken back.
func (p post) deletion(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.Told(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	var about jobdb.Deletion
	letter, err := mail.Letter{}, json.Unmarshal([]byte(j.Payload), &about)
	if err == nil {
		letter, err = mail.Deletion{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, At: about.At, Product: p.set.Product,
		}.Letter(p.set.Words.Best("", l.Languages...))
	}
	return p.deliver(ctx, j, letter, err)
}

// visit sends the letter that tells an Owner that an operator entered their organisation.
func (p post) visit(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.Told(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	var about jobdb.Visit
	letter, err := mail.Letter{}, json.Unmarshal([]byte(j.Payload), &about)
	if err == nil {
		letter, err = mail.Visit{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, Reason: about.Reason, Until: about.Until,
			Link: p.set.URL + "/o/" + l.Organisation.Slug + "/history", Product: p.set.Product,
		}.Letter(p.set.Words.Best("", l.Languages...))
	}
	return p.deliver(ctx, j, letter, err)
}
