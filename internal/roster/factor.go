package roster

import "time"

// Factor is something that a person has beside their password. It belongs to the person, and counts everywhere.
type Factor struct {
	ID        string
	Kind      string // FactorTOTP
	Name      string // what its person calls it
	CreatedAt time.Time
	UsedAt    time.Time
}

// MaxFactors bounds how many second factors a person has: a code is compared with each.
const MaxFactors = 5

// RecoveryCodes is how many recovery codes are made at once.
const RecoveryCodes = 10
