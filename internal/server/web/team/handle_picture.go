package team

import (
	"github.com/a-h/templ"

	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) picturePage(v *web.Visit) error {
	m, err := d.room.Show(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(Picture(Question{Page: v.Page, Row: rowOf(v, m)}))
	return nil
}

func (d *Door) setPicture(v *web.Visit) error {
	data, err := v.SentPicture()
	if err == nil {
		if _, err = d.pictures.Set(v.Context(), id(v), data); err == nil {
			return v.Go(v.Page.In("team", string(id(v))), "toast.picture_set")
		}
	}
	m, broken := d.room.Show(v.Context(), id(v))
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Picture(Question{Page: v.Page, Row: rowOf(v, m), Form: form})
	})
}

func (d *Door) removePicture(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if _, err := d.pictures.Remove(v.Context(), id(v)); err != nil {
		return err
	}
	return v.Go(v.Page.In("team", string(id(v))), "toast.picture_removed")
}
