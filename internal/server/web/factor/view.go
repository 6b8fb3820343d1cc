// Package factor holds the pages of second factors: setting an authenticator app up, recovery codes, the confirmation
// that it is you, and letting go of what is lost. Signing in by them is a page of entry's.
package factor

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// security is the page that second factors are reached from.
func security(p web.Page) string { return "/me/security" + p.Around() }

// under gives a page below Security.
func under(p web.Page, title, lead string) web.Page {
	return p.With(title, lead, "me").Under(security(p), p.Say("layout.own.security"))
}

// onward gives where somebody goes on to when they have a second factor: to where they were going, else back to Security.
func onward(p web.Page, next string) string {
	if next == "" {
		return security(p)
	}
	return web.Local(next)
}

// toward gives a page on which a second factor is set up, which leads on to the same as this one.
func toward(page string, p web.Page, next string) string {
	if next == "" {
		return page + p.Around()
	}
	return page + "?" + url.Values{"next": {web.Local(next)}}.Encode()
}

// SetUpView is where an authenticator app is set up.
type SetUpView struct {
	web.Page
	Form   web.Form
	Key    string // as people type it
	Sealed string
	Name   string
	Next   string // where they were going, who are asked for a second factor; empty for who came by themselves
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
	Next  string   // where they go on to
	First bool     // with the first second factor
	Key   bool     // which is a passkey
	Alone bool     // and lets its person in alone
}

// path gives where the form that goes on leads.
func (v CodesView) path() string {
	path, _, _ := strings.Cut(v.Next, "?")
	return path
}

// query gives the fields of its query, which a form that GETs does not keep in its address.
func (v CodesView) query() []web.Hidden {
	_, query, _ := strings.Cut(v.Next, "?")
	values, _ := url.ParseQuery(query) // what cannot be read says nothing to the page either
	var fields []web.Hidden
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			fields = append(fields, web.Hidden{Name: name, Value: value})
		}
	}
	return fields
}

// PasskeyView is where a passkey is made.
type PasskeyView struct {
	web.Page
	Form    web.Form
	Name    string
	Next    string // where they were going, who are asked for one; empty for who came by themselves
	Offered bool   // browsers make passkeys at this address
}

// app gives where an authenticator app is set up in its place.
func (v PasskeyView) app() string { return toward("/me/authenticator", v.Page, v.Next) }

// form gives the form of the page.
func (v PasskeyView) form() web.PasskeyForm {
	return web.PasskeyForm{
		Action: "/me/passkey" + v.Around(), Ask: "/me/passkey/ask", Field: "answer", Button: v.Say("passkey.make.button"), Primary: true, Cancel: security(v.Page),
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
