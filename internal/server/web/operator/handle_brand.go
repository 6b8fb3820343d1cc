package operator

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/raster"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// mountBrand adds the routes of how the installation looks. Its logo is for everybody to see.
func (d *Door) mountBrand(m *server.Mux) {
	page := func(method, pattern string, a act.Name, h web.Handler) {
		m.Handle(server.Route{Method: method, Pattern: "/operator/brand" + pattern, Action: string(a), Handler: d.desk.Operating(h)})
	}
	page(http.MethodGet, "", act.BrandShow, d.brandPage)
	page(http.MethodPost, "", act.BrandEdit, d.editBrand)
	page(http.MethodPost, "/picture/remove", act.BrandPictureRemove, d.removeLogo)
	m.Handle(server.Route{
		Method: http.MethodPost, Pattern: "/operator/brand/picture", Action: string(act.BrandPicture), MaxBody: raster.MaxBytes + server.FileRoom,
		Handler: d.desk.Operating(d.setLogo),
	})
	m.Handle(server.Route{Method: http.MethodGet, Pattern: "/brand/logo", Action: string(act.BrandPictureShow), Handler: d.desk.Open(d.logo)})
}

func (d *Door) logo(v *web.Visit) error {
	p, err := d.Brands.Picture(v.Context())
	if err == nil {
		v.SendPicture(p)
	}
	return err
}

// brandView gives the page with what stands there.
func (d *Door) brandView(v *web.Visit) (BrandView, error) {
	h, err := d.Brands.Show(v.Context())
	view := BrandView{Page: v.Page, Typed: h.Brand, Picture: h.Picture, Version: strconv.FormatInt(h.Version, 10)}
	view.Typed.Accent = h.Colour()
	return view, err
}

func (d *Door) brandPage(v *web.Visit) error {
	view, err := d.brandView(v)
	if err != nil {
		return err
	}
	v.Show(Brand(view))
	return nil
}

func (d *Door) editBrand(v *web.Visit) error {
	in, edit, err := v.SentBrand()
	if err != nil {
		return err
	}
	if _, err = d.Brands.Edit(v.Context(), edit); err == nil {
		return v.Go("/operator/brand", "toast.brand_saved")
	}
	return d.brandAgain(v, err, func(view *BrandView) {
		if roster.Is(err, "changed_meanwhile") {
			view.Now = v.Page.DifferingBrand(view.Typed, in)
		}
		view.Typed = in
	})
}

// brandAgain shows the page with what was wrong.
func (d *Door) brandAgain(v *web.Visit, wrong error, typed func(*BrandView)) error {
	view, err := d.brandView(v)
	if err != nil {
		return err
	}
	typed(&view)
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Brand(view)
	})
}

func (d *Door) setLogo(v *web.Visit) error {
	data, err := v.SentPicture()
	if err == nil {
		if _, err = d.Brands.SetPicture(v.Context(), data); err == nil {
			return v.Go("/operator/brand", "toast.picture_set")
		}
	}
	return d.brandAgain(v, err, func(*BrandView) {})
}

func (d *Door) removeLogo(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.Brands.RemovePicture(v.Context()); err != nil {
		return err
	}
	return v.Go("/operator/brand", "toast.picture_removed")
}
