// Package act is the list of everything that can be done: each action once, with the permission it asks for and
// what binds it. Doors, buttons and the gate read it. It decides nothing by itself.
package act

import (
	"slices"

	"roster/internal/authz"
	"roster/internal/roster"
)

// Name is an action's name: the one in the history, the events, the OpenAPI operations and the CLI.
type Name string

// Everything that can be done.
const (
	OrganisationCreate  Name = "organisation.create"
	OrganisationShow    Name = "organisation.show"
	OrganisationList    Name = "organisation.list"
	OrganisationEnter   Name = "organisation.enter"
	OrganisationOwners  Name = "organisation.owners"
	OrganisationPlan    Name = "organisation.plan"
	OrganisationEdit    Name = "organisation.edit"
	EmblemSet           Name = "organisation.picture"
	EmblemRemove        Name = "organisation.picture_remove"
	EmblemShow          Name = "organisation.picture_show"
	PlanAssign          Name = "plan.assign"
	PlanList            Name = "plan.list"
	PlanCreate          Name = "plan.create"
	PlanEdit            Name = "plan.edit"
	PlanDelete          Name = "plan.delete"
	MemberList          Name = "member.list"
	MemberExport        Name = "member.export"
	MemberShow          Name = "member.show"
	MemberOffer         Name = "member.offer"
	MemberInvite        Name = "member.invite"
	MemberEdit          Name = "member.edit"
	MemberBlock         Name = "member.block"
	MemberUnblock       Name = "member.unblock"
	MemberRemove        Name = "member.remove"
	MemberRemoval       Name = "member.removal"
	MemberErase         Name = "member.erase"
	MemberErasure       Name = "member.erasure"
	MemberData          Name = "member.data"
	MemberPicture       Name = "member.picture"
	MemberPictureRemove Name = "member.picture_remove"
	MemberPictureShow   Name = "member.picture_show"
	MemberResend        Name = "member.resend"
	MemberLink          Name = "member.link"
	MemberCreate        Name = "member.create"
	MemberCreateOffer   Name = "member.create_offer"
	MemberPassword      Name = "member.password"
	PasswordOffer       Name = "member.password_offer"
	MemberHistory       Name = "member.history"
	ViewList            Name = "view.list"
	ViewSave            Name = "view.save"
	ViewEdit            Name = "view.edit"
	ViewDelete          Name = "view.delete"
	APIUserCreate       Name = "api_user.create"
	MemberGrant         Name = "member.grant"
	MemberClone         Name = "member.clone"
	MemberCloneOffer    Name = "member.clone_offer"
	MemberAccess        Name = "member.access"
	MemberExplain       Name = "member.explain"
	AccessMatrix        Name = "access.matrix"
	PermissionList      Name = "permission.list"
	RoleList            Name = "role.list"
	RoleShow            Name = "role.show"
	RolePreview         Name = "role.preview"
	RoleCreate          Name = "role.create"
	RoleEdit            Name = "role.edit"
	RoleDelete          Name = "role.delete"
	UnitList            Name = "unit.list"
	UnitShow            Name = "unit.show"
	UnitCreate          Name = "unit.create"
	UnitEdit            Name = "unit.edit"
	UnitMove            Name = "unit.move"
	UnitArchive         Name = "unit.archive"
	UnitRestore         Name = "unit.restore"
	OwnerWays           Name = "owner.ways"
	DecisionEvaluate    Name = "decision.evaluate"
	DecisionSearch      Name = "decision.search"
	CatalogueShow       Name = "catalogue.show"
	CatalogueApply      Name = "catalogue.apply"
	ClientCreate        Name = "client.create"
	ClientList          Name = "client.list"
	ClientRemove        Name = "client.remove"
	InvitationShow      Name = "invitation.show"
	InvitationAccept    Name = "invitation.accept"
	PasswordChoice      Name = "password.choice"
	PasswordChoose      Name = "password.choose"
	SessionStart        Name = "session.start"
	SessionCheck        Name = "session.check"
	SessionSecond       Name = "session.second"
	SessionConfirm      Name = "session.confirm"
	SessionEnd          Name = "session.end"
	FactorOffer         Name = "factor.offer"
	FactorAdd           Name = "factor.add"
	FactorRename        Name = "factor.rename"
	FactorRemove        Name = "factor.remove"
	FactorCodes         Name = "factor.codes"
	FactorLetGo         Name = "factor.let_go"
	FactorLetGoShow     Name = "factor.let_go_show"
	MemberFactorReset   Name = "member.factor_reset"
	MemberSignOut       Name = "member.sign_out"
	TokenIssue          Name = "token.issue"
	TokenCheck          Name = "token.check"
	TokenRevoke         Name = "token.revoke"
	HistoryList         Name = "history.list"
	HistoryVerify       Name = "history.verify"
	HistoryReplay       Name = "history.replay"
	HistoryExport       Name = "history.export"
	HistoryCheckpoint   Name = "history.checkpoint"
	HistoryCheckpoints  Name = "history.checkpoints"
	MeShow              Name = "me.show"
	MeSessions          Name = "me.sessions"
	MeFactors           Name = "me.factors"
	OutboxList          Name = "outbox.list"
)

// Who may ask for an action at all, before any permission.
type Who int

// The answers to who may ask.
const (
	Members   Who = iota // an active member of the organisation, or an API user; with the permission, if one is named
	People               // the same without API users: what is about ways in, such as links and passwords (design page 6, step-up)
	Persons              // whoever is signed in, about themselves
	Anybody              // no principal: the input itself carries the proof
	Operators            // who operates the installation, signed in with a second factor; and the command line
	RootOnly             // the command line and Roster itself
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
	Also       string // a second permission, asked at the same place; mostly empty
	Kind       authz.Kind
	Who        Who
	Guards     Guard
	// On is the kind of thing that is acted on: "member", "unit", "role"; empty for none. The place of
	// the act follows from it (design page 1): the permission is asked there.
	On string
	// Anywhere actions are open to who holds the permission somewhere: they show and touch only what lies there.
	Anywhere bool
	// Clients is the permission with which product clients may ask for it too; empty: they may not.
	Clients string
	// Passwords tells that it sets somebody else's password, which an organisation's settings can turn off.
	Passwords bool
	// Confirm asks persons to prove anew that it is they, if they did not just now; ConfirmAPI does where an API user is
	// acted on.
	Confirm, ConfirmAPI bool
	// Nameless tells that the history's line calls what it is about by its ID alone.
	Nameless bool
	// Makes tells that the history's line is about what was made, not about what the request named.
	Makes bool
	// Global actions belong to the installation: its lock, its history.
	Global bool
	// Fits tells whether it makes sense on a member as they are; nil where no member is acted on.
	Fits func(roster.Member) bool
}

// List gives every action there is. It is the one list; tests hold every door and room to it.
func List() []Action {
	pending := func(m roster.Member) bool { return m.Kind != roster.API && m.Pending() }
	present := func(m roster.Member) bool { return m.Status != roster.Removed }
	return slices.Concat(organisationActions(), memberActions(present, pending), passwordActions(), viewActions(), accessActions(present), methodActions(), pictureActions(), signInActions(), ownActions(), networkActions(), recoveryActions(), mailboxActions(), operatorActions(), visitActions(), feedActions(), brandActions(), keyActions(), peopleActions(), credentialActions(), webhookActions(), portalActions(), letterActions())
}

// pictureActions are about pictures of people and organisations.
func pictureActions() []Action {
	person := func(m roster.Member) bool { return m.Kind != roster.API && m.Status != roster.Removed }
	return []Action{
		{Name: MemberPicture, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotUpwards, Fits: person},
		{Name: MemberPictureRemove, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotUpwards, Fits: person},
		{Name: EmblemSet, Permission: authz.OrganisationWrite, Kind: authz.Write},
		{Name: EmblemRemove, Permission: authz.OrganisationWrite, Kind: authz.Write},
		{Name: EmblemShow, Kind: authz.Read},
		{Name: MemberPictureShow, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: person},
	}
}

// viewActions are about how somebody looks at the Team list: a member's own, and bookkeeping.
func viewActions() []Action {
	return []Action{
		{Name: ViewList, Kind: authz.Read},
		{Name: ViewSave, Kind: authz.Write},
		{Name: ViewEdit, Kind: authz.Write},
		{Name: ViewDelete, Kind: authz.Write},
	}
}

func organisationActions() []Action {
	return []Action{
		{Name: OrganisationShow, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: OrganisationPlan, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: OrganisationEdit, Permission: authz.OrganisationWrite, Kind: authz.Write},
		{Name: OrganisationEnter, Kind: authz.Read, Who: Persons, Clients: AnyClient},
		{Name: OrganisationOwners, Kind: authz.Read},
		{Name: OwnerWays, Permission: authz.OrganisationRead, Kind: authz.Read},
		{Name: HistoryList, Permission: authz.HistoryRead, Kind: authz.Read},
		{Name: HistoryExport, Permission: authz.HistoryRead, Kind: authz.Read, Confirm: true}, // an event, as that of members is
		{Name: HistoryCheckpoint, Permission: authz.HistoryRead, Kind: authz.Read},
		{Name: HistoryCheckpoints, Permission: authz.HistoryRead, Kind: authz.Read},
	}
}

func memberActions(present, pending func(roster.Member) bool) []Action {
	return []Action{
		{Name: MemberList, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
		{Name: MemberExport, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true, Confirm: true}, // it changes nothing, and is an event all the same
		{Name: MemberShow, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: present},
		{Name: MemberOffer, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: MemberInvite, Permission: authz.MembersWrite, Kind: authz.Write},
		{Name: APIUserCreate, Permission: authz.MembersWrite, Kind: authz.Write, Confirm: true},
		{Name: MemberEdit, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotUpwards, Fits: present},
		{Name: MemberGrant, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Anywhere: true, Guards: NotUpwards, Fits: present},
		{Name: MemberClone, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Makes: true, Guards: NotOnSelf, ConfirmAPI: true, Fits: present},
		{Name: MemberCloneOffer, Permission: authz.MembersWrite, Kind: authz.Read, On: "member", Guards: NotOnSelf, Fits: present},
		{Name: MemberBlock, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotOnSelf | NotUpwards, Fits: func(m roster.Member) bool {
			return m.Status == roster.Active || m.Status == roster.Invited
		}},
		{Name: MemberUnblock, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotOnSelf | NotUpwards, Fits: func(m roster.Member) bool {
			return m.Status == roster.Blocked
		}},
		{Name: MemberRemove, Permission: authz.MembersRemove, Kind: authz.Irreversible, On: "member", Guards: NotOnSelf | NotUpwards, Confirm: true, Fits: present},
		{Name: MemberRemoval, Permission: authz.MembersRemove, Kind: authz.Read, On: "member", Guards: NotOnSelf | NotUpwards, Fits: present},
		{Name: MemberErase, Permission: authz.MembersErase, Kind: authz.Irreversible, On: "member", Guards: NotOnSelf, Confirm: true, Nameless: true, Fits: erasable},
		{Name: MemberErasure, Permission: authz.MembersErase, Kind: authz.Read, On: "member", Guards: NotOnSelf, Fits: erasable},
		{Name: MemberData, Permission: authz.MembersErase, Kind: authz.Read, Who: People, On: "member", Guards: NotUpwards, Confirm: true, Fits: func(m roster.Member) bool { // an event, as an export is
			return m.Kind != roster.API && m.ErasedAt.IsZero()
		}},
		{Name: MemberResend, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotOnSelf | NotUpwards, Fits: pending},
		{Name: MemberLink, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member", Guards: NotOnSelf | NotUpwards | NotStronger, Confirm: true, Fits: pending},
	}
}

func erasable(m roster.Member) bool { return m.Status == roster.Removed && m.ErasedAt.IsZero() }

// passwordActions are about passwords that administrators set.
func passwordActions() []Action {
	accepted := func(m roster.Member) bool {
		return m.Kind != roster.API && m.Status != roster.Removed && !m.Pending()
	}
	guards := NotOnSelf | NotUpwards | NotStronger
	return []Action{
		{Name: MemberCreate, Permission: authz.MembersWrite, Also: authz.MembersCredentials, Kind: authz.Write, Who: People, Confirm: true, Passwords: true},
		{Name: MemberCreateOffer, Permission: authz.MembersCredentials, Kind: authz.Read, Who: People, Anywhere: true, Passwords: true},
		{Name: MemberPassword, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member", Guards: guards, Confirm: true, Passwords: true, Fits: accepted},
		{Name: PasswordOffer, Permission: authz.MembersCredentials, Kind: authz.Read, Who: People, On: "member", Guards: guards, Passwords: true, Fits: accepted},
	}
}

func accessActions(present func(roster.Member) bool) []Action {
	return []Action{
		{Name: MemberAccess, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: present},
		{Name: MemberExplain, Permission: authz.MembersRead, Kind: authz.Read, On: "member", Anywhere: true, Fits: present},
		{Name: MemberHistory, Permission: authz.HistoryRead, Kind: authz.Read, On: "member", Fits: func(roster.Member) bool { return true }},
		{Name: AccessMatrix, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
		{Name: PermissionList, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
		{Name: RoleList, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true},
		{Name: RoleShow, Permission: authz.MembersRead, Kind: authz.Read, On: "role"},
		{Name: RolePreview, Permission: authz.RolesWrite, Kind: authz.Read},
		{Name: RoleCreate, Permission: authz.RolesWrite, Kind: authz.Write},
		{Name: RoleEdit, Permission: authz.RolesWrite, Kind: authz.Write, On: "role"},
		{Name: RoleDelete, Permission: authz.RolesWrite, Kind: authz.Write, On: "role"},
		{Name: UnitList, Permission: authz.UnitsRead, Kind: authz.Read, Anywhere: true},
		{Name: UnitShow, Permission: authz.UnitsRead, Kind: authz.Read, On: "unit"},
		{Name: UnitCreate, Permission: authz.UnitsWrite, Kind: authz.Write},
		{Name: UnitEdit, Permission: authz.UnitsWrite, Kind: authz.Write, On: "unit"},
		{Name: UnitMove, Permission: authz.UnitsWrite, Kind: authz.Write, On: "unit"},
		{Name: UnitArchive, Permission: authz.UnitsWrite, Kind: authz.Write, On: "unit"},
		{Name: UnitRestore, Permission: authz.UnitsWrite, Kind: authz.Write, On: "unit"},
		{Name: DecisionEvaluate, Permission: authz.DecisionsRead, Kind: authz.Read, Clients: authz.DecisionsRead},
		{Name: DecisionSearch, Permission: authz.DecisionsRead, Kind: authz.Read, Clients: authz.DecisionsRead},
	}
}

func signInActions() []Action {
	return slices.Concat(factorActions(), []Action{
		{Name: InvitationShow, Kind: authz.Read, Who: Anybody},
		{Name: InvitationAccept, Kind: authz.Write, Who: Anybody},
		{Name: PasswordChoice, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: PasswordChoose, Kind: authz.Write, Who: Anybody},
		{Name: SessionStart, Kind: authz.Write, Who: Anybody, Global: true},
		{Name: SessionCheck, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: SessionSecond, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: SessionConfirm, Kind: authz.Write, Who: Persons, Global: true},
		{Name: SessionEnd, Kind: authz.Write, Who: Persons, Global: true},
		{Name: TokenIssue, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: TokenCheck, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: TokenRevoke, Kind: authz.Write, Who: Members, Clients: AnyClient},
		{Name: MeShow, Kind: authz.Read, Who: Persons, Global: true, Clients: AnyClient},
		{Name: MeSessions, Kind: authz.Read, Who: Persons, Global: true},
		{Name: MeFactors, Kind: authz.Read, Who: Persons, Global: true},
	})
}

// factorActions are about second factors: one's own, and those of others that are lost; and about sessions of others.
func factorActions() []Action {
	accepted := func(m roster.Member) bool {
		return m.Kind != roster.API && m.Status != roster.Removed && !m.Pending()
	}
	return []Action{
		{Name: FactorOffer, Kind: authz.Read, Who: Persons, Global: true, Confirm: true},
		{Name: FactorAdd, Kind: authz.Write, Who: Persons, Global: true, Confirm: true},
		{Name: FactorRename, Kind: authz.Write, Who: Persons, Global: true},
		{Name: FactorRemove, Kind: authz.Irreversible, Who: Persons, Global: true, Confirm: true},
		{Name: FactorCodes, Kind: authz.Write, Who: Persons, Global: true, Confirm: true},
		{Name: FactorLetGoShow, Kind: authz.Read, Who: Anybody, Global: true},
		{Name: FactorLetGo, Kind: authz.Write, Who: Anybody, Global: true},
		{
			Name: MemberFactorReset, Permission: authz.MembersCredentials, Kind: authz.Write, Who: People, On: "member",
			Guards: NotOnSelf | NotUpwards | NotStronger, Confirm: true, Fits: accepted,
		},
		{Name: MemberSignOut, Permission: authz.MembersWrite, Kind: authz.Write, On: "member", Guards: NotOnSelf | NotUpwards, Fits: accepted},
	}
}

// The permissions that product clients can be given (design page 1). They are the installation's own, and
// in no catalogue.
const (
	ClientOrganisations = "organisations.write"
	ClientCatalogue     = "catalogue.write"
	ClientDecisions     = authz.DecisionsRead
	ClientEvents        = "events.read"
	ClientPortal        = "portal.create"
)

// AnyClient opens an action to product clients whatever their permissions: it is about themselves.
const AnyClient = "*"

// ClientPermissions gives all of them.
func ClientPermissions() []string {
	return []string{ClientOrganisations, ClientCatalogue, ClientDecisions, ClientEvents, ClientPortal}
}
