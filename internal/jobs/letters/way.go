package letters

import (
	"cmp"
	"context"
	"net/url"

	"roster/internal/act"
	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// way sends the letter that tells a member how they come in from now on.
func (p post) way(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.PrepareWay(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	w := mail.Way{
		Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Connection: l.Connection, Confirm: l.Unconfirmed,
		Link: p.set.URL + "/o/" + url.PathEscape(l.Organisation.Slug) + "/sign-in", Product: cmp.Or(l.Organisation.Brand.Product, p.set.Product),
	}
	if l.Unconfirmed {
		w.Link = p.set.URL + "/o/" + url.PathEscape(l.Organisation.Slug) + "/me"
	}
	if l.Secret != "" {
		w.Link, w.Lasts = p.set.URL+act.RecoveryPath(l.Secret), l.Lasts
	}
	letter, err := w.Letter(p.set.Words.Best("", l.Languages...))
	letter.Sender, letter.ReplyTo = l.Organisation.Brand.Sender, l.Organisation.Brand.ReplyTo
	return p.deliver(ctx, j, letter, err)
}
