package entry

import (
	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// hint gives the organisation that a page is for, if it is named as one can be.
func hint(name string) string {
	if name != roster.Slug(name) {
		return ""
	}
	return name
}

func (d *Door) forgotPage(v *web.Visit) error {
	q := v.R.URL.Query()
	v.Show(Forgot(ForgotView{Page: v.Page, Organisation: hint(q.Get("organisation"))}))
	return nil
}

// forgot answers everybody alike: whom the address means is found when the letter is sent.
func (d *Door) forgot(v *web.Visit) error {
	f, err := server.Form(v.R, "email", "organisation")
	if err != nil {
		return err
	}
	view := ForgotView{Page: v.Page, Email: f["email"], Organisation: hint(f["organisation"])}
	if err := d.ways.Forgot(v.Context(), f["email"], view.Organisation); err != nil {
		return v.Refuse(err, func(form web.Form) templ.Component {
			view.Form = form
			return Forgot(view)
		})
	}
	view.Sent = true
	v.Show(Forgot(view))
	return nil
}

func (d *Door) findPage(v *web.Visit) error {
	v.Show(Find(ForgotView{Page: v.Page}))
	return nil
}

// find answers everybody alike, as forgot does.
func (d *Door) find(v *web.Visit) error {
	f, err := server.Form(v.R, "email")
	if err != nil {
		return err
	}
	view := ForgotView{Page: v.Page, Email: f["email"]}
	if err := d.ways.Find(v.Context(), f["email"]); err != nil {
		return v.Refuse(err, func(form web.Form) templ.Component {
			view.Form = form
			return Find(view)
		})
	}
	view.Sent = true
	v.Show(Find(view))
	return nil
}
