// Package apiuser holds the page that shows a new API user's client ID and secret, this once. It
// makes no secret and keeps none.
package apiuser

import (
	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// SecretView is the answer to the POST that made an API user (200, no-store). An empty Secret is
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
