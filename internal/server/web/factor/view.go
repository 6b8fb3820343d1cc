// Package factor holds the pages of second factors: setting an authenticator app up, recovery codes, the confirmation
// that it is you, and letting go of what is lost. Signing in by them is a page of entry's.
package factor

import (
	"strings"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// SetUpView is where an authenticator app is set up.
type SetUpView struct {
	web.Page
	Form   web.Form
	Key    string // as people type it
	Sealed string
	Name   string
	Next   string
	Asked  bool // somebody asks for a second factor before they go on
	// Passkeys is where a passkey is made in its place; empty where browsers make none.
	Passkeys string
	code     code
}

// Grouped gives the key in groups of four, as it is easily typed.
func (v SetUpView) Grouped() string {
	var groups []string
	for i := 0; i < len(v.Key); i += 4 {
		groups = append(groups, v.Key[i:min(i+4, len(v.Key))])
	}
	return strings.Join(groups, " ")
}

// Drawn gives the view with the QR code of an address.
func (v SetUpView) Drawn(address string) (SetUpView, error) {
	var err error
	v.code, err = draw(address)
	return v, err
}

// CodesView shows recovery codes, this once.
type CodesView struct {
	web.Page
	Codes []string // none where they were shown before
	Next  string   // a path
	First bool     // with the first second factor
	Key   bool     // which is a passkey
	Alone bool     // and lets its person in alone
}

// PasskeyView is where a passkey is made.
type PasskeyView struct {
	web.Page
	Form    web.Form
	Name    string
	Next    string
	Offered bool // browsers make passkeys at this address
}

// form gives the form of the page.
func (v PasskeyView) form() web.PasskeyForm {
	return web.PasskeyForm{
		Action: "/me/passkey", Ask: "/me/passkey/ask", Field: "answer", Button: v.Say("passkey.make.button"), Primary: true, Cancel: "/me/security",
		Hidden: []web.Hidden{{Name: "next", Value: v.Next}},
	}
}

// NameView is where a second factor gets another name.
type NameView struct {
	web.Page
	Form   web.Form
	Factor roster.Factor
	Name   string // as typed
}

// NewCodesView asks before new recovery codes are made.
type NewCodesView struct {
	web.Page
	FormKey string
	Left    int
}

// RemoveView asks before a second factor is removed.
type RemoveView struct {
	web.Page
	Form   web.Form
	Factor roster.Factor
	Last   bool
}

// LetGoView is where the holder of a mailed link lets go of a second factor that is lost.
type LetGoView struct {
	web.Page
	Form     web.Form
	Email    string
	Starting string // the organisation's name
}

// ResetView asks before another's second factors are reset.
type ResetView struct {
	web.Page
	Form   web.Form
	Member roster.Member
}
