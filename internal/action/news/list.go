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
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/webhookdb"
)

// Told is one thing that the actor is told.
type Told struct {
	ID      string
	Kind    bulletin.News
	Subject string // what it is about, by ID; empty where it is about nothing else, or about whom the actor does not see any more
	Name    string // what that is called now
	At      time.Time
	Read    time.Time // zero for not yet
}

// Query is which of it is asked for.
type Query struct {
	Unread bool
	Cursor string
	Limit  int // 50 when zero
}

// Page is one page of it, the newest first.
type Page struct {
	Items []Told
	Total int
	Next  string // the next page's cursor; empty on the last
}

// List gives what the actor is told of their organisation, as far as it concerns them still: of members whom they do not
// see any more without a name. Kinds: Denied for who is not active there, Invalid.
func (r *Room) List(ctx context.Context, q Query) (Page, error) {
	return action.Look(ctx, r.gate, act.NotificationList, func(ctx context.Context, rd store.Reader) (Page, error) {
		if q.Limit == 0 {
			q.Limit = 50
		}
		if q.Limit < 1 || q.Limit > 200 {
			return Page{}, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 lines.").On("limit")
		}
		f, err := mine(ctx, q.Unread)
		if err != nil {
			return Page{}, err
		}
		bound := "notifications\n" + string(f.Org) + "\n" + string(f.Member)
		if q.Unread {
			bound += "\nunread"
		}
		if q.Cursor != "" {
			if err := r.cursors.Decode(bound, q.Cursor, &f.After); err != nil {
				return Page{}, err
			}
		}
		f.Limit = q.Limit + 1
		items, err := newsdb.List(ctx, rd, f)
		if err != nil {
			return Page{}, err
		}
		var p Page
		if len(items) > q.Limit {
			items = items[:q.Limit]
			last := items[q.Limit-1]
			if p.Next, err = r.cursors.Encode(bound, newsdb.Place{At: last.At, ID: last.ID}); err != nil {
				return Page{}, err
			}
		}
		if p.Total, err = newsdb.Count(ctx, rd, f); err != nil {
			return Page{}, err
		}
		p.Items, err = named(ctx, rd, f.Org, items)
		return p, err
	})
}

// MostUnread is as far as Unread counts.
const MostUnread = 100

// Unread tells how much of it the actor did not read, up to MostUnread.
func (r *Room) Unread(ctx context.Context) (int, error) {
	return action.Look(ctx, r.gate, act.NotificationList, func(ctx context.Context, rd store.Reader) (int, error) {
		f, err := mine(ctx, true)
		if err != nil {
			return 0, err
		}
		return newsdb.CountTo(ctx, rd, f, MostUnread)
	})
}

// mine asks for what the actor is told, of the kinds that concern them now.
func mine(ctx context.Context, unread bool) (newsdb.Filter, error) {
	actor := roster.ActorFrom(ctx)
	f := newsdb.Filter{Org: actor.Organisation, Member: actor.Member, Unread: unread}
	may, err := action.Authority(ctx)
	if err != nil {
		return f, err
	}
	for _, k := range bulletin.Kinds() {
		if concerns(k.Notification(), may) {
			f.Kinds = append(f.Kinds, k)
		}
	}
	return f, nil
}

// named adds what things are called, as far as the actor sees them.
func named(ctx context.Context, rd store.Reader, org roster.OrgID, items []newsdb.Item) ([]Told, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	may, err := action.Authority(ctx)
	if err != nil {
		return nil, err
	}
	eye := sight.Eye{Snap: snap, Authority: may, Permission: authz.MembersRead, Self: roster.ActorFrom(ctx).Member, At: action.Moment(ctx)}
	var members []roster.MemberID
	for _, i := range items {
		if subject, known := snap.Member(roster.MemberID(i.About)); i.Kind.OfMember() && known && eye.Member(subject) {
			members = append(members, subject.ID)
		}
	}
	labels, err := memberdb.Labels(ctx, rd, org, roster.Unique(members))
	if err != nil {
		return nil, err
	}
	hooks := map[string]string{}
	if slices.ContainsFunc(items, func(i newsdb.Item) bool { return i.Kind == bulletin.NewsWebhook }) {
		all, err := webhookdb.List(ctx, rd, org)
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			hooks[e.ID] = e.Name
		}
	}
	told := make([]Told, len(items))
	for n, i := range items {
		t := Told{ID: i.ID, Kind: i.Kind, At: i.At, Read: i.Read}
		switch label, hook := labels[roster.MemberID(i.About)], hooks[i.About]; {
		case i.Kind.OfMember() && label != "":
			t.Subject, t.Name = i.About, label
		case i.Kind == bulletin.NewsWebhook && hook != "":
			t.Subject, t.Name = i.About, hook
		}
		told[n] = t
	}
	return told, nil
}

// Reading is what the actor has read: some things by ID, or without any all of it. What happened after Until, or happened
// again then, stays unread; with IDs it may be zero, and they are read however that was.
type Reading struct {
	IDs   []string
	Until time.Time
}

// mostRead is how many things one call names.
const mostRead = 200

// Read keeps that the actor read something, and tells how much is left. It takes no right: it is theirs. Kinds: Denied for
// who is not active there; Invalid: field_required, too_many_notifications; NotFound for what they are not told.
func (r *Room) Read(ctx context.Context, what Reading) (left int, err error) {
	switch {
	case len(what.IDs) == 0 && what.Until.IsZero():
		return 0, roster.Errorf(roster.Invalid, "field_required", "Fill this in.").On("ids")
	case len(what.IDs) > mostRead:
		return 0, roster.Errorf(roster.Invalid, "too_many_notifications", "At most %d at once, please. Name a moment for all until then.", mostRead).On("ids")
	}
	of, err := action.Look(ctx, r.gate, act.NotificationRead, func(ctx context.Context, _ store.Reader) (newsdb.Filter, error) { return mine(ctx, true) })
	if err != nil {
		return 0, err
	}
	return action.NoteKept(ctx, r.gate, func(ctx context.Context, tx store.Noter) (int, error) {
		seen := what.Until
		if seen.IsZero() {
			seen = tx.At()
		}
		for _, id := range roster.Unique(what.IDs) {
			known, err := newsdb.Read(ctx, tx, of.Org, of.Member, id, seen)
			if err == nil && !known {
				err = store.ErrNone("notification")
			}
			if err != nil {
				return 0, err
			}
		}
		if len(what.IDs) == 0 {
			if err := newsdb.ReadUntil(ctx, tx, of, what.Until); err != nil {
				return 0, err
			}
		}
		return newsdb.Count(ctx, tx, of)
	})
}
