package letters

import (
	"context"
	"encoding/json"

	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
	"roster/internal/words"
)

// writes is what a letter says, before it is written in a language.
type writes interface {
	Letter(*words.Catalogue) (mail.Letter, error)
}

// tells sends a letter that tells an Owner what was done to their organisation: says makes it of the job's payload, which is
// read into about.
func (p post) tells(ctx context.Context, j jobdb.Job, about any, says func(outbox.Letter) writes) (jobs.Outcome, error) {
	l, err := p.set.Outbox.Told(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	letter, err := mail.Letter{}, json.Unmarshal([]byte(j.Payload), about)
	if err == nil {
		letter, err = says(l).Letter(p.set.Words.Best("", l.Languages...))
	}
	return p.deliver(ctx, j, letter, err)
}

// deletion sends the letter that tells an Owner that their organisation is to be deleted, or that this was taken back.
func (p post) deletion(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	var about jobdb.Deletion
	return p.tells(ctx, j, &about, func(l outbox.Letter) writes {
		return mail.Deletion{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, At: about.At, Product: p.set.Product,
		}
	})
}

// visit sends the letter that tells an Owner that an operator entered their organisation.
func (p post) visit(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	var about jobdb.Visit
	return p.tells(ctx, j, &about, func(l outbox.Letter) writes {
		return mail.Visit{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, Reason: about.Reason, Until: about.Until,
			Link: p.set.URL + "/o/" + l.Organisation.Slug + "/history", Product: p.set.Product,
		}
	})
}

// portal sends the letter that tells an Owner that their organisation was opened further to the host product's links.
func (p post) portal(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	var about jobdb.Portal
	return p.tells(ctx, j, &about, func(l outbox.Letter) writes {
		return mail.Portal{
			Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Who: about.Who, OpenTo: about.OpenTo,
			Link: p.set.URL + "/o/" + l.Organisation.Slug + "/settings/portal", Product: p.set.Product,
		}
	})
}
