package letters

import (
	"cmp"
	"context"

	"roster/internal/act"
	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// reset sends the letter by which a person resets their second factor. The secret's hash is kept before the letter
// leaves; of several attempts the last one's link works.
func (p post) reset(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.PrepareReset(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	r := mail.Reset{
		Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Lasts: outbox.ResetLasts,
		Link: p.set.URL + act.ResetPath(l.Organisation.ID, l.Secret), Product: cmp.Or(l.Organisation.Brand.Product, p.set.Product),
	}
	letter, err := r.Letter(p.set.Words.Best("", l.Languages...))
	letter.Sender, letter.ReplyTo = l.Organisation.Brand.Sender, l.Organisation.Brand.ReplyTo
	return p.deliver(ctx, j, letter, err)
}
