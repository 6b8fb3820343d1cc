package token_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"roster/internal/token"
)

// FuzzVerify: no text is a token but what was signed.
func FuzzVerify(f *testing.F) {
	key, err := token.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	s, err := token.NewSigner("https://roster.example.com", "https://roster.example.com", key)
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	good, err := s.Sign(token.Claims{Subject: "mem_1", ClientID: "mem_1", Organisation: "org_1", ID: "tok_1", IssuedAt: now, Expires: now.Add(time.Hour)})
	if err != nil {
		f.Fatal(err)
	}
	header, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	for _, seed := range []string{
		good, "", "..", header + ".." + signature, header + "." + body + ".", "eyJhbGciOiJub25lIn0." + body + ".", good + "=", good[:len(good)-1],
		`{"payload":"` + body + `","signatures":[{"protected":"` + header + `","signature":"` + signature + `"}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := s.Verify(text, now)
		// The last letters of Base64 hold bits that say nothing: a token may be spelled otherwise there, with the same signature.
		if err == nil && !strings.HasPrefix(text, header+"."+body+".") {
			t.Fatalf("%q is taken for a token", text)
		}
		if err != nil && !errors.Is(err, token.ErrInvalid) {
			t.Fatalf("refused with %v", err)
		}
	})
}
