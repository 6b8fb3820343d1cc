package org

import (
	"context"
	"net/http"
	"time"

	"roster/internal/action/news"
	"roster/internal/bulletin"
	"roster/internal/server/api"
)

// Notifications are how the caller is told of what happens in an organisation.
type Notifications struct {
	Access        *string `json:"access" doc:"Somebody else changed what the caller may do. letter: among the notifications, and in a letter within minutes; daily: in one letter a day; dashboard: without a letter; none: not at all. null, here and below, for what cannot concern the caller."`
	Accepted      *string `json:"accepted" doc:"An invitation of the caller's was accepted."`
	Unanswered    *string `json:"unanswered" doc:"An invitation of the caller's expired, or its letter did not arrive."`
	Administrator *string `json:"administrator" doc:"Somebody administers people who did not before."`
	Seats         *string `json:"seats" doc:"Nine tenths of the seats are in use that the plan allows."`
	Ending        *string `json:"ending" doc:"The time of an API user is over within a week."`
	Webhook       *string `json:"webhook" doc:"A webhook was paused, since nothing could be delivered."`
}

// NotificationsPatch is what of them can be chosen: all.
type NotificationsPatch struct {
	Access        api.Given[string] `json:"access,omitempty" doc:"null, here and below, for as it is without a choice: letter."`
	Accepted      api.Given[string] `json:"accepted,omitempty"`
	Unanswered    api.Given[string] `json:"unanswered,omitempty"`
	Administrator api.Given[string] `json:"administrator,omitempty"`
	Seats         api.Given[string] `json:"seats,omitempty"`
	Ending        api.Given[string] `json:"ending,omitempty"`
	Webhook       api.Given[string] `json:"webhook,omitempty"`
}

func notificationsOf(all []news.Choice) Notifications {
	var out Notifications
	fields := map[bulletin.Notification]**string{
		bulletin.NotifyAccess: &out.Access, bulletin.NotifyAccepted: &out.Accepted, bulletin.NotifyUnanswered: &out.Unanswered, bulletin.NotifyAdministrator: &out.Administrator,
		bulletin.NotifySeats: &out.Seats, bulletin.NotifyEnding: &out.Ending, bulletin.NotifyWebhook: &out.Webhook,
	}
	for _, c := range all {
		way := string(c.Way)
		*fields[c.Notification] = &way
	}
	return out
}

// wanted gives what was named.
func (p NotificationsPatch) wanted() map[bulletin.Notification]bulletin.Way {
	all := map[bulletin.Notification]bulletin.Way{}
	for n, g := range map[bulletin.Notification]api.Given[string]{
		bulletin.NotifyAccess: p.Access, bulletin.NotifyAccepted: p.Accepted, bulletin.NotifyUnanswered: p.Unanswered, bulletin.NotifyAdministrator: p.Administrator,
		bulletin.NotifySeats: p.Seats, bulletin.NotifyEnding: p.Ending, bulletin.NotifyWebhook: p.Webhook,
	} {
		if g.Is {
			all[n] = bulletin.Way(g.Value)
		}
	}
	return all
}

// NotificationsAnswer is the answer with them.
type NotificationsAnswer struct{ Body Notifications }

func (a area) notifications(ctx context.Context, _ *api.Inside) (*NotificationsAnswer, error) {
	all, err := a.news.Show(ctx)
	if err != nil {
		return nil, err
	}
	return &NotificationsAnswer{notificationsOf(all)}, nil
}

// NotificationsRequest is the request to choose some of them.
type NotificationsRequest struct {
	api.Inside
	api.Repeatable
	Body api.Patch[Notifications, NotificationsPatch]
}

func (a area) chooseNews(ctx context.Context, in *NotificationsRequest) (*api.Written[Notifications], error) {
	return api.Write(ctx, http.StatusOK, func() ([]news.Choice, error) {
		return a.news.Choose(ctx, in.Body.Set.wanted())
	}, func(now []news.Choice, _ bool) Notifications { return notificationsOf(now) })
}

// Notification is one thing that the caller is told.
type Notification struct {
	ID      string               `json:"id"`
	Kind    string               `json:"kind" enum:"access,accepted,expired,refused,ending,seats,api_seats,webhook,administrator,operator" doc:"What happened: the caller's access was changed; an invitation of theirs was accepted, expired, or its letter was refused; the time of an API user is nearly over; the seats of people or of API users are nearly used up; a webhook was paused; somebody administers people who did not before; an operator entered."`
	Subject *NotificationSubject `json:"subject" doc:"Whom or what it is about; null where that is nobody else, or one whom the caller does not see any more."`
	At      time.Time            `json:"at"`
	ReadAt  *time.Time           `json:"read_at" doc:"null for not yet."`
}

// NotificationSubject is the member or webhook that something is about.
type NotificationSubject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func notificationOf(t news.Told) Notification {
	n := Notification{ID: t.ID, Kind: string(t.Kind), At: api.Exact(t.At), ReadAt: api.Moment(t.Read)}
	if t.Subject != "" {
		n.Subject = &NotificationSubject{t.Subject, t.Name}
	}
	return n
}

// ToldQuery is which notifications are asked for.
type ToldQuery struct {
	api.Inside
	api.Window
	Unread bool `query:"unread" doc:"Only those that were not read."`
}

func (a area) told(ctx context.Context, in *ToldQuery) (*api.Shown[api.Page[Notification]], error) {
	p, err := a.news.List(ctx, news.Query{Unread: in.Unread, Cursor: in.Cursor, Limit: api.Asked(in.Limit)})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, p.Items, notificationOf, api.Counted{Next: p.Next, Total: p.Total}), nil
}

// ReadRequest is the request to mark notifications as read.
type ReadRequest struct {
	api.Inside
	api.Repeatable
	Body struct {
		IDs   []string   `json:"ids,omitempty" maxItems:"200" doc:"These."`
		Until *time.Time `json:"until,omitempty" doc:"All until this moment, such as at of the newest that was shown; with ids, these alone, and of them what did not happen again since."`
	}
}

// Left is how much is left to read.
type Left struct {
	Unread int `json:"unread"`
}

func (a area) read(ctx context.Context, in *ReadRequest) (*api.Written[Left], error) {
	what := news.Reading{IDs: in.Body.IDs}
	if in.Body.Until != nil {
		what.Until = *in.Body.Until
	}
	out, err := api.Write(ctx, http.StatusOK, func() (int, error) { return a.news.Read(ctx, what) }, func(n int, _ bool) Left { return Left{n} })
	if err == nil {
		out.Seq = nil // the history does not tell of it
	}
	return out, err
}
