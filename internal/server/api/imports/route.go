// Package imports is the API's area of tables of people: sent in, mapped, corrected, tried, started, followed, cancelled and forgotten,
// with what became of each row. Files that describe all people are another area's.
package imports

import (
	"context"

	"roster/internal/act"
	"roster/internal/action/team/apply/imports"
	"roster/internal/roster"
	"roster/internal/server/api"
	"roster/internal/sheet"
)

type area struct{ room *imports.Room }

// Routes is the area.
func Routes(room *imports.Room) api.Area {
	const all, one = "/orgs/{org}/imports", "/orgs/{org}/imports/{id}"
	a := area{room}
	return func(d *api.Door) {
		d.Things(one, a.allowed)
		api.Add(d, api.Op("GET "+all, act.ImportList, "List the imports that the caller sent in, the newest first"), a.list)
		api.Add(d, api.Op("POST "+all, act.ImportUpload, "Send in a table of people (CSV or .xlsx): it is read, and nothing of it is done yet"), a.upload,
			api.SpoolsFile(d, sheet.MostBytes, "text/csv", sheet.XLSX.Media()), api.Created)
		api.Add(d, api.Op("GET "+all+"/template", act.ImportTemplate, "Give a table of headings to fill in"), a.template,
			api.HandsFile("The file.", sheet.CSV.Media(), sheet.XLSX.Media()))
		api.Add(d, api.Op("GET "+one, act.ImportShow, "Show an import, and how far it is"), a.show)
		api.Add(d, api.Op("PUT "+one+"/columns", act.ImportMap, "Tell what the columns of an import mean; its rows are checked anew"), a.columns, api.Tryable)
		api.Add(d, api.Op("GET "+one+"/rows", act.ImportRows, "List rows of an import, with what is wrong with each and what became of it"), a.rows)
		api.Add(d, api.Op("PUT "+one+"/rows/{row}", act.ImportCorrect, "Give a row of an import other cells"), a.correct, api.Tryable)
		api.Add(d, api.Op("POST "+one+"/plan", act.ImportPlan, "Look what applying an import would do now, row by row"), a.plan)
		api.Add(d, api.Op("POST "+one+"/start", act.ImportStart, "Apply an import in the background, or go on with it; the history tells of each step"), a.start, api.Tryable)
		api.Add(d, api.Op("POST "+one+"/cancel", act.ImportCancel, "End an import that is under way before its next step; what was done stands"), a.cancel, api.Tryable)
		api.Add(d, api.Op("DELETE "+one, act.ImportForget, "Forget an import that is not under way, with its rows, before its time is over; what it did stands"), a.forget, api.Tryable)
		api.Add(d, api.Op("GET "+one+"/result", act.ImportRows, "Give each row with what became of it, as a file that can be corrected and sent in again"), a.result,
			api.Named("import.result"), api.HandsFile("The file.", sheet.CSV.Media(), sheet.XLSX.Media()))
	}
}

// here is the path of an organisation's imports.
func here(ctx context.Context) string {
	return api.Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/imports/"
}
