package team

import (
	"github.com/a-h/templ"

	"roster/internal/action/team/erasure"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// EraseView is the question before what is kept of a removed member is erased.
type EraseView struct {
	Question
	Lines  int  // of the history that say something of them
	Person bool // their account goes, too
}

func (d *Door) erasePage(v *web.Visit) error {
	e, err := d.erasures.Look(v.Context(), id(v))
	if err != nil {
		return err
	}
	v.Show(Erase(eraseView(v, e)))
	return nil
}

func eraseView(v *web.Visit, e erasure.Erasure) EraseView {
	return EraseView{Question: Question{Page: v.Page, Row: rowOf(v, e.View)}, Lines: e.Lines, Person: e.Person}
}

func (d *Door) erase(v *web.Visit) error {
	f, err := server.Form(v.R, "confirm_name")
	if err != nil {
		return err
	}
	if _, err = d.erasures.Erase(v.Context(), id(v), f["confirm_name"]); err == nil {
		return v.Go(v.Page.Member(id(v)), "toast.erased")
	}
	if roster.AsError(err).Kind != roster.Invalid {
		return err
	}
	e, broken := d.erasures.Look(v.Context(), id(v))
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := eraseView(v, e)
		view.Form, view.Typed = form, f["confirm_name"]
		return Erase(view)
	})
}

// consequences are what is deleted, and what is out of reach.
func (v EraseView) consequences() []string {
	all := []string{v.Say("erase.profile"), v.Counted("erase.lines", v.Lines), v.Say("erase.others")}
	if v.Person {
		all = append(all, v.Say("erase.person"))
	}
	return append(all, v.Say("erase.stays"), v.Say("erase.reach"))
}

// data sends all that is kept of a member as a file.
func (d *Door) data(v *web.Visit) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	f, err := d.selves.OfMember(v.Context(), id(v))
	if err != nil {
		return err
	}
	return server.Send(v.W, server.Sending{Name: f.Name, Media: "application/json", Size: f.Size, ReadCloser: f})
}
