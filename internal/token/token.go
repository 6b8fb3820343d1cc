// Package token makes and reads access tokens: JSON Web Tokens of the type at+jwt (RFC 9068), signed
// with ES256. It holds the form of a token and the keys that sign it. It does not know whether a
// token's principal is still active or the token was revoked (the rooms do), and it neither keeps nor
// seals keys.
package token

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// mediaType is the typ of an access token's header (RFC 9068, section 2.1).
const mediaType = "at+jwt"

// mostBytes is more than any token of ours has; longer ones are not looked at.
const mostBytes = 8192

// Claims are what a token says.
type Claims struct {
	Subject      string   // for whom it stands: a member's ID, or a product client's, which is its ClientID
	ClientID     string   // to which client it was given
	Organisation string   // in which organisation it counts, empty for a product client's; the claim "org" is Roster's own
	Scopes       []string // the permissions it is narrowed to; nil for no narrowing
	ID           string
	IssuedAt     time.Time // whole seconds count
	Expires      time.Time
}

// payload is the claims as they stand in a token, and those every token of an issuer shares.
type payload struct {
	Issuer       string `json:"iss"`
	Audience     string `json:"aud"`
	Subject      string `json:"sub"`
	ClientID     string `json:"client_id"`
	Organisation string `json:"org,omitempty"`
	Scope        string `json:"scope,omitempty"`
	ID           string `json:"jti"`
	IssuedAt     int64  `json:"iat"`
	Expires      int64  `json:"exp"`
}

// Signer signs tokens with its newest key, and verifies those signed with any of its keys. It is safe
// for use by many.
type Signer struct {
	issuer, audience string
	newest           Key
	public           map[string]*ecdsa.PublicKey
	jwks             []byte
}

// NewSigner makes a signer of an issuer's tokens for one audience; its first key, the newest, signs.
func NewSigner(issuer, audience string, keys ...Key) (*Signer, error) {
	if issuer == "" || audience == "" || len(keys) == 0 {
		return nil, errors.New("token: a signer needs an issuer, an audience and a key")
	}
	s := &Signer{issuer: issuer, audience: audience, newest: keys[0], public: map[string]*ecdsa.PublicKey{}}
	var set jose.JSONWebKeySet
	for _, k := range keys {
		s.public[k.id] = &k.private.PublicKey
		set.Keys = append(set.Keys, k.jwk())
	}
	var err error
	s.jwks, err = json.Marshal(set)
	return s, err
}

// JWKS gives the public keys as a JSON Web Key Set (RFC 7517).
func (s *Signer) JWKS() []byte { return s.jwks }

// Issuer gives the iss of the tokens.
func (s *Signer) Issuer() string { return s.issuer }

// Audience gives the aud of the tokens.
func (s *Signer) Audience() string { return s.audience }

// Sign makes a token. The compact form is put together here, since a key's header never changes:
// go-jose makes it anew for each token, with twice the allocations.
func (s *Signer) Sign(c Claims) (string, error) {
	body, err := json.Marshal(payload{
		Issuer: s.issuer, Audience: s.audience, Subject: c.Subject, ClientID: c.ClientID, Organisation: c.Organisation,
		Scope: strings.Join(c.Scopes, " "), ID: c.ID, IssuedAt: c.IssuedAt.Unix(), Expires: c.Expires.Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	b64 := base64.RawURLEncoding
	text := make([]byte, 0, len(s.newest.header)+b64.EncodedLen(len(body))+1+b64.EncodedLen(signatureBytes))
	text = append(text, s.newest.header...)
	text = b64.AppendEncode(text, body)
	digest := sha256.Sum256(text)
	r, v, err := ecdsa.Sign(rand.Reader, s.newest.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("token: sign: %w", err)
	}
	var signature [signatureBytes]byte // r and s side by side (RFC 7518, section 3.4)
	r.FillBytes(signature[:signatureBytes/2])
	v.FillBytes(signature[signatureBytes/2:])
	return string(b64.AppendEncode(append(text, '.'), signature[:])), nil
}

// signatureBytes is the length of an ES256 signature.
const signatureBytes = 64

// ErrInvalid is the one answer to every token that is not good at that moment.
var ErrInvalid = errors.New("token: not valid")

// Verify reads a token that counts at a moment: signed with ES256 and nothing else by one of our keys,
// of type at+jwt, from our issuer, for exactly our audience, not over. Anything else is ErrInvalid.
func (s *Signer) Verify(text string, now time.Time) (Claims, error) {
	if len(text) > mostBytes {
		return Claims{}, ErrInvalid
	}
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil || len(signed.Signatures) != 1 {
		return Claims{}, ErrInvalid
	}
	header := signed.Signatures[0].Protected
	key, known := s.public[header.KeyID]
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); !known || typ != mediaType {
		return Claims{}, ErrInvalid
	}
	body, err := signed.Verify(key)
	if err != nil {
		return Claims{}, ErrInvalid
	}
	var p payload
	if json.Unmarshal(body, &p) != nil || p.Issuer != s.issuer || p.Audience != s.audience || !now.Before(time.Unix(p.Expires, 0)) {
		return Claims{}, ErrInvalid
	}
	c := Claims{
		Subject: p.Subject, ClientID: p.ClientID, Organisation: p.Organisation, ID: p.ID,
		IssuedAt: time.Unix(p.IssuedAt, 0).UTC(), Expires: time.Unix(p.Expires, 0).UTC(),
	}
	if p.Scope != "" {
		c.Scopes = strings.Split(p.Scope, " ")
	}
	if c.Subject == "" || c.Organisation == "" && c.Subject != c.ClientID || c.ID == "" {
		return Claims{}, ErrInvalid
	}
	return c, nil
}
