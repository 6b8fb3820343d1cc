package letters

import (
	"context"

	"roster/internal/act"
	"roster/internal/action/outbox"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// mailbox sends a letter about a change of address. Whose the new one is, is found out now; the hash of its secret is
// kept before it leaves, and of several attempts the last one's link works.
func (p post) mailbox(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Mailbox.Prepare(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	n := mail.Notice{What: l.What, To: l.To, Other: l.Other, Lasts: l.Lasts, Product: p.set.Product, Link: p.set.URL + "/forgot-password"}
	if l.Secret != "" {
		n.Link = p.set.URL + act.EmailPath(l.Secret)
	}
	letter, err := n.Letter(p.set.Words.Best("", l.Language))
	return p.deliver(ctx, j, letter, err)
}
