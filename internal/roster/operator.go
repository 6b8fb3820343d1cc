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
