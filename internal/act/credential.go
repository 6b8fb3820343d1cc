package act

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// The actions about what API users prove themselves by, and when their time is over.
const (
	CredentialsShow Name = "api_user.credentials"
	SecretAdd       Name = "api_user.secret_add"
	SecretRemove    Name = "api_user.secret_remove"
	KeyAdd          Name = "api_user.key_add"
	KeyRemove       Name = "api_user.key_remove"
	EndSet          Name = "api_user.end"
)

// credentialActions are about ways in, as links and passwords are of people: people alone change them, with a fresh proof,
// and of nobody stronger than they are (design pages 1 and 6). An end that is moved gives or takes all that the API user
// holds, so it is asked for in the same way.
func credentialActions() []Action {
	program := func(m roster.Member) bool { return m.Kind == roster.API && m.Status != roster.Removed }
	way := func(name Name, kind authz.Kind) Action {
		return Action{Name: name, Permission: authz.MembersCredentials, Kind: kind, Who: People, On: "member", Guards: NotOnSelf | NotUpwards | NotStronger, Confirm: true, Fits: program}
	}
	return []Action{
		{Name: CredentialsShow, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: program},
		way(SecretAdd, authz.Write), way(SecretRemove, authz.Irreversible), way(KeyAdd, authz.Write), way(KeyRemove, authz.Irreversible), way(EndSet, authz.Write),
	}
}
