package roster

import "time"

// Person is a human's sign-in. An own person (ManagedBy empty) proved its address by a mailed
// secret and may join several organisations; a managed one exists in its organisation only.
type Person struct {
	ID        PersonID
	ManagedBy OrgID
	Email     Email
	CreatedAt time.Time
	Preferences
}

// Operates tells whether the account is the installation's own, as those of operators are.
func (p Person) Operates() bool { return p.ManagedBy == Installation }

// Password is a person's password as it is kept: its hash, and the moment until which it must be changed
// where somebody else set it (requirement R18).
type Password struct {
	Hash     string
	ChangeBy time.Time // zero for a password that the person chose
}

// MustChange tells whether the password opens nothing but the choice of another.
func (p Password) MustChange() bool { return !p.ChangeBy.IsZero() }

// Expired tells whether a password that somebody else set was not used in time.
func (p Password) Expired(now time.Time) bool { return p.MustChange() && !now.Before(p.ChangeBy) }

// Session is a person's stay on one device. Its secret is in the device's cookie; only its hash is kept.
type Session struct {
	ID                           string // public, for the person's own list
	Person                       PersonID
	Proofs                       []Proof
	Agent                        string // the browser, as it calls itself
	IP                           string
	CreatedAt, SeenAt, ExpiresAt time.Time
}
