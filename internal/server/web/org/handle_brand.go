package org

import (
	"strconv"

	"github.com/a-h/templ"

	orgs "roster/internal/action/org"
	"roster/internal/server/web"
)

func (d *Door) brandPage(v *web.Visit) error {
	u, err := d.room.Show(v.Context())
	if err != nil {
		return err
	}
	v.Show(Brand(brandOf(v, u)))
	return nil
}

func brandOf(v *web.Visit, u orgs.Usage) BrandView {
	view := BrandView{Page: v.Page, Typed: u.Organisation.Brand, Version: strconv.FormatInt(u.Organisation.Version, 10)}
	view.Typed.Accent = view.Typed.Colour()
	return view
}

func (d *Door) editBrand(v *web.Visit) error {
	in, edit, err := v.SentBrand()
	if err != nil {
		return err
	}
	u, err := d.room.Edit(v.Context(), edit)
	if err == nil {
		return v.Go(v.Page.In("settings", "brand"), "toast.settings_saved", "name", u.Organisation.Name)
	}
	was, broken := d.room.Show(v.Context())
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := brandOf(v, was)
		view.Form = form
		if form.Err.Code == "changed_meanwhile" {
			view.Now = v.Page.DifferingBrand(view.Typed, in)
		}
		view.Typed = in
		return Brand(view)
	})
}
