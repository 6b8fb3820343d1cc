package web

import (
	"roster/internal/action/signin"
	"roster/internal/passkey"
	"roster/internal/server"
)

// PasskeyForm is a form that goes on by a passkey.
type PasskeyForm struct {
	Action  string // where it is sent
	Ask     string // where the browser is told what to ask its person for
	Field   string // the answer's name
	Button  string
	Hidden  []Hidden
	Primary bool
	Cancel  string // the way back beside the button; without one it stands alone and is as wide as the form
}

// Place gives where passkeys are made and used: the installation's own address.
func (v *Visit) Place() passkey.Place { return passkey.At(v.Desk.Base) }

// Given gives a passkey's answer as the rooms take it.
func (v *Visit) Given(answer string) signin.Given { return signin.Given{At: v.Place(), Answer: answer} }

// Ask tells a script what to ask the browser for. The form that it sends is empty, and read first: what is no form, or
// too large, is refused before anything is kept.
func (v *Visit) Ask(options func() (passkey.Options, error)) error {
	if _, err := server.Form(v.R); err != nil {
		return err
	}
	o, err := options()
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/json")
	_, _ = v.W.Write(o.JSON) // a browser that went away is not our fault
	return nil
}
