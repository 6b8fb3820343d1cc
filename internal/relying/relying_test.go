package relying_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/internal/login"
	"roster/internal/outgoing"
	"roster/internal/relying"
	"roster/internal/roster"
	"roster/internal/rostertest/provider"
)

const returns = "http://roster.test/sign-in/return/lgm_1"

// anna is who signs in at the provider.
func anna() map[string]any {
	return map[string]any{"sub": "subject-1", "email": "anna@example.com", "email_verified": true, "number": 17, "team": map[string]any{"login": "anna-b"}}
}

func oidcAt(p *provider.Provider, claim string) relying.Provider {
	return relying.Provider{Kind: login.OIDC, Name: "Okta", Secret: provider.Secret, Return: returns, Connection: login.Connection{
		Issuer: p.URL, ClientID: provider.Client, Scopes: []string{"openid", "email"}, IdentifierClaim: claim, Parameters: []login.Parameter{{Name: "prompt", Value: "login"}},
	}}
}

func oauthAt(p *provider.Provider, claim string) relying.Provider {
	return relying.Provider{Kind: login.OAuth, Name: "Hub", Secret: provider.Secret, Return: returns, Connection: login.Connection{
		AuthorizeURL: p.URL + "/authorize", TokenURL: p.URL + "/token", UserInfoURL: p.URL + "/userinfo", ClientID: provider.Client, IdentifierClaim: claim,
	}}
}

func flow() relying.Flow {
	return relying.Flow{State: strings.Repeat("s", 43), Nonce: strings.Repeat("n", 43), Verifier: strings.Repeat("v", 43)}
}

func party() *relying.Party { return relying.New(outgoing.Settings{Private: true, Time: time.Second}) }

// visit goes to the provider as a browser does, and gives what comes back.
func visit(t *testing.T, at string) (relying.Back, url.Values) {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	to, err := answer.Location()
	if err != nil || !strings.HasPrefix(to.String(), returns) {
		t.Fatalf("the provider led to %v: %v (%d)", to, err, answer.StatusCode)
	}
	q := to.Query()
	return relying.Back{Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error")}, q
}

// come signs in at a provider and gives who it is.
func come(t *testing.T, to relying.Provider) (relying.Answer, error) {
	t.Helper()
	return comeBy(t, party(), to)
}

func comeBy(t *testing.T, by *relying.Party, to relying.Provider) (relying.Answer, error) {
	t.Helper()
	at, err := by.Authorize(context.Background(), to, flow())
	if err != nil {
		return relying.Answer{}, err
	}
	back, _ := visit(t, at)
	return by.Complete(context.Background(), to, flow(), back, time.Now())
}

func TestWhoSignedInIsFoundOut(t *testing.T) {
	p := provider.Start(t, anna())
	for name, c := range map[string]struct {
		to                  relying.Provider
		subject, identifier string
	}{
		"the subject":           {oidcAt(p, "sub"), "subject-1", "subject-1"},
		"an address":            {oidcAt(p, "email"), "subject-1", "anna@example.com"},
		"a number":              {oidcAt(p, "number"), "subject-1", "17"},
		"inside an object":      {oidcAt(p, "team.login"), "subject-1", "anna-b"},
		"OAuth, a number":       {oauthAt(p, "number"), "17", "17"},
		"OAuth, a proved email": {oauthAt(p, "email"), "anna@example.com", "anna@example.com"},
	} {
		got, err := come(t, c.to)
		if err != nil || got.Proven.Subject != c.subject || got.Proven.Identifier != c.identifier {
			t.Errorf("%s: %+v %v", name, got.Proven, err)
		}
		for _, claim := range got.Claims {
			if strings.Contains(claim.Name, "token") {
				t.Errorf("%s: shows %s", name, claim.Name)
			}
		}
	}
}

func TestTheRequestIsBound(t *testing.T) {
	p := provider.Start(t, anna())
	at, err := party().Authorize(context.Background(), oidcAt(p, "sub"), flow())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"client_id": provider.Client, "response_type": "code", "redirect_uri": returns, "scope": "openid email", "state": flow().State, "nonce": flow().Nonce,
		"code_challenge_method": "S256", "prompt": "login", "max_age": "2592000",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if strings.Contains(at, flow().Verifier) || strings.Contains(at, provider.Secret) || len(q.Get("code_challenge")) != 43 {
		t.Errorf("the address tells too much, or lacks its challenge: %s", at)
	}
}

// TestWhoConfirmsSignsInAnew: OpenID Connect is asked for it, over whatever the connection asks for by itself; OAuth 2.0 has no
// word for it.
func TestWhoConfirmsSignsInAnew(t *testing.T) {
	p := provider.Start(t, anna())
	f := flow()
	f.Anew = true
	asked := func(to relying.Provider) url.Values {
		to.Connection.Parameters = []login.Parameter{{Name: "max_age", Value: "86400"}, {Name: "prompt", Value: "select_account"}}
		at, err := party().Authorize(context.Background(), to, f)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query()
	}
	if q := asked(oidcAt(p, "sub")); q.Get("prompt") != "login" || q.Get("max_age") != "600" || len(q["prompt"]) != 1 {
		t.Errorf("OpenID Connect is asked for %q and %q", q["prompt"], q["max_age"])
	}
	if q := asked(oauthAt(p, "number")); q.Get("prompt") != "select_account" || q.Get("max_age") != "86400" {
		t.Errorf("OAuth 2.0 is asked for %q and %q", q["prompt"], q["max_age"])
	}
}

func TestWhenSomebodySignedInIsFoundOut(t *testing.T) {
	hour := time.Now().Add(-time.Hour).Truncate(time.Second)
	old := func(at time.Time) bool { return at.Equal(hour) }
	just := func(at time.Time) bool { return !at.After(time.Now()) && time.Since(at) < time.Minute }
	never := func(at time.Time) bool { return at.IsZero() }
	says := func(v any) provider.Bend { return provider.Bend{Claims: map[string]any{"auth_time": v}} }
	for name, c := range map[string]struct {
		bend  provider.Bend
		oauth bool
		right func(time.Time) bool // nil where the answer is not to be believed
	}{
		"just now":        {right: just},
		"an hour ago":     {bend: says(hour.Unix()), right: old},
		"in the future":   {bend: says(time.Now().Add(time.Hour).Unix()), right: just},
		"beyond all time": {bend: says(1e300), right: just},
		"it does not say": {bend: provider.Bend{Silent: true}, right: never},
		"OAuth":           {oauth: true, right: just},
		"a text":          {bend: says("1764324000")},
		"nothing":         {bend: says(nil)},
		"the beginning":   {bend: says(0)},
		"before it":       {bend: says(-1)},
		"an object":       {bend: says(map[string]any{"at": 1764324000})},
	} {
		p := provider.Start(t, anna())
		p.Bends(c.bend)
		to := oidcAt(p, "sub")
		if c.oauth {
			to = oauthAt(p, "number")
		}
		got, err := come(t, to)
		switch {
		case c.right == nil && (!roster.Is(err, "provider_untrusted") || !strings.Contains(err.Error(), "auth_time")):
			t.Errorf("%s: %v at %s", name, err, got.Proven.At)
		case c.right != nil && (err != nil || !c.right(got.Proven.At)):
			t.Errorf("%s: %s %v", name, got.Proven.At, err)
		}
	}
}

// TestWhereverAProviderIsAskedItCanFail: late, without an end, not there, and in a private network are told apart at each of
// its addresses.
func TestWhereverAProviderIsAskedItCanFail(t *testing.T) {
	type failing struct {
		bend       provider.Bend
		issuer     string
		code, says string
	}
	all := map[string]failing{
		"keys that refuse":    {bend: provider.Bend{KeysURL: "http://127.0.0.1:1/keys"}, code: "provider_unreachable"},
		"keys at no address":  {bend: provider.Bend{KeysURL: "/keys"}, code: "provider_unreachable"},
		"private description": {issuer: "https://10.0.0.1", code: "provider_private"},
		"private keys":        {bend: provider.Bend{KeysURL: "https://10.0.0.1/keys"}, code: "provider_private"},
		"private token":       {bend: provider.Bend{TokenURL: "https://10.0.0.1/token"}, code: "provider_private"},
		"private userinfo":    {bend: provider.Bend{UserInfoURL: "https://10.0.0.1/userinfo"}, code: "provider_private"},
	}
	for at, endless := range map[string]string{"/.well-known/openid-configuration": "too large", "/keys": "too large", "/token": "the code was not taken", "/userinfo": "too large"} {
		all["late "+at] = failing{bend: provider.Bend{Slow: 30 * time.Second, At: at}, code: "provider_unreachable", says: "did not answer in time"}
		all["endless "+at] = failing{bend: provider.Bend{Huge: true, At: at}, code: "provider_untrusted", says: endless}
	}
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := provider.Start(t, anna())
			p.Bends(c.bend)
			to := oidcAt(p, "badge") // which is in no ID token
			if c.issuer != "" {
				to.Connection.Issuer = c.issuer
			}
			_, err := comeBy(t, publicButLoopback(), to)
			if e := roster.AsError(err); err == nil || e.Code != c.code || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v (%s)", err, e.Code)
			}
		})
	}
}

// publicButLoopback gives a party that asks public addresses alone, and the tests' own.
func publicButLoopback() *relying.Party {
	bound := outgoing.Settings{Time: time.Second}
	client := outgoing.Client(bound)
	bound.Private = true
	client.Transport = butLoopback{outgoing.Client(bound).Transport, client.Transport}
	return relying.By(client)
}

type butLoopback struct{ inside, elsewhere http.RoundTripper }

func (b butLoopback) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return b.inside.RoundTrip(r)
	}
	return b.elsewhere.RoundTrip(r)
}

// TestWhatCannotBeTrustedSignsNobodyIn is the list of what hostile and broken providers answer.
func TestWhatCannotBeTrustedSignsNobodyIn(t *testing.T) {
	over := func(more map[string]any) map[string]any {
		all := anna()
		maps.Copy(all, more)
		return all
	}
	for name, c := range map[string]struct {
		bend  provider.Bend
		who   map[string]any
		claim string
		oauth bool
		code  string
		says  string
	}{
		"another issuer in the description": {bend: provider.Bend{Discovered: "https://evil.example"}, code: "provider_untrusted", says: "calls itself by another issuer"},
		"another issuer in the token":       {bend: provider.Bend{Issuer: "https://evil.example"}, code: "provider_untrusted", says: "ID token does not hold"},
		"another nonce":                     {bend: provider.Bend{Nonce: "another"}, code: "provider_untrusted", says: "made for another sign-in"},
		"another audience":                  {bend: provider.Bend{Audience: "somebody-else"}, code: "provider_untrusted", says: "ID token does not hold"},
		"two audiences, no party":           {bend: provider.Bend{Audience: []string{provider.Client, "other"}}, code: "provider_untrusted", says: "made for another client"},
		"another party":                     {bend: provider.Bend{Claims: map[string]any{"azp": "other"}}, code: "provider_untrusted", says: "made for another client"},
		"no signature":                      {bend: provider.Bend{Algorithm: "none"}, code: "provider_untrusted", says: "ID token does not hold"},
		"the public key as a secret":        {bend: provider.Bend{Algorithm: "HS256"}, code: "provider_untrusted", says: "ID token does not hold"},
		"a stranger's key":                  {bend: provider.Bend{Algorithm: "stranger"}, code: "provider_untrusted", says: "ID token does not hold"},
		"a time that is over":               {bend: provider.Bend{Expired: true}, code: "provider_untrusted", says: "time is over"},
		"no token":                          {bend: provider.Bend{NoIDToken: true}, code: "provider_untrusted", says: "no ID token"},
		"no subject":                        {bend: provider.Bend{Claims: map[string]any{"sub": ""}}, code: "provider_untrusted", says: "names nobody"},
		"a subject that is no text":         {bend: provider.Bend{Claims: map[string]any{"sub": "a\x00"}}, code: "provider_untrusted", says: "names nobody"},
		"another access token's hash":       {bend: provider.Bend{Claims: map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, code: "provider_untrusted", says: "another access token"},
		"another issuer in the answer":      {bend: provider.Bend{Iss: "https://evil.example"}, code: "provider_untrusted", says: "another provider"},
		"no issuer in the answer":           {bend: provider.Bend{Iss: "-"}, code: "provider_untrusted", says: "another provider"},
		"a refusal":                         {bend: provider.Bend{Error: "access_denied"}, code: "provider_refused", says: "cancelled"},
		"a refusal that is markup":          {bend: provider.Bend{Error: "<b>hi</b>"}, code: "provider_refused", says: "unknown_error"},
		"another subject when asked":        {bend: provider.Bend{Claims: map[string]any{"team": nil}, UserInfo: map[string]any{"sub": "subject-2", "login": "x"}}, claim: "login", code: "provider_untrusted", says: "somebody else"},
		"an address not verified":           {who: over(map[string]any{"email_verified": false}), claim: "email", code: "identifier_missing", says: "not verified"},
		"verified as a text":                {who: over(map[string]any{"email_verified": "true"}), claim: "email", code: "identifier_missing", says: "not verified"},
		"verified as a text, OAuth":         {who: over(map[string]any{"email_verified": "true"}), claim: "email", oauth: true, code: "identifier_missing", says: "not verified"},
		"no such claim":                     {claim: "badge", code: "identifier_missing", says: "badge"},
		"an object as the identifier":       {claim: "team", code: "identifier_missing", says: "no text and no number"},
		"an empty identifier":               {who: over(map[string]any{"badge": " "}), claim: "badge", code: "identifier_missing", says: "empty"},
		"a slow answer":                     {bend: provider.Bend{Slow: 30 * time.Second}, code: "provider_unreachable", says: "did not answer in time"},
		"an answer without an end":          {bend: provider.Bend{Huge: true, At: "/userinfo"}, claim: "badge", code: "provider_untrusted", says: "too large"},
		"an answer without an end, OAuth":   {bend: provider.Bend{Huge: true, At: "/userinfo"}, oauth: true, claim: "badge", code: "provider_untrusted", says: "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			who := c.who
			if who == nil {
				who = anna()
			}
			p := provider.Start(t, who)
			p.Bends(c.bend)
			claim := c.claim
			if claim == "" {
				claim = "sub"
			}
			to := oidcAt(p, claim)
			if c.oauth {
				to = oauthAt(p, claim)
			}
			got, err := come(t, to)
			e := roster.AsError(err)
			if err == nil || e.Code != c.code || !strings.Contains(e.Message, c.says) || got.Proven.Identifier != "" || strings.Contains(e.Message, "<") {
				t.Errorf("%+v: %v (%s)", got.Proven, err, e.Code)
			}
		})
	}
}

func TestACodeIsGoodOnceAndForItsOwnSignIn(t *testing.T) {
	p := provider.Start(t, anna())
	to := oidcAt(p, "sub")
	leave := func() relying.Back {
		at, err := party().Authorize(context.Background(), to, flow())
		if err != nil {
			t.Fatal(err)
		}
		back, _ := visit(t, at)
		return back
	}
	back := leave()
	if _, err := party().Complete(context.Background(), to, flow(), back, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := party().Complete(context.Background(), to, flow(), back, time.Now()); !roster.Is(err, "provider_untrusted") {
		t.Errorf("the same code again: %v", err)
	}
	other := flow()
	other.Verifier = strings.Repeat("w", 43)
	if _, err := party().Complete(context.Background(), to, other, leave(), time.Now()); !roster.Is(err, "provider_untrusted") {
		t.Errorf("a code stolen without its verifier: %v", err)
	}
	elsewhere := to
	elsewhere.Return = "http://roster.test/sign-in/return/lgm_2"
	if _, err := party().Complete(context.Background(), elsewhere, flow(), leave(), time.Now()); !roster.Is(err, "provider_untrusted") {
		t.Errorf("another connection's code: %v", err)
	}
	wrong := to
	wrong.Secret = "wrong"
	if _, err := party().Complete(context.Background(), wrong, flow(), leave(), time.Now()); !roster.Is(err, "provider_untrusted") || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("a wrong client secret: %v", err)
	}
}

func TestPrivateAddressesAreNotAsked(t *testing.T) {
	p := provider.Start(t, anna())
	public := relying.New(outgoing.Settings{})
	if _, err := public.Authorize(context.Background(), oidcAt(p, "sub"), flow()); err == nil || p.Asked() != 0 {
		t.Errorf("a provider on loopback was asked %d times: %v", p.Asked(), err)
	}
	if _, err := public.Complete(context.Background(), oauthAt(p, "number"), flow(), relying.Back{Code: "x"}, time.Now()); err == nil || p.Asked() != 0 {
		t.Errorf("a token was asked for on loopback, %d times: %v", p.Asked(), err)
	}
}
