package letters

import (
	"context"
	"encoding/json"

	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// portal sends the letter that tells an Owner that their organisation was opened further to the host product's links.
func (p post) portal(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.Told(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	var about jobdb.Portal
	letter, err := mail.Letter{}, json.Unmarshal([]byte(j.Payload), &about)
	if err == nil {
		letter, err = mail.Portal{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, OpenTo: about.OpenTo,
			Link: p.set.URL + "/o/" + l.Organisation.Slug + "/settings/portal", Product: p.set.Product,
		}.Letter(p.set.Words.Best("", l.Languages...))
	}
	return p.deliver(ctx, j, letter, err)
}
