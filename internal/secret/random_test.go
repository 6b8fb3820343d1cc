package secret

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSecretsAreLongRecognisableAndNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s := New("rost_")
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(s, "rost_"))
		if err != nil || len(raw) != 32 || !strings.HasPrefix(s, "rost_") {
			t.Fatalf("%q: %d bytes, %v", s, len(raw), err)
		}
		if seen[s] {
			t.Fatalf("%q came twice", s)
		}
		seen[s] = true
	}
}

func TestHashIsSHA256InHex(t *testing.T) {
	if got := Hash("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("got %s", got)
	}
}

func TestEqual(t *testing.T) {
	if !Equal("same", "same") || Equal("same", "sama") || Equal("same", "sam") || Equal("", "x") {
		t.Error("Equal tells wrongly")
	}
}

func TestShaped(t *testing.T) {
	for s, want := range map[string]bool{New("rinv_"): true, New("rses_"): false, "rinv_": false, "rinv_nonsense": false, "": false, New("rinv_") + "é": false} {
		if got := Shaped(s, "rinv_"); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
