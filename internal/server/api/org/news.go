package org

import (
	"context"
	"net/http"

	"roster/internal/action/news"
	"roster/internal/bulletin"
	"roster/internal/server/api"
)

// Notifications are which letters the caller wants of what happens in an organisation.
type Notifications struct {
	Access     *bool `json:"access" doc:"Somebody else changed what the caller may do. null, here and below, for what cannot concern the caller."`
	Accepted   *bool `json:"accepted" doc:"An invitation of the caller's was accepted."`
	Unanswered *bool `json:"unanswered" doc:"An invitation of the caller's expired, or its letter did not arrive."`
	Ending     *bool `json:"ending" doc:"The time of an API user is over within a week."`
	Seats      *bool `json:"seats" doc:"Nine tenths of the seats are in use that the plan allows."`
	Webhook    *bool `json:"webhook" doc:"A webhook was paused, since nothing could be delivered."`
}

// NotificationsPatch is what of them can be chosen: all.
type NotificationsPatch struct {
	Access     api.Given[bool] `json:"access,omitempty" doc:"null, here and below, for as it is without a choice: wanted."`
	Accepted   api.Given[bool] `json:"accepted,omitempty"`
	Unanswered api.Given[bool] `json:"unanswered,omitempty"`
	Ending     api.Given[bool] `json:"ending,omitempty"`
	Seats      api.Given[bool] `json:"seats,omitempty"`
	Webhook    api.Given[bool] `json:"webhook,omitempty"`
}

func notificationsOf(all []news.Choice) Notifications {
	var out Notifications
	for _, c := range all {
		switch wanted := c.Wanted; c.Notification {
		case bulletin.NotifyAccess:
			out.Access = &wanted
		case bulletin.NotifyAccepted:
			out.Accepted = &wanted
		case bulletin.NotifyUnanswered:
			out.Unanswered = &wanted
		case bulletin.NotifyEnding:
			out.Ending = &wanted
		case bulletin.NotifySeats:
			out.Seats = &wanted
		case bulletin.NotifyWebhook:
			out.Webhook = &wanted
		}
	}
	return out
}

// wanted gives what was named.
func (p NotificationsPatch) wanted() map[bulletin.Notification]bool {
	all := map[bulletin.Notification]bool{}
	for n, g := range map[bulletin.Notification]api.Given[bool]{
		bulletin.NotifyAccess: p.Access, bulletin.NotifyAccepted: p.Accepted, bulletin.NotifyUnanswered: p.Unanswered, bulletin.NotifySeats: p.Seats, bulletin.NotifyEnding: p.Ending, bulletin.NotifyWebhook: p.Webhook,
	} {
		if g.Is {
			all[n] = g.Value || g.Null()
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
