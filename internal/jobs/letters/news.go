package letters

import (
	"cmp"
	"context"
	"slices"

	"roster/internal/action/news"
	"roster/internal/action/outbox"
	"roster/internal/bulletin"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
)

// news sends the letter that tells a member what happened in their organisation.
func (p post) news(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.News.Prepare(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	letter, err := p.tidings(l).Letter(p.set.Words.Best("", l.Language))
	letter.Sender, letter.ReplyTo = l.Organisation.Brand.Sender, l.Organisation.Brand.ReplyTo
	return p.hand(ctx, j, letter, err, func(ctx context.Context) error { return p.set.News.Taken(ctx, j, l) })
}

// tidings gives what a member is told, and where the letter leads.
func (p post) tidings(l news.Letter) mail.News {
	inside := p.set.URL + "/o/" + l.Organisation.Slug
	n := mail.News{
		Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName, Product: cmp.Or(l.Organisation.Brand.Product, p.set.Product),
		Daily: l.Daily, Link: inside, Choices: inside + "/me",
	}
	n.Link += leads(l.Items)
	for _, i := range l.Items {
		n.Items = append(n.Items, mail.Piece{Kind: i.Kind, Name: i.Name, Plan: l.Plan, Used: i.Used, Limit: i.Limit})
	}
	return n
}

// leads gives where in the organisation a letter leads: to what happened where that is one thing, and else to all of it.
func leads(items []news.Item) string {
	which := items[0].Kind.Notification()
	if slices.ContainsFunc(items, func(i news.Item) bool { return i.Kind.Notification() != which }) {
		return "/notifications"
	}
	switch which {
	case bulletin.NotifyAccepted, bulletin.NotifyUnanswered, bulletin.NotifyAdministrator:
		return "/team"
	case bulletin.NotifyEnding:
		return "/team?kind=api"
	case bulletin.NotifySeats:
		return "/settings/plan"
	case bulletin.NotifyWebhook:
		return "/settings/webhooks"
	}
	return ""
}
