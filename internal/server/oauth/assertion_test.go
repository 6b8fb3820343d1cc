package oauth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
	"roster/internal/token"
)

// pen signs assertions.
type pen struct {
	algorithm jose.SignatureAlgorithm
	private   crypto.Signer
	typ       string
	kid       string
}

func pens(t *testing.T) map[string]pen {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return map[string]pen{"ES256": {jose.ES256, ec, "", ""}, "EdDSA": {jose.EdDSA, ed, "", ""}, "RS256": {jose.RS256, r, "", ""}, "PS256": {jose.PS256, r, "", ""}}
}

// jwk writes the public part.
func (p pen) jwk(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: p.private.Public()})
	must(t, err)
	return string(text)
}

// sign writes claims as a JWS.
func (p pen) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	o := &jose.SignerOptions{}
	if p.typ != "" {
		o = o.WithType(jose.ContentType(p.typ))
	}
	if p.kid != "" {
		o = o.WithHeader("kid", p.kid)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: p.algorithm, Key: p.private}, o)
	must(t, err)
	text, err := json.Marshal(claims)
	must(t, err)
	signed, err := s.Sign(text)
	must(t, err)
	out, err := signed.CompactSerialize()
	must(t, err)
	return out
}

// claims are those of a good assertion, with some of them otherwise; nil leaves one out.
func (h *house) claims(bot robot, other map[string]any) map[string]any {
	c := map[string]any{
		"iss": bot.Member.ClientID, "sub": bot.Member.ClientID, "aud": base, "jti": roster.NewID("jti_"),
		"iat": h.Clock.Now().Unix(), "exp": h.Clock.Now().Add(time.Minute).Unix(),
	}
	for k, v := range other {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	return c
}

// asserts asks for a token by an assertion. Pairs are put into the form beside it.
func (h *house) asserts(assertion string, pairs ...string) answer {
	h.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {token.AssertionType}, "client_assertion": {assertion}}
	for i := 0; i < len(pairs); i += 2 {
		form[pairs[i]] = append(form[pairs[i]], pairs[i+1])
	}
	return h.post("/oauth2/token", nil, form)
}

// A program signs for itself, by each of the algorithms, and each assertion counts once at whatever server.
func TestAProgramSignsForItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bot, other := h.hire("Sync", roster.RoleAuditor), second(t, h)
		for name, p := range pens(t) {
			v, err := h.Credentials.AddKeys(h.As(h.Owner), bot.ID, p.jwk(t))
			must(t, err)
			text := p.sign(t, h.claims(bot, nil))
			a := h.asserts(text)
			equal(t, name, a.StatusCode, 200)
			got, _ := a.body["access_token"].(string)
			equal(t, name+" bears", h.bears(got), true)
			for what, s := range map[string]*house{"again": h, "again elsewhere": other} {
				equal(t, name+" "+what, s.asserts(text).body["error"], any("invalid_client"))
			}
			a = h.post("/oauth2/introspect", nil, url.Values{"token": {got}, "client_assertion_type": {token.AssertionType}, "client_assertion": {p.sign(t, h.claims(bot, map[string]any{"aud": []string{base}}))}})
			equal(t, name+" introspects", a.body["active"], any(true))
			a = h.post("/oauth2/revoke", nil, url.Values{"token": {got}, "client_assertion_type": {token.AssertionType}, "client_assertion": {p.sign(t, h.claims(bot, nil))}})
			equal(t, name+" revokes", a.StatusCode, 200)
			equal(t, name+" bears no more", h.bears(got), false)

			h.door.Close() // what is noted beside the answer
			v, err = h.Credentials.Show(h.As(h.Owner), bot.ID)
			must(t, err)
			equal(t, name+" was used", v.Keys[len(v.Keys)-1].UsedAt, h.Clock.Now())
			_, err = h.Credentials.RemoveKey(h.As(h.Owner), bot.ID, v.Keys[len(v.Keys)-1].ID)
			must(t, err)
			equal(t, name+" removed", h.asserts(p.sign(t, h.claims(bot, nil))).body["error"], any("invalid_client"))
			h.Clock.Pass(time.Minute)
		}
		equal(t, "by its secret still", h.post("/oauth2/token", &bot, url.Values{"grant_type": {"client_credentials"}}).StatusCode, 200)
		h.Verified(h.Acme.ID)
	})
}

func TestWrongAssertionsAreAllTheSame(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot, other := h.hire("Sync", roster.RoleAuditor), h.hire("Other", roster.RoleAuditor)
	all := pens(t)
	p, stranger := all["ES256"], all["EdDSA"]
	for _, k := range []pen{p, all["RS256"]} {
		_, err := h.Credentials.AddKeys(h.As(h.Owner), bot.ID, k.jwk(t))
		must(t, err)
	}
	now := h.Clock.Now()
	with := func(pairs ...any) string {
		otherwise := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			otherwise[pairs[i].(string)] = pairs[i+1]
		}
		return p.sign(t, h.claims(bot, otherwise))
	}
	typed := p
	typed.typ = "at+jwt"
	named := p
	named.kid = "another"
	good := with()
	for name, text := range map[string]string{
		"nothing": "x", "another's key": stranger.sign(t, h.claims(bot, nil)), "another's name": p.sign(t, h.claims(other, nil)),
		"of two": with("sub", other.Member.ClientID), "no iss": with("iss", nil), "no sub": with("sub", nil), "a member's ID": with("iss", string(bot.ID), "sub", string(bot.ID)),
		"no audience": with("aud", nil), "the token endpoint": with("aud", base+"/oauth2/token"), "two audiences": with("aud", []string{base, base + "/oauth2/token"}),
		"a slash more": with("aud", base+"/"), "an object": with("aud", map[string]any{"x": base}), "no jti": with("jti", nil), "an endless jti": with("jti", strings.Repeat("x", 300)),
		"no end": with("exp", nil), "over": with("exp", now.Unix()), "long": with("exp", now.Add(time.Hour).Unix()), "endless": with("exp", 1e300), "negative": with("exp", -1),
		"not yet": with("nbf", now.Add(time.Hour).Unix()), "from the future": with("iat", now.Add(time.Hour).Unix()), "no number": with("exp", "soon"),
		"an access token": typed.sign(t, h.claims(bot, nil)), "another kid": named.sign(t, h.claims(bot, nil)), "altered": good[:len(good)-4] + "AAAA",
		"a secret": bot.Secret, "too long": strings.Repeat("x", 10_000),
	} {
		a := h.asserts(text)
		equal(t, name+": status", a.StatusCode, 401)
		equal(t, name+": error", a.body["error"], any("invalid_client"))
		equal(t, name+": described", a.body["error_description"], any("The client ID or the client secret is not right, or the API user is not active."))
	}
	equal(t, "a good one", h.asserts(with()).StatusCode, 200)
	equal(t, "with its client", h.asserts(with(), "client_id", bot.Member.ClientID).StatusCode, 200)
	equal(t, "with another client", h.asserts(with(), "client_id", other.Member.ClientID).StatusCode, 401)
	typed.typ = "client-authentication+jwt"
	equal(t, "with its type", h.asserts(typed.sign(t, h.claims(bot, nil))).StatusCode, 200)

	h.block(bot)
	equal(t, "blocked", h.asserts(with()).StatusCode, 401)
	h.unblock(bot)
	fleet := h.product("Fleet", "decisions.read")
	equal(t, "a product client", h.asserts(p.sign(t, h.claims(fleet, nil))).StatusCode, 401)
	if strings.Contains(h.log.String(), good) {
		t.Error("the log holds an assertion")
	}
}

// signs hires a program that signs for itself, and gives what it signs with.
func (h *house) signs(t *testing.T) (robot, pen) {
	t.Helper()
	bot, p := h.hire("Sync", roster.RoleAuditor), pens(t)["ES256"]
	_, err := h.Credentials.AddKeys(h.As(h.Owner), bot.ID, p.jwk(t))
	must(t, err)
	return bot, p
}

// An assertion and anything else are two ways, and half of one is none.
func TestAnAssertionStandsAlone(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot, p := h.signs(t)
	good := func() string { return p.sign(t, h.claims(bot, nil)) }
	form := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(pairs); i += 2 {
			v[pairs[i]] = append(v[pairs[i]], pairs[i+1])
		}
		return v
	}
	for _, c := range []struct {
		name   string
		by     *robot
		form   url.Values
		status int
		code   string
	}{
		{"with a secret", nil, form("client_assertion_type", token.AssertionType, "client_assertion", good(), "client_id", bot.Member.ClientID, "client_secret", bot.Secret), 400, "invalid_request"},
		{"with Basic", &bot, form("client_assertion_type", token.AssertionType, "client_assertion", good()), 400, "invalid_request"},
		{"twice", nil, form("client_assertion_type", token.AssertionType, "client_assertion", good(), "client_assertion", good()), 400, "invalid_request"},
		{"type twice", nil, form("client_assertion_type", token.AssertionType, "client_assertion_type", token.AssertionType, "client_assertion", good()), 400, "invalid_request"},
		{"no type", nil, form("client_assertion", good()), 400, "invalid_request"},
		{"type alone", nil, form("client_assertion_type", token.AssertionType), 400, "invalid_request"},
		{"SAML", nil, form("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "client_assertion", good()), 401, "invalid_client"},
		{"beyond its scope", nil, form("client_assertion_type", token.AssertionType, "client_assertion", good(), "scope", "members.write"), 400, "invalid_scope"},
		{"as a grant", nil, form("client_assertion_type", token.AssertionType, "client_assertion", good(), "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), 400, "invalid_request"},
	} {
		for _, path := range []string{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"} {
			if c.status == 400 && (c.code == "invalid_scope" || c.name == "as a grant") && path != "/oauth2/token" {
				continue
			}
			a := h.post(path, c.by, c.form)
			equal(t, c.name+" at "+path+": status", a.StatusCode, c.status)
			equal(t, c.name+" at "+path+": error", a.body["error"], any(c.code))
		}
	}
}

// A program that signs has a budget of its own, as one with a secret has, and takes nothing of that of its address.
func TestAProgramThatSignsHasABudget(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot, p := h.signs(t)
	h.bound(server.Bounds{Address: 1, Client: 2, Clock: h.Clock.Now})
	for i, want := range []int{200, 200, 429} {
		a := h.asserts(p.sign(t, h.claims(bot, nil)))
		equal(t, fmt.Sprintf("request %d", i+1), a.StatusCode, want)
		equal(t, "whose budget", strings.HasPrefix(a.Header.Get("RateLimit-Policy"), `"client";q=2;`), true)
	}
	nobody := h.post("/oauth2/token", nil, url.Values{"grant_type": {"client_credentials"}})
	equal(t, "the address has its own", nobody.StatusCode, 401)
	equal(t, "and no more", h.asserts("x").StatusCode, 429)
}

func TestWhichKeysAreTaken(t *testing.T) {
	h := open(t, rostertest.SQLite(t))
	bot := h.hire("Sync", roster.RoleAuditor)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	write := func(k jose.JSONWebKey) string {
		text, err := json.Marshal(k)
		must(t, err)
		return string(text)
	}
	p := pens(t)["ES256"]
	for name, text := range map[string]string{
		"nothing": "", "no key": "hello", "an object": "{}", "an empty set": `{"keys":[]}`, "more behind": `{"keys":[]}x`, "a private key": write(jose.JSONWebKey{Key: p.private}), "a small one": write(jose.JSONWebKey{Key: small.Public()}),
		"another curve": write(jose.JSONWebKey{Key: p384.Public()}), "a symmetric one": `{"kty":"oct","k":"c2VjcmV0"}`, "to encrypt": write(jose.JSONWebKey{Key: p.private.Public(), Use: "enc"}),
		"by half a name": write(jose.JSONWebKey{Key: p.private.Public(), Algorithm: "S256"}), "by none": write(jose.JSONWebKey{Key: p.private.Public(), Algorithm: "none"}), "empty PEM": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
		"a private PEM": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "endless": strings.Repeat(" ", 20_000),
		"a name with NUL": write(jose.JSONWebKey{Key: p.private.Public(), KeyID: "a\x00"}),
	} {
		code := "key_invalid"
		if strings.Contains(name, "private") || name == "a symmetric one" {
			code = "key_private"
		}
		if _, err := h.Credentials.AddKeys(h.As(h.Owner), bot.ID, text); !roster.Is(err, code) || strings.Contains(err.Error(), "hello") {
			t.Errorf("%s: %v", name, err)
		}
	}
	v, err := h.Credentials.AddKeys(h.As(h.Owner), bot.ID, `{"keys":[`+p.jwk(t)+`,`+pens(t)["RS256"].jwk(t)+`]}`)
	must(t, err)
	equal(t, "keys", len(v.Keys), 2)
	if strings.Contains(v.Keys[0].PublicKey, `"d"`) {
		t.Error("more than the public key is kept")
	}
	_, err = h.Credentials.AddKeys(h.As(h.Owner), bot.ID, p.jwk(t))
	equal(t, "the same again", roster.Is(err, "key_exists"), true)
}
