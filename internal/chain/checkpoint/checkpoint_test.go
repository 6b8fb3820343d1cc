package checkpoint_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"roster/internal/chain"
	"roster/internal/chain/checkpoint"
)

func signer(t *testing.T, fill byte) *checkpoint.Signer {
	t.Helper()
	s, err := checkpoint.NewSigner(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestACheckpointIsReadByItsKeyAlone: what was signed comes back by the public key as it was printed, and nothing else is
// taken for a checkpoint.
func TestACheckpointIsReadByItsKeyAlone(t *testing.T) {
	ours, other := signer(t, 1), signer(t, 2)
	m := chain.Mark{Organisation: "org_a", Seq: 7, Hash: "abc", At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	text, err := ours.Sign(m)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := ours.Public().JWK()
	if err != nil {
		t.Fatal(err)
	}
	public, err := checkpoint.ParsePublic(jwk)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := public.Read(text + "\n"); err != nil || got != m {
		t.Errorf("read %+v: %v", got, err)
	}
	parts := strings.Split(text, ".")
	forged := base64.RawURLEncoding.EncodeToString([]byte(`{"org":"org_a","seq":8,"hash":"abc","iat":1}`))
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"roster-checkpoint+jwt"}`))
	typed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"at+jwt","kid":"x"}`))
	for name, bad := range map[string]string{
		"nothing": "", "words": "hello", "altered": parts[0] + "." + forged + "." + parts[2], "unsigned": none + "." + parts[1] + ".",
		"another type": typed + "." + parts[1] + "." + parts[2], "long": text + strings.Repeat("a", 5000),
	} {
		if _, err := public.Read(bad); err == nil {
			t.Errorf("%s was taken for a checkpoint", name)
		}
	}
	if _, err := other.Public().Read(text); err == nil {
		t.Error("another installation's key reads it")
	}
	for _, bad := range []string{"", "{}", `{"kty":"EC","crv":"P-256","x":"a","y":"b"}`, strings.Replace(string(jwk), `"OKP"`, `"RSA"`, 1)} {
		if _, err := checkpoint.ParsePublic([]byte(bad)); err == nil {
			t.Errorf("%s was taken for a key", bad)
		}
	}
}
