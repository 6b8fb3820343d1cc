package secret

import (
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// codeStep is how long one code of an authenticator app lasts, and codeDigits how long it is (RFC 6238, 5.2): what
// every app takes.
const (
	codeStep   = 30 * time.Second
	codeDigits = otp.DigitsSix
)

// NewTOTPKey makes the key of an authenticator app: 160 bits, as RFC 4226 wants, in base32 as people type it.
func NewTOTPKey() string {
	b := make([]byte, 20)
	rand.Read(b)
	return base32.StdEncoding.EncodeToString(b)
}

// TOTPAddress gives what an authenticator app reads from a QR code: the key, whose it is, and for where.
func TOTPAddress(issuer, account, key string) string {
	label := strings.ReplaceAll(issuer, ":", " ") + ":" + account
	// Apps read a plus in a query as itself, so spaces are written as %20.
	q := "secret=" + key + "&issuer=" + strings.ReplaceAll(url.QueryEscape(issuer), "+", "%20") + "&algorithm=SHA1&digits=6&period=30"
	return "otpauth://totp/" + url.PathEscape(label) + "?" + q
}

// TOTPStep tells to which step a code belongs: the present one, the one before or the one after, but none up to a last
// one of which a code was used (RFC 6238, 5.2). ok is false when the code is none of these.
func TOTPStep(key, code string, now time.Time, last int64) (step int64, ok bool) {
	at := now.Unix() / int64(codeStep/time.Second)
	for s := at - 1; s <= at+1; s++ {
		if s <= last {
			continue
		}
		right, err := hotp.ValidateCustom(code, uint64(s), key, hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && right {
			return s, true
		}
	}
	return 0, false
}

// TOTPCode gives the code of a moment, as an authenticator app shows it.
func TOTPCode(key string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(key, uint64(at.Unix()/int64(codeStep/time.Second)), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
}

// NewRecoveryCode makes a code to write down: 125 random bits in five groups. That is more than ASVS 5.0, 6.5.2 asks of
// codes that are kept as a plain hash.
func NewRecoveryCode() string {
	b := make([]byte, 16)
	rand.Read(b)
	text := strings.ToLower(base32.StdEncoding.EncodeToString(b))[:25]
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20], text[20:25]}, "-")
}

// IsTOTPCode tells an authenticator app's code, as it is typed, from a recovery code, and gives it without spaces.
func IsTOTPCode(typed string) (code string, is bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
	return code, len(code) == codeDigits.Length() && strings.Trim(code, "0123456789") == ""
}

// RecoveryHash gives the hash by which a recovery code is known, however its groups and letters are typed.
func RecoveryHash(typed string) string {
	return Hash(strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)))
}

// SealApp seals an authenticator app's key as it is kept; OpenApp gives it back.
func (k *Key) SealApp(key string) (string, error) { return k.Seal("authenticator", []byte(key)) }

// OpenApp gives an authenticator app's key.
func (k *Key) OpenApp(sealed string) (string, error) {
	plain, err := k.Open("authenticator", sealed)
	return string(plain), err
}
