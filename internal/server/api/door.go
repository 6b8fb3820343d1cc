// Package api is the REST door, /api/v1 (design page 7): its routes, their JSON, who asks, conditional
// and repeated requests, and the documents that describe it. It holds no rule: each operation reads
// its request, calls one use case and writes the answer. Access tokens are issued and read elsewhere.
package api

import (
	"context"
	"errors"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/role"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/words"
)

// Bearer recognises the bearer of an access token. Kind Unauthenticated, code invalid_token, when the
// token is worth nothing.
type Bearer interface {
	Authenticate(ctx context.Context, token string) (roster.Actor, error)
}

// Rooms are the use cases behind the door.
type Rooms struct {
	Orgs    *org.Room
	Team    *team.Room
	Units   *unit.Room
	Roles   *role.Room
	SignIn  *signin.Room
	History *history.Room
}

// Settings are what the door is made with.
type Settings struct {
	BaseURL *url.URL         // where Roster is reached; invitation links begin so
	Key     *secret.Key      // signs what a repeated request is known by
	Bearer  Bearer           // nil where there are no access tokens
	Words   *words.Catalogue // of the page that documents the API
	Version string           // of Roster, for the documents
}

// Door answers below /api/.
type Door struct {
	rooms Rooms
	set   Settings
	api   huma.API
	paths map[string]*address
	order []string // the paths as they were added
}

// address is one path of the API and what can be done there.
type address struct {
	methods []string
	actions []string
}

// prefix stands before every path of the API.
const Prefix = "/api/v1"

// New makes the door.
func New(rooms Rooms, s Settings) (*Door, error) {
	if rooms.Orgs == nil || rooms.Team == nil || rooms.Units == nil || rooms.Roles == nil || rooms.SignIn == nil || rooms.History == nil {
		return nil, errors.New("api: the rooms of organisations, team, customer accounts, roles, sign-in and history are needed")
	}
	if s.BaseURL == nil || s.Key == nil || s.Words == nil {
		return nil, errors.New("api: base URL, key and words are needed")
	}
	ownErrors()
	return &Door{rooms: rooms, set: s, paths: map[string]*address{}}, nil
}
