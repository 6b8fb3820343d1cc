// Package view holds the pages of the views that somebody saved of the Team list: they are listed, renamed and deleted.
// The list itself shows them and saves more. The pages are made from their structs alone.
package view

import (
	"net/http"

	"github.com/a-h/templ"

	"roster/internal/act"
	views "roster/internal/action/team/view"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of views.
type Door struct {
	desk *web.Desk
	room *views.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *views.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/views" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.ViewList, d.list)
	page(http.MethodPost, "", act.ViewSave, d.save)
	page(http.MethodPost, "/{id}", act.ViewEdit, d.rename)
	page(http.MethodPost, "/{id}/delete", act.ViewDelete, d.remove)
}

// ListView is the page of one's own views. Form is what was wrong with the one of ID, or with a new one without it.
type ListView struct {
	web.Page
	Views []views.View
	Form  web.Form
	ID    string
	Name  string // as typed
	Query string // of a new one
}

func (d *Door) list(v *web.Visit) error {
	kept, err := d.room.List(v.Context())
	if err != nil {
		return err
	}
	v.Show(List(ListView{Page: v.Page, Views: kept.Views}))
	return nil
}

func (d *Door) save(v *web.Visit) error {
	f, err := server.Form(v.R, "name", "query")
	if err != nil {
		return err
	}
	saved, err := d.room.Save(v.Context(), f["name"], f["query"])
	if err != nil {
		return d.refuse(v, err, ListView{Name: f["name"], Query: f["query"]})
	}
	return v.Go(v.Page.In("team")+"?"+saved.Query, "toast.view_saved", "name", saved.Name)
}

func (d *Door) rename(v *web.Visit) error {
	f, err := server.Form(v.R, "name")
	if err != nil {
		return err
	}
	name, id := f["name"], v.R.PathValue("id")
	saved, err := d.room.Edit(v.Context(), id, views.Change{Name: &name})
	if err != nil {
		return d.refuse(v, err, ListView{ID: id, Name: name})
	}
	return v.Go(v.Page.In("views"), "toast.view_edited", "name", saved.Name)
}

func (d *Door) remove(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	gone, err := d.room.Delete(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Go(v.Page.In("views"), "toast.view_deleted", "name", gone.Name)
}

// refuse shows the views again, with what was wrong and what was typed.
func (d *Door) refuse(v *web.Visit, wrong error, view ListView) error {
	kept, err := d.room.List(v.Context())
	if err != nil {
		return err
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		view.Page, view.Views, view.Form = v.Page, kept.Views, form
		return List(view)
	})
}
