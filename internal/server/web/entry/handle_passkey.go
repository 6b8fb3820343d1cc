package entry

import (
	"time"

	"roster/internal/action/signin"
	"roster/internal/passkey"
	"roster/internal/server"
	"roster/internal/server/web"
)

// askedCookie ties what a browser is asked to that browser, while nobody is known yet. It opens nothing.
const askedCookie = "__Host-passkey"

// askPasskey tells what to ask the browser for, to sign in by a passkey alone.
func (d *Door) askPasskey(v *web.Visit) error {
	return v.Ask(func() (passkey.Options, error) {
		asked, err := d.room.AskPasskey(v.Context(), v.Place())
		if err == nil {
			v.SetCookie(askedCookie, asked.Secret, 5*time.Minute)
		}
		return asked.Options, err
	})
}

func (d *Door) signInByPasskey(v *web.Visit) error {
	f, err := server.Form(v.R, "answer", "next", "organisation")
	if err != nil {
		return err
	}
	t := signin.KeyTry{Given: v.Given(f["answer"]), Agent: v.R.UserAgent(), Device: v.Device()}
	if c, err := v.R.Cookie(askedCookie); err == nil {
		t.Secret = c.Value
	}
	signed, err := d.room.SignInByPasskey(v.Context(), t)
	if err != nil {
		return d.signInAgain(v, f, err)
	}
	v.SetCookie(askedCookie, "", -1)
	return begin(v, signed, f["next"])
}
