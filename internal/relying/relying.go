// Package relying speaks to providers of OAuth 2.0 (RFC 6749, RFC 9700) and OpenID Connect as the party that relies
// on them: it sends a browser to one, and finds out from what comes back who has signed in there. It keeps nothing,
// knows no member and no page, and decides nobody's access.
package relying

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"roster/internal/login"
	"roster/internal/outgoing"
	"roster/internal/roster"
)

// patience is how long a provider may take for all that it is asked at once.
const patience = 20 * time.Second

// Party is Roster as providers see it.
type Party struct{ client *http.Client }

// New makes the party. It asks providers by the client.
func New(s outgoing.Settings) *Party { return &Party{outgoing.Client(s)} }

// Provider is one connection as it is used: with its secret in the open, and where the provider leads back to.
type Provider struct {
	Kind       login.Kind
	Name       string // what people call it
	Connection login.Connection
	Secret     string
	Return     string // the redirect URI
}

// Flow is what one sign-in is bound by: each is fresh, 256 random bits, and used once.
type Flow struct {
	State    string
	Nonce    string
	Verifier string // of PKCE (RFC 7636)
	Anew     bool   // OpenID Connect is asked to let nobody through who does not sign in there now
}

// Back is what the browser brought back from the provider.
type Back struct {
	Code   string
	Issuer string // the parameter iss (RFC 9207)
	Error  string // the provider's own code
}

// Answer is who signed in, as the provider says.
type Answer struct {
	Proven login.Proven
	Claims []Claim // all that it said, by name
}

// Claim is one thing that a provider said of somebody, as it is shown to people.
type Claim struct{ Name, Value string }

// Authorize gives the address that the browser is sent to. Kinds: Unavailable (provider_unreachable), Denied
// (provider_untrusted) when its own description is not to be believed.
func (p *Party) Authorize(ctx context.Context, to Provider, f Flow) (string, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), patience)
	defer cancel()
	e, err := to.ends(ctx)
	if err != nil {
		return "", err
	}
	config := to.config(e)
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(f.Verifier)}
	if to.Kind == login.OIDC {
		options = append(options, oidc.Nonce(f.Nonce), within(remembered))
	}
	for _, more := range to.Connection.Parameters {
		options = append(options, oauth2.SetAuthURLParam(more.Name, more.Value))
	}
	if to.Kind == login.OIDC && f.Anew { // over the connection's own parameters
		options = append(options, within(roster.FreshFor), oauth2.SetAuthURLParam("prompt", "login"))
	}
	at := config.AuthCodeURL(f.State, options...)
	if u, err := url.Parse(at); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", to.untrusted("its address for signing in is none")
	}
	return at, nil
}

// remembered is how long ago somebody may have signed in at a provider that lets them through. It keeps nobody from their
// provider's own sessions; but where max_age is asked, the provider must tell when that was (OpenID Connect Core 1.0, sections
// 2 and 15.1).
const remembered = 30 * 24 * time.Hour

func within(age time.Duration) oauth2.AuthCodeOption {
	return oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(age.Seconds())))
}

// ends are the addresses of a provider.
type ends struct {
	keys     string // of OpenID Connect: where its keys are
	endpoint oauth2.Endpoint
	userInfo string
	saysIss  bool // it says who it is in each answer
	issuer   string
}

// allowed are the algorithms by which an ID token may be signed: none with a shared key, and never none at all.
func allowed() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}
}

// ends finds a provider's addresses: as they were named, or as the issuer describes itself.
func (to Provider) ends(ctx context.Context) (ends, error) {
	c := to.Connection
	if to.Kind == login.OAuth {
		return ends{endpoint: oauth2.Endpoint{AuthURL: c.AuthorizeURL, TokenURL: c.TokenURL}, userInfo: c.UserInfoURL, issuer: c.Issuer}, nil
	}
	provider, err := oidc.NewProvider(ctx, c.Issuer)
	if err != nil {
		var other *oidc.IssuerMismatchError
		if errors.As(err, &other) {
			return ends{}, to.untrusted("it calls itself by another issuer than the one that was written down")
		}
		return ends{}, to.failed("", err)
	}
	var more struct {
		Keys    string   `json:"jwks_uri"`
		Iss     bool     `json:"authorization_response_iss_parameter_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return ends{}, to.untrusted("its description is not understood")
	}
	e := ends{keys: more.Keys, endpoint: provider.Endpoint(), userInfo: provider.UserInfoEndpoint(), saysIss: more.Iss, issuer: c.Issuer}
	e.endpoint.AuthStyle = oauth2.AuthStyleInHeader // what is meant where nothing is said (OpenID Connect Discovery 1.0, section 3)
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		e.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	if to.Secret == "" {
		e.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return e, nil
}

func (to Provider) config(e ends) *oauth2.Config {
	return &oauth2.Config{ClientID: to.Connection.ClientID, ClientSecret: to.Secret, Endpoint: e.endpoint, RedirectURL: to.Return, Scopes: to.Connection.Scopes}
}

// Complete finds out who has signed in. The caller has compared the state. Kinds: Denied (provider_refused;
// provider_untrusted when what came back is not to be believed; identifier_missing), Unavailable (provider_unreachable).
func (p *Party) Complete(ctx context.Context, to Provider, f Flow, back Back, now time.Time) (Answer, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), patience)
	defer cancel()
	e, err := to.ends(ctx)
	if err != nil {
		return Answer{}, err
	}
	// Before anything else is believed, an error too: who answers at all (RFC 9207, section 2.4).
	if back.Issuer != "" && e.issuer != "" && back.Issuer != e.issuer || back.Issuer == "" && e.saysIss {
		return Answer{}, to.untrusted("the answer came from another provider")
	}
	if back.Error != "" {
		return Answer{}, to.refused(back.Error)
	}
	if back.Code == "" {
		return Answer{}, to.untrusted("the answer lacks its code")
	}
	token, err := to.config(e).Exchange(ctx, back.Code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Answer{}, to.failed("the code was not taken", err)
	}
	said, id, err := to.say(ctx, e, token, f, now)
	if err != nil {
		return Answer{}, err
	}
	identifier, err := to.identifier(said)
	if err != nil {
		return Answer{Claims: said.shown()}, err
	}
	return Answer{Proven: login.Proven{Subject: cmp.Or(id.Subject, identifier), Identifier: identifier, At: id.at}, Claims: said.shown()}, nil
}

// say gives what the provider says of who signed in, and their ID token. OAuth 2.0 has none, and no word for when somebody
// signed in: it is taken to be now.
func (to Provider) say(ctx context.Context, e ends, token *oauth2.Token, f Flow, now time.Time) (claims, idToken, error) {
	if to.Kind == login.OAuth {
		said, err := to.ask(ctx, e.userInfo, token)
		return said, idToken{at: now}, err
	}
	id, said, err := to.verified(ctx, e, token, f, now)
	if err != nil || e.userInfo == "" {
		return said, id, err
	}
	if _, known := said.find(to.Connection.IdentifierClaim); known {
		return said, id, nil
	}
	more, err := to.ask(ctx, e.userInfo, token)
	if err != nil {
		return said, idToken{}, err
	}
	// Another person's answer could be put in the place of this one's (OpenID Connect Core 1.0, section 5.3.2).
	if more["sub"] != any(id.Subject) {
		return said, idToken{}, to.untrusted("it answered about somebody else")
	}
	for name, value := range more {
		if _, known := said[name]; !known {
			said[name] = value
		}
	}
	return said, id, nil
}

// idToken is what an ID token says that was verified.
type idToken struct {
	Subject string
	at      time.Time // when they signed in; zero where it does not say
}

// keys are a provider's. Why they could not be fetched is kept: what verifies a token tells of it in words alone.
type keys struct {
	oidc.KeySet
	unfetched error
}

// VerifySignature verifies a token's signature.
func (k *keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	if errors.Unwrap(err) != nil { // a signature that is not right has no cause
		k.unfetched = err
	}
	return payload, err
}

// verified gives the ID token's claims, once everything about it was checked (OpenID Connect Core 1.0, section 3.1.3.7).
func (to Provider) verified(ctx context.Context, e ends, token *oauth2.Token, f Flow, now time.Time) (idToken, claims, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return idToken{}, nil, to.untrusted("it sent no ID token")
	}
	known := &keys{KeySet: oidc.NewRemoteKeySet(ctx, e.keys)}
	verifier := oidc.NewVerifier(to.Connection.Issuer, known, &oidc.Config{ClientID: to.Connection.ClientID, SupportedSigningAlgs: allowed(), Now: func() time.Time { return now }})
	id, err := verifier.Verify(ctx, raw)
	if known.unfetched != nil {
		return idToken{}, nil, to.failed("", known.unfetched)
	}
	if err != nil {
		var late *oidc.TokenExpiredError
		if errors.As(err, &late) {
			return idToken{}, nil, to.untrusted("the ID token's time is over")
		}
		return idToken{}, nil, to.failed("the ID token does not hold: it must be signed by the provider, and be for this client", err)
	}
	var parties struct {
		AZP string `json:"azp"`
	}
	said := claims{}
	if err := errors.Join(id.Claims(&parties), id.Claims(&said)); err != nil {
		return idToken{}, nil, to.untrusted("the ID token is not understood")
	}
	switch {
	case id.Issuer != to.Connection.Issuer:
		return idToken{}, nil, to.untrusted("the ID token is another provider's")
	case id.Nonce == "" || id.Nonce != f.Nonce:
		return idToken{}, nil, to.untrusted("the ID token was made for another sign-in")
	case id.Subject == "" || len(id.Subject) > login.MaxIdentifier || strings.ContainsFunc(id.Subject, unicode.IsControl):
		return idToken{}, nil, to.untrusted("the ID token names nobody")
	case len(id.Audience) > 1 && parties.AZP == "", parties.AZP != "" && parties.AZP != to.Connection.ClientID:
		return idToken{}, nil, to.untrusted("the ID token was made for another client")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return idToken{}, nil, to.untrusted("the ID token belongs to another access token")
	}
	at, err := said.signedIn(now)
	if err != nil {
		return idToken{}, nil, to.untrusted("the ID token's auth_time is no time")
	}
	return idToken{id.Subject, at}, said, nil
}

// untrusted is the refusal of an answer that is not to be believed.
func (to Provider) untrusted(why string) error { return to.distrusted(roster.Plain(why)) }

func (to Provider) distrusted(why roster.Phrase) error {
	return roster.Errorf(roster.Denied, "provider_untrusted", "What %s answered cannot be trusted: %s. Nobody was signed in.", to.Name, why)
}

// refused tells that the provider let nobody in.
func (to Provider) refused(code string) error {
	if code == "access_denied" {
		return roster.Errorf(roster.Denied, "provider_refused", "You were not signed in at %s: it was cancelled, or you may not use it.", to.Name)
	}
	return roster.Errorf(roster.Denied, "provider_refused", "%s did not sign you in. It says: %s.", to.Name, plain(code))
}

// plain gives a provider's error code if it is one, as the registries of OAuth have them.
func plain(code string) string {
	if len(code) > 60 || strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "" {
		return "unknown_error"
	}
	return code
}

// failed tells what went wrong in asking: nothing of what was answered, which anybody may have written.
func (to Provider) failed(why string, err error) error {
	var answered *oauth2.RetrieveError
	switch {
	case errors.Is(err, outgoing.ErrPrivate):
		return roster.Errorf(roster.Denied, "provider_private", "%s has an address in a private network, which this installation does not ask. The operator can allow it.", to.Name)
	case errors.Is(err, outgoing.ErrTooMuch) || strings.Contains(err.Error(), outgoing.ErrTooMuch.Error()):
		return to.untrusted(outgoing.ErrTooMuch.Error())
	case errors.As(err, &answered) && answered.ErrorCode != "":
		return to.distrusted(roster.Phrasef("%s (it says: %s)", roster.Plain(why), plain(answered.ErrorCode)))
	case why != "" && !unreachable(err):
		return to.untrusted(why)
	}
	return roster.Errorf(roster.Unavailable, "provider_unreachable", "%s could not be asked just now, or did not answer in time. Try again in a while.", to.Name)
}

// unreachable tells whether nobody answered at all.
func unreachable(err error) bool {
	var failed *url.Error
	return errors.As(err, &failed) || strings.Contains(err.Error(), context.DeadlineExceeded.Error()) // in words alone, where a body stays away
}
