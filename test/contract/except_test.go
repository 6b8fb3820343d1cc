package contract_test

import "roster/internal/act"

// The reasons for which a door does not offer an action.
const (
	browser  = "it proves who somebody is, or what they hold: a person does it in a browser, on a page of the dashboard"
	form     = "a form of the dashboard asks it before it is sent; for programs the operation itself says what it would refuse"
	oneself  = "it is about who is signed in, and nobody is at the command line, which is root"
	protocol = "a standard says where and how it is asked: OAuth 2.0 or AuthZEN, by their own metadata"
	picture  = "a terminal shows no pictures"
	hands    = "it takes the database in one's hands, and so is the command line's alone"
	itself   = "Roster does it by itself when its time has come"
	within   = "it is a part of another action, by which it is offered"
	area     = "it is one of the operator area's pages"
	theirs   = "it is the organisation's own to allow, not the operator's"
	hosts    = "the host product's own programs ask it, over HTTP: there must be a browser that is signed in there"
	headings = "a command writes the same, and needs neither organisation nor database for it"
)

// absent are the actions that have no operation of the API, and those that have no command, each with its reason. An
// action that can be had by a program belongs here only when a program has no use for it.
func absent() (operation, command map[act.Name]string) {
	operation = map[act.Name]string{
		act.OrganisationEnter: within, act.OrganisationOwners: within, act.ConnectionBind: within,
		act.OperatorEnter: within, act.MemberEmail: itself, act.OrganisationEmpty: itself, act.OrganisationEnd: itself,
		act.PersonRecover: hands, act.MemberRecover: hands, act.OperatorAdd: hands, act.OperatorRemove: hands, act.HistoryVerify: hands, act.HistoryReplay: hands, act.InstallationBackup: hands, act.InstallationRestore: hands,
		act.ClientCreate: hands, act.ClientList: hands, act.ClientRemove: hands,
		act.MemberOffer: form, act.MemberCreateOffer: form, act.PasswordOffer: form, act.MemberMethodOffer: form, act.ProfileLeaving: form,
		act.DecisionEvaluate: protocol, act.DecisionSearch: protocol, act.TokenIssue: protocol, act.TokenCheck: protocol, act.TokenRevoke: protocol,
		act.OperatorsAdmit: browser, act.OrganisationVisit: browser, act.OrganisationLeave: browser,
		act.OperatorList: area, act.InstallationHistory: area, act.OutboxList: area, act.MailTest: area, act.JobRetry: area, act.JobDiscard: area,
		act.PlanCreate: area, act.PlanEdit: area, act.PlanDelete: area,
		act.BrandShow: area, act.BrandEdit: area, act.BrandPicture: area, act.BrandPictureRemove: area, act.BrandPictureShow: area,
		act.SigningKeyShow: protocol, act.SigningKeyList: area, act.SigningKeyRotate: area,
		act.WebhookDeliver: itself, act.ImportApply: within,
	}
	command = map[act.Name]string{
		act.OrganisationEnter: within, act.OrganisationOwners: within, act.ConnectionBind: within, act.MemberCloneOffer: within,
		act.MethodShow: within, act.OrganisationInspect: within, act.MethodOffer: within, act.MemberHistory: within, act.HistoryCheckpoints: within, act.InstallationHistory: area,
		act.OperatorEnter: within, act.MemberEmail: itself, act.OrganisationEmpty: itself, act.OrganisationEnd: itself,
		act.MemberOffer: form, act.MemberCreateOffer: form, act.PasswordOffer: form, act.MemberMethodOffer: form,
		act.DecisionEvaluate: protocol, act.DecisionSearch: protocol, act.TokenIssue: protocol, act.TokenCheck: protocol, act.TokenRevoke: protocol, act.SigningKeyShow: protocol,
		act.OperatorsAdmit: browser, act.OrganisationVisit: browser, act.OrganisationLeave: browser, act.MethodTest: browser,
		act.EmblemShow: picture, act.MemberPictureShow: picture, act.BrandPictureShow: picture,
		act.MeShow: oneself, act.MeSessions: oneself, act.MeFactors: oneself, act.PreferenceEdit: oneself, act.SessionEnd: oneself, act.FactorRename: oneself, act.FactorRemove: oneself,
		act.ProfileShow: oneself, act.ProfileEdit: oneself, act.ProfilePicture: oneself, act.ProfilePictureRemove: oneself, act.ProfilePictureShow: oneself,
		act.ProfileLeaving: oneself, act.ProfileLeave: oneself, act.ProfileNews: oneself, act.ProfileNewsEdit: oneself, act.NotificationList: oneself, act.NotificationRead: oneself,
		act.WebhookDeliver: itself, act.WebhookShow: within, act.ProductWebhookShow: within, act.ImportTemplate: headings,
		act.PortalShow: theirs, act.PortalSet: theirs, act.PortalCreate: hosts,
	}
	for _, name := range []act.Name{
		act.ConnectionList, act.ConnectionStart, act.FactorOffer, act.FactorAdd, act.FactorCodes, act.FactorLetGoShow, act.FactorLetGo,
		act.InvitationShow, act.InvitationAccept, act.PasswordChoice, act.PasswordChoose, act.SessionStart, act.SessionCheck, act.SessionSecond, act.SessionConfirm,
		act.OwnData, act.OwnPasswordOffer, act.OwnPassword, act.PasswordForgot, act.OrganisationForgot, act.PasswordRecover,
		act.EmailShow, act.EmailOffer, act.EmailAsk, act.EmailWithdraw, act.EmailLink, act.EmailProve, act.EmailRefuse, act.EmailUndo,
		act.PortalLink, act.PortalEnter,
	} {
		operation[name], command[name] = browser, browser
	}
	return operation, command
}
