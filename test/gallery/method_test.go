package gallery

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"roster/internal/login"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/entry"
	"roster/internal/server/web/invite"
	"roster/internal/server/web/method"
)

// methodPages are the login methods, and coming in by one.
func (m maker) methodPages() []sample {
	c := login.Connection{
		Issuer: "https://" + m.text(1, "acme") + ".okta.example", ClientID: m.text(2, "0oa1b2c3d4e5"), Scopes: []string{"openid", "email", "profile"}, IdentifierClaim: "email",
		Parameters: []login.Parameter{{Name: "prompt", Value: "login"}, {Name: "acr_values", Value: "urn:okta:loa:2fa:any"}},
	}
	deeds := []string{"method.show", "method.edit", "method.test", "method.delete"}
	row := func(tested, enabled bool, more ...string) method.Row {
		r := method.Row{Method: login.Method{ID: "lgm_1", Kind: login.OIDC, Name: m.text(0, "Okta"), Enabled: enabled, Connection: c, Version: 3}, HasSecret: true, Allowed: slices.Concat(deeds, more)}
		if tested {
			r.TestedAt = now.Add(-time.Hour)
		}
		return r
	}
	password := method.Row{Method: login.Method{ID: roster.PasswordMethod, Kind: login.Password, Enabled: true}, Members: 1204, Invitations: 1, Allowed: []string{"method.disable"}}
	ready := row(true, true, "method.disable")
	ready.Members, ready.Invitations = 37, 4
	hub := method.Row{Method: login.Method{ID: "lgm_2", Kind: login.OAuth, Name: m.text(3, "Harbour Hub")}}
	page := func(all ...string) web.Page {
		p := m.page()
		p.Allowed = slices.Concat(p.Allowed, all)
		return p
	}
	one := func(r method.Row, f web.Form) templ.Component {
		return method.Method(method.MethodView{Page: m.page(), Row: r, Form: f, ReturnURL: "https://team.example.com/sign-in/return/lgm_01kaq3xk8ee4h9h5r2v4m3t0aa", SignInURL: "https://team.example.com/o/acme/sign-in"})
	}
	form := func(change func(*method.FormView)) templ.Component {
		v := method.FormView{Page: m.page(), Typed: method.Input{Kind: "oidc", Scopes: "openid email profile", IdentifierClaim: "sub"}}
		change(&v)
		return method.Edit(v)
	}
	claims := []method.Claim{{Name: "email", Value: m.text(1, "anna@example.com")}, {Name: "email_verified", Value: "true"}, {Name: "groups", Value: `["logistics","` + m.text(2, "everyone") + `"]`}, {Name: "sub", Value: "00u1a2b3c4d5e6f7g8h9"}}
	refused := m.text(0, "Okta") + ` says that you are "bob@example.com", and that is not who was invited to Acme. Sign in there with the right account, or ask who invited you.`
	all := []sample{
		{"methods", method.List(method.ListView{Page: page("method.create"), Rows: []method.Row{password, ready, row(false, false), hub}})},
		{"methods-none", method.List(method.ListView{Page: m.page(), Rows: []method.Row{password}})},
		{"method-draft", one(row(false, false), web.Form{})},
		{"method-tested", one(row(true, false, "method.enable"), web.Form{})},
		{"method-ready", one(ready, web.Form{})},
		{"method-failed", one(row(false, true), failed(roster.Unavailable, "Okta could not be asked just now, or did not answer in time. Try again in a while."))},
		{"method-password", one(password, web.Form{})},
		{"method-add", form(func(*method.FormView) {})},
		{"method-add-errors", form(func(v *method.FormView) {
			v.Typed.Kind, v.Typed.AuthorizeURL = "oauth", m.text(1, "login.example.com")
			v.Form = fields("name", "Fill this in.", "authorize_url", "Write an address that begins with https://, such as https://login.example.com.", "client_id", "Fill this in.")
		})},
		{"method-edit", form(func(v *method.FormView) { v.Row, v.Typed, v.Version = ready, method.InputOf(ready.Method), "3" })},
		{"method-disable", method.Disable(method.Question{Page: m.page(), Row: ready})},
		{"method-delete", method.Delete(method.Question{Page: m.page(), Row: ready, Form: failed(roster.Conflict, "This would leave Acme without an Owner who can sign in. Make someone else Owner first.")})},
		{"method-leave", method.Leave(method.LeaveView{Page: m.outside(), Name: m.text(0, "Okta"), Host: "acme.okta.example", URL: "https://acme.okta.example/authorize?client_id=1"})},
		{"method-works", method.Tested(method.TestedView{Page: m.outside(), Name: m.text(0, "Okta"), Identifier: m.text(1, "anna@example.com"), IdentifierClaim: "email", Subject: "00u1a2b3c4d5e6f7g8h9", Claims: claims, URL: "/o/acme/settings/methods/lgm_1"})},
		{"method-refused", method.Failed(method.FailedView{Page: m.outside(), Message: refused, Again: web.Link{URL: "/invitation", Label: "Back to the invitation"}})},
		{"method-confirmed", method.Confirmed(m.outside())},
		{"method-waiting", method.Waiting(method.WaitingView{Page: m.outside(), Inviting: m.text(0, "Acme Logistics")})},
	}
	return append(all, m.connectedPages()...)
}

// connectedPages are the pages of coming in where an organisation has connections.
func (m maker) connectedPages() []sample {
	buttons := []entry.Connection{{ID: "lgm_1", Name: m.text(0, "Okta")}, {ID: "lgm_2", Name: m.text(3, "Harbour Hub")}}
	landing := func(standing entry.Standing, viewer string) templ.Component {
		p := m.outside()
		p.Viewer.Email = viewer
		return entry.Landing(entry.LandingView{
			Page: p, Standing: standing, Connection: m.text(0, "Okta"), Inviter: m.text(0, "Anna Silva"), Inviting: m.text(3, "Acme Logistics"), Email: "bruno@example.com", ExpiresAt: now.Add(118 * time.Hour),
		})
	}
	return []sample{
		{"signin-connections", entry.SignIn(entry.SignInView{Page: m.outside(), Inside: "acme", Connections: buttons})},
		{"signin-connections-only", entry.SignIn(entry.SignInView{Page: m.outside(), Inside: "acme", Connections: buttons, PasswordOff: true})},
		{"landing-connected", landing(entry.Fresh, "")},
		{"several-connections", m.severalBy(buttons)},
		{"landing-confirm", landing(entry.Ready, "bruno@example.com")},
	}
}

// severalBy is the page that invites several people, where there are connections.
func (m maker) severalBy(buttons []entry.Connection) templ.Component {
	v := invite.View{Page: m.page(), Typed: invite.Input{Kind: "regular", Role: "member"}, FormKey: "key_1", Plan: playground, People: 7, Methods: []web.Option{{Label: "E-mail and password"}}}
	for _, b := range buttons {
		v.Methods = append(v.Methods, web.Option{Value: b.ID, Label: b.Name, Checked: b.ID == "lgm_1"})
	}
	return invite.Page(v)
}
