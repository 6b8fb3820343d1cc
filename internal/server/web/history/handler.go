package history

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	lines "roster/internal/action/history"
	"roster/internal/action/history/export"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
	"roster/internal/sheet"
)

// Door answers the pages of the history.
type Door struct {
	desk    *web.Desk
	room    *lines.Room
	exports *export.Room
	team    *team.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *lines.Room, e *export.Room, t *team.Room) *Door {
	return &Door{d, r, e, t}
}

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "/history", act.HistoryList, d.list)
	page(http.MethodPost, "/history/export", act.HistoryExport, d.export)
	page(http.MethodGet, "/history/checkpoint", act.HistoryCheckpoint, d.checkpoint)
	page(http.MethodGet, "/team/{id}/history", act.MemberHistory, d.ofMember)
}

// asked reads what a page is asked for: its filter, and the query that it makes. An error is about the filter where it
// names a field.
func asked(v *web.Visit, at string) (Shown, lines.Query, error) {
	all := v.R.URL.Query()
	s := Shown{Filter: FilterOf(all), At: at}
	q, err := s.Filter.Chosen(zoneOf(v.Page))
	if err != nil {
		return s, q, err
	}
	if c := all.Get("cursor"); c != "" {
		if q.After, err = strconv.ParseInt(c, 10, 64); err != nil || q.After < 1 {
			return s, q, roster.Errorf(roster.Invalid, "cursor_invalid", "This cursor does not belong to this list. Begin again from the first page.")
		}
		s.Later = true
	}
	return s, q, nil
}

// found puts a page of lines where they are shown.
func (s *Shown) found(p lines.Page) {
	s.Events, s.Actor, s.Member = p.Events, p.Actor.Name, p.Member.Name
	if p.Next > 0 {
		s.NextCursor = strconv.FormatInt(p.Next, 10)
	}
}

// again shows the filter with what is wrong with it; other errors are given back.
func again(v *web.Visit, err error, page func(web.Form) templ.Component) error {
	e := v.Told(err)
	if e.Field == "" && len(e.Fields) == 0 {
		return err
	}
	v.Answer(server.NewProblem(v.Context(), err).Status, page(web.Form{Err: e}))
	return nil
}

func (d *Door) list(v *web.Visit) error {
	view := ListView{Page: v.Page}
	var q lines.Query
	var err error
	if view.Shown, q, err = asked(v, v.Page.In("history")); err == nil {
		var page lines.Page
		page, err = d.room.List(v.Context(), q)
		view.found(page)
	}
	if err != nil {
		return again(v, err, func(f web.Form) templ.Component {
			view.Form = f
			return List(view)
		})
	}
	if first, last, ok := view.Filter.span(v.Now().In(zoneOf(v.Page))); ok && !view.Later && len(view.Events) > 0 {
		if view.Days, err = d.room.Days(v.Context(), first, last); err != nil {
			return err
		}
	}
	v.Show(List(view))
	return nil
}

// ofMember shows a member's history.
func (d *Door) ofMember(v *web.Visit) error {
	m, err := d.team.Show(v.Context(), roster.MemberID(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	view := MemberView{
		Page: v.Page, Of: m.Member, Expired: m.Shown() == "expired", Allowed: m.Allowed,
		CreatedBy: v.Page.Doer(m.Member.CreatedBy, m.CreatedBy), UpdatedBy: v.Page.Doer(m.Member.UpdatedBy, m.UpdatedBy),
	}
	var roles []string
	for _, key := range m.Roles() {
		roles = append(roles, v.RoleName(key))
	}
	view.Roles = strings.Join(roles, ", ")
	var q lines.Query
	if view.Shown, q, err = asked(v, v.Page.Member(m.ID, "history")); err == nil {
		q.Member, view.Filter.Member = m.ID, ""
		var page lines.Page
		page, err = d.room.OfMember(v.Context(), q)
		view.found(page)
	}
	if err != nil {
		return again(v, err, func(f web.Form) templ.Component {
			view.Form = f
			return Of(view)
		})
	}
	v.Show(Of(view))
	return nil
}

// export sends the lines that a page shows, and all that follow, as a file.
func (d *Door) export(v *web.Visit) error {
	f, err := server.Form(v.R, "view", "format")
	if err != nil {
		return err
	}
	format, err := sheet.Parse(f["format"])
	if err != nil {
		return err
	}
	q, err := ParseFilter(f["view"]).Chosen(zoneOf(v.Page))
	if err != nil {
		return err
	}
	file, err := d.exports.Export(v.Context(), export.Order{Query: q, Format: format, Words: v.Page.Words})
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: file.Name, Media: file.Media, Size: file.Size, ReadCloser: file})
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
