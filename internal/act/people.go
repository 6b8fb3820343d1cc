package act

import "roster/internal/authz"

// What is done with a file that describes an organisation's people. Each thing that it changes is an action of its own
// beside these, by its own permission.
const (
	PeoplePlan   Name = "people.plan"
	PeopleApply  Name = "people.apply"
	PeopleExport Name = "people.export"
)

// What is done with a table of people that was sent in. What a row does is an action of its own, likewise.
const (
	ImportList    Name = "import.list"
	ImportUpload  Name = "import.upload"
	ImportShow    Name = "import.show"
	ImportRows    Name = "import.rows"
	ImportMap     Name = "import.map"
	ImportCorrect Name = "import.correct"
	ImportPlan    Name = "import.plan"
	ImportStart   Name = "import.start"
	ImportApply   Name = "import.apply"
	ImportCancel  Name = "import.cancel"
	ImportForget  Name = "import.forget"

	ImportTemplate Name = "import.template"
)

func peopleActions() []Action {
	return []Action{
		{Name: PeoplePlan, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: PeopleApply, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true, Confirm: true},
		{Name: PeopleExport, Permission: authz.MembersRead, Kind: authz.Read, Anywhere: true, Confirm: true}, // it changes nothing, and is an event all the same

		{Name: ImportList, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: ImportUpload, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true},
		{Name: ImportShow, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: ImportRows, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: ImportMap, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true},
		{Name: ImportCorrect, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true},
		{Name: ImportPlan, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
		{Name: ImportStart, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true, Confirm: true},
		{Name: ImportApply, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true, Confirm: true}, // the proof is asked when it starts
		{Name: ImportCancel, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true},
		{Name: ImportForget, Permission: authz.MembersWrite, Kind: authz.Write, Anywhere: true},
		{Name: ImportTemplate, Permission: authz.MembersWrite, Kind: authz.Read, Anywhere: true},
	}
}
