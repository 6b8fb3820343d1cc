package token_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"roster/internal/token"
)

const issuer = "https://roster.example.com"

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func claims() token.Claims {
	return token.Claims{
		Subject: "mem_1", ClientID: "api_1", Organisation: "org_1", Scopes: []string{"members.read", "history.read"},
		ID: "tok_1", IssuedAt: now, Expires: now.Add(time.Hour),
	}
}

func key(t testing.TB) token.Key {
	t.Helper()
	k, err := token.NewKey()
	must(t, err)
	return k
}

func private(t testing.TB, k token.Key) *ecdsa.PrivateKey {
	t.Helper()
	der, err := k.Bytes()
	must(t, err)
	p, err := x509.ParsePKCS8PrivateKey(der)
	must(t, err)
	return p.(*ecdsa.PrivateKey)
}

func signer(t testing.TB, keys ...token.Key) *token.Signer {
	t.Helper()
	s, err := token.NewSigner(issuer, issuer, keys...)
	must(t, err)
	return s
}

func sign(t testing.TB, s *token.Signer, c token.Claims) string {
	t.Helper()
	text, err := s.Sign(c)
	must(t, err)
	return text
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestATokenSaysWhatItWasGiven(t *testing.T) {
	s := signer(t, key(t))
	for _, c := range []token.Claims{claims(), func() token.Claims { c := claims(); c.Scopes = nil; return c }()} {
		got, err := s.Verify(sign(t, s, c), now)
		must(t, err)
		if d := cmp.Diff(c, got); d != "" {
			t.Error(d)
		}
	}
}

// A resource server that knows nothing but the standards reads it as well.
func TestATokenHasTheFormOfRFC9068(t *testing.T) {
	s := signer(t, key(t))
	var set jose.JSONWebKeySet
	must(t, json.Unmarshal(s.JWKS(), &set))
	signed, err := jose.ParseSignedCompact(sign(t, s, claims()), []jose.SignatureAlgorithm{jose.ES256})
	must(t, err)
	header := signed.Signatures[0].Protected
	keys := set.Key(header.KeyID)
	if len(keys) != 1 || !keys[0].IsPublic() || keys[0].Use != "sig" || keys[0].Algorithm != "ES256" {
		t.Fatalf("keys of %q: %v", header.KeyID, keys)
	}
	if typ := header.ExtraHeaders[jose.HeaderType]; typ != "at+jwt" || header.Algorithm != "ES256" {
		t.Errorf("typ %v, alg %s", typ, header.Algorithm)
	}
	body, err := signed.Verify(keys[0])
	must(t, err)
	var got map[string]any
	must(t, json.Unmarshal(body, &got))
	want := map[string]any{
		"iss": issuer, "aud": issuer, "sub": "mem_1", "client_id": "api_1", "org": "org_1", "jti": "tok_1",
		"scope": "members.read history.read", "iat": float64(now.Unix()), "exp": float64(now.Unix() + 3600),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if strings.Contains(string(s.JWKS()), `"d"`) {
		t.Error("the key set holds a private key")
	}
}

func TestTheNewestKeySignsAndAllVerify(t *testing.T) {
	old, young := key(t), key(t)
	before, after := sign(t, signer(t, old), claims()), sign(t, signer(t, young, old), claims())
	both := signer(t, young, old)
	for name, text := range map[string]string{"old": before, "new": after} {
		if _, err := both.Verify(text, now); err != nil {
			t.Errorf("%s token: %v", name, err)
		}
	}
	if _, err := signer(t, old).Verify(after, now); err == nil {
		t.Error("the older key signed")
	}
	if _, err := signer(t, young).Verify(before, now); err == nil {
		t.Error("a key that is gone still verifies")
	}
}

func TestOnlyAGoodTokenIsGood(t *testing.T) {
	k := key(t)
	s := signer(t, k)
	good := sign(t, s, claims())
	part := strings.Split(good, ".")
	header := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
	head := func(alg, typ string) string { return fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":%q}`, alg, k.ID(), typ) }
	other := func(iss, aud string) string {
		o, err := token.NewSigner(iss, aud, k)
		must(t, err)
		return sign(t, o, claims())
	}
	missing := func(change func(*token.Claims)) string {
		c := claims()
		change(&c)
		return sign(t, s, c)
	}
	pub := s.JWKS()
	for name, text := range map[string]string{
		"empty": "", "no token": "a.b.c", "two parts": part[0] + "." + part[1], "four parts": good + ".x",
		"too long":         good + strings.Repeat("A", 9000),
		"altered claims":   part[0] + "." + flip(part[1]) + "." + part[2],
		"altered header":   flip(part[0]) + "." + part[1] + "." + part[2],
		"altered":          part[0] + "." + part[1] + "." + flip(part[2]),
		"no signature":     part[0] + "." + part[1] + ".",
		"alg none":         header(head("none", "at+jwt")) + "." + part[1] + ".",
		"alg none, signed": header(head("none", "at+jwt")) + "." + part[1] + "." + part[2],
		"HS256":            hmac(t, k.ID(), pub, part[1]),
		"HS256, the DER":   hmac(t, k.ID(), der(t, k), part[1]),
		"type JWT":         resign(t, k, head("ES256", "JWT"), part[1]),
		"no type":          resign(t, k, fmt.Sprintf(`{"alg":"ES256","kid":%q}`, k.ID()), part[1]),
		"no key":           resign(t, k, `{"alg":"ES256","typ":"at+jwt"}`, part[1]),
		"unknown key":      resign(t, k, `{"alg":"ES256","kid":"x","typ":"at+jwt"}`, part[1]),
		"critical":         resign(t, k, fmt.Sprintf(`{"alg":"ES256","crit":["x"],"kid":%q,"typ":"at+jwt","x":1}`, k.ID()), part[1]),
		"no claims":        resign(t, k, head("ES256", "at+jwt"), header(`{}`)),
		"several for whom": resign(t, k, head("ES256", "at+jwt"), header(strings.Replace(string(must2(base64.RawURLEncoding.DecodeString(part[1]))), `"aud":"`+issuer+`"`, `"aud":["`+issuer+`","x"]`, 1))),
		"other issuer":     other("https://evil.example.com", issuer),
		"for another":      other(issuer, "https://roster.example.com/other"),
		"foreign key":      sign(t, signer(t, key(t)), claims()),
		"no subject":       missing(func(c *token.Claims) { c.Subject = "" }),
		"no organisation":  missing(func(c *token.Claims) { c.Organisation = "" }),
		"no ID":            missing(func(c *token.Claims) { c.ID = "" }),
		"over":             missing(func(c *token.Claims) { c.Expires = now }),
		"serialised as JSON": fmt.Sprintf(`{"payload":%q,"protected":%q,"signature":%q}`,
			part[1], part[0], part[2]),
	} {
		if c, err := s.Verify(text, now); err == nil {
			t.Errorf("%s: valid, %v", name, c)
		}
	}
	// The same tools make good ones, so that what fails above fails for its one reason.
	if _, err := s.Verify(resign(t, k, head("ES256", "at+jwt"), part[1]), now); err != nil {
		t.Errorf("signed anew: %v", err)
	}
	if _, err := s.Verify(good, now.Add(time.Hour-time.Second)); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	if _, err := s.Verify(good, now.Add(time.Hour)); err == nil {
		t.Error("valid when its time is over")
	}
}

func must2(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// flip changes one character in the middle.
func flip(s string) string {
	b := []byte(s)
	if i := len(b) / 2; b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

func resign(t *testing.T, k token.Key, header, body string) string {
	t.Helper()
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + body
	return text + "." + base64.RawURLEncoding.EncodeToString(es256(t, private(t, k), text))
}

func es256(t testing.TB, p *ecdsa.PrivateKey, text string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p, sum[:])
	must(t, err)
	b := make([]byte, 64)
	r.FillBytes(b[:32])
	s.FillBytes(b[32:])
	return b
}

func der(t *testing.T, k token.Key) []byte {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(private(t, k).Public())
	must(t, err)
	return b
}

// hmac signs the claims with a public key as if it were a shared secret.
func hmac(t *testing.T, kid string, secret []byte, body string) string {
	t.Helper()
	o := (&jose.SignerOptions{}).WithType("at+jwt").WithHeader("kid", kid)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, o)
	must(t, err)
	signed, err := s.Sign(must2(base64.RawURLEncoding.DecodeString(body)))
	must(t, err)
	text, err := signed.CompactSerialize()
	must(t, err)
	return text
}

func TestAKeyIsKeptAndFoundAgain(t *testing.T) {
	k := key(t)
	b, err := k.Bytes()
	must(t, err)
	again, err := token.ParseKey(b)
	must(t, err)
	if again.ID() != k.ID() {
		t.Errorf("%s became %s", k.ID(), again.ID())
	}
	if _, err := signer(t, again).Verify(sign(t, signer(t, k), claims()), now); err != nil {
		t.Error(err)
	}
	if _, err := token.ParseKey(b[:len(b)-1]); err == nil {
		t.Error("half a key is a key")
	}
	for _, shown := range []string{fmt.Sprintf("%v", k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprint(k)} {
		if shown != "token.Key("+k.ID()+")" {
			t.Errorf("a key prints as %s", shown)
		}
	}
}

func TestASignerIsWhole(t *testing.T) {
	k := key(t)
	for _, make := range []func() (*token.Signer, error){
		func() (*token.Signer, error) { return token.NewSigner(issuer, issuer) },
		func() (*token.Signer, error) { return token.NewSigner("", issuer, k) },
		func() (*token.Signer, error) { return token.NewSigner(issuer, "", k) },
	} {
		if _, err := make(); err == nil {
			t.Error("half a signer signs")
		}
	}
}

func BenchmarkBareECDSA(b *testing.B) {
	p := private(b, key(b))
	sum := sha256.Sum256([]byte("text"))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = ecdsa.Sign(rand.Reader, p, sum[:])
	}
}

func BenchmarkSign(b *testing.B) {
	s, c := signer(b, key(b)), claims()
	b.ReportAllocs()
	for b.Loop() {
		_, _ = s.Sign(c)
	}
}

func BenchmarkSignWithGoJose(b *testing.B) {
	k := key(b)
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: private(b, k), KeyID: k.ID()}}, (&jose.SignerOptions{}).WithType("at+jwt"))
	must(b, err)
	c := claims()
	b.ReportAllocs()
	for b.Loop() {
		body, _ := json.Marshal(c)
		signed, _ := s.Sign(body)
		_, _ = signed.CompactSerialize()
	}
}

func BenchmarkVerify(b *testing.B) {
	s := signer(b, key(b))
	text := sign(b, s, claims())
	b.ReportAllocs()
	for b.Loop() {
		_, _ = s.Verify(text, now)
	}
}
