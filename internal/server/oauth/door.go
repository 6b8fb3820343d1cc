// Package oauth is the door of OAuth 2.0: API users and product clients get access tokens here (RFC 6749), see what a token
// is worth (RFC 7662), end one before its time (RFC 7009), and find out how all this is reached (RFC
// 8414). It also recognises the bearer of a token for the other doors. It decides no right: what an
// API user may do is asked in the rooms, at each request, whatever a token says.
package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/act"
	"roster/internal/action/apiuser"
	"roster/internal/action/keyring"
	"roster/internal/roster"
	"roster/internal/server"
)

// Settings are what the door is made with.
type Settings struct {
	BaseURL  *url.URL         // where Roster is reached: the issuer of the tokens, and their audience
	Lifetime time.Duration    // of an access token, in whole seconds; an hour when zero
	Clock    func() time.Time // decides when a token is over, as it does at any other resource server
	Log      *slog.Logger
}

// lifetime is how long an access token lives by default (design page 6, tokens).
const lifetime = time.Hour

// Rooms are those whose use cases the door offers.
type Rooms struct {
	APIUsers *apiuser.Room
	Keys     *keyring.Room
}

// Door answers at /oauth2/ and recognises the bearers of its tokens.
type Door struct {
	room     *apiuser.Room
	keys     *keyring.Room
	issuer   string
	lifetime time.Duration
	clock    func() time.Time
	log      *slog.Logger
	metadata []byte
	resource []byte
	grants   map[string]grant
	now      atomic.Pointer[ring]

	mu    sync.Mutex
	noted map[string]use // by the secret's ID
	notes sync.WaitGroup
}

// New makes the door. It reads the keys that sign, and makes the first one; an error names what the
// operator can do. Close it.
func New(ctx context.Context, r Rooms, s Settings) (*Door, error) {
	if s.BaseURL == nil || r.Keys == nil || s.Clock == nil || s.Log == nil {
		return nil, errors.New("oauth: base URL, keys, clock and log are needed")
	}
	if s.Lifetime == 0 {
		s.Lifetime = lifetime
	}
	if s.Lifetime < time.Second || s.Lifetime%time.Second != 0 {
		return nil, errors.New("oauth: the lifetime of access tokens is given in whole seconds")
	}
	d := &Door{
		room: r.APIUsers, keys: r.Keys, issuer: strings.TrimSuffix(s.BaseURL.String(), "/"), lifetime: s.Lifetime, clock: s.Clock, log: s.Log,
		noted: map[string]use{},
	}
	d.grants = d.list()
	if err := d.keys.Begin(ctx); err != nil {
		return nil, fmt.Errorf("oauth: signing keys: %w", err)
	}
	if _, err := d.ring(ctx); err != nil {
		return nil, fmt.Errorf("oauth: signing keys: %w", err)
	}
	var err error
	if d.metadata, err = d.describe(); err == nil {
		d.resource, err = d.describeResource()
	}
	return d, err
}

// Close waits for what is still being noted. Call it before the database is closed, after the last request.
func (d *Door) Close() { d.notes.Wait() }

// Paths of the door.
const (
	pathToken      = "/oauth2/token"
	pathIntrospect = "/oauth2/introspect"
	pathRevoke     = "/oauth2/revoke"
	pathKeys       = "/oauth2/jwks"
	pathMetadata   = "/.well-known/oauth-authorization-server"
)

// mostForm is more than any request to this door needs, in bytes.
const mostForm = 64 << 10

// Mount adds the door's routes.
func (d *Door) Mount(m *server.Mux) {
	post := func(path string, a act.Name, answer func(context.Context, request) (any, error)) {
		m.Handle(server.Route{Method: http.MethodPost, Pattern: path, Action: string(a), MaxBody: mostForm, Handler: d.endpoint(answer)})
	}
	post(pathToken, act.TokenIssue, d.issue)
	post(pathIntrospect, act.TokenCheck, d.introspect)
	post(pathRevoke, act.TokenRevoke, d.revoke)
	m.Handle(server.Route{Method: http.MethodGet, Pattern: pathKeys, Action: string(act.SigningKeyShow), Handler: http.HandlerFunc(d.jwks)})
	public := func(path, reason string, document []byte) {
		m.Handle(server.Route{Method: http.MethodGet, Pattern: path, Action: "static", Reason: reason, Handler: published(document)})
	}
	public(pathMetadata, "how the door is reached, for whoever asks (RFC 8414)", d.metadata)
	public(server.PathResource, "which authorization server gives tokens for Roster, for whoever asks (RFC 9728)", d.resource)
}

// Authenticate recognises the bearer of an access token: its signature and claims hold, it was not
// revoked, and its API user is active or its product client not removed, at this moment. A product client's
// actor has no organisation: the door that knows which one is asked adds it. The actor keeps the request's door, identifier
// and address from ctx, and its request counts in its budget. Kinds: Unauthenticated, code invalid_token, the same for
// whatever is wrong; Limited.
func (d *Door) Authenticate(ctx context.Context, text string) (roster.Actor, error) {
	t, err := d.read(ctx, text)
	if err != nil {
		return roster.Actor{}, server.Unrecognised(ctx, err)
	}
	actor, err := d.room.Check(ctx, t, roster.ActorFrom(ctx))
	if err != nil {
		return actor, server.Unrecognised(ctx, err)
	}
	return actor, server.Recognised(ctx, actor.ID())
}

// read verifies a token by itself, without asking what it is worth. Kind: Unauthenticated, code invalid_token.
func (d *Door) read(ctx context.Context, text string) (apiuser.Token, error) {
	now, hash := d.clock(), sha256.Sum256([]byte(text))
	ring, err := d.ring(ctx)
	if err != nil {
		return apiuser.Token{}, err
	}
	if t, ok := ring.seen.find(hash, now); ok {
		return t, nil
	}
	c, err := ring.signer.Verify(text, now)
	if err != nil {
		return apiuser.Token{}, roster.Errorf(roster.Unauthenticated, "invalid_token", "This access token is not valid any more.")
	}
	t := apiuser.Token{
		ID: c.ID, Org: roster.OrgID(c.Organisation), Member: roster.MemberID(c.Subject), Scopes: c.Scopes,
		Client: c.ClientID, Issued: c.IssuedAt, Expires: c.Expires,
	}
	ring.seen.keep(hash, t, now)
	return t, nil
}

// used notes that a client's secret was used, and how many tokens it was given, at most once a minute and beside the
// answer: an answer neither waits for it nor fails with it.
func (d *Door) used(ctx context.Context, c apiuser.Client, answer any) {
	_, token := answer.(issued)
	u, due := d.count(c, roster.ActorFrom(ctx).IP, token)
	if !due {
		return
	}
	d.notes.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := d.note(ctx, u); err != nil {
			d.log.WarnContext(ctx, "last use not noted", "client", u.Client.ID(), "error", err)
		}
	})
}

// note notes a use. Where that fails, its tokens are yet to be noted.
func (d *Door) note(ctx context.Context, u apiuser.Use) error {
	err := d.room.Used(ctx, u)
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		now, known := d.noted[u.Client.Secret.ID]
		if !known {
			now = use{Use: u, at: d.clock()}
			now.Tokens = 0
		}
		now.Tokens += u.Tokens
		d.noted[u.Client.Secret.ID] = now
	}
	return err
}

const (
	noteEvery = time.Minute // for each secret
	mostNoted = 10_000      // secrets that are remembered
)

// use is what is yet to be noted of a secret.
type use struct {
	apiuser.Use
	at time.Time // when it was last noted
}

// noted is what is left of a use at a moment at which it is noted.
func (u use) noted(now time.Time) use {
	u.at, u.Tokens = now, 0
	return u
}

// count counts a use, and gives what is to be noted where that is due.
func (d *Door) count(c apiuser.Client, ip string, token bool) (apiuser.Use, bool) {
	now := d.clock()
	d.mu.Lock()
	defer d.mu.Unlock()
	u, known := d.noted[c.Secret.ID]
	if !known && len(d.noted) >= mostNoted {
		d.forget(now)
	}
	if u.Client, u.At, u.IP = c, now, ip; token {
		u.Tokens++
	}
	due := now.Sub(u.at) >= noteEvery && (u.Tokens > 0 || now.Sub(c.Secret.UsedAt) >= noteEvery)
	d.noted[c.Secret.ID] = u
	if due {
		d.noted[c.Secret.ID] = u.noted(now)
	}
	return u.Use, due
}

// forget lets go of what needs no note any more; where that is nothing, of all.
func (d *Door) forget(now time.Time) {
	maps.DeleteFunc(d.noted, func(_ string, u use) bool { return u.Tokens == 0 && now.Sub(u.at) >= noteEvery })
	if len(d.noted) >= mostNoted {
		clear(d.noted)
	}
}

// CatchUp notes the tokens that were given since the last note and after which nobody came again, with when and from where
// that was. It is for the server to call now and then; what it cannot note, the next call does.
func (d *Door) CatchUp(ctx context.Context) error {
	d.mu.Lock()
	var left []apiuser.Use
	for id, u := range d.noted {
		if u.Tokens > 0 {
			left = append(left, u.Use)
			d.noted[id] = u.noted(d.clock())
		}
	}
	d.mu.Unlock()
	var all error
	for _, u := range left {
		all = errors.Join(all, d.note(ctx, u))
	}
	return all
}
