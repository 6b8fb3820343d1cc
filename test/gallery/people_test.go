package gallery

import (
	"strings"

	"github.com/a-h/templ"

	files "roster/internal/people"
	"roster/internal/server/web"
	pages "roster/internal/server/web/team/people"
)

// peoplePages are files of people: sent, planned and applied.
func (m maker) peoplePages() []sample {
	const text = "members:\n  - email: anna@example.com\n    first_name: Anna\n    grants:\n      - {role: auditor, unit: nordwind}\n"
	lines := []pages.Line{
		{Line: 2, Act: "customer account is made", Name: m.text(3, "Nordwind"), Difference: web.Difference{Fields: []web.Altered{{Label: "Name", To: m.text(3, "Nordwind")}, {Label: "External ID", To: "nordwind"}}}},
		{Line: 9, Act: "profile changes", Name: m.text(0, "Anna Silva"), Difference: web.Difference{Fields: []web.Altered{{Label: "First name", From: m.text(0, "Ana"), To: m.text(0, "Anna")}, {Label: "Phone", From: "+551155550100"}}}},
		{Line: 9, Act: "access changes", Name: m.text(0, "Anna Silva"), Difference: web.Difference{Gained: []string{m.text(1, "Auditor") + " at " + m.text(3, "Nordwind") + " until 31 March 2027"}, Lost: []string{"Member"}}},
		{Act: "is removed for good", Name: m.text(4, "Otto Out")},
	}
	refused := []pages.Line{
		{Line: 12, Act: "Member", Name: "bruno@example.com", Reason: "An address changes by its person alone, on their profile."},
		{Line: 15, Act: "is invited", Name: m.text(2, "carla@example.com"), Difference: web.Difference{Gained: []string{"Owner"}}, Reason: "You cannot give Owner: you lack organisation.write."},
	}
	made := append(lines[:4:4], pages.Line{Line: 20, Act: "API user is made", Name: "Gateway", ClientID: "api_06h1tj5hqdt073w1pgjm2fc7b4", Secret: "rsec_" + strings.Repeat("k7", 26)})
	start := func(change func(*pages.StartView)) templ.Component {
		v := pages.StartView{Page: m.page()}
		change(&v)
		return pages.Start(v)
	}
	plan := func(change func(*pages.PlanView)) templ.Component {
		v := pages.PlanView{Page: m.page(), Text: text, FormKey: "key_1", Items: 12, Lines: append(lines[:4:4], refused...), Done: 4, Refused: 2}
		change(&v)
		return pages.Plan(v)
	}
	outcome := func(change func(*pages.OutcomeView)) templ.Component {
		v := pages.OutcomeView{Page: m.page(), Text: text, FormKey: "key_2", Made: lines, Refused: refused, DoneAll: 4, RefusedAll: 2, Total: 24}
		change(&v)
		return pages.Outcome(v)
	}
	return []sample{
		{"people", start(func(*pages.StartView) {})},
		{"people-file-refused", start(func(v *pages.StartView) {
			v.Form = fields("file", "Files of up to 256 KiB are planned here. Larger ones go by “roster people apply” or the API.")
		})},
		{"people-text-refused", start(func(v *pages.StartView) {
			v.Text, v.Form = text, fields("text", "members[0].colour: Line 3: There is no such field here.")
		})},
		{"people-plan", plan(func(*pages.PlanView) {})},
		{"people-plan-prune", plan(func(v *pages.PlanView) { v.Prune, v.Lines, v.Refused = files.PruneRemove, lines, 0 })},
		{"people-plan-same", plan(func(v *pages.PlanView) { v.Lines, v.Done, v.Refused = nil, 0, 0 })},
		{"people-outcome", outcome(func(*pages.OutcomeView) {})},
		{"people-outcome-left", outcome(func(v *pages.OutcomeView) { v.Next, v.At, v.Made = "12", 12, made })},
		{"people-outcome-same", outcome(func(v *pages.OutcomeView) { v.Made, v.Refused, v.DoneAll, v.RefusedAll = nil, nil, 0, 0 })},
		{"people-again", outcome(func(v *pages.OutcomeView) { v.Again = true })},
	}
}
