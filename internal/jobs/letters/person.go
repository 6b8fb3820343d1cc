package letters

import (
	"context"
	"net/url"

	"roster/internal/act"
	"roster/internal/action/outbox"
	"roster/internal/action/signin/recovery"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/store/jobdb"
	"roster/internal/store/recoverydb"
	"roster/internal/zone"
)

// person sends a letter to a person about their own sign-in. Whom it is for is found out now, off the path of whoever
// asked; the hash of its secret is kept before it leaves, and of several attempts the last one's link works.
func (p post) person(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Ways.Prepare(ctx, j)
	switch {
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, outbox.Letter{}, outbox.Failure{State: jobdb.Cancelled})
	}
	n := p.notice(l)
	if l.Organisation != "" && n.Name == "" {
		n.Name = p.set.Words.Best("", l.Language).Say("mail.administrator")
	}
	letter, err := n.Letter(p.set.Words.Best("", l.Language))
	return p.deliver(ctx, j, letter, err)
}

// notice gives what a letter to a person says, and where it leads.
func (p post) notice(l recovery.Letter) mail.Notice {
	n := mail.Notice{What: l.What, To: l.To, Name: l.Name, Organisation: l.Organisation, At: l.At, From: l.From, Product: p.set.Product}
	if place, err := zone.Load(l.Zone); err == nil && l.Zone != "" && !l.At.IsZero() {
		n.At = l.At.In(place)
	}
	switch l.What {
	case "recovery", "password_reset":
		n.Link, n.Lasts = p.set.URL+act.RecoveryPath(l.Secret), recovery.Lasts
	case "recovered", "operator", "changed", "restored":
		n.Link = p.set.URL + "/forgot-password"
	case "app_added", "passkey_added", "factor_removed", "codes_made", "code_used", "device", "factors_reset", "factors_let_go":
		n.Link = p.set.URL + "/me/security"
	case "given":
		n.Link = p.set.URL + "/sign-in"
	}
	for _, o := range l.Places {
		n.Places = append(n.Places, mail.Place{Name: o.Name, Link: p.set.URL + "/o/" + url.PathEscape(o.Slug) + "/sign-in", How: p.how(o, l.Language)})
	}
	return n
}

// how says how somebody comes in to an organisation.
func (p post) how(o recoverydb.Place, language string) string {
	say := p.set.Words.Best("", language).Say
	switch {
	case o.Password && o.Connection != "":
		return say("mail.how.either", "connection", o.Connection)
	case o.Connection != "":
		return say("mail.how.connection", "connection", o.Connection)
	case o.Password:
		return say("mail.how.password")
	case o.Given:
		return say("mail.how.given")
	}
	return say("mail.how.ask")
}
