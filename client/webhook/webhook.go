// Package webhook verifies deliveries signed as Standard Webhooks want it, as Roster sends them: it tells whether one
// is genuine and fresh, and gives its body. It opens no listener, needs the standard library alone, and remembers
// nothing: a delivery may come twice, with the same ID, and whoever acts on it remembers the IDs dealt with. Once Roster was
// restored from a backup they are to be forgotten: IDs of events that are lost are given to new ones.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Reasons for which a delivery is refused.
var (
	ErrIncomplete = errors.New("webhook: a header of the delivery is missing or not understood")
	ErrStale      = errors.New("webhook: the delivery is too old, or from the future")
	ErrForged     = errors.New("webhook: no signature of the delivery is ours")
	ErrTooLarge   = errors.New("webhook: the delivery is too large")
)

// Tolerance is how far a delivery's time may lie from now.
const Tolerance = 5 * time.Minute

// MaxBody is how many bytes a delivery may have.
const MaxBody = 1 << 20

// Delivery is a delivery that was verified.
type Delivery struct {
	ID   string // the same when it comes again
	At   time.Time
	Body []byte
}

// Verifier verifies deliveries to one endpoint. It is safe for any number of goroutines.
type Verifier struct {
	keys [][]byte
	now  func() time.Time
}

// New makes a verifier of an endpoint's secrets, as Roster shows them (whsec_…): one, or while they are changed both.
func New(secrets ...string) (*Verifier, error) {
	v := &Verifier{now: time.Now}
	for _, s := range secrets {
		text, _ := strings.CutPrefix(s, "whsec_")
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			key, err = base64.RawStdEncoding.DecodeString(text)
		}
		if err != nil || len(key) < 16 {
			return nil, errors.New("webhook: a secret is whsec_ and at least 16 bytes in base64")
		}
		v.keys = append(v.keys, key)
	}
	if len(v.keys) == 0 {
		return nil, errors.New("webhook: a verifier needs a secret")
	}
	return v, nil
}

// At gives the verifier as of another clock, for tests and for deliveries that were kept.
func (v *Verifier) At(now func() time.Time) *Verifier { return &Verifier{v.keys, now} }

// Verify tells whether a body came with these headers from who knows a secret, and lately. The body is as it came, byte
// by byte.
func (v *Verifier) Verify(h http.Header, body []byte) (Delivery, error) {
	id, stamp, signatures := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || signatures == "" || err != nil {
		return Delivery{}, ErrIncomplete
	}
	at := time.Unix(seconds, 0)
	if !v.genuine([]byte(id+"."+stamp+"."), body, signatures) {
		return Delivery{}, ErrForged
	}
	if off := v.now().Sub(at); off > Tolerance || off < -Tolerance {
		return Delivery{}, ErrStale
	}
	return Delivery{ID: id, At: at, Body: body}, nil
}

// mostSignatures is how many signatures are looked at: a sender has two while its secret changes.
const mostSignatures = 16

// genuine compares each signature of the version that is known with what each secret makes, in constant time.
func (v *Verifier) genuine(head, body []byte, signatures string) bool {
	var sums [][]byte
	for _, key := range v.keys {
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write(head) // never fails
		_, _ = mac.Write(body)
		sums = append(sums, mac.Sum(nil))
	}
	ok, seen := false, 0
	for one := range strings.FieldsSeq(signatures) {
		text, known := strings.CutPrefix(one, "v1,")
		if seen++; !known || seen > mostSignatures {
			continue
		}
		given, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			continue
		}
		for _, sum := range sums {
			if hmac.Equal(given, sum) {
				ok = true
			}
		}
	}
	return ok
}

// Read reads a request's body and verifies it.
func (v *Verifier) Read(r *http.Request) (Delivery, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	switch {
	case err != nil:
		return Delivery{}, fmt.Errorf("webhook: %w", err)
	case len(body) > MaxBody:
		return Delivery{}, ErrTooLarge
	}
	return v.Verify(r.Header, body)
}

// Handler answers deliveries: 204 when take has dealt with one, 400 for what is not genuine or not fresh, and 500 when
// take fails, after which it comes again.
func (v *Verifier) Handler(take func(r *http.Request, d Delivery) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		d, err := v.Read(r)
		switch {
		case errors.Is(err, ErrTooLarge):
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		case err != nil:
			http.Error(w, "not accepted", http.StatusBadRequest) // which check failed is nobody's business
		case take(r, d) != nil:
			http.Error(w, "not dealt with", http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
}
