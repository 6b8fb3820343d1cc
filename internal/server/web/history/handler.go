package history

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"roster/internal/act"
	lines "roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of the history.
type Door struct {
	desk *web.Desk
	room *lines.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *lines.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/o/{org}/history", Action: string(act.HistoryList), Handler: d.desk.Inside(d.list)})
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/o/{org}/history/checkpoint", Action: string(act.HistoryCheckpoint), Handler: d.desk.Inside(d.checkpoint)})
}

func (d *Door) list(v *web.Visit) error {
	q := v.R.URL.Query()
	before := int64(0)
	if c := q.Get("cursor"); c != "" {
		var err error
		if before, err = strconv.ParseInt(c, 10, 64); err != nil || before < 1 {
			return roster.Errorf(roster.Invalid, "cursor_invalid", "This cursor does not belong to this list. Begin again from the first page.").On("cursor")
		}
	}
	page, err := d.room.List(v.Context(), lines.Query{After: before, Member: roster.MemberID(q.Get("member"))})
	if err != nil {
		return err
	}
	view := ListView{Page: v.Page, Events: page.Events, Later: before > 0}
	if page.Next > 0 {
		view.NextCursor = strconv.FormatInt(page.Next, 10)
	}
	v.Show(List(view))
	return nil
}

// checkpoint hands over what the history is now, signed, as a file to keep.
func (d *Door) checkpoint(v *web.Visit) error {
	c, err := d.room.Checkpoint(v.Context())
	if err != nil {
		return err
	}
	text := c.Text + "\n"
	return server.Send(v.W, server.Sending{
		Name:  fmt.Sprintf("%s-history-%d.checkpoint.txt", v.Page.Organisation.Slug, c.Seq),
		Media: "text/plain; charset=utf-8", Size: int64(len(text)), ReadCloser: io.NopCloser(strings.NewReader(text)),
	})
}
