package org

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	orgs "roster/internal/action/org"
	"roster/internal/action/org/emblem"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// Door answers the pages of the settings.
type Door struct {
	desk    *web.Desk
	room    *orgs.Room
	emblems *emblem.Room
}

// NewDoor makes the door.
func NewDoor(d *web.Desk, r *orgs.Room, e *emblem.Room) *Door { return &Door{d, r, e} }

// Mount adds the routes.
func (d *Door) Mount(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/o/{org}/settings" + pattern, Action: string(a), Handler: d.desk.Inside(h)})
	}
	page(http.MethodGet, "", act.OrganisationShow, d.settings)
	page(http.MethodPost, "", act.OrganisationEdit, d.edit)
	page(http.MethodGet, "/brand", act.OrganisationShow, d.brandPage)
	page(http.MethodPost, "/brand", act.OrganisationEdit, d.editBrand)
	page(http.MethodGet, "/plan", act.OrganisationPlan, d.plan)
	page(http.MethodGet, "/picture", act.OrganisationShow, d.picturePage)
	page(http.MethodPost, "/picture/remove", act.EmblemRemove, d.removePicture)
	m.Handle(server.Route{
		Method: http.MethodPost, Pattern: "/o/{org}/settings/picture", Action: string(act.EmblemSet), MaxBody: raster.MaxBytes + server.FileRoom,
		Handler: d.desk.Inside(d.setPicture),
	})
}

func (d *Door) settings(v *web.Visit) error {
	u, err := d.room.Show(v.Context())
	if err != nil {
		return err
	}
	view := d.view(v, u)
	view.Typed = InputOf(u.Organisation)
	v.Show(Settings(view))
	return nil
}

func (d *Door) view(v *web.Visit, u orgs.Usage) SettingsView {
	return SettingsView{Page: v.Page, Organisation: u.Organisation, Version: strconv.FormatInt(u.Organisation.Version, 10)}
}

func (d *Door) edit(v *web.Visit) error {
	f, err := server.Form(v.R, "version", "name", "invitation_ttl", "phone_required", "domains", "admin_passwords", "second_secrets", "erase_after_days", "factor_required", "factor_grace")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	ttl, bad := time.ParseDuration(f["invitation_ttl"])
	if err != nil || bad != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	in := Input{f["name"], f["invitation_ttl"], f["phone_required"] != "", f["domains"], f["admin_passwords"] != "", f["second_secrets"] != "", f["erase_after_days"], f["factor_required"] != "", f["factor_grace"]}
	grace, err := time.ParseDuration(in.FactorGrace)
	if err != nil {
		grace = v.Entry.Organisation.FactorGrace // a form that was opened before there was the field
	}
	days, err := strconv.Atoi(strings.TrimSpace(in.EraseAfter))
	if in.EraseAfter == "" { // likewise
		days = v.Entry.Organisation.EraseAfter
	} else if err != nil {
		days = -1
	}
	domains := strings.FieldsFunc(in.Domains, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	u, err := d.room.Edit(v.Context(), orgs.Edit{
		Name: &in.Name, InvitationTTL: &ttl, PhoneRequired: &in.PhoneRequired, Domains: &domains, AdminPasswords: &in.AdminPasswords, SecondSecrets: &in.SecondSecrets,
		EraseAfter: &days, FactorRequired: &in.FactorRequired, FactorGrace: &grace, Version: version,
	})
	if err == nil {
		return v.Go(v.Page.In("settings"), "toast.settings_saved", "name", u.Organisation.Name)
	}
	was, broken := d.room.Show(v.Context())
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := d.view(v, was)
		view.Form, view.Typed = form, in
		if form.Err.Code == "changed_meanwhile" {
			view.Now = view.Differs(in)
		}
		return Settings(view)
	})
}

func (d *Door) plan(v *web.Visit) error {
	p, err := d.room.Plan(v.Context(), v.R.URL.Query().Get("what_if"))
	if err != nil {
		return err
	}
	o := p.Organisation
	v.Show(Plan(PlanView{Page: v.Page, Plan: p.Plan, People: o.People, APIUsers: o.APIUsers, Others: p.Others, WhatIf: p.WhatIf}))
	return nil
}
