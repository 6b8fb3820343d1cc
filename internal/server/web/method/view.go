// Package method holds the pages of an organisation's login methods, and those between a browser's leaving for a
// provider and its return. The pages are made from their structs alone: they load and decide nothing.
package method

import (
	"slices"
	"strings"

	methods "roster/internal/action/method"
	"roster/internal/login"
	"roster/internal/server/web"
)

// Row is a login method as the pages show it.
type Row struct {
	login.Method
	HasSecret            bool
	Members, Invitations int      // who rest on it
	Allowed              []string // what the viewer may do to it, by action name
}

// RowOf gives the row of a method.
func RowOf(v methods.View) Row {
	return Row{v.Method, v.HasSecret, v.Depending.Members, v.Depending.Invitations, v.Allowed}
}

// May tells whether the viewer may do an action to the method.
func (r Row) May(action string) bool { return slices.Contains(r.Allowed, action) }

func (r Row) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"settings", "methods", r.ID}, parts...)...)
}

// name says what the method is called.
func (r Row) name(p web.Page) string {
	if r.Kind == login.Password {
		return p.Say("method.password")
	}
	return r.Name
}

// tone gives the state's tone of web.Dot.
func (r Row) tone() string {
	switch r.State() {
	case login.Ready:
		return "good"
	case login.Draft:
		return "wait"
	}
	return "off"
}

// used says who rests on the method.
func (r Row) used(p web.Page) string {
	if r.Invitations == 0 {
		return p.Counted("method.members", r.Members)
	}
	return p.Counted("method.members", r.Members) + ", " + p.Counted("method.invitations", r.Invitations)
}

// ListView is the list of login methods.
type ListView struct {
	web.Page
	Rows []Row
}

// Input is what the form of a connection holds, as typed.
type Input struct {
	Kind, Name, Issuer, AuthorizeURL, TokenURL, UserInfoURL, ClientID, Secret, Scopes, Parameters, IdentifierClaim string
	DropSecret                                                                                                     bool
}

// InputOf gives the form as a method fills it.
func InputOf(m login.Method) Input {
	c := m.Connection
	return Input{
		Kind: string(m.Kind), Name: m.Name, Issuer: c.Issuer, AuthorizeURL: c.AuthorizeURL, TokenURL: c.TokenURL, UserInfoURL: c.UserInfoURL,
		ClientID: c.ClientID, Scopes: strings.Join(c.Scopes, " "), Parameters: login.WriteParameters(c.Parameters), IdentifierClaim: c.IdentifierClaim,
	}
}

// connection gives the connection that was typed.
func (in Input) connection() login.Connection {
	c := login.Connection{
		Issuer: in.Issuer, ClientID: in.ClientID, Scopes: strings.Fields(in.Scopes), Parameters: login.ParseParameters(in.Parameters), IdentifierClaim: in.IdentifierClaim,
	}
	if in.Kind == string(login.OAuth) { // the other kind's fields stand in the form as well
		c.AuthorizeURL, c.TokenURL, c.UserInfoURL = in.AuthorizeURL, in.TokenURL, in.UserInfoURL
	}
	return c
}

// FormView is the form that makes or changes a connection.
type FormView struct {
	web.Page
	Row     Row // zero for a new one
	Form    web.Form
	Typed   Input
	Version string
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

func (v FormView) fresh() bool { return v.Row.ID == "" }

func (v FormView) titled() web.Page {
	if v.fresh() {
		return v.With(v.Say("method.add"), v.Say("method.add.lead"), "settings").Under(v.In("settings", "methods"), v.Say("method.tab"))
	}
	return v.With(v.Say("method.edit.title", "name", v.Row.Name), "", "settings").Under(v.Row.page(v.Page), v.Row.Name)
}

func (v FormView) action() string {
	if v.fresh() {
		return v.In("settings", "methods", "add")
	}
	return v.Row.page(v.Page, "edit")
}

func (v FormView) cancel() string {
	if v.fresh() {
		return v.In("settings", "methods")
	}
	return v.Row.page(v.Page)
}

func (v FormView) kinds() []web.Option {
	option := func(kind, icon string) web.Option {
		return web.Option{Value: kind, Icon: icon, Label: v.Say("method.kind." + kind), Text: v.Say("method.kind." + kind + ".text"), Checked: v.Typed.Kind == kind}
	}
	return []web.Option{option("oidc", "shield"), option("oauth", "key")}
}

// MethodView is one login method's page.
type MethodView struct {
	web.Page
	Row       Row
	Form      web.Form
	ReturnURL string // what the provider must be told
	SignInURL string // where people sign in by it
}

// Question is asked before a method is switched off or deleted.
type Question struct {
	web.Page
	Row  Row
	Form web.Form
}

// consequences say what ends.
func (v Question) consequences(deleted bool) []string {
	var all []string
	if n := v.Row.Members; n > 0 {
		all = append(all, v.Counted("method.off.members", n))
	}
	if n := v.Row.Invitations; n > 0 {
		all = append(all, v.Counted("method.off.invitations", n))
	}
	if v.Row.Members+v.Row.Invitations == 0 {
		all = append(all, v.Say("method.off.nobody"))
	}
	if deleted {
		return append(all, v.Say("method.delete.final"))
	}
	return append(all, v.Say("method.off.again"))
}

// LeaveView sends a browser to a provider.
type LeaveView struct {
	web.Page
	Name string
	Host string
	URL  string
}

// BackView is where a browser comes back to: what the provider sent along is POSTed from here.
type BackView struct {
	web.Page
	Method string
	Fields []web.Hidden
}

// Claim is one thing that a provider said of somebody.
type Claim struct{ Name, Value string }

// TestedView tells that a connection works, and what its provider said.
type TestedView struct {
	web.Page
	Name            string
	Identifier      string
	IdentifierClaim string
	Subject         string
	Claims          []Claim
	URL             string // the method's page
	Ready           bool
}

// FailedView tells why nobody came in.
type FailedView struct {
	web.Page
	Message string
	Again   web.Link
	Claims  []Claim // of a test: what the provider said all the same
}

// WaitingView is for a person who has accepted, and whom an administrator has to unblock first.
type WaitingView struct {
	web.Page
	Inviting string
}
