package operator

import (
	"time"

	"github.com/a-h/templ"

	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) visitPage(v *web.Visit) error { return d.showVisit(v, "", nil) }

func (d *Door) showVisit(v *web.Visit, reason string, wrong error) error {
	if err := d.at(v); err != nil {
		return err
	}
	in, err := d.Fleet.Inspect(v.Context(), "")
	if err != nil {
		return err
	}
	view := VisitView{Page: v.Page, Org: in.Organisation, Reason: reason}
	if wrong == nil {
		v.Show(Enter(view))
		return nil
	}
	return v.Refuse(wrong, func(f web.Form) templ.Component {
		view.Form = f
		return Enter(view)
	})
}

func (d *Door) visit(v *web.Visit) error {
	f, err := server.Form(v.R, "reason")
	if err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	if _, err := d.Fleet.Visit(v.Context(), f["reason"]); err != nil {
		return d.showVisit(v, f["reason"], err)
	}
	in, err := d.Fleet.Inspect(v.Context(), "")
	if err != nil {
		return err
	}
	return v.Go("/o/"+in.Organisation.Slug+"/team", "toast.operator_entered", "name", in.Organisation.Name)
}

func (d *Door) leave(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	if err := d.at(v); err != nil {
		return err
	}
	if err := d.Fleet.Leave(v.Context()); err != nil {
		return err
	}
	in, err := d.Fleet.Inspect(v.Context(), "")
	if err != nil {
		return err
	}
	return v.Go(place(in.Organisation), "toast.operator_left", "name", in.Organisation.Name)
}

// admitPage is the organisation's own: whether operators who enter may change something.
func (d *Door) admitPage(v *web.Visit) error {
	o, err := d.Orgs.Show(v.Context())
	if err != nil {
		return err
	}
	v.Show(Admit(AdmitView{Page: v.Page, Until: o.Organisation.OperatorsUntil, Now: v.Now()}))
	return nil
}

func (d *Door) admit(v *web.Visit) error {
	f, err := server.Form(v.R, "lasts")
	if err != nil {
		return err
	}
	lasts, err := time.ParseDuration(f["lasts"])
	if err != nil {
		lasts = -1
	}
	o, err := d.Fleet.Admit(v.Context(), lasts)
	if err != nil {
		return v.Refuse(err, func(form web.Form) templ.Component {
			return Admit(AdmitView{Page: v.Page, Form: form, Until: v.Entry.Organisation.OperatorsUntil, Now: v.Now()})
		})
	}
	if o.OperatorsUntil.IsZero() {
		return v.Go(v.Page.In("settings", "operators"), "toast.operators_look")
	}
	return v.Go(v.Page.In("settings", "operators"), "toast.operators_write")
}
