package act

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// The actions about login methods, and about coming in by one.
const (
	MethodList      Name = "method.list"
	MethodShow      Name = "method.show"
	MethodOffer     Name = "method.offer"
	MethodCreate    Name = "method.create"
	MethodEdit      Name = "method.edit"
	MethodTest      Name = "method.test"
	MethodEnable    Name = "method.enable"
	MethodDisable   Name = "method.disable"
	MethodDelete    Name = "method.delete"
	ConnectionList  Name = "connection.list"
	ConnectionStart Name = "connection.start"
	ConnectionBind  Name = "connection.bind"

	MemberMethod      Name = "member.method"
	MemberMethodOffer Name = "member.method_offer"
)

// methodActions are about login methods: of people, since they are about ways in (design page 6, step-up).
func methodActions() []Action {
	person := func(m roster.Member) bool { return m.Kind != roster.API && m.Status != roster.Removed }
	guards := NotOnSelf | NotUpwards | NotStronger
	return []Action{
		{Name: MethodList, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: MethodShow, Permission: authz.OrganisationRead, Kind: authz.Read, On: "login_method"},
		{Name: MethodOffer, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: MethodCreate, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true},
		{Name: MethodEdit, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true, On: "login_method"},
		{Name: MethodTest, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, On: "login_method"},
		{Name: MethodEnable, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true, On: "login_method"},
		{Name: MethodDisable, Permission: authz.MethodsWrite, Kind: authz.Write, Who: People, Confirm: true, On: "login_method"},
		{Name: MethodDelete, Permission: authz.MethodsWrite, Kind: authz.Irreversible, Who: People, Confirm: true, On: "login_method"},
		{Name: ConnectionList, Kind: authz.Read, Who: Anybody},
		{Name: ConnectionStart, Kind: authz.Read, Who: Anybody},
		{Name: ConnectionBind, Kind: authz.Write, Who: Anybody},
		{Name: MemberMethod, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member", Guards: guards, Confirm: true, Fits: person},
		{Name: MemberMethodOffer, Permission: authz.MembersCredentials, Kind: authz.Read, Who: People, On: "member", Guards: guards, Fits: person},
	}
}

// WayTold is the field of the history's lines that says that a letter tells a member how they come in from now on.
const WayTold = "sign_in_letter"
