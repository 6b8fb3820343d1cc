package operator

import (
	"time"

	"github.com/a-h/templ"

	"roster/internal/action/keyring"
	"roster/internal/server"
	"roster/internal/server/web"
)

// KeysView is the keys that sign access tokens.
type KeysView struct {
	web.Page
	Form   web.Form
	Rows   []keyring.Key
	Moment time.Time // at which they are so
}

// waiting tells whether the next key is there already.
func (v KeysView) waiting() bool { return len(v.Rows) > 0 && v.Rows[0].State(v.Moment) == "next" }

func (v KeysView) tone(k keyring.Key) string {
	switch k.State(v.Moment) {
	case "signs":
		return "good"
	case "next":
		return "wait"
	}
	return "off"
}

func (d *Door) signingKeys(v *web.Visit) error {
	all, now, err := d.Keys.List(v.Context())
	if err == nil {
		v.Show(Keys(KeysView{Page: v.Page, Rows: all, Moment: now}))
	}
	return err
}

func (d *Door) rotatePage(v *web.Visit) error { return d.showRotate(v, nil) }

func (d *Door) showRotate(v *web.Visit, wrong error) error {
	all, now, err := d.Keys.List(v.Context())
	if err != nil {
		return err
	}
	view := KeysView{Page: v.Page, Rows: all, Moment: now}
	if wrong == nil {
		v.Show(Rotate(view))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Rotate(view)
	})
}

func (d *Door) rotate(v *web.Visit) error {
	f, err := server.Form(v.R, "how")
	if err != nil {
		return err
	}
	atOnce := f["how"] == "at_once"
	if _, err := d.Keys.Rotate(v.Context(), atOnce); err != nil {
		return d.showRotate(v, err)
	}
	if atOnce {
		return v.Go("/operator/keys", "toast.key_replaced")
	}
	return v.Go("/operator/keys", "toast.key_rotated")
}
