package roster

import "time"

// Factor is something that a person has beside their password. It belongs to the person, and counts everywhere.
type Factor struct {
	ID        string
	Kind      string // FactorTOTP or FactorPasskey
	Name      string // what its person calls it
	Alone     bool   // of a passkey: whether it lets its person in without a password
	CreatedAt time.Time
	UsedAt    time.Time
}

// MaxFactors bounds how many authenticator apps a person has: a code is compared with each.
const MaxFactors = 5

// MaxPasskeys bounds how many passkeys a person has.
const MaxPasskeys = 10

// Count tells how many factors are of a kind.
func Count(all []Factor, kind string) int {
	n := 0
	for _, f := range all {
		if f.Kind == kind {
			n++
		}
	}
	return n
}

// RecoveryCodes is how many recovery codes are made at once.
const RecoveryCodes = 10
