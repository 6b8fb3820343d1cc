package act_test

import (
	"testing"

	"roster/internal/act"
	"roster/internal/authz"
)

// TestWhatStaysClosedToOperatorsInside names what no leave of an organisation opens to an operator, apart from the rule
// that closes it; and holds that without a leave nothing that changes anything is open.
func TestWhatStaysClosedToOperatorsInside(t *testing.T) {
	closed := map[act.Name]bool{}
	for _, name := range []act.Name{
		act.MemberLink, act.MemberCreate, act.MemberPassword, act.PasswordOffer, act.MemberFactorReset, act.MemberPasswordReset, act.MemberExport, act.MemberRemove, act.MemberErase, act.MemberData,
		act.APIUserCreate, act.MemberClone, act.MethodCreate, act.MethodEdit, act.MethodTest, act.MethodEnable, act.MethodDisable, act.MethodDelete,
		act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove, act.EndSet,
		act.AddressesSet, act.APIUserAddressesSet, act.OperatorsAdmit, act.PortalSet, act.PeopleApply, act.PeopleExport, act.ImportStart, act.ImportApply, act.ViewSave, act.ViewEdit, act.ViewDelete, act.TokenRevoke, act.ProfileEdit, act.ProfileLeave, act.NotificationList, act.NotificationRead,
	} {
		closed[name] = true
	}
	open := 0
	for _, a := range act.List() {
		looks, writes := a.ToOperator(false) == nil, a.ToOperator(true) == nil
		switch {
		case closed[a.Name] && (looks || writes):
			t.Errorf("%s is open: %t, with a leave %t", a.Name, looks, writes)
		case looks && (a.Kind != authz.Read || !writes):
			t.Errorf("%s changes something, and is open to who only looks", a.Name)
		case writes && (a.Kind == authz.Irreversible || a.Who != act.Members):
			t.Errorf("%s cannot be undone or is not of members, and is open with a leave", a.Name)
		case writes && a.Kind == authz.Write:
			open++
		}
		delete(closed, a.Name)
	}
	if len(closed) != 0 || open < 10 {
		t.Errorf("not in the list: %v; a leave opens %d actions", closed, open)
	}
}
