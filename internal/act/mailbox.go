package act

import "roster/internal/authz"

// The actions by which people change the address that they sign in by.
const (
	EmailShow     Name = "email.show"
	EmailOffer    Name = "email.offer"
	EmailAsk      Name = "email.ask"
	EmailWithdraw Name = "email.withdraw"
	EmailLink     Name = "email.link"
	EmailProve    Name = "email.prove"
	EmailRefuse   Name = "email.refuse"
	EmailUndo     Name = "email.undo"
	MemberEmail   Name = "member.email"
)

// mailboxActions are about a change of address: asked for by the person, finished by who holds the mailed links. In each
// organisation the member's follows, which is Roster's own to do.
func mailboxActions() []Action {
	return []Action{
		{Name: EmailShow, Kind: authz.Read, Who: Persons, Global: true},
		{Name: EmailOffer, Kind: authz.Read, Who: Persons, Global: true, Confirm: true},
		{Name: EmailAsk, Kind: authz.Write, Who: Persons, Global: true, Confirm: true},
		{Name: EmailWithdraw, Kind: authz.Write, Who: Persons, Global: true},
		{Name: EmailLink, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: EmailProve, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: EmailRefuse, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: EmailUndo, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: MemberEmail, Kind: authz.Write, Who: RootOnly},
	}
}
