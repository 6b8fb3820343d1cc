// Package network holds the pages of address lists: an organisation's, and an API user's own.
package network

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"roster/internal/act"
	networks "roster/internal/action/org/network"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages.
type Door struct {
	desk *web.Desk
	room *networks.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *networks.Room) *Door { return &Door{d, r} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "/settings/addresses", act.AddressesShow, d.page)
	page(http.MethodPost, "/settings/addresses", act.AddressesSet, d.set)
	page(http.MethodGet, "/team/{id}/addresses", act.APIUserAddressesShow, d.programPage)
	page(http.MethodPost, "/team/{id}/addresses", act.APIUserAddressesSet, d.setProgram)
}

// View is a list as its form shows it.
type View struct {
	web.Page
	Form  web.Form
	List  networks.List
	Typed string // each on a line
}

func view(v *web.Visit, l networks.List) View {
	return View{Page: v.Page, List: l, Typed: strings.Join(l.From, "\n")}
}

// blocks reads what was typed.
func blocks(f map[string]string) []string {
	return strings.FieldsFunc(f["allowed_from"], func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
}

func (d *Door) page(v *web.Visit) error {
	l, err := d.room.Show(v.Context())
	if err == nil {
		v.Show(Organisation(view(v, l)))
	}
	return err
}

func (d *Door) set(v *web.Visit) error {
	f, err := server.Form(v.R, "allowed_from")
	if err != nil {
		return err
	}
	if _, err = d.room.Set(v.Context(), blocks(f)); err == nil {
		return v.Go(v.Page.In("settings", "addresses"), "toast.addresses_saved")
	}
	l, broken := d.room.Show(v.Context())
	return again(v, f, l, err, broken, Organisation)
}

func (d *Door) programPage(v *web.Visit) error {
	l, err := d.room.ShowProgram(v.Context(), roster.MemberID(v.R.PathValue("id")))
	if err == nil {
		v.Show(Program(view(v, l)))
	}
	return err
}

func (d *Door) setProgram(v *web.Visit) error {
	f, err := server.Form(v.R, "allowed_from")
	if err != nil {
		return err
	}
	id := roster.MemberID(v.R.PathValue("id"))
	if _, err = d.room.SetProgram(v.Context(), id, blocks(f)); err == nil {
		return v.Go(v.Page.In("team", string(id), "addresses"), "toast.addresses_saved")
	}
	l, broken := d.room.ShowProgram(v.Context(), id)
	return again(v, f, l, err, broken, Program)
}

// again shows a list's form with what was wrong, and with what was typed.
func again(v *web.Visit, f map[string]string, l networks.List, wrong, broken error, page func(View) templ.Component) error {
	if broken != nil {
		return broken
	}
	return v.Refuse(wrong, func(form web.Form) templ.Component {
		again := view(v, l)
		again.Form, again.Typed = form, f["allowed_from"]
		return page(again)
	})
}
