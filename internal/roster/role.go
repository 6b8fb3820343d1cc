package roster

import "time"

// Keys of the built-in roles. Nothing but rule 5 (the last Owner stays) looks at a role's key;
// everything else asks for permissions.
const (
	RoleOwner             = "owner"
	RoleUserAdministrator = "user_administrator"
	RoleAuditor           = "auditor"
	RoleMember            = "member"
)

// Role is a named bundle of permissions.
type Role struct {
	ID          string // for a built-in role, its key
	Key         string
	Name        string
	Description string
	BuiltIn     bool
	For         MemberKind // external or api for roles of such members alone; empty for members of any kind
	Permissions []string   // sorted
	Scopes      []string   // sorted
	CreatedAt   time.Time
	CreatedBy   string // an actor's ID
	UpdatedAt   time.Time
	UpdatedBy   string
	Version     int64 // rises with each change; the ETag is made of it
}

// Ref points at the role.
func (r Role) Ref() Ref { return Ref{Kind: "role", ID: r.ID, Name: r.Name} }

// Grant is what (a role, a permission or a scope; exactly one is set) a member holds where
// (the organisation when Unit is empty, else that unit and everything below), until when.
type Grant struct {
	ID         string
	Member     MemberID
	Role       string // a role's ID
	Permission string
	Scope      string
	Unit       UnitID
	Until      time.Time // zero for endless
	GivenBy    string    // the actor's ID
	GivenAt    time.Time
}

// LastEnd is the latest end that a grant may have. RFC 3339 has four digits for a year; up to here they are
// enough wherever on earth the end is read.
func LastEnd() time.Time { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// NamedEnd gives an end that somebody named as the store keeps it. The zero moment stands for endless where
// no end is named; who names it names a moment that has passed.
func NamedEnd(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Microsecond)
	if t.IsZero() {
		t = t.Add(time.Microsecond)
	}
	return t
}

// What names the thing granted, as the history shows it: "role owner".
func (g Grant) What() string {
	switch {
	case g.Role != "":
		return "role " + g.Role
	case g.Permission != "":
		return "permission " + g.Permission
	}
	return "scope " + g.Scope
}

// Alike tells whether two grants give the same thing at the same place, whomever and until whenever.
func (g Grant) Alike(o Grant) bool {
	return g.Role == o.Role && g.Permission == o.Permission && g.Scope == o.Scope && g.Unit == o.Unit
}

// Live tells whether the grant counts at a moment.
func (g Grant) Live(at time.Time) bool { return g.Until.IsZero() || at.Before(g.Until) }
