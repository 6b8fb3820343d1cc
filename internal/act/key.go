package act

import "roster/internal/authz"

// The actions about the keys that sign access tokens.
const (
	SigningKeyShow   Name = "signing_key.show"
	SigningKeyList   Name = "signing_key.list"
	SigningKeyRotate Name = "signing_key.rotate"
)

// keyActions are about the keys that sign access tokens. Anybody has their public parts: who verifies a token needs them.
func keyActions() []Action {
	return []Action{
		{Name: SigningKeyShow, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: SigningKeyList, Kind: authz.Read, Who: Operators, Global: true},
		{Name: SigningKeyRotate, Kind: authz.Write, Who: Operators, Global: true, Confirm: true},
	}
}
