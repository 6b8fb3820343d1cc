package act

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// The actions about operators inside an organisation.
const (
	OrganisationVisit Name = "organisation.visit"
	OrganisationLeave Name = "organisation.leave_visit"
	OperatorsAdmit    Name = "organisation.admit_operators"
)

func visitActions() []Action {
	return []Action{
		{Name: OrganisationVisit, Kind: authz.Write, Who: Operators, Confirm: true},
		{Name: OrganisationLeave, Kind: authz.Write, Who: Operators},
		{Name: OperatorsAdmit, Permission: authz.OrganisationWrite, Kind: authz.Write, Who: People, Confirm: true},
	}
}

// ToOperator tells whether an action is open to an operator who entered the organisation: to look is, and to change
// something where the organisation lets them. Ways in, and whatever else asks members for a fresh proof, are the
// organisation's own. Kind: Denied (operator_closed, operator_read_only).
func (a Action) ToOperator(writes bool) error {
	switch {
	case a.Who != Members || a.Confirm || a.ConfirmAPI || a.Permission == "" && a.Kind != authz.Read:
		return roster.Errorf(roster.Denied, "operator_closed", "An operator cannot do this inside an organisation. It is for the organisation's own people.")
	case a.Kind != authz.Read && !writes:
		return roster.Errorf(roster.Denied, "operator_read_only", "Operators only look here. An Owner of the organisation can let them change something, under Settings.")
	}
	return nil
}
