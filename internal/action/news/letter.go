package news

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/authz/sight"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/jobdb"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/orgdb"
	"roster/internal/store/persondb"
	"roster/internal/store/plandb"
	"roster/internal/store/webhookdb"
)

// mostItems bounds what one letter tells; the next one tells the rest.
const mostItems = 1000

// Item is one thing that a letter tells.
type Item struct {
	Kind  bulletin.News
	Name  string // of the member it is about, as they are called now
	Used  int    // of the seats
	Limit int
}

// Letter is what a member is told.
type Letter struct {
	Organisation roster.Organisation
	Member       roster.Member
	Language     string    // to write it in; empty where nobody chose one
	Daily        bool      // it is the one of the day
	Plan         string    // by name
	Items        []Item    // the oldest first
	Until        time.Time // the moment of the last thing that it was to tell
	More         bool      // there is more than one letter tells
	Unwanted     bool      // nothing of it is to be told any more, or the job is not the asker's
}

// Prepare finds out what a letter that is about to leave tells, as everything is now: who is not active is told nothing,
// and nobody what they read already, want no letters of, may not know any more, or what is not so any more.
func (r *Room) Prepare(ctx context.Context, j jobdb.Job) (Letter, error) {
	l, told, err := r.address(ctx, j)
	if err != nil || l.Unwanted {
		return l, err
	}
	to := roster.Actor{
		Kind: roster.ActorMember, Organisation: j.Org, Member: l.Member.ID, Person: l.Member.Person, Name: l.Member.Label(), Door: roster.DoorJobs,
	}
	l.Items, err = action.Look(roster.WithActor(ctx, to), r.gate, act.ProfileNews, func(ctx context.Context, rd store.Reader) ([]Item, error) {
		a, err := l.asking(ctx, rd)
		if err != nil {
			return nil, err
		}
		var items []Item
		for _, t := range told {
			i, still, err := a.item(ctx, rd, t)
			if err != nil {
				return nil, err
			}
			if still {
				items = append(items, i)
			}
		}
		return items, nil
	})
	if l.Unwanted = len(l.Items) == 0; err == nil && l.Unwanted {
		err = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error { return l.told(ctx, tx) })
	}
	return l, err
}

// address finds whom a letter is for, and what happened.
func (r *Room) address(ctx context.Context, j jobdb.Job) (l Letter, told []newsdb.Item, err error) {
	err = action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		l = Letter{Unwanted: true, Daily: j.Kind == jobdb.Digest}
		held, err := jobdb.Held(ctx, tx, j)
		if err != nil || !held {
			return err
		}
		found, err := memberdb.ByID(ctx, tx, j.Org, roster.MemberID(j.About))
		if err != nil {
			return err
		}
		l.Member = found.Value
		if l.Member.Status != roster.Active {
			return newsdb.Told(ctx, tx, j.Org, roster.MemberID(j.About), l.way(), tx.At())
		}
		if twin, err := jobdb.Twin(ctx, tx, j); err != nil || twin { // which tells the same
			return err
		}
		o, err := orgdb.ByName(ctx, tx, string(j.Org))
		if err != nil {
			return err
		}
		p, err := persondb.ByID(ctx, tx, l.Member.Person)
		if err != nil {
			return err
		}
		l.Organisation, l.Language, l.Unwanted = o.Value, p.Value.Language, false
		told, err = newsdb.Untold(ctx, tx, j.Org, l.Member.ID, l.way(), mostItems)
		if len(told) > 0 {
			l.Until, l.More = told[len(told)-1].At, len(told) == mostItems
		}
		return err
	})
	return l, told, err
}

// way is the one whose letter it is.
func (l Letter) way() bulletin.Way {
	if l.Daily {
		return bulletin.WayDaily
	}
	return bulletin.WayLetter
}

// asking is what each thing is asked of.
type asking struct {
	org    roster.Organisation
	plan   roster.Plan
	eye    sight.Eye
	wanted []bulletin.Notification
}

// asking finds what the addressee wants and may know.
func (l *Letter) asking(ctx context.Context, rd store.Reader) (asking, error) {
	a := asking{org: l.Organisation}
	all, err := choices(ctx, rd)
	if err != nil {
		return a, err
	}
	for _, c := range all {
		if c.Way == bulletin.WayLetter || c.Way == bulletin.WayDaily {
			a.wanted = append(a.wanted, c.Notification)
		}
	}
	a.eye = sight.Eye{Permission: authz.MembersRead, Self: l.Member.ID, At: action.Moment(ctx)}
	if a.eye.Snap, err = action.Snapshot(ctx); err != nil {
		return a, err
	}
	if a.eye.Authority, err = action.Authority(ctx); err != nil {
		return a, err
	}
	a.plan, err = plandb.ByKey(ctx, rd, a.org.Plan)
	l.Plan = a.plan.Name
	return a, err
}

// item gives what is told of something that happened, and whether it still is to be told.
func (a asking) item(ctx context.Context, rd store.Reader, t newsdb.Item) (Item, bool, error) {
	i := Item{Kind: t.Kind}
	if !slices.Contains(a.wanted, t.Kind.Notification()) {
		return i, false, nil
	}
	switch t.Kind {
	case bulletin.NewsAccess:
		return i, true, nil
	case bulletin.NewsWebhook:
		e, err := webhookdb.ByID(ctx, rd, a.org.ID, t.About)
		i.Name = e.Value.Name
		return i, e.OK && e.Value.Paused(), err
	case bulletin.NewsSeats:
		i.Used, i.Limit = a.org.People, a.plan.MaxUsers
	case bulletin.NewsAPISeats:
		i.Used, i.Limit = a.org.APIUsers, a.plan.MaxAPIUsers
	default:
		return a.invited(ctx, rd, t)
	}
	return i, roster.Nearing(i.Limit, 0, i.Used), nil
}

// invited fills in whose invitation it was, where the addressee may know of them and it is as it was.
func (a asking) invited(ctx context.Context, rd store.Reader, t newsdb.Item) (Item, bool, error) {
	i, id := Item{Kind: t.Kind}, roster.MemberID(t.About)
	subject, known := a.eye.Snap.Member(id)
	if !known || !a.eye.Member(subject) {
		return i, false, nil
	}
	m, err := memberdb.ByID(ctx, rd, a.org.ID, id)
	if err != nil {
		return i, false, err
	}
	if i.Name = m.Value.Label(); i.Kind == bulletin.NewsEnding { // it may have been given more time, or none
		return i, m.Value.Status == roster.Active && m.Value.Ends.After(a.eye.At), nil
	}
	if i.Kind == bulletin.NewsAccepted {
		return i, m.Value.Status != roster.Removed, nil
	}
	if i.Kind == bulletin.NewsAdministrator {
		return i, m.Value.Status == roster.Active && a.eye.Snap.Authority(id, a.eye.At).HoldsSomewhere(authz.MembersWrite), nil
	}
	latest, err := invitationdb.Latest(ctx, rd, a.org.ID, id)
	v := latest.Value
	if err != nil || !latest.OK || v.State != roster.InvitationLive || v.MadeAt.After(t.At) { // a newer one was sent
		return i, false, err
	}
	return i, v.Expired(a.eye.At) == (i.Kind == bulletin.NewsExpired), nil
}

// Taken keeps that the mail server took a letter, and with that what it told; what is more than one tells follows in another.
func (r *Room) Taken(ctx context.Context, j jobdb.Job, l Letter) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		if err := jobdb.Finish(ctx, tx, j, jobdb.Done, tx.At(), ""); err != nil {
			return err
		}
		return l.told(ctx, tx)
	})
}

// told keeps that its addressee was told what the letter was to tell, or that there was nothing of it to tell.
func (l Letter) told(ctx context.Context, tx store.Noter) error {
	err := newsdb.Told(ctx, tx, l.Organisation.ID, l.Member.ID, l.way(), l.Until)
	if err != nil || !l.More {
		return err
	}
	kind := jobdb.News
	if l.Daily {
		kind = jobdb.Digest
	}
	return jobdb.Gather(ctx, tx.Tx, kind, l.Organisation.ID, l.Member.ID, tx.At())
}
