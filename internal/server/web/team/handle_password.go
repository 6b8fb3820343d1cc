package team

import (
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// PasswordView is the form that sets somebody's password.
type PasswordView struct {
	web.Page
	Row       Row
	Form      web.Form
	Managed   bool // nobody sets an own person's
	Connected bool // they come in by a connection, and get none
	Lasts     time.Duration
}

// invitation gives who a person shall be, as typed, without what belongs to the letter.
func (in Input) invitation() members.Invitation {
	who := members.Invitation{
		Kind: roster.MemberKind(in.Kind), Email: in.Email, Profile: roster.Profile{FirstName: in.FirstName, LastName: in.LastName, Phone: in.Phone},
		Grants: roleOf(in), StartBlocked: in.StartBlocked,
	}
	if who.Kind == roster.External {
		who.Unit = in.Unit
	}
	return who
}

// create adds a person with a password. What is kept of the form, so that it does nothing twice, is without it.
func (d *Door) create(v *web.Visit, in Input, f map[string]string) error {
	kept := map[string]string{}
	for name, value := range f {
		if name != "password" && name != "repeat" {
			kept[name] = value
		}
	}
	call, err := v.Once(kept, func(r any) roster.Member { return r.(members.View).Member })
	if err != nil {
		return err
	}
	m, err := d.room.Create(v.Context(), members.Creation{Invitation: in.invitation(), NewPassword: members.NewPassword{Password: f["password"], Repeat: f["repeat"]}})
	switch {
	case err != nil:
		return err
	case call.Replay != nil:
		return v.Go(v.Page.In("team", call.Replay.Body), "toast.made_already")
	case m.Status == roster.Blocked:
		return v.Go(v.Page.In("team", string(m.ID)), "toast.created_blocked", "name", m.Label())
	}
	return v.Go(v.Page.In("team", string(m.ID)), "toast.created", "name", m.Label())
}

// criteria answers which criteria a password for somebody new meets while it is typed.
func (d *Door) criteria(v *web.Visit) error {
	f, err := server.Form(v.R, "password", "first_name", "last_name", "email")
	if err != nil {
		return err
	}
	list, err := d.room.CreateCriteria(v.Context(), f["password"], f["first_name"], f["last_name"], f["email"])
	if err != nil {
		return err
	}
	return v.Judged(list)
}

// offer gives what a member can hold: an external one in their customer account.
func (d *Door) offer(v *web.Visit, m roster.Member) (members.Offer, error) {
	if m.Kind == roster.External {
		return d.room.OfferAt(v.Context(), m.Unit)
	}
	return d.room.Offer(v.Context())
}

func (d *Door) passwordPage(v *web.Visit) error {
	view, err := d.passwordView(v)
	if err != nil {
		return err
	}
	v.Show(SetPassword(view))
	return nil
}

func (d *Door) passwordView(v *web.Visit) (PasswordView, error) {
	o, err := d.room.PasswordOffer(v.Context(), id(v))
	return PasswordView{Page: v.Page, Row: rowOf(v, o.View), Managed: o.Managed, Connected: o.Coming.Connected(), Lasts: o.Lasts}, err
}

func (d *Door) setPassword(v *web.Visit) error {
	f, err := server.Form(v.R, "password", "repeat")
	if err != nil {
		return err
	}
	m, err := d.room.SetPassword(v.Context(), id(v), members.NewPassword{Password: f["password"], Repeat: f["repeat"]})
	if err == nil {
		return v.Go(v.Page.Home(m.ID), "toast.password_set", "name", m.Label())
	}
	view, broken := d.passwordView(v)
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view.Form = form
		return SetPassword(view)
	})
}

func (d *Door) passwordCriteria(v *web.Visit) error {
	f, err := server.Form(v.R, "password")
	if err != nil {
		return err
	}
	list, err := d.room.PasswordCriteria(v.Context(), id(v), f["password"])
	if err != nil {
		return err
	}
	return v.Judged(list)
}

// resetPassword has a person of their own sent the link for a new password.
func (d *Door) resetPassword(v *web.Visit, m members.View, _ map[string]string) error {
	if _, err := d.recovery.Send(v.Context(), m.ID); err != nil {
		return err
	}
	return v.Go(v.Page.Home(m.ID), "toast.password_letter", "name", m.Label())
}

// signOut signs a person out of the organisation.
func (d *Door) signOut(v *web.Visit, m members.View, _ map[string]string) error {
	if _, err := d.profiles.SignOut(v.Context(), m.ID); err != nil {
		return err
	}
	return v.Go(v.Page.Member(m.ID, "sign-in"), "toast.member_signed_out", "name", m.Label())
}

// mountPasswords adds the routes of passwords.
func (d *Door) mountPasswords(page func(method, pattern string, a act.Name, h web.Handler)) {
	page("POST", "/team/add/criteria", act.MemberCreateOffer, d.criteria)
	page("GET", "/team/{id}/password", act.PasswordOffer, d.passwordPage)
	page("POST", "/team/{id}/password", act.MemberPassword, d.setPassword)
	page("POST", "/team/{id}/password/criteria", act.PasswordOffer, d.passwordCriteria)
}
