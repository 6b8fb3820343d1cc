// Package notification holds the page of what a member is told of their organisation: it is listed and marked as read. How
// they are told stands among what is their own. The page is made from its struct alone.
package notification

import (
	"net/http"
	"time"

	"roster/internal/act"
	"roster/internal/action/news"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the page.
type Door struct {
	desk *web.Desk
	room *news.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *news.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/notifications" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.NotificationList, d.list)
	page(http.MethodPost, "/read", act.NotificationRead, d.read)
}

func (d *Door) list(v *web.Visit) error {
	cursor := v.R.URL.Query().Get("cursor")
	p, err := d.room.List(v.Context(), news.Query{Cursor: cursor})
	if err != nil {
		return err
	}
	v.Show(List(View{Page: v.Page, Told: p, Later: cursor != ""}))
	return nil
}

// read marks one as read, or all that was shown.
func (d *Door) read(v *web.Visit) error {
	f, err := server.Form(v.R, "id", "until")
	if err != nil {
		return err
	}
	var what news.Reading
	if f["id"] != "" {
		what.IDs = []string{f["id"]}
	}
	if f["until"] != "" {
		if what.Until, err = time.Parse(time.RFC3339Nano, f["until"]); err != nil {
			return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
		}
	}
	if _, err := d.room.Read(v.Context(), what); err != nil {
		return err
	}
	return v.Go(v.Page.In("notifications"), "toast.notifications_read")
}
