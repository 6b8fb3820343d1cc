package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// keys gives the provider's public key.
func (p *Provider) keys(w http.ResponseWriter, _ *http.Request, _ Bend) {
	answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "one", Algorithm: "ES256", Use: "sig"}}})
}

// idToken says who signed in, as the test wants it.
func (p *Provider) idToken(g grant, b Bend) string {
	now := time.Now()
	said := map[string]any{"iss": or(b.Issuer, p.URL), "aud": g.client, "nonce": or(b.Nonce, g.nonce), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	if g.aged && !b.Silent { // as it must where max_age was asked (OpenID Connect Core 1.0, section 2)
		said["auth_time"] = now.Unix()
	}
	maps.Copy(said, g.who)
	maps.Copy(said, b.Claims)
	if b.Audience != nil {
		said["aud"] = b.Audience
	}
	if b.Expired {
		said["exp"] = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	}
	var signed string
	var err error
	switch b.Algorithm {
	case "none":
		return unsigned(said)
	case "HS256": // with what everybody knows
		public, bad := x509.MarshalPKIXPublicKey(&p.key.PublicKey)
		if bad != nil {
			p.T.Error(bad)
		}
		signed, err = sign(jose.HS256, public, said)
	case "stranger":
		other, bad := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if bad != nil {
			p.T.Error(bad)
		}
		signed, err = sign(jose.ES256, other, said)
	default:
		signed, err = sign(jose.ES256, p.key, said)
	}
	if err != nil {
		p.T.Error(err)
	}
	return signed
}

func sign(by jose.SignatureAlgorithm, key any, said map[string]any) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: by, Key: jose.JSONWebKey{Key: key, KeyID: "one"}}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(said).Serialize()
}

func unsigned(said map[string]any) string {
	part := func(v any) string {
		data, _ := json.Marshal(v) // it is made of texts and numbers
		return base64.RawURLEncoding.EncodeToString(data)
	}
	return part(map[string]any{"alg": "none"}) + "." + part(said) + "."
}
