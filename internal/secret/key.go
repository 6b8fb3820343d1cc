package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// Prefixes by which a key file and a sealed text are recognised, with the version of their form.
const (
	keyPrefix  = "roster_key_1_"
	sealPrefix = "sealed_1_"
)

// Key is the installation's key. It is never used itself: each purpose has a key derived from it,
// so that what is made for one purpose is worth nothing for another. It prints as nothing.
type Key struct{ bytes [32]byte }

// NewKey makes a random key that is kept nowhere.
func NewKey() *Key {
	var k Key
	rand.Read(k.bytes[:])
	return &k
}

// Derive gives the 32 bytes of a purpose's own key (HKDF-SHA256, RFC 5869).
func (k *Key) Derive(purpose string) []byte {
	b, err := hkdf.Key(sha256.New, k.bytes[:], nil, "roster "+purpose, 32)
	if err != nil {
		panic("secret: HKDF cannot fail for 32 bytes: " + err.Error())
	}
	return b
}

// Seal encrypts and authenticates plain (XChaCha20-Poly1305 with a random nonce). Only Open with
// the same key and purpose gives it back.
func (k *Key) Seal(purpose string, plain []byte) (string, error) {
	aead, err := k.aead(purpose)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return sealPrefix + base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, nil)), nil
}

// Open gives back what Seal was given. A text that was changed, or sealed with another key or for
// another purpose, is an error.
func (k *Key) Open(purpose, sealed string) ([]byte, error) {
	aead, err := k.aead(purpose)
	if err != nil {
		return nil, err
	}
	text, ok := strings.CutPrefix(sealed, sealPrefix)
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if !ok || err != nil || strings.ContainsAny(text, "\r\n") || len(data) < aead.NonceSize() { // the decoder skips line breaks
		return nil, errors.New("secret: this is not a sealed text")
	}
	plain, err := aead.Open(nil, data[:aead.NonceSize()], data[aead.NonceSize():], nil)
	if err != nil {
		return nil, errors.New("secret: the sealed text was changed, or belongs to another key or purpose")
	}
	return plain, nil
}

func (k *Key) aead(purpose string) (cipher.AEAD, error) {
	aead, err := chacha20poly1305.NewX(k.Derive("seal " + purpose))
	if err != nil {
		return nil, fmt.Errorf("secret: seal: %w", err)
	}
	return aead, nil
}

// MAC gives HMAC-SHA256 of data under the purpose's own key, in lower-case hex. Compare with Equal.
func (k *Key) MAC(purpose string, data []byte) string {
	m := hmac.New(sha256.New, k.Derive("mac "+purpose))
	m.Write(data)
	return hex.EncodeToString(m.Sum(nil))
}

// String hides the key from logs and error texts.
func (k *Key) String() string { return "secret.Key(hidden)" }

// GoString hides the key from %#v.
func (k *Key) GoString() string { return k.String() }

// text gives the key as it stands in its file.
func (k *Key) text() string {
	return keyPrefix + base64.RawURLEncoding.EncodeToString(k.bytes[:]) + "\n"
}

// parseKey reads a key file's content. Its errors never hold any of it.
func parseKey(text string) (*Key, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), keyPrefix)
	if !ok {
		return nil, fmt.Errorf("it does not begin with %q", keyPrefix)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(b) != 32 {
		return nil, errors.New("it does not hold 32 bytes in base64url")
	}
	return &Key{bytes: [32]byte(b)}, nil
}
