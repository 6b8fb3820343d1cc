package action

import (
	"roster/internal/authz"
	"roster/internal/roster"
)

// Name is an action's name: the one in the history, the events, the OpenAPI operations and the CLI.
type Name string

// Everything that can be done.
const (
	OrganisationCreate Name = "organisation.create"
	OrganisationShow   Name = "organisation.show"
	OrganisationList   Name = "organisation.list"
	OrganisationEnter  Name = "organisation.enter"
	OrganisationOwners Name = "organisation.owners"
	MemberList         Name = "member.list"
	MemberShow         Name = "member.show"
	MemberOffer        Name = "member.offer"
	MemberInvite       Name = "member.invite"
	MemberEdit         Name = "member.edit"
	MemberBlock        Name = "member.block"
	MemberUnblock      Name = "member.unblock"
	MemberRemove       Name = "member.remove"
	MemberResend       Name = "member.resend"
	MemberLink         Name = "member.link"
	APIUserCreate      Name = "api_user.create"
	MemberGrant        Name = "member.grant"
	MemberClone        Name = "member.clone"
	MemberCloneOffer   Name = "member.clone_offer"
	MemberAccess       Name = "member.access"
	MemberExplain      Name = "member.explain"
	AccessMatrix       Name = "access.matrix"
	PermissionList     Name = "permission.list"
	RoleList           Name = "role.list"
	RoleShow           Name = "role.show"
	RolePreview        Name = "role.preview"
	RoleCreate         Name = "role.create"
	RoleEdit           Name = "role.edit"
	RoleDelete         Name = "role.delete"
	UnitList           Name = "unit.list"
	UnitShow           Name = "unit.show"
	UnitCreate         Name = "unit.create"
	UnitEdit           Name = "unit.edit"
	UnitMove           Name = "unit.move"
	UnitArchive        Name = "unit.archive"
	UnitRestore        Name = "unit.restore"
	OwnerWays          Name = "owner.ways"
	DecisionEvaluate   Name = "decision.evaluate"
	DecisionSearch     Name = "decision.search"
	CatalogueShow      Name = "catalogue.show"
	CatalogueApply     Name = "catalogue.apply"
	ClientCreate       Name = "client.create"
	ClientList         Name = "client.list"
	ClientRemove       Name = "client.remove"
	InvitationShow     Name = "invitation.show"
	InvitationAccept   Name = "invitation.accept"
	SessionStart       Name = "session.start"
	SessionCheck       Name = "session.check"
	SessionEnd         Name = "session.end"
	TokenIssue         Name = "token.issue"
	TokenCheck         Name = "token.check"
	TokenRevoke        Name = "token.revoke"
	HistoryList        Name = "history.list"
	HistoryVerify      Name = "history.verify"
	MeShow             Name = "me.show"
	OutboxList         Name = "outbox.list"
)

// Who may ask for an action at all, before any permission.
type Who int

// The answers to who may ask.
const (
	Members  Who = iota // an active member of the organisation, or an API user; with the permission, if one is named
	People              // the same without API users: what is about ways in, such as links and passwords (design page 6, step-up)
	Persons             // whoever is signed in, about themselves
	Anybody             // no principal: the input itself carries the proof
	RootOnly            // the command line and Roster itself
)

// Guard is a rule about the member that is acted on (design page 1, rules 2 to 4).
type Guard int

// The guards.
const (
	NotOnSelf   Guard = 1 << iota // rule 4
	NotUpwards                    // rule 2
	NotStronger                   // rule 3
)

// Action is one thing that can be done.
type Action struct {
	Name       Name
	Permission string // empty: being who the action is for is enough
	Kind       authz.Kind
	Who        Who
	Guards     Guard
	// Global actions belong to the installation: its lock, its history.
	Global bool
	// Fits tells whether it makes sense on a member as they are; nil where no member is acted on.
	Fits func(roster.Member) bool
}

// List gives every action there is. It is the one list; tests hold every door and room to it.
func List() []Action {
	person := func(m roster.Member) bool { return m.Kind != roster.API && m.Pending() }
	present := func(m roster.Member) bool { return m.Status != roster.Removed }
	return []Action{
		{Name: OrganisationCreate, Kind: authz.Write, Who: RootOnly, Global: true},
		{Name: OrganisationList, Kind: authz.Read, Who: RootOnly, Global: true},
		{Name: OrganisationShow, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: OrganisationEnter, Kind: authz.Read, Who: Persons},
		{Name: OrganisationOwners, Kind: authz.Read},
		{Name: MemberList, Permission: authz.MembersRead, Kind: authz.Read},
		{Name: MemberShow, Permission: authz.MembersRead, Kind: authz.Read, Fits: present},
		{Name: MemberOffer, Permission: authz.MembersWrite, Kind: authz.Read},
		{Name: MemberInvite, Permission: authz.MembersWrite, Kind: authz.Write},
		{Name: APIUserCreate, Permission: authz.MembersWrite, Kind: authz.Write},
		{Name: MemberEdit, Permission: authz.MembersWrite, Kind: authz.Write, Guards: NotUpwards, Fits: present},
		{Name: MemberBlock, Permission: authz.MembersWrite, Kind: authz.Write, Guards: NotOnSelf | NotUpwards, Fits: func(m roster.Member) bool {
			return m.Status == roster.Active || m.Status == roster.Invited
		}},
		{Name: MemberUnblock, Permission: authz.MembersWrite, Kind: authz.Write, Guards: NotOnSelf | NotUpwards, Fits: func(m roster.Member) bool {
			return m.Status == roster.Blocked
		}},
		{Name: MemberRemove, Permission: authz.MembersRemove, Kind: authz.Irreversible, Guards: NotOnSelf | NotUpwards, Fits: present},
		{Name: MemberResend, Permission: authz.MembersWrite, Kind: authz.Write, Guards: NotOnSelf | NotUpwards, Fits: person},
		{Name: MemberLink, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, Guards: NotOnSelf | NotUpwards | NotStronger, Fits: person},
		{Name: RoleList, Permission: authz.MembersRead, Kind: authz.Read},
		{Name: InvitationShow, Kind: authz.Read, Who: Anybody},
		{Name: InvitationAccept, Kind: authz.Write, Who: Anybody},
		{Name: SessionStart, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: SessionCheck, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: SessionEnd, Kind: authz.Write, Who: Persons, Global: true},
		{Name: TokenIssue, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: TokenCheck, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: TokenRevoke, Kind: authz.Write, Who: Members},
		{Name: HistoryList, Permission: authz.HistoryRead, Kind: authz.Read},
		{Name: HistoryVerify, Kind: authz.Read, Who: RootOnly},
		{Name: MeShow, Kind: authz.Read, Who: Persons, Global: true},
		{Name: OutboxList, Kind: authz.Read, Who: RootOnly, Global: true},
	}
}
