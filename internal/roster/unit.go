package roster

import "time"

// UnitID names a unit of one organisation ("unit_…"); empty it stands for the organisation itself.
type UnitID string

// UnitKind tells what a unit is.
type UnitKind string

// The kinds of units.
const (
	Account UnitKind = "account" // a customer account: below the organisation or another account
	Group   UnitKind = "group"   // a part of an account: below an account or another group
)

// MaxUnitDepth bounds how many units may stand above one another.
const MaxUnitDepth = 12

// Unit is a node of an organisation's tree of customer accounts.
type Unit struct {
	Org        OrgID
	ID         UnitID
	Parent     UnitID // empty below the organisation
	Kind       UnitKind
	Name       string
	ExternalID string // the host product's name for it, unique in the organisation; may be empty
	ArchivedAt time.Time
	CreatedAt  time.Time
	CreatedBy  string // an actor's ID
	UpdatedAt  time.Time
	UpdatedBy  string
	Version    int64 // rises with each change; the ETag is made of it
}

// Ref points at the unit.
func (u Unit) Ref() Ref { return Ref{Kind: "unit", ID: string(u.ID), Name: u.Name} }

// Archived tells whether the unit was put away: nothing new is made or given there.
func (u Unit) Archived() bool { return !u.ArchivedAt.IsZero() }

// MayStandIn is nil when a unit of this kind may stand below a parent of another; an empty parent is the
// organisation. Kind: Invalid.
func (k UnitKind) MayStandIn(parent UnitKind) error {
	switch {
	case k != Account && k != Group:
		return Errorf(Invalid, "unit_kind_unknown", "A unit is an account or a group.")
	case k == Account && parent == Group:
		return Errorf(Invalid, "unit_kind_misplaced", "A customer account stands below the organisation or another account, not in a group.")
	case k == Group && parent == "":
		return Errorf(Invalid, "unit_kind_misplaced", "A group stands in a customer account or in another group.")
	}
	return nil
}
