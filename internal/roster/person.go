package roster

import "time"

// Person is a human's sign-in. An own person (ManagedBy empty) proved its address by a mailed
// secret and may join several organisations; a managed one exists in its organisation only.
type Person struct {
	ID        PersonID
	ManagedBy OrgID
	Email     Email
	CreatedAt time.Time
}

// Session is a person's stay on one device. Its secret is in the device's cookie; only its hash is kept.
type Session struct {
	ID        string // public, for the person's own list
	Person    PersonID
	Proofs    []Proof
	Agent     string // the browser, as it calls itself
	IP        string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}
