package org

import (
	"strconv"

	"github.com/a-h/templ"

	orgs "roster/internal/action/org"
	"roster/internal/footer"
	"roster/internal/roster"
	"roster/internal/server"
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
	f, err := server.Form(v.R, "version", "accent", "sender", "reply_to", "product_name", "footer_links")
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(f["version"], 10, 64)
	if err != nil {
		return roster.Errorf(roster.Invalid, "malformed", "This form is not complete. Open it again.")
	}
	in := roster.Brand{Accent: f["accent"], Sender: f["sender"], ReplyTo: f["reply_to"], Product: f["product_name"], Footer: f["footer_links"]}
	links := footer.Parse(in.Footer)
	u, err := d.room.Edit(v.Context(), orgs.Edit{Accent: &in.Accent, Sender: &in.Sender, ReplyTo: &in.ReplyTo, Product: &in.Product, Footer: &links, Version: version})
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
			view.Now = web.Differing(
				v.Page.Say("layout.field.accent"), view.Typed.Accent, in.Accent, v.Page.Say("layout.field.sender"), view.Typed.Sender, in.Sender,
				v.Page.Say("layout.field.reply_to"), view.Typed.ReplyTo, in.ReplyTo, v.Page.Say("layout.field.product_name"), view.Typed.Product, in.Product,
				v.Page.Say("layout.field.footer_links"), view.Typed.Footer, footer.Write(links),
			)
		}
		view.Typed = in
		return Brand(view)
	})
}
