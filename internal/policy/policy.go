// Package policy holds what organisations ask of the sessions that come to them, from where they let in, and until when
// programs: rules without a look-up.
package policy

import (
	"cmp"
	"slices"
	"time"

	"roster/internal/roster"
)

// Policy is what an organisation asks of a session before it lets its person in. It is asked at every request.
type Policy struct {
	Organisation roster.OrgID
	Name         string // the organisation's, for what is said
	// PasswordOff tells that e-mail and password are no way in here, and people's own passkeys neither. A connection counts where it is the organisation's
	// own; one that is switched off has no sessions left.
	PasswordOff bool
	// FactorSince is when it began to ask for a second factor; zero where it does not. For FactorGrace from then on
	// who has none is let in without.
	FactorSince time.Time
	FactorGrace time.Duration
	// Since is when an administrator last signed the session's person out here: what was proved before counts no more.
	Since time.Time
	// Portal is whom the host product's links bring in here, and Member what of it the session's person asks for; empty
	// where nobody looked, and then no link counts.
	Portal, Member Portal
}

// Of gives an organisation's policy.
func Of(o roster.Organisation) Policy {
	return Policy{Organisation: o.ID, Name: o.Name, PasswordOff: o.PasswordOff, FactorSince: o.FactorSince, FactorGrace: o.FactorGrace, Portal: Portal(o.Portal)}
}

// OfOperators gives the policy of the operator area: a password and a second factor, from the first moment on.
func OfOperators() Policy {
	return Policy{Organisation: roster.Installation, Name: "The operator area", FactorSince: time.Unix(1, 0)}
}

// MaxFactorGrace bounds how long people may take to set a second factor up.
const MaxFactorGrace = 90 * 24 * time.Hour

// CheckFactorGrace refuses times outside the limits. Kind: Invalid.
func CheckFactorGrace(d time.Duration) error {
	if d < 0 || d > MaxFactorGrace {
		return roster.Errorf(roster.Invalid, "factor_grace_invalid", "People can be given up to 90 days to set up a second factor.")
	}
	return nil
}

// MaxEraseAfter is how many days may pass between a removal and the erasure that follows it.
const MaxEraseAfter = 3650

// CheckEraseAfter refuses a number of days outside the limits. Kind: Invalid.
func CheckEraseAfter(days int) error {
	if days < 0 || days > MaxEraseAfter {
		return roster.Errorf(roster.Invalid, "erase_after_invalid", "Removed members are erased after 1 to %d days; 0 is never.", MaxEraseAfter)
	}
	return nil
}

// FactorDue gives the moment from which nobody comes in without a second factor; zero where none is asked for.
func (p Policy) FactorDue() time.Time {
	if p.FactorSince.IsZero() {
		return time.Time{}
	}
	return p.FactorSince.Add(p.FactorGrace)
}

// Lacking is the proof that a policy misses in a session.
type Lacking int

// What can be missing.
const (
	LacksNothing Lacking = iota
	LacksMethod          // a proof by one of the organisation's login methods
	LacksAnew            // one from after an administrator signed the person out
	LacksFactor          // a second factor
)

// Lacks tells what the policy misses in a session's proofs at a moment.
func (p Policy) Lacks(proofs []roster.Proof, now time.Time) Lacking {
	if !slices.ContainsFunc(proofs, p.accepts) {
		return LacksMethod
	}
	proofs = Given(proofs, p.Since)
	if !slices.ContainsFunc(proofs, p.accepts) {
		return LacksAnew
	}
	due := p.FactorDue()
	if due.IsZero() || now.Before(due) || slices.ContainsFunc(proofs, p.factor) {
		return LacksNothing
	}
	return LacksFactor
}

// Given gives the proofs that came after a moment, such as that at which their person was signed out; all where it is zero.
func Given(proofs []roster.Proof, since time.Time) []roster.Proof {
	if since.IsZero() {
		return proofs
	}
	var all []roster.Proof
	for _, proof := range proofs {
		if cmp.Or(proof.Here, proof.At).After(since) {
			all = append(all, proof)
		}
	}
	return all
}

// FactorLater gives from when on the policy misses a second factor in a session's proofs that it does not miss yet; zero
// where it never does.
func (p Policy) FactorLater(proofs []roster.Proof, now time.Time) time.Time {
	due := p.FactorDue()
	if due.IsZero() || !now.Before(due) || slices.ContainsFunc(proofs, p.factor) {
		return time.Time{}
	}
	return due
}

// factor tells whether a proof has a second factor that counts here.
func (p Policy) factor(proof roster.Proof) bool {
	return proof.Factor != "" && proof.Counts(p.Organisation)
}

// accepts tells whether a proof is one by a login method of the organisation's. A passkey is the person's own, as their
// password is, and goes with it.
func (p Policy) accepts(proof roster.Proof) bool {
	if proof.Method == roster.ProofPassword || proof.Method == roster.ProofPasskey {
		return !p.PasswordOff
	}
	if proof.Method == roster.ProofPortal && !p.Portal.Covers(p.Member) {
		return false
	}
	return (proof.Method == roster.ProofConnection || proof.Method == roster.ProofPortal) && proof.Counts(p.Organisation)
}

// Refuse gives the refusal that says what is missing, or nil. has tells whether the person has a second factor to
// give. Kind: Denied (method_required, signed_out, factor_required, factor_setup_required).
func (p Policy) Refuse(lacks Lacking, has bool) error {
	switch {
	case lacks == LacksMethod:
		return roster.Errorf(roster.Denied, "method_required", "%s asks for another way of signing in. Sign in there by one that it offers.", p.Name)
	case lacks == LacksAnew:
		return roster.Errorf(roster.Denied, "signed_out", "An administrator of %s signed you out. Sign in again to go on there.", p.Name)
	case lacks == LacksFactor && has:
		return roster.Errorf(roster.Denied, "factor_required", "%s asks for your second factor. Confirm it by your passkey, or by a code of your authenticator app.", p.Name)
	case lacks == LacksFactor:
		return roster.Errorf(roster.Denied, "factor_setup_required", "%s asks for a second factor. Set one up in your profile.", p.Name)
	}
	return nil
}

// Anew tells whether a refusal is one that another sign-in to the organisation ends.
func Anew(refused error) bool {
	return roster.Is(refused, "method_required") || roster.Is(refused, "signed_out")
}

// Elsewhere refuses a session that only other organisations' connections proved. It names nothing. Kind: Denied.
func Elsewhere() error {
	return roster.Errorf(roster.Denied, "method_required", "You came in by an organisation's connection, which counts there alone. Sign in here by another way.")
}
