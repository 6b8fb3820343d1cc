package me

import (
	"github.com/a-h/templ"

	"roster/internal/action/signin/password"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// PasswordView is where somebody changes their password.
type PasswordView struct {
	web.Page
	Form     web.Form
	Email    string
	Criteria web.CriteriaList
}

func passwordView(v *web.Visit, o password.Offer) PasswordView {
	return PasswordView{Page: v.Page, Email: o.Person.Email.Typed, Criteria: web.OpenCriteria("/me/password/criteria")}
}

func (d *Door) passwordPage(v *web.Visit) error {
	o, err := d.Passwords.Offer(v.Context())
	if err != nil {
		return err
	}
	v.Show(Password(passwordView(v, o)))
	return nil
}

func (d *Door) changePassword(v *web.Visit) error {
	f, err := server.Form(v.R, "password", "repeat")
	if err != nil {
		return err
	}
	done, err := d.Passwords.Change(v.Context(), password.Chosen{Password: f["password"], Repeat: f["repeat"]})
	if err == nil {
		v.GoOn(done.Session, done.Secret)
		return v.Go("/me/security"+v.Page.Around(), "toast.password_changed")
	}
	if roster.AsError(err).Kind == roster.Denied {
		return err
	}
	o, broken := d.Passwords.Offer(v.Context())
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := passwordView(v, o)
		view.Form = form
		return Password(view)
	})
}

// passwordCriteria answers which criteria a password meets while it is typed.
func (d *Door) passwordCriteria(v *web.Visit) error {
	f, err := server.Form(v.R, "password")
	if err != nil {
		return err
	}
	list, err := d.Passwords.Criteria(v.Context(), f["password"])
	if err != nil {
		return err
	}
	return v.Judged(list)
}
