// Package letters does the jobs that send letters: it has the secret minted, writes the letter, hands it
// to the mail server and keeps its fate. It does not decide who gets one, and it holds no queue.
package letters

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action/news"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/signin/mailbox"
	"roster/internal/action/signin/recovery"
	"roster/internal/jobs"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/store/jobdb"
	"roster/internal/words"
)

// Settings are what letters are sent with.
type Settings struct {
	Outbox  *outbox.Room
	Ways    *recovery.Room   // what people are told about their sign-in
	Mailbox *mailbox.Room    // what they are told about the address that they sign in by
	News    *news.Room       // what members are told of their organisation
	Carrier mail.Carrier     // nil where nothing carries mail: letters wait in the outbox
	Words   *words.Languages // to write letters in
	URL     string           // the configured base of every link, such as "https://roster.example.com"
	Product string           // the product's name; empty for the catalogue's own
	Steps   jobs.Steps       // the waits between attempts; about a day and a half in all when nil
}

// steps are the waits between attempts at a letter: soon at first, for greylisting, then long enough
// for a mail server's bad day.
func steps() jobs.Steps {
	return jobs.Steps{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 12 * time.Hour}
}

// keeping bounds how long it may take to keep a letter's fate.
const keeping = 10 * time.Second

// post sends letters; house is how the installation looks as one leaves.
type post struct {
	set   Settings
	house roster.House
}

// worn lets a handler's letter look as the installation does when it leaves.
func (p post) worn(write func(post, context.Context, jobdb.Job) (jobs.Outcome, error)) jobs.Handler {
	return func(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
		house, err := p.set.Outbox.House(ctx)
		if err != nil {
			return jobs.Outcome{}, err
		}
		now := p
		now.house, now.set.Product = house, cmp.Or(house.Product, p.set.Product)
		return write(now, ctx, j)
	}
}

// carry hands a letter over, from the installation and with its address for answers where the letter has none.
func (p post) carry(ctx context.Context, l mail.Letter) error {
	l.House, l.ReplyTo = p.house.Sender, cmp.Or(l.ReplyTo, p.house.ReplyTo)
	return p.set.Carrier.Carry(ctx, l)
}

// Handlers gives the handlers of letters by kind of job; none where nothing carries mail.
func Handlers(s Settings) map[string]jobs.Handler {
	if s.Carrier == nil {
		return nil
	}
	if s.Steps == nil {
		s.Steps = steps()
	}
	s.URL = strings.TrimRight(s.URL, "/")
	p := post{set: s}
	return map[string]jobs.Handler{
		outbox.Invitation: p.worn(post.invitation), outbox.FactorReset: p.worn(post.reset), outbox.Way: p.worn(post.way), outbox.Trial: p.worn(post.trial),
		signin.Asked: p.worn(post.person), recovery.Reset: p.worn(post.person), jobdb.Told: p.worn(post.person), mailbox.Job: p.worn(post.mailbox), jobdb.VisitLetter: p.worn(post.visit), jobdb.DeletionLetter: p.worn(post.deletion), jobdb.PortalLetter: p.worn(post.portal), jobdb.News: p.worn(post.news), jobdb.Digest: p.worn(post.news),
	}
}

// invitation sends an invitation's letter. The secret's hash is kept before the letter leaves, and its
// fate after: a crash in between leaves a hash whose letter may have arrived, so it goes on counting,
// and the next attempt sends another.
func (p post) invitation(ctx context.Context, j jobdb.Job) (jobs.Outcome, error) {
	l, err := p.set.Outbox.Prepare(ctx, j)
	switch {
	case roster.Is(err, "links_used_up"):
		return p.failed(ctx, j, l, outbox.Failure{State: jobdb.GivenUp, Why: err.Error()})
	case err != nil:
		return jobs.Outcome{}, err
	case l.Unwanted:
		return p.failed(ctx, j, l, outbox.Failure{State: jobdb.Cancelled})
	}
	letter, err := p.write(j, l)
	if err != nil {
		f := p.again(j, unwritten())
		f.Certain = true
		out, kept := p.failed(ctx, j, l, f)
		return out, errors.Join(err, kept)
	}
	if err := p.carry(ctx, letter); err != nil {
		return p.failed(ctx, j, l, p.judge(j, err))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	return jobs.Outcome{State: jobdb.Done}, p.set.Outbox.Sent(ctx, j, l)
}

func (p post) write(j jobdb.Job, l outbox.Letter) (mail.Letter, error) {
	i := mail.Invitation{
		Organisation: l.Organisation.Name, To: l.Member.Email.Typed, FirstName: l.Member.FirstName,
		Link: p.set.URL + act.InvitationPath(l.Organisation.ID, l.Secret), Message: l.Invitation.Message,
		Lasts: l.Invitation.TTL, Product: cmp.Or(l.Organisation.Brand.Product, p.set.Product),
	}
	if l.Invitation.Inviter != string(roster.ActorCLI) {
		i.Inviter = l.Invitation.InviterBy
	}
	letter, err := i.Letter(p.set.Words.Best("", l.Languages...))
	letter.Sender, letter.ReplyTo = l.Organisation.Brand.Sender, l.Organisation.Brand.ReplyTo
	letter.ID = j.ID // each attempt the same: whichever letter is kept of two, its link works
	return letter, err
}

// deliver hands a letter over that carries no invitation, and keeps its fate; wrong is why it could not be written.
func (p post) deliver(ctx context.Context, j jobdb.Job, letter mail.Letter, wrong error) (jobs.Outcome, error) {
	return p.hand(ctx, j, letter, wrong, func(ctx context.Context) error { return p.set.Outbox.Taken(ctx, j) })
}

// hand is deliver where more is kept of a letter than that the mail server took it: by taken, which ends its job.
func (p post) hand(ctx context.Context, j jobdb.Job, letter mail.Letter, wrong error, taken func(context.Context) error) (jobs.Outcome, error) {
	if wrong != nil {
		out, kept := p.failed(ctx, j, outbox.Letter{}, p.again(j, unwritten()))
		return out, errors.Join(wrong, kept)
	}
	letter.ID = j.ID
	if err := p.carry(ctx, letter); err != nil {
		return p.failed(ctx, j, outbox.Letter{}, p.judge(j, err))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	return jobs.Outcome{State: jobdb.Done}, taken(ctx)
}

// judge tells what follows from a letter that was not handed over.
func (p post) judge(j jobdb.Job, err error) outbox.Failure {
	if mail.Permanent(err) {
		return outbox.Failure{State: jobdb.Refused, Why: mail.Reason(err), Certain: true}
	}
	f := p.again(j, mail.Reason(err))
	f.Certain = mail.Unsent(err)
	return f
}

// unwritten is why a letter is tried again that could not be made.
func unwritten() string {
	return roster.Plain("The letter could not be written. The operator's log says why.").String()
}

// again gives the next try, or the end of trying.
func (p post) again(j jobdb.Job, why string) outbox.Failure {
	if wait, ok := p.set.Steps.After(j.Attempt); ok {
		return outbox.Failure{State: jobdb.Waiting, Again: wait, Why: why}
	}
	return outbox.Failure{State: jobdb.GivenUp, Why: why}
}

// failed keeps a letter's fate, even where the attempt's own time is over.
func (p post) failed(ctx context.Context, j jobdb.Job, l outbox.Letter, f outbox.Failure) (jobs.Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	for _, secret := range []string{act.InvitationPrefix, act.ResetPrefix, act.RecoveryPrefix, act.EmailPrefix} {
		f.Why = hushed(f.Why, secret, func(before, _ string) string { return before + "…" })
	}
	log := hushed(f.Why, "@", func(_, from string) string { return "…" + from })
	return jobs.Outcome{State: f.State, Why: log}, p.set.Outbox.Failed(ctx, j, l, f)
}

// hushed gives a text whose words are changed where they hold a mark: some mail servers repeat the link
// in their refusal, and many the address.
func hushed(text, mark string, hush func(before, from string) string) string {
	all := strings.Fields(text)
	for i, word := range all {
		if at := strings.Index(word, mark); at >= 0 {
			all[i] = hush(word[:at], word[at:])
		}
	}
	return strings.Join(all, " ")
}
