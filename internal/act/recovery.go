package act

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// The actions of people who lost their way in, and of those who help them.
const (
	PasswordForgot      Name = "password.forgot"
	MemberPasswordReset Name = "member.password_reset"
	PasswordRecover     Name = "password.recover"
	OrganisationForgot  Name = "organisation.forgot"
	PersonRecover       Name = "person.recover"
	MemberRecover       Name = "member.recover"
)

// recoveryActions are about ways back in. What somebody asks for who cannot come in is bookkeeping: it changes nothing.
func recoveryActions() []Action {
	return []Action{
		{Name: PasswordForgot, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: OrganisationForgot, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: PasswordRecover, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: PersonRecover, Kind: authz.Write, Who: RootOnly, Global: true},
		{Name: MemberRecover, Kind: authz.Write, Who: RootOnly},
		{
			Name: MemberPasswordReset, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member",
			Guards: NotOnSelf | NotUpwards | NotStronger, Confirm: true,
			Fits: func(m roster.Member) bool { return m.Kind != roster.API && m.Status == roster.Active && !m.Managed },
		},
	}
}
