// Package entry holds the pages of coming in: sign-in, invitations, the choice of an organisation,
// and a person's own page with their sessions. It signs nobody in: the pages are made from
// their structs alone.
package entry

import (
	"time"

	"roster/internal/action/signin/mailbox"
	"roster/internal/roster"
	"roster/internal/server/web"
)

// SignInView is the sign-in page. Every cause of a refusal has the same Form.Err.
type SignInView struct {
	web.Page
	Form  web.Form
	Email string // as typed
	Next  string // the page to go to afterwards, a path of our own; may be empty
	// Inside is the address name of the organisation whose sign-in address this is, as the visitor wrote it; empty
	// elsewhere.
	Inside      string
	Connections []Connection // of that organisation
	PasswordOff bool         // it has no other way in
	Passkeys    bool         // they can be used here
}

// passkey gives the form that signs in by a passkey alone.
func (v SignInView) passkey() web.PasskeyForm {
	f := web.PasskeyForm{Action: "/sign-in/passkey", Ask: "/sign-in/passkey/ask", Field: "answer", Button: v.Say("passkey.signin")}
	for _, h := range []web.Hidden{{Name: "next", Value: v.Next}, {Name: "organisation", Value: v.Inside}} {
		if h.Value != "" {
			f.Hidden = append(f.Hidden, h)
		}
	}
	return f
}

// Connection is a button that leads to a provider.
type Connection struct{ ID, Name string }

// ForgotView is where somebody asks for a letter who cannot come in.
type ForgotView struct {
	web.Page
	Form         web.Form
	Email        string
	Organisation string // by its name in addresses; empty for none in particular
	Sent         bool   // it was asked for, whoever the address belongs to
}

// LinkOverView says that a link does not work any more.
type LinkOverView struct{ web.Page }

// ChoiceView is where who was given a password chooses their own, or who forgot theirs another.
type ChoiceView struct {
	web.Page
	Form     web.Form
	Email    string
	Giving   string // the organisation's name; empty for an operator
	Linked   bool   // by a link
	Factors  bool   // second factors end with it
	Next     string
	Criteria web.CriteriaList
}

// SecondView is the second step of a sign-in.
type SecondView struct {
	web.Page
	Form  web.Form
	Email string
	Next  string
	Key   bool // a passkey can be given in the code's place
	// Operator tells that the account is an operator's.
	Operator bool
}

// passkey gives the form that finishes by a passkey.
func (v SecondView) passkey() web.PasskeyForm {
	return web.PasskeyForm{
		Action: "/sign-in/second", Ask: "/sign-in/second/ask", Field: "passkey", Button: v.Say("passkey.second"), Primary: true,
		Hidden: []web.Hidden{{Name: "next", Value: v.Next}},
	}
}

// Standing tells how an invitation's landing page meets its visitor.
type Standing string

// The standings of a visitor.
const (
	Fresh Standing = "fresh" // nobody is known by the address: choose names and a password
	Known Standing = "known" // the address has a person, who is not signed in here
	Ready Standing = "ready" // the invited person is signed in
	Other Standing = "other" // someone else is signed in
)

// LandingView is an invitation as its receiver sees it.
type LandingView struct {
	web.Page
	Form                web.Form
	Standing            Standing
	Inviter             string
	Inviting            string // the organisation's name
	Pictured            bool   // it has a picture
	Email               string // the invited address
	Managed             bool   // with Other: the viewer's is the same one, of an account that another organisation manages
	ExpiresAt           time.Time
	Message             string // the inviter's own words
	FirstName, LastName string // prefilled, or as typed
	Phone               string // as typed
	Connection          string // what the provider is called that the invitation is accepted by; empty for a password
	AsksNames           bool   // the invitation was made without them
	AsksPhone           bool   // the organisation needs it, and the invitation was made without
	Criteria            web.CriteriaList
}

// DeadView is an invitation that does not work. Reasons: "expired", "used", "superseded",
// "withdrawn", "unknown".
type DeadView struct {
	web.Page
	Reason   string
	Inviter  string // may be empty
	Inviting string // likewise
}

// WaitingView is for a person who has accepted, and whom an administrator has to unblock first.
type WaitingView struct {
	web.Page
	Inviting string
}

// ChooseView lets a person choose among Page.Organisations; none is explained.
type ChooseView struct{ web.Page }

// Session is one of a person's own.
type Session struct {
	roster.Session
	Current bool
}

// ProfileView is a person's own page. MemberURL leads to their member page in the page's organisation, if any.
type ProfileView struct {
	web.Page
	Email     string
	Address   mailbox.Standing // what becomes of it
	Sessions  []Session
	Password  bool // they have one
	Factors   []roster.Factor
	Codes     int  // recovery codes that are left
	Devices   int  // that are known
	Confined  bool // the session may not know more of their second factors, nor change their address
	MemberURL string
}

// in keeps the organisation around the page over a form: "?in=acme", or nothing outside one.
func (v ProfileView) in() string {
	return v.Around()
}

// beside says what a second factor stands beside.
func (v ProfileView) beside() string {
	if v.Password {
		return v.Say("entry.me.factors.text")
	}
	return v.Say("entry.me.factors.beside")
}

// waitingFor says which mailboxes have to prove a change of address yet.
func (v ProfileView) waitingFor() string {
	switch c := v.Address.Waiting; {
	case !c.OldAt.IsZero():
		return v.Say("mailbox.waiting.new", "email", c.Fresh.Typed)
	case !c.NewAt.IsZero():
		return v.Say("mailbox.waiting.old", "email", c.Was.Typed)
	}
	return v.Say("mailbox.waiting.both")
}
