package secret

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	key := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		now := time.Unix(at, 0)
		if got, err := TOTPCode(key, now); err != nil || got != want {
			t.Errorf("at %d: %s %v, want %s", at, got, err, want)
		}
		for _, c := range []struct {
			off  time.Duration
			last int64
			ok   bool
		}{{0, 0, true}, {30 * time.Second, 0, true}, {-30 * time.Second, 0, true}, {60 * time.Second, 0, false}, {-60 * time.Second, 0, false}, {0, at / 30, false}, {0, at/30 - 1, true}} {
			step, ok := TOTPStep(key, want, now.Add(c.off), c.last)
			if ok != c.ok || ok && step != at/30 {
				t.Errorf("at %d, %v later, after step %d: %d %v, want %v", at, c.off, c.last, step, ok, c.ok)
			}
		}
	}
}

func TestACodeIsReadAsItIsTyped(t *testing.T) {
	for typed, is := range map[string]bool{"123456": true, "123 456": true, " 123456 ": true, "12345": false, "1234567": false, "12345a": false, "１２３４５６": false, "": false} {
		if code, got := IsTOTPCode(typed); got != is || is && code != "123456" {
			t.Errorf("%q: %q %v, want %v", typed, code, got, is)
		}
	}
	code := NewRecoveryCode()
	if RecoveryHash(code) != RecoveryHash(strings.ToUpper(strings.ReplaceAll(code, "-", " "))) {
		t.Error("a recovery code must be known however it is typed")
	}
	if code == NewRecoveryCode() || len(code) != 29 {
		t.Errorf("%q is no recovery code", code)
	}
}

func TestAnAppReadsWhoseKeyItIs(t *testing.T) {
	got := TOTPAddress("Roster: Acme", "anna+1@example.com", "KEY")
	if want := "otpauth://totp/Roster%20%20Acme:anna+1@example.com?secret=KEY&issuer=Roster%3A%20Acme&algorithm=SHA1&digits=6&period=30"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
