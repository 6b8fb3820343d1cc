package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// New makes a secret: the prefix, by which people and scanners recognise it, and 256 random bits
// in base64url without padding (design page 6).
func New(prefix string) string {
	var b [32]byte
	rand.Read(b[:]) // it never fails: the process ends when the system has no randomness
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash gives the form in which a secret made by New is stored: its SHA-256 in lower-case hex. It
// is not for passwords, which people choose and others can guess.
func Hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Equal compares two texts in a time that tells nothing about where they differ.
func Equal(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// Shaped tells whether s has the shape of a secret that New makes with a prefix.
func Shaped(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return false
	}
	random, err := base64.RawURLEncoding.DecodeString(rest)
	return err == nil && len(random) == 32
}
