package org

import (
	"github.com/a-h/templ"

	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) picturePage(v *web.Visit) error {
	u, err := d.room.Show(v.Context())
	if err != nil {
		return err
	}
	v.Show(Picture(d.view(v, u)))
	return nil
}

func (d *Door) setPicture(v *web.Visit) error {
	data, err := v.SentPicture()
	if err == nil {
		if _, err = d.emblems.Set(v.Context(), data); err == nil {
			return v.Go(v.Page.In("settings"), "toast.picture_set")
		}
	}
	u, broken := d.room.Show(v.Context())
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := d.view(v, u)
		view.Form = form
		return Picture(view)
	})
}

func (d *Door) removePicture(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.emblems.Remove(v.Context()); err != nil {
		return err
	}
	return v.Go(v.Page.In("settings"), "toast.picture_removed")
}
