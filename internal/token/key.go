package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Key is a key that signs tokens: ECDSA on P-256. It prints as its ID.
type Key struct {
	id      string
	private *ecdsa.PrivateKey
	header  string // the protected header of its tokens, encoded, with the dot behind it
}

// NewKey makes a random key.
func NewKey() (Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Key{}, fmt.Errorf("token: make a key: %w", err)
	}
	return keyOf(private)
}

// ParseKey reads what Bytes gave.
func ParseKey(der []byte) (Key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return Key{}, errors.New("token: this is not a key in PKCS #8") // the parser's text may hold some of it
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return Key{}, errors.New("token: a signing key is one on the curve P-256")
	}
	return keyOf(private)
}

func keyOf(private *ecdsa.PrivateKey) (Key, error) {
	k := Key{private: private}
	print, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return k, fmt.Errorf("token: key: %w", err)
	}
	k.id = base64.RawURLEncoding.EncodeToString(print)
	header, err := json.Marshal(struct {
		Algorithm jose.SignatureAlgorithm `json:"alg"`
		Key       string                  `json:"kid"`
		Type      string                  `json:"typ"`
	}{jose.ES256, k.id, mediaType})
	k.header = base64.RawURLEncoding.EncodeToString(header) + "."
	return k, err
}

// ID gives the key's identifier (kid): the thumbprint of its public part (RFC 7638).
func (k Key) ID() string { return k.id }

// Bytes gives the whole key in PKCS #8. It is a secret, to be sealed before it is kept.
func (k Key) Bytes() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

// String hides the key from logs and error texts.
func (k Key) String() string { return "token.Key(" + k.id + ")" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

func (k Key) jwk() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Algorithm: string(jose.ES256), Use: "sig"}
}
