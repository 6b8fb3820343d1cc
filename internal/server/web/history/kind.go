package history

import "roster/internal/act"

// Kind is a named part of what can have been done.
type Kind struct {
	Name    string // of its words
	Actions []act.Name
}

// Kinds gives what can have been done in an organisation, in the order in which people look for it.
func Kinds() []Kind {
	return []Kind{
		{"people", []act.Name{
			act.MemberInvite, act.MemberCreate, act.APIUserCreate, act.MemberClone, act.InvitationAccept, act.MemberResend, act.MemberLink,
			act.MemberEdit, act.MemberEmail, act.MemberPicture, act.MemberPictureRemove, act.MemberBlock, act.MemberUnblock, act.MemberRemove, act.MemberErase, act.MemberData, act.MemberExport,
			act.PeopleApply, act.PeopleExport, act.ImportStart, act.ImportApply, act.ImportCancel, act.ImportForget,
		}},
		{"own", []act.Name{act.ProfileEdit, act.ProfilePicture, act.ProfilePictureRemove, act.ProfileNewsEdit, act.ProfileLeave}},
		{"access", []act.Name{
			act.MemberGrant, act.RoleCreate, act.RoleEdit, act.RoleDelete, act.TokenRevoke, act.APIUserAddressesSet,
			act.SecretAdd, act.SecretRemove, act.KeyAdd, act.KeyRemove, act.EndSet,
		}},
		{"ways", []act.Name{
			act.MemberPassword, act.MemberPasswordReset, act.PasswordChoose, act.MemberFactorReset, act.MemberSignOut, act.MemberMethod, act.MemberRecover, act.ConnectionBind,
			act.MethodCreate, act.MethodEdit, act.MethodTest, act.MethodEnable, act.MethodDisable, act.MethodDelete,
			act.PortalSet, act.PortalCreate, act.PortalEnter,
		}},
		{"units", []act.Name{act.UnitCreate, act.UnitEdit, act.UnitMove, act.UnitArchive, act.UnitRestore}},
		{"organisation", []act.Name{
			act.OrganisationCreate, act.OrganisationEdit, act.AddressesSet, act.EmblemSet, act.EmblemRemove, act.PlanAssign, act.HistoryExport,
			act.OperatorsAdmit, act.OrganisationVisit, act.OrganisationLeave, act.OrganisationSuspend, act.OrganisationResume,
			act.OrganisationDelete, act.OrganisationUndelete, act.OrganisationExport, act.OrganisationEmpty,
		}},
		{"webhooks", []act.Name{
			act.WebhookCreate, act.WebhookEdit, act.WebhookRotate, act.WebhookRetire, act.WebhookTest, act.WebhookPause, act.WebhookResume, act.WebhookReplay, act.WebhookDelete,
		}},
	}
}
