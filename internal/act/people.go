package act

import "roster/internal/authz"

// What is done with a file that describes an organisation's people. Each thing that it changes is an action of its own
// beside these, by its own permission.
const (
	PeoplePlan   Name = "people.plan"
	PeopleApply  Name = "people.apply"
	PeopleExport Name = "people.export"
)

func peopleActions() []Action {
	return []Action{
		{Name: PeoplePlan, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: PeopleApply, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true, Confirm: true},
		{Name: PeopleExport, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true, Confirm: true}, // it changes nothing, and is an event all the same
	}
}
