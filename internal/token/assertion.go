package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/roster"
)

// AssertionType is the client_assertion_type of a signed client assertion (RFC 7523, section 2.2).
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// What a client assertion may be.
const (
	mostAssertion = 5 * time.Minute // from now until its end
	mostSkew      = time.Minute     // that a client's clock may be ahead
	mostJTI       = 256             // bytes
	leastRSA      = 2048            // bits
	mostRSA       = 8192
)

// Algorithms gives those that a client assertion may be signed with.
func Algorithms() []string { return []string{"ES256", "EdDSA", "PS256", "RS256"} }

func algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.ES256, jose.EdDSA, jose.PS256, jose.RS256}
}

// ClientKey is a client's public key.
type ClientKey struct {
	ID        string // its kid: as it was given, else the thumbprint (RFC 7638)
	Algorithm string // the one it is bound to, else what its kind can do
	JWK       string // as it is kept
}

// ParseClientKeys reads public keys: a JWK, a JWK Set, or PEM. A text of a private key is refused, and so is anything
// that signs nothing that is accepted here. Kind: Invalid, codes key_invalid and key_private.
func ParseClientKeys(text string) ([]ClientKey, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "-----BEGIN") {
		return keysOfPEM(text)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal([]byte(text), &set) != nil {
		return nil, roster.Errorf(roster.Invalid, "key_invalid", "This is neither a JWK, a JWK Set nor a public key in PEM.")
	}
	if set.Keys == nil {
		set.Keys = []json.RawMessage{json.RawMessage(text)}
	}
	var all []ClientKey
	for _, one := range set.Keys {
		var k jose.JSONWebKey
		if err := k.UnmarshalJSON(one); err != nil {
			return nil, roster.Errorf(roster.Invalid, "key_invalid", "A key of it cannot be read.")
		}
		c, err := clientKey(k)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return some(all)
}

// some refuses what has no key in it.
func some(all []ClientKey) ([]ClientKey, error) {
	if len(all) == 0 {
		return nil, roster.Errorf(roster.Invalid, "key_invalid", "There is no key in it.")
	}
	return all, nil
}

func keysOfPEM(text string) ([]ClientKey, error) {
	var all []ClientKey
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.Contains(block.Type, "PRIVATE") {
			return nil, errPrivate()
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, roster.Errorf(roster.Invalid, "key_invalid", "A key of it cannot be read.")
		}
		c, err := clientKey(jose.JSONWebKey{Key: public})
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return some(all)
}

func errPrivate() error {
	return roster.Errorf(roster.Invalid, "key_private", "This is a private key. It stays with the program: give its public part alone, and make another one if this has left the program.")
}

// clientKey checks a key and writes it as it is kept: nothing but what verifies.
func clientKey(k jose.JSONWebKey) (ClientKey, error) {
	able := ""
	switch public := k.Key.(type) {
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			able = "ES256"
		}
	case ed25519.PublicKey:
		able = "EdDSA"
	case *rsa.PublicKey:
		if n := public.N.BitLen(); n >= leastRSA && n <= mostRSA && public.E >= 3 {
			able = "PS256 RS256"
		}
	case *ecdsa.PrivateKey, ed25519.PrivateKey, *rsa.PrivateKey, []byte:
		return ClientKey{}, errPrivate()
	}
	if able == "" || !k.Valid() || k.Use != "" && k.Use != "sig" || k.Algorithm != "" && !slices.Contains(strings.Fields(able), k.Algorithm) {
		return ClientKey{}, roster.Errorf(roster.Invalid, "key_invalid", "A key is for ES256 (P-256), EdDSA (Ed25519), or PS256 or RS256 (RSA with 2048 bits or more).")
	}
	if len(k.KeyID) > mostJTI {
		return ClientKey{}, roster.Errorf(roster.Invalid, "key_invalid", "The kid of a key is too long.")
	}
	if strings.ContainsFunc(k.KeyID, unicode.IsControl) {
		return ClientKey{}, roster.Errorf(roster.Invalid, "key_invalid", "The kid of a key holds a control character.")
	}
	if k.KeyID == "" {
		print, err := k.Thumbprint(crypto.SHA256)
		if err != nil {
			return ClientKey{}, fmt.Errorf("token: client key: %w", err)
		}
		k.KeyID = base64.RawURLEncoding.EncodeToString(print)
	}
	kept, err := json.Marshal(jose.JSONWebKey{Key: k.Key, KeyID: k.KeyID, Algorithm: k.Algorithm, Use: "sig"})
	if k.Algorithm != "" {
		able = k.Algorithm
	}
	return ClientKey{ID: k.KeyID, Algorithm: able, JWK: string(kept)}, err
}

// Assertion is what a client says of itself, once its signature was checked.
type Assertion struct {
	ID      string // the digest of its client and jti
	Expires time.Time
}

// claimed are the claims of a client assertion.
type claimed struct {
	Issuer   string          `json:"iss"`
	Subject  string          `json:"sub"`
	Audience json.RawMessage `json:"aud"`
	ID       string          `json:"jti"`
	Expires  *float64        `json:"exp"`
	From     *float64        `json:"nbf"`
	IssuedAt *float64        `json:"iat"`
}

// AssertedBy tells which client an assertion says that it is of, unverified; empty where it says nothing that could be.
func AssertedBy(text string) string {
	signed, err := parseAssertion(text)
	if err != nil {
		return ""
	}
	var c claimed
	if json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &c) != nil || c.Issuer != c.Subject {
		return ""
	}
	return c.Subject
}

func parseAssertion(text string) (*jose.JSONWebSignature, error) {
	if len(text) > mostBytes {
		return nil, ErrInvalid
	}
	signed, err := jose.ParseSignedCompact(text, algorithms())
	if err != nil || len(signed.Signatures) != 1 {
		return nil, ErrInvalid
	}
	switch typ := signed.Signatures[0].Protected.ExtraHeaders[jose.HeaderType]; typ {
	case nil, "JWT", "client-authentication+jwt":
		return signed, nil
	}
	return nil, ErrInvalid // a token of another kind, such as at+jwt, is no assertion
}

// VerifyAssertion checks a client's assertion at a moment (RFC 7523, section 3): signed with one of the client's keys, by
// an algorithm that the key is for; iss and sub are the client; aud is the issuer of the authorization server and nothing
// beside it (RFC 10070); jti is there; exp is there, not over and near. Anything else is ErrInvalid.
func VerifyAssertion(text, client, audience string, keys []string, now time.Time) (Assertion, error) {
	signed, err := parseAssertion(text)
	if err != nil {
		return Assertion{}, ErrInvalid
	}
	header := signed.Signatures[0].Protected
	for _, kept := range keys {
		var k jose.JSONWebKey
		if k.UnmarshalJSON([]byte(kept)) != nil || header.KeyID != "" && header.KeyID != k.KeyID || k.Algorithm != "" && k.Algorithm != header.Algorithm {
			continue
		}
		body, err := signed.Verify(k.Key)
		if err != nil {
			continue
		}
		var c claimed
		if json.Unmarshal(body, &c) != nil {
			return Assertion{}, ErrInvalid
		}
		return c.check(client, audience, now)
	}
	return Assertion{}, ErrInvalid
}

func (c claimed) check(client, audience string, now time.Time) (Assertion, error) {
	var one string
	var list []string
	if json.Unmarshal(c.Audience, &one) != nil && json.Unmarshal(c.Audience, &list) == nil && len(list) == 1 {
		one = list[0]
	}
	end, soon := moment(c.Expires), now.Add(mostSkew)
	switch {
	case client == "", c.Issuer != client, c.Subject != client, one != audience:
	case c.ID == "", len(c.ID) > mostJTI:
	case c.Expires == nil, !now.Before(end), end.After(soon.Add(mostAssertion)):
	case c.From != nil && moment(c.From).After(soon), c.IssuedAt != nil && moment(c.IssuedAt).After(soon):
	default:
		digest := sha256.Sum256([]byte(client + "\x00" + c.ID))
		return Assertion{ID: "jti:" + base64.RawURLEncoding.EncodeToString(digest[:]), Expires: end}, nil
	}
	return Assertion{}, ErrInvalid
}

// moment reads a NumericDate (RFC 7519, section 2); one that no clock shows is as far away as can be.
func moment(seconds *float64) time.Time {
	if seconds == nil || *seconds < 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(min(*seconds, 1<<40) * 1e6)).UTC()
}
