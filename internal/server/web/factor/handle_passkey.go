package factor

import (
	"github.com/a-h/templ"

	factors "roster/internal/action/factor"
	"roster/internal/passkey"
	"roster/internal/server"
	"roster/internal/server/web"
)

func (d *Door) askConfirm(v *web.Visit) error {
	return v.Ask(func() (passkey.Options, error) { return d.signIn.AskConfirm(v.Context(), v.Place()) })
}

func (d *Door) askPasskey(v *web.Visit) error {
	return v.Ask(func() (passkey.Options, error) {
		return d.room.AskPasskey(v.Context(), v.Place(), v.Page.Say("product.name"))
	})
}

// instead gives where a passkey is made, in the place of an app; empty where browsers make none.
func instead(v *web.Visit, next string) string {
	if !v.Place().Offered() {
		return ""
	}
	return toward("/me/passkey", v.Page, next)
}

func (d *Door) passkeyPage(v *web.Visit) error {
	first, err := d.room.PasskeyRoom(v.Context())
	if err != nil {
		return err
	}
	view := PasskeyView{Page: v.Page, Next: v.R.URL.Query().Get("next"), Offered: v.Place().Offered()}
	if first {
		view.Name = v.Page.Browser(v.R.UserAgent())
	}
	v.Show(Passkey(view))
	return nil
}

func (d *Door) passkey(v *web.Visit) error {
	f, err := server.Form(v.R, "name", "answer", "next")
	if err != nil {
		return err
	}
	done, err := d.room.AddPasskey(v.Context(), factors.PasskeyAddition{At: v.Place(), Answer: f["answer"], Name: f["name"]})
	switch {
	case err == nil && len(done.Codes) == 0:
		v.GoOn(done.Session, done.Secret)
		return v.Go(onward(v.Page, f["next"]), "toast.factor_added", "name", done.Factor.Name)
	case err == nil:
		v.GoOn(done.Session, done.Secret)
		v.Show(Codes(CodesView{Page: v.Page, Codes: done.Codes, Next: onward(v.Page, f["next"]), First: true, Key: true, Alone: done.Factor.Alone}))
		return nil
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Passkey(PasskeyView{Page: v.Page, Form: form, Name: f["name"], Next: f["next"], Offered: v.Place().Offered()})
	})
}

func (d *Door) namePage(v *web.Visit) error {
	f, _, err := d.factor(v)
	if err != nil {
		return err
	}
	v.Show(Name(NameView{Page: v.Page, Factor: f, Name: f.Name}))
	return nil
}

func (d *Door) name(v *web.Visit) error {
	f, err := server.Form(v.R, "name")
	if err != nil {
		return err
	}
	named, err := d.room.Rename(v.Context(), v.R.PathValue("factor"), f["name"])
	if err == nil {
		return v.Go(security(v.Page), "toast.factor_renamed", "name", named.Name)
	}
	was, _, broken := d.factor(v)
	if broken != nil {
		return broken
	}
	return v.Refuse(err, func(form web.Form) templ.Component {
		return Name(NameView{Page: v.Page, Form: form, Factor: was, Name: f["name"]})
	})
}
