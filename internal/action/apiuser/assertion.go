package apiuser

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/apidb"
	"roster/internal/store/tokendb"
	"roster/internal/token"
)

// Asserted recognises an API user by an assertion that it signed with one of its keys (private_key_jwt, RFC 7523), which
// names the issuer as its only audience, and each of which counts once. Every failure is the same error as that of a wrong
// secret, and counts with those. Kinds: as Authenticate.
func (r *Room) Asserted(ctx context.Context, clientID, assertion, issuer string, now time.Time) (Client, error) {
	if by := token.AssertedBy(assertion); clientID == "" {
		clientID = by
	}
	var proof token.Assertion
	c, err := r.recognise(ctx, clientID, func(s apidb.Secret) bool {
		if !s.IsKey() {
			return false
		}
		is, err := token.VerifyAssertion(assertion, clientID, issuer, []string{s.PublicKey}, now)
		if err == nil {
			proof = is
		}
		return err == nil
	})
	if err == nil && proof.ID == "" { // none of its credentials was put to the test
		err = unknown()
	}
	if err == nil {
		err = r.once(ctx, c, proof)
	}
	if roster.Is(err, "invalid_client") {
		return Client{}, r.wrong(ctx, err)
	}
	return c, err
}

// once uses an assertion up. One that comes again is worth nothing, on whatever server.
func (r *Room) once(ctx context.Context, c Client, proof token.Assertion) error {
	return action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		fresh, err := tokendb.UseOnce(ctx, tx, c.Member.Org, proof.ID, proof.Expires)
		if err == nil && !fresh {
			err = unknown()
		}
		return err
	})
}
