// Package provider is a provider of OpenID Connect and OAuth 2.0 for tests, on loopback: an honest one that checks
// what it is sent, and a hostile one in whatever way a test asks for.
package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Client and Secret are what the provider knows Roster by.
const (
	Client = "roster"
	Secret = "provider-secret-of-roster"
)

// Provider is one on loopback.
type Provider struct {
	T   testing.TB
	URL string // the issuer

	mu    sync.Mutex
	key   *ecdsa.PrivateKey
	codes map[string]grant
	asked int
	who   map[string]any
	bend  Bend
}

// grant is what a code stands for.
type grant struct {
	client, redirect, nonce, challenge string
	aged                               bool // it was asked when they signed in
	who                                map[string]any
}

// Bend is how the provider errs, or lies. The zero value is an honest one.
type Bend struct {
	Issuer      string         // in the ID token
	Nonce       string         // likewise
	Audience    any            // likewise
	Algorithm   string         // "none", "HS256" with the public key as the shared one, or "stranger" for another's key
	Expired     bool           // the ID token
	Claims      map[string]any // over those of who signs in, in the ID token
	UserInfo    map[string]any // over those of who signs in, where they are asked for
	NoIDToken   bool
	Silent      bool   // it does not tell when somebody signed in, whatever it is asked
	State       string // in the answer, instead of what was sent
	Iss         string // in the answer; "-" for none
	Error       string // in the answer, instead of a code
	Discovered  string // the issuer in the description
	Slow        time.Duration
	Huge        bool   // its answers have no end
	At          string // the one path at which it is slow or without end; empty for all but that for signing in
	UserInfoURL string // in the description
	TokenURL    string // likewise
	KeysURL     string // likewise
	Asks        bool   // a page with a button, as people see it
}

// Start starts one that signs somebody in with some claims.
func Start(t testing.TB, who map[string]any) *Provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{T: t, key: key, codes: map[string]grant{}, who: who}
	m := http.NewServeMux()
	m.HandleFunc("GET /.well-known/openid-configuration", p.bending(p.describe))
	m.HandleFunc("GET /keys", p.bending(p.keys))
	m.HandleFunc("GET /authorize", p.authorize)
	m.HandleFunc("POST /token", p.bending(p.token))
	m.HandleFunc("GET /userinfo", p.bending(p.userInfo))
	m.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// SignsIn tells who is signed in there from now on.
func (p *Provider) SignsIn(who map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.who = who
}

// Bends makes it err from now on.
func (p *Provider) Bends(b Bend) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bend = b
}

// Asked gives how often its addresses but that for signing in were asked.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// bending answers as the test wants it: late, without an end, or as answers does, which is told how it errs.
func (p *Provider) bending(answers func(http.ResponseWriter, *http.Request, Bend)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked++
		b := p.bend
		p.mu.Unlock()
		if b.At != "" && b.At != r.URL.Path {
			b.Slow, b.Huge = 0, false
		}
		_ = r.ParseForm() // before the body was read, nobody learns that who asked went away
		wait(r, b.Slow)
		if b.Huge {
			endless(w, r)
			return
		}
		answers(w, r, b)
	}
}

// endless begins an answer about somebody and never ends it.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(`{"sub":"`))
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte(strings.Repeat("x", 1<<16))); err != nil {
			return
		}
	}
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request, b Bend) {
	answer(w, map[string]any{
		"issuer": or(b.Discovered, p.URL), "authorization_endpoint": p.URL + "/authorize", "token_endpoint": or(b.TokenURL, p.URL+"/token"), "jwks_uri": or(b.KeysURL, p.URL+"/keys"),
		"userinfo_endpoint": or(b.UserInfoURL, p.URL+"/userinfo"), "authorization_response_iss_parameter_supported": true,
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}, "token_endpoint_auth_methods_supported": []string{"client_secret_basic"},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
	})
}

// authorize leads straight back, as a provider does at which somebody is signed in; or asks first.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 40 || q.Get("client_id") == "" {
		http.Error(w, "malformed request", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	b, code := p.bend, base64.RawURLEncoding.EncodeToString(random())
	p.codes[code] = grant{q.Get("client_id"), q.Get("redirect_uri"), q.Get("nonce"), q.Get("code_challenge"), q.Get("max_age") != "", maps.Clone(p.who)}
	p.mu.Unlock()
	back := url.Values{"state": {or(b.State, q.Get("state"))}, "code": {code}, "iss": {or(b.Iss, p.URL)}}
	if b.Iss == "-" {
		back.Del("iss")
	}
	if b.Error != "" {
		back.Del("code")
		back.Set("error", b.Error)
	}
	to := q.Get("redirect_uri") + "?" + back.Encode()
	if b.Asks {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>Provider</title><main><h1>Sign in at the provider</h1><a id="go" href="%s">Go on</a></main></html>`, html.EscapeString(to))
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request, b Bend) {
	client, secret, _ := r.BasicAuth()
	if client == "" {
		client, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if secret != Secret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	p.mu.Lock()
	g, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || g.client != client || g.redirect != r.PostFormValue("redirect_uri") || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	access := base64.RawURLEncoding.EncodeToString(random())
	p.mu.Lock()
	p.codes["access "+access] = g
	p.mu.Unlock()
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 300}
	if g.nonce != "" && !b.NoIDToken {
		out["id_token"] = p.idToken(g, b)
	}
	answer(w, out)
}

func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request, b Bend) {
	p.mu.Lock()
	g, ok := p.codes["access "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	p.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	maps.Copy(g.who, b.UserInfo)
	answer(w, g.who)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": code})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func wait(r *http.Request, d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func random() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}
