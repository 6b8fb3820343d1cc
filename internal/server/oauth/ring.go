package oauth

import (
	"context"
	"net/http"
	"slices"
	"time"

	"roster/internal/action/keyring"
	"roster/internal/server"
	"roster/internal/token"
)

// ring is the keys as they sign and verify from one moment to another, with the tokens that they were seen to have signed.
type ring struct {
	keys   []keyring.Key // as the room gave them
	until  time.Time     // when another key begins to sign, or one is over; zero for never
	signer *token.Signer
	seen   *seen
}

// ring gives the keys as they are at this moment. That a key was added or dropped is known with the next request, on
// whatever server: the room asks the installation's position each time.
func (d *Door) ring(ctx context.Context) (*ring, error) {
	keys, err := d.keys.Ring(ctx)
	if err != nil {
		return nil, err
	}
	now := d.clock()
	was := d.now.Load()
	if was != nil && &was.keys[0] == &keys[0] && (was.until.IsZero() || now.Before(was.until)) {
		return was, nil
	}
	is := &ring{keys: keys, seen: &seen{}}
	var good []token.Key
	is.until, good = arrange(keys, now)
	if was != nil && slices.EqualFunc(was.good(now), good, func(a, b token.Key) bool { return a.ID() == b.ID() }) {
		is.signer, is.seen = was.signer, was.seen
	} else if is.signer, err = token.NewSigner(d.issuer, d.issuer, good...); err != nil {
		return nil, err
	}
	d.now.Store(is)
	return is, nil
}

// good gives the keys that a ring's signer was made of.
func (r *ring) good(now time.Time) []token.Key {
	if !r.until.IsZero() && !now.Before(r.until) {
		return nil // another one signs since, or one is over
	}
	_, good := arrange(r.keys, now)
	return good
}

// arrange gives the keys that count at a moment, the one that signs first, and until when that is so. Where none signs
// yet, because this machine's clock is behind the database's, the one that did so longest does.
func arrange(keys []keyring.Key, now time.Time) (until time.Time, good []token.Key) {
	soonest := func(t time.Time) {
		if t.After(now) && (until.IsZero() || t.Before(until)) {
			until = t
		}
	}
	signs := len(keys) - 1
	for i, k := range slices.Backward(keys) {
		soonest(k.SignsFrom)
		if !k.Until.IsZero() {
			soonest(k.Until.Add(keyring.Beyond))
		}
		if !k.SignsFrom.After(now) {
			signs = i
		}
	}
	good = append(good, keys[signs].Signer)
	for i, k := range keys {
		if i != signs && !k.Over(now) {
			good = append(good, k.Signer)
		}
	}
	return until, good
}

// jwks answers with the public keys (RFC 7517). Whoever meets a key that is not in what they kept asks again, and a key
// signs only long after it stood here first.
func (d *Door) jwks(w http.ResponseWriter, r *http.Request) {
	ring, err := d.ring(r.Context())
	if err != nil {
		server.WriteProblem(w, r, err)
		return
	}
	published(ring.signer.JWKS()).ServeHTTP(w, r)
}
