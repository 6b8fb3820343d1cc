package entry

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"roster/internal/action/signin"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/server"
	"roster/internal/server/web"
)

// halfCookie carries what proves that the password was right, until the second factor is given. It opens nothing else.
const halfCookie = "__Host-half"

func toSecond(v *web.Visit, half, next string) error {
	v.SetCookie(halfCookie, half, 10*time.Minute)
	at := "/sign-in/second"
	if next != "" {
		at += "?" + url.Values{"next": {web.Local(next)}}.Encode()
	}
	return v.Go(at, "")
}

func halfOf(v *web.Visit) string {
	c, err := v.R.Cookie(halfCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func (d *Door) secondPage(v *web.Visit) error {
	h, err := d.room.Halfway(v.Context(), halfOf(v))
	if err != nil {
		return secondClosed(v, err)
	}
	v.Show(Second(secondView(v, h, v.R.URL.Query().Get("next"))))
	return nil
}

func secondView(v *web.Visit, h signin.Halfway, next string) SecondView {
	return SecondView{Page: v.Page, Email: h.Person.Email.Typed, Next: next, Operator: h.Person.Operates(), Key: roster.Count(h.Factors, roster.FactorPasskey) > 0 && v.Place().Offered()}
}

// askSecond tells what to ask the browser for, to finish by a passkey.
func (d *Door) askSecond(v *web.Visit) error {
	return v.Ask(func() (passkey.Options, error) { return d.room.AskSecond(v.Context(), v.Place(), halfOf(v)) })
}

// secondClosed leads back to sign-in from a second step that does not stand open.
func secondClosed(v *web.Visit, err error) error {
	if roster.AsError(err).Kind != roster.Unauthenticated {
		return err
	}
	v.SetCookie(halfCookie, "", -1)
	return v.Go("/sign-in", "toast.second_over")
}

func (d *Door) second(v *web.Visit) error {
	f, err := server.Form(v.R, "code", "passkey", "next")
	if err != nil {
		return err
	}
	signed, err := d.room.Second(v.Context(), signin.Second{Half: halfOf(v), Code: f["code"], Passkey: v.Given(f["passkey"]), Agent: v.R.UserAgent(), Device: v.Device()})
	if err == nil {
		v.SetCookie(halfCookie, "", -1)
		return begin(v, signed, f["next"])
	}
	h, over := d.room.Halfway(v.Context(), halfOf(v))
	if over != nil {
		return secondClosed(v, over)
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		view := secondView(v, h, f["next"])
		view.Form = form
		return Second(view)
	})
}
