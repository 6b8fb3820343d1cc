// Package api is the REST door, /api/v1 (design page 7): its routes, their JSON, who asks, conditional
// and repeated requests, and the documents that describe it. What is the same for all areas is here; each area's
// operations are in a package below. They hold no rule: each reads its request, calls one use case and writes
// the answer. Access tokens are issued and read elsewhere.
package api

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action/operator"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/words"
)

// Bearer recognises the bearer of an access token. Kind Unauthenticated, code invalid_token, when the
// token is worth nothing.
type Bearer interface {
	Authenticate(ctx context.Context, token string) (roster.Actor, error)
}

// Settings are what the door is made with.
type Settings struct {
	BaseURL *url.URL         // where Roster is reached; links to hand over begin so
	Key     *secret.Key      // signs what a repeated request is known by
	Bearer  Bearer           // nil where there are no access tokens
	Words   *words.Catalogue // of the page that documents the API
	// Operators recognises who operates the installation, so that their sessions reach organisations as such.
	Operators *operator.Room
	Version   string // of Roster, for the documents
}

// Door answers below /api/.
type Door struct {
	orgs   *org.Room
	signIn *signin.Room
	set    Settings
	api    huma.API
	paths  map[string]*address
	order  []string // the paths as they were added
	things map[string]func(ctx context.Context, id string) ([]string, error)

	waiters *waiters
	nulls   map[string]bool // fields of answers that are objects and may be null
	noted   map[reflect.Type]bool
}

// address is one path of the API and what can be done there.
type address struct {
	methods []string
	actions []string
	fleet   bool                                                   // something here is for operators and product clients, about organisations as such
	thing   func(ctx context.Context, id string) ([]string, error) // what may be done to what the path names; nil where it names nothing
}

// Prefix stands before every path of the API.
const Prefix = "/api/v1"

// New makes the door. The rooms are those that it needs to know who asks.
func New(orgs *org.Room, signIn *signin.Room, s Settings) (*Door, error) {
	if orgs == nil || signIn == nil {
		return nil, errors.New("api: the rooms of organisations and sign-in are needed")
	}
	if s.BaseURL == nil || s.Key == nil || s.Words == nil || s.Operators == nil {
		return nil, errors.New("api: base URL, key, words and operators are needed")
	}
	ownErrors()
	return &Door{
		orgs: orgs, signIn: signIn, set: s, paths: map[string]*address{}, things: map[string]func(context.Context, string) ([]string, error){},
		waiters: newWaiters(),
		nulls:   map[string]bool{}, noted: map[reflect.Type]bool{},
	}, nil
}

// Absolute gives the address of a path of Roster's, for links to hand over.
func (d *Door) Absolute(path string) string {
	return strings.TrimSuffix(d.set.BaseURL.String(), "/") + path
}
