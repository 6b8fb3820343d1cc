// Package checkpoint signs what a history was at a moment, so that whoever keeps the text elsewhere can show later that
// its end was not cut off and nothing before it was written anew. A checkpoint is a JSON Web Token of a type of its own
// (RFC 7519), signed with Ed25519 (RFC 8037). It reads no history.
package checkpoint

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"roster/internal/chain"
	"roster/internal/roster"
)

// mediaType is the typ of a checkpoint's header: no other token is taken for one.
const mediaType = "roster-checkpoint+jwt"

// mostBytes is more than any checkpoint has.
const mostBytes = 4096

// claims are what a checkpoint says.
type claims struct {
	Organisation roster.OrgID `json:"org"`
	Seq          int64        `json:"seq"`
	Hash         string       `json:"hash"`
	At           int64        `json:"iat"`
}

// Signer signs the checkpoints of an installation. It is safe for use by many.
type Signer struct {
	private ed25519.PrivateKey
	public  Public
}

// Public is the key that checkpoints are held against.
type Public struct {
	key ed25519.PublicKey
	id  string // RFC 7638
}

// NewSigner makes the signer whose key comes from 32 secret bytes, always the same one from the same bytes.
func NewSigner(seed []byte) (*Signer, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("checkpoint: a key is made from 32 bytes")
	}
	private := ed25519.NewKeyFromSeed(seed)
	public, err := publicOf(private.Public().(ed25519.PublicKey))
	return &Signer{private, public}, err
}

// Public gives the key by which others check what the signer signs.
func (s *Signer) Public() Public { return s.public }

// Sign makes a checkpoint, as one line of text. The moment counts in whole seconds.
func (s *Signer) Sign(m chain.Mark) (string, error) {
	options := (&jose.SignerOptions{}).WithType(mediaType).WithHeader("kid", s.public.id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: s.private}, options)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	body, err := json.Marshal(claims{m.Organisation, m.Seq, m.Hash, m.At.Unix()})
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	return signed.CompactSerialize()
}

// Read gives what a checkpoint says, once its signature holds. Errors are in plain words and hold nothing of it.
func (p Public) Read(text string) (chain.Mark, error) {
	text = strings.TrimSpace(text)
	if len(text) > mostBytes {
		return chain.Mark{}, errors.New("it is no checkpoint")
	}
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(signed.Signatures) != 1 {
		return chain.Mark{}, errors.New("it is no checkpoint")
	}
	header := signed.Signatures[0].Protected
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); typ != mediaType {
		return chain.Mark{}, errors.New("it is no checkpoint")
	}
	if header.KeyID != p.id {
		return chain.Mark{}, errors.New("it was signed with another key")
	}
	body, err := signed.Verify(p.key)
	if err != nil {
		return chain.Mark{}, errors.New("its signature does not hold: it was altered")
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil || c.Organisation == "" || c.Seq < 0 {
		return chain.Mark{}, errors.New("it cannot be read")
	}
	return chain.Mark{Organisation: c.Organisation, Seq: c.Seq, Hash: c.Hash, At: time.Unix(c.At, 0).UTC()}, nil
}

// JWK gives the key as a JSON Web Key (RFC 7517), by which any program checks a checkpoint.
func (p Public) JWK() ([]byte, error) {
	return json.Marshal(jose.JSONWebKey{Key: p.key, KeyID: p.id, Algorithm: string(jose.EdDSA), Use: "sig"})
}

// ParsePublic reads what JWK gave. Its error is in plain words.
func ParsePublic(text []byte) (Public, error) {
	var k jose.JSONWebKey
	err := json.Unmarshal(text, &k)
	key, ok := k.Key.(ed25519.PublicKey)
	if err != nil || !ok {
		return Public{}, errors.New("it is no public key of checkpoints (a JSON Web Key of the kind OKP)")
	}
	return publicOf(key)
}

func publicOf(key ed25519.PublicKey) (Public, error) {
	print, err := (&jose.JSONWebKey{Key: key}).Thumbprint(crypto.SHA256)
	if err != nil {
		return Public{}, fmt.Errorf("checkpoint: key: %w", err)
	}
	return Public{key, base64.RawURLEncoding.EncodeToString(print)}, nil
}
