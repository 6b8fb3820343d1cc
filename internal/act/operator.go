package act

import "roster/internal/authz"

// The actions of the operator area.
const (
	OperatorAdd          Name = "operator.add"
	OperatorRemove       Name = "operator.remove"
	OperatorList         Name = "operator.list"
	OperatorEnter        Name = "operator.enter"
	OrganisationInspect  Name = "organisation.inspect"
	OrganisationSuspend  Name = "organisation.suspend"
	OrganisationResume   Name = "organisation.resume"
	OrganisationDelete   Name = "organisation.delete"
	OrganisationUndelete Name = "organisation.undelete"
	OrganisationEmpty    Name = "organisation.empty"
	OrganisationEnd      Name = "organisation.end"
	OrganisationExport   Name = "organisation.export"
	InstallationHistory  Name = "installation.history"
	InstallationBackup   Name = "installation.backup"
	InstallationRestore  Name = "installation.restore"
	MailTest             Name = "mail.test"
	JobRetry             Name = "job.retry"
	JobDiscard           Name = "job.discard"
)

// operatorActions are about the installation and its organisations as such. Who operates it is decided on the machine
// alone. What deletes an organisation, or takes everything of it away, asks for a fresh proof, which programs do not have:
// product clients do none of it (decisions/043).
func operatorActions() []Action {
	return []Action{
		{Name: OperatorAdd, Kind: authz.Write, Who: RootOnly, Global: true},
		{Name: OperatorRemove, Kind: authz.Irreversible, Who: RootOnly, Global: true},
		{Name: OperatorList, Kind: authz.Read, Who: Operators, Global: true},
		{Name: OperatorEnter, Kind: authz.Read, Who: Operators, Global: true},
		{Name: OrganisationCreate, Kind: authz.Write, Who: Operators, Global: true, Confirm: true, Clients: ClientOrganisations},
		{Name: OrganisationList, Kind: authz.Read, Who: Operators, Global: true, Clients: ClientOrganisations},
		{Name: OrganisationInspect, Kind: authz.Read, Who: Operators, Clients: ClientOrganisations},
		{Name: OrganisationSuspend, Kind: authz.Write, Who: Operators, Confirm: true, Clients: ClientOrganisations},
		{Name: OrganisationResume, Kind: authz.Write, Who: Operators, Confirm: true, Clients: ClientOrganisations},
		{Name: OrganisationDelete, Kind: authz.Irreversible, Who: Operators, Confirm: true},
		{Name: OrganisationUndelete, Kind: authz.Write, Who: Operators, Confirm: true},
		{Name: OrganisationExport, Kind: authz.Write, Who: Operators, Confirm: true}, // it changes nothing, and is an event all the same
		{Name: OrganisationEmpty, Kind: authz.Irreversible, Who: RootOnly},
		{Name: OrganisationEnd, Kind: authz.Irreversible, Who: RootOnly, Global: true},
		{Name: PlanAssign, Kind: authz.Write, Who: Operators, Confirm: true, Clients: ClientOrganisations},
		{Name: PlanList, Kind: authz.Read, Who: Operators, Global: true, Clients: ClientOrganisations},
		{Name: PlanCreate, Kind: authz.Write, Who: Operators, Global: true, Confirm: true},
		{Name: PlanEdit, Kind: authz.Write, Who: Operators, Global: true, Confirm: true},
		{Name: PlanDelete, Kind: authz.Irreversible, Who: Operators, Global: true, Confirm: true},
		{Name: InstallationHistory, Kind: authz.Read, Who: Operators, Global: true},
		{Name: InstallationBackup, Kind: authz.Write, Who: RootOnly, Global: true}, // it changes nothing, and is an event all the same
		{Name: InstallationRestore, Kind: authz.Write, Who: RootOnly, Global: true},
		{Name: HistoryVerify, Kind: authz.Read, Who: RootOnly},
		{Name: HistoryReplay, Kind: authz.Read, Who: RootOnly},
		{Name: OutboxList, Kind: authz.Read, Who: Operators, Global: true},
		{Name: MailTest, Kind: authz.Write, Who: Operators, Global: true},
		{Name: JobRetry, Kind: authz.Write, Who: Operators, Global: true},
		{Name: JobDiscard, Kind: authz.Irreversible, Who: Operators, Global: true},
		{Name: CatalogueShow, Kind: authz.Read, Who: Operators, Global: true, Clients: ClientCatalogue},
		{Name: CatalogueApply, Kind: authz.Write, Who: Operators, Global: true, Confirm: true, Clients: ClientCatalogue},
		{Name: ClientCreate, Kind: authz.Write, Who: RootOnly, Global: true},
		{Name: ClientList, Kind: authz.Read, Who: RootOnly, Global: true},
		{Name: ClientRemove, Kind: authz.Irreversible, Who: RootOnly, Global: true},
	}
}
