package entry

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/server"
	"roster/internal/server/web"
)

// choiceCookie carries what proves that the given password was right, until its person has chosen their own. It
// opens nothing else.
const choiceCookie = "__Host-choice"

func toChoice(v *web.Visit, choice, next string) error {
	v.SetCookie(choiceCookie, choice, 10*time.Minute)
	at := "/sign-in/password"
	if next != "" {
		at += "?" + url.Values{"next": {web.Local(next)}}.Encode()
	}
	return v.Go(at, "")
}

// linked is the same for who forgot their password: the secret of a mailed link, from the link to the page.
func linked() web.Carried {
	return web.Carried{Cookie: choiceCookie, Prefix: act.RecoveryPrefix, Page: "/sign-in/password"}
}

func choiceOf(v *web.Visit) string { return linked().HeldAlone(v) }

func choiceView(v *web.Visit, c signin.Choosing, next string) ChoiceView {
	return ChoiceView{
		Page: v.Page, Email: c.Person.Email.Typed, Giving: c.Organisation.Name, Linked: c.Linked, Factors: c.Factors, Next: next, Criteria: web.OpenCriteria("/sign-in/password/criteria"),
	}
}

func (d *Door) choicePage(v *web.Visit) error {
	c, err := d.room.Choosing(v.Context(), choiceOf(v))
	if err != nil {
		return closed(v, err)
	}
	v.Show(Choice(choiceView(v, c, v.R.URL.Query().Get("next"))))
	return nil
}

// closed leads back to sign-in from a choice that does not stand open, or says that a link does not work.
func closed(v *web.Visit, err error) error {
	if roster.Is(err, "recovery_over") {
		v.SetCookie(choiceCookie, "", -1)
		v.Answer(http.StatusGone, LinkOver(LinkOverView{v.Page}))
		return nil
	}
	if roster.AsError(err).Kind != roster.Unauthenticated {
		return err
	}
	v.SetCookie(choiceCookie, "", -1)
	return v.Go("/sign-in", "toast.choice_over")
}

func (d *Door) choose(v *web.Visit) error {
	f, err := server.Form(v.R, "password", "repeat", "next")
	if err != nil {
		return err
	}
	signed, err := d.room.Choose(v.Context(), signin.Chosen{Choice: choiceOf(v), Password: f["password"], Repeat: f["repeat"], Agent: v.R.UserAgent(), Device: v.Device()})
	if err == nil {
		v.SetCookie(choiceCookie, "", -1)
		return begin(v, signed, f["next"])
	}
	c, broken := d.room.Choosing(v.Context(), choiceOf(v))
	if broken != nil {
		return closed(v, broken)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := choiceView(v, c, f["next"])
		view.Form = form
		return Choice(view)
	})
}

// choiceCriteria answers which criteria a password meets while it is typed.
func (d *Door) choiceCriteria(v *web.Visit) error {
	f, err := server.Form(v.R, "password")
	if err != nil {
		return err
	}
	c, err := d.room.Choosing(v.Context(), choiceOf(v))
	if err != nil {
		return err
	}
	return v.Judged(secret.Criteria(f["password"], secret.MinOnlyFactor, c.Personal()...))
}
