package roster

import "time"

// The ways by which a session's person can show who they are, and the second factors beside them.
const (
	ProofPassword   = "password"
	ProofConnection = "connection"
	ProofPasskey    = "passkey" // one that verified its person, and so is a second factor too
	ProofPortal     = "portal"  // a link that the host product asked for, where its own user was signed in (decision 061)

	FactorTOTP     = "totp"     // an authenticator app (RFC 6238)
	FactorPasskey  = "passkey"  // a key of WebAuthn
	FactorRecovery = "recovery" // one of the codes that were written down
)

// Proof is one way in which a session's person showed who they are: by a login method, by a second factor, or, where
// one thing is both, by either at once.
type Proof struct {
	Method       string    `json:"method,omitempty"`       // ProofPassword, ProofConnection, ProofPasskey or ProofPortal
	Connection   string    `json:"connection,omitempty"`   // the connection's ID, of ProofConnection; of ProofPortal the product client's
	Through      string    `json:"through,omitempty"`      // what the product client is called
	Organisation OrgID     `json:"organisation,omitempty"` // whose connection or portal it is: the proof counts there alone
	Factor       string    `json:"factor,omitempty"`       // a second factor
	At           time.Time `json:"at,omitzero"`            // of ProofConnection zero where its provider does not tell, which is never fresh
	Here         time.Time `json:"here,omitzero"`          // of ProofConnection, whose At is the provider's: when Roster was told
}

// FreshFor is how long a proof is fresh enough for a sensitive act (design page 6, step-up).
const FreshFor = 10 * time.Minute

// Confirmed tells whether a session's person proved just now that it is they, by anything they have; that a product asked
// for them is none. A connection's proof counts in its own organisation alone; org is empty outside one.
func Confirmed(proofs []Proof, org OrgID, now time.Time) bool {
	for _, p := range proofs {
		if p.Counts(org) && p.Method != ProofPortal && now.Sub(p.At) < FreshFor {
			return true
		}
	}
	return false
}

// Unconfirmed is the refusal of a sensitive act whose session has no fresh proof.
func Unconfirmed() *Error {
	return Errorf(Denied, "confirmation_required", "Confirm that it is you. This is asked before a sensitive act, unless you did within ten minutes.")
}

// Proved gives a session's proofs with a new one, which takes the place of an older one of its kind.
func Proved(proofs []Proof, now Proof) []Proof {
	var all []Proof
	for _, p := range proofs {
		if p.Method != now.Method || p.Connection != now.Connection || p.Factor != now.Factor {
			all = append(all, p)
		}
	}
	return append(all, now)
}

// Counts tells whether an organisation believes a proof.
func (p Proof) Counts(org OrgID) bool {
	return p.Organisation == org || p.Method != ProofConnection && p.Method != ProofPortal
}
