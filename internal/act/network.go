package act

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// The actions about address lists.
const (
	AddressesShow        Name = "organisation.addresses_show"
	AddressesSet         Name = "organisation.addresses"
	APIUserAddressesShow Name = "api_user.addresses_show"
	APIUserAddressesSet  Name = "api_user.addresses"
)

// networkActions are about from where people and programs are let in. The lists are of people to change, with a fresh
// proof, as whatever is asked of sign-ins.
func networkActions() []Action {
	program := func(m roster.Member) bool { return m.Kind == roster.API && m.Status != roster.Removed }
	return []Action{
		{Name: AddressesShow, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: AddressesSet, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true},
		{Name: APIUserAddressesShow, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: program},
		{Name: APIUserAddressesSet, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member", Guards: NotOnSelf | NotUpwards | NotStronger, Confirm: true, Fits: program},
	}
}
