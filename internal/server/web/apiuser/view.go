// Package apiuser holds the pages of what API users prove themselves by: the one that shows a client ID and a secret, this
// once, and the one of all credentials. It makes no secret and keeps none.
package apiuser

import (
	"slices"

	"github.com/a-h/templ"

	"roster/internal/act"
	"roster/internal/action/apiuser/credential"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/apidb"
)

// SecretView is the answer to the POST that made an API user, or another secret (200, no-store). An empty Secret is
// the page asked for again: it was made already, and its secret cannot be shown.
type SecretView struct {
	web.Page
	Member   roster.Member
	Secret   string
	TokenURL string
}

// Page makes the pages of secrets.
type Page struct {
	TokenURL string // where the client gets its tokens
}

// Show gives the page of a new API user: with the secret, this once, or without.
func (s Page) Show(p web.Page, m roster.Member, secret string) templ.Component {
	return Secret(SecretView{Page: p, Member: m, Secret: secret, TokenURL: s.TokenURL})
}

// View is an API user's credentials as their page shows them.
type View struct {
	web.Page
	Form    web.Form
	Of      credential.View
	FormKey string // by which a second secret that is asked for twice is known
	Key     string // public keys as typed
	End     string // the last day as typed
	May     bool   // the viewer may change them
}

func view(v *web.Visit, of credential.View) View {
	return View{
		Page: v.Page, Of: of, FormKey: web.FormKey(), End: web.LastDay(of.Member.Ends), May: slices.Contains(of.Allowed, string(act.KeyAdd)),
	}
}

// at gives an address of the API user's pages.
func (v View) at(parts ...string) string {
	return v.In(append([]string{"team", string(v.Of.Member.ID)}, parts...)...)
}

// maker tells who made something, and whether they are still here.
func (v View) maker(id string) string {
	if id == "" {
		id = v.Of.Member.CreatedBy
	}
	m, member := v.Of.Makers[id]
	switch {
	case member && m.Status == roster.Removed:
		return v.Say("apiuser.maker.gone", "name", m.Name)
	case member && m.Status == roster.Blocked:
		return v.Say("apiuser.maker.blocked", "name", m.Name)
	case member && m.Status == roster.Ended:
		return v.Say("apiuser.maker.ended", "name", m.Name)
	}
	return v.Say("apiuser.maker", "name", v.Doer(id, m.Name))
}

// adding tells what the button says by which another secret is made.
func (v View) adding() string {
	if v.Of.Bare() {
		return v.Say("apiuser.secrets.first")
	}
	return v.Say("apiuser.secrets.add")
}

// last tells whether a credential is the only one there is.
func (v View) last() bool { return len(v.Of.Secrets)+len(v.Of.Keys) == 1 }

// RemoveView asks before a secret or a key is removed.
type RemoveView struct {
	View
	Credential apidb.Secret
}

func (v RemoveView) label() string {
	if v.Credential.IsKey() {
		return v.Credential.Prefix
	}
	return v.Credential.Prefix + "…" + v.Credential.LastFour
}

// kind gives the part of its address and of its sentences.
func (v RemoveView) kind() string {
	if v.Credential.IsKey() {
		return "keys"
	}
	return "secrets"
}
