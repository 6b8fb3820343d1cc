package operator

import (
	"github.com/a-h/templ"

	"roster/internal/action/org/export"
	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) deletePage(v *web.Visit) error { return d.showDelete(v, "", nil) }

func (d *Door) showDelete(v *web.Visit, typed string, wrong error) error {
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Inspect(v.Context(), "")
	if err != nil {
		return err
	}
	view := DeleteView{Page: v.Page, Org: in.Organisation, Typed: typed}
	if wrong == nil {
		v.Show(Delete(view))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Delete(view)
	})
}

func (d *Door) delete(v *web.Visit) error {
	f, err := server.Form(v.R, "confirm_name")
	if err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	o, err := d.Endings.Delete(v.Context(), f["confirm_name"])
	if err != nil {
		return d.showDelete(v, f["confirm_name"], err)
	}
	return v.Go(place(o), "toast.operator_closed", "name", o.Name)
}

func (d *Door) undelete(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	o, err := d.Endings.Undelete(v.Context())
	if err != nil {
		return err
	}
	return v.Go(place(o), "toast.operator_undeleted", "name", o.Name)
}

// export sends everything of the organisation as a file.
func (d *Door) export(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	f, err := d.Takeouts.Export(v.Context())
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: f.Name, Media: export.Media, Size: f.Size, ReadCloser: f})
}
