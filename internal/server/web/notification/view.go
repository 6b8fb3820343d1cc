package notification

import (
	"net/url"
	"strconv"
	"time"

	"roster/internal/action/news"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// View is what a member is told, the newest first. All of it is read from its first page on.
type View struct {
	web.Page
	Told  news.Page
	Later bool // it is not the first page
}

// unread tells whether something on the page was not read.
func (v View) unread() bool {
	for _, t := range v.Told.Items {
		if t.Read.IsZero() {
			return true
		}
	}
	return v.Bell != nil && v.Bell() > 0
}

// until is the moment of the newest: what comes while the page is looked at stays unread.
func (v View) until() string { return moment(v.Told.Items[0]) }

// moment is when something happened, as forms carry it.
func moment(t news.Told) string { return t.At.UTC().Format(time.RFC3339Nano) }

func (v View) pager() web.Pager {
	g := web.Pager{}
	if v.Later {
		g.FirstURL = v.In("notifications")
	}
	if v.Told.Next != "" {
		g.NextURL = v.In("notifications") + "?" + url.Values{"cursor": {v.Told.Next}}.Encode()
	}
	if v.Later || v.Told.Next != "" {
		g.Shown = v.Page.Counted("notification.pages", v.Told.Total)
	}
	return g
}

// says tells what happened. Whom the reader does not see any more has no name.
func (v View) says(t news.Told) string {
	name := t.Name
	switch {
	case name != "":
	case t.Kind == bulletin.NewsWebhook:
		return v.Say("notification.webhook.gone")
	default:
		name = v.Say("notification.somebody")
	}
	return v.Say("notification."+string(t.Kind), "name", name)
}

// leads gives the page that shows what happened.
func (v View) leads(t news.Told) string {
	switch t.Kind {
	case bulletin.NewsAccess:
		return v.In("me")
	case bulletin.NewsSeats, bulletin.NewsAPISeats:
		return v.In("settings", "plan")
	case bulletin.NewsWebhook:
		return v.In("settings", "webhooks")
	case bulletin.NewsOperator:
		return v.In("history")
	}
	if t.Subject == "" {
		return ""
	}
	return v.Page.Member(roster.MemberID(t.Subject))
}

// titled gives the ID of the sentence, by which its buttons are told apart.
func titled(n int) string { return "told-" + strconv.Itoa(n) }
