package roster

import "time"

// Operator is somebody who runs the installation: a person whom the installation itself manages, and who belongs to no
// organisation (decision 035).
type Operator struct {
	Person  Person
	AddedAt time.Time
	AddedBy string    // an actor's ID
	Factor  bool      // whether they have a second factor
	SeenAt  time.Time // when a session of theirs was last used; zero without one
}

// Ref points at the operator.
func (o Operator) Ref() Ref {
	return Ref{Kind: "person", ID: string(o.Person.ID), Name: o.Person.Email.Typed}
}

// Visit is an operator's stay in an organisation: for a reason that its Owners see, for an hour at most, and to look
// alone unless the organisation lets operators change something (decision 036).
type Visit struct {
	Org       OrgID
	ID        string
	Person    PersonID
	Session   string // the session in which they entered
	Reason    string
	EnteredAt time.Time
	Until     time.Time
	Writes    bool // whether the organisation lets operators change something now
}

// VisitLasts is how long a visit lasts at most.
const VisitLasts = time.Hour

// MaxVisitReason bounds the reason, in characters.
const MaxVisitReason = 500

// LongestAdmission bounds how long ahead an organisation can let operators change something.
const LongestAdmission = 7 * 24 * time.Hour
