package gallery

import (
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"

	views "roster/internal/action/team/view"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/server/web"
	"roster/internal/server/web/team"
	"roster/internal/server/web/team/bulk"
	"roster/internal/server/web/team/view"
)

// offers are what the filters of the Team list offer.
func (m maker) offers() team.Offers {
	return team.Offers{
		Roles:     []web.Option{{Value: "owner", Label: "Owner"}, {Value: "auditor", Label: m.text(1, "Auditor")}},
		Places:    []web.Option{{Value: string(unitID(1)), Label: m.text(3, "Nordwind")}},
		RoleNames: map[string]string{"auditor": m.text(1, "Auditor")}, PlaceNames: map[string]string{string(unitID(1)): m.text(3, "Nordwind")},
	}
}

// lines are members of an act on several.
func (m maker) lines(n int, reason string) []bulk.Line {
	var all []bulk.Line
	for i, r := range m.rows(n) {
		all = append(all, bulk.Line{ID: id(i), Name: r.Member.Label(), Reason: reason})
	}
	return all
}

// bulkPages are the Team list as it is narrowed and arranged, acts on several members, and one's own views.
func (m maker) bulkPages() []sample {
	list := func(change func(*team.ListView)) templ.Component {
		v := team.ListView{Page: m.page(), Rows: m.rows(10), Total: 1234, Seats: team.Seats{Plan: playground, People: 7, APIUsers: 1}, Offers: m.offers(), NextCursor: "abc"}
		change(&v)
		return team.List(v)
	}
	var own []views.View
	for i, name := range []string{"Blocked people", "New this month", "Without a second factor"} {
		own = append(own, views.View{ID: fmt.Sprint("view_", i), Name: m.text(i, name), Query: "sort=name&status=blocked"})
	}
	who := bulk.Selection{Query: "sort=name", IDs: []roster.MemberID{id(1), id(2)}, Count: 12}
	ask := func(act string, change func(*bulk.AskView)) templ.Component {
		v := bulk.AskView{Page: m.page(), Act: act, Selection: who, FormKey: "key_1", Tried: true, Good: m.lines(10, ""), Bad: m.lines(2, "Anna Silva holds access that you lack: members.remove.")}
		for _, r := range m.roles() {
			v.Roles = append(v.Roles, web.Option{Value: r.Key, Label: r.Name, Text: r.Description, Checked: r.Key == "auditor"})
		}
		v.Places = []web.Option{{Label: "The whole organisation; of external users their own account"}, {Value: string(unitID(1)), Label: m.text(3, "Nordwind")}}
		change(&v)
		return bulk.Ask(v)
	}
	outcome := func(change func(*bulk.OutcomeView)) templ.Component {
		v := bulk.OutcomeView{Page: m.page(), Act: "block", Selection: who, FormKey: "key_2", Done: m.lines(10, ""), Refused: m.lines(2, "You cannot do this to yourself.")}
		v.Selection.Done, v.Selection.Refused = 10, 2
		change(&v)
		return bulk.Outcome(v)
	}
	mine := func(change func(*view.ListView)) templ.Component {
		v := view.ListView{Page: m.page(), Views: own}
		change(&v)
		return view.List(v)
	}
	return []sample{
		{"list-narrowed", list(func(v *team.ListView) {
			v.Views = own
			v.Filter = team.Filter{Q: m.text(2, "sil"), Status: "blocked", Kind: "regular", Role: "auditor", NotRole: "auditor", Unit: string(unitID(1)), NotUnit: string(unitID(1)), Verified: "true", MFA: "false", Sort: "-last_seen_at", Size: 25}
		})},
		{"list-view", list(func(v *team.ListView) { v.Views, v.Filter = own, team.Filter{Status: "blocked"} })},
		{"list-columns", list(func(v *team.ListView) {
			v.Filter.Columns = "kind,units,status,created_by"
			for i := range v.Rows {
				v.Rows[i].Units = []string{m.text(3, "Nordwind"), "Brightwater Foods"}
			}
		})},
		{"list-picked", list(func(v *team.ListView) { v.Filter.Pick = "page" })},
		{"list-picked-all", list(func(v *team.ListView) { v.Filter.Pick, v.Filter.Columns = "all", "all" })},
		{"bulk-block", ask("block", func(*bulk.AskView) {})},
		{"bulk-remove", ask("remove", func(v *bulk.AskView) {
			v.Good, v.Bad, v.Typed.Confirm = m.lines(40, ""), nil, "11"
			v.Selection.All, v.Selection.Count = true, 1234
			v.Form = fields("confirm_count", "Type 1234, the number of members to remove.")
		})},
		{"bulk-role", ask("add_role", func(v *bulk.AskView) { v.Tried, v.Bad, v.More = false, nil, true })},
		{"bulk-role-tried", ask("withdraw_role", func(v *bulk.AskView) {
			v.Roles[1].Note = "On the whole organisation you cannot give it: you lack members.write."
		})},
		{"bulk-none", ask("unblock", func(v *bulk.AskView) {
			v.Good, v.Bad, v.Selection.Count = nil, m.lines(30, "They are not blocked."), 30
		})},
		{"bulk-outcome", outcome(func(*bulk.OutcomeView) {})},
		{"bulk-outcome-left", outcome(func(v *bulk.OutcomeView) {
			v.Act, v.Left, v.Selection.After, v.Selection.All = "remove", 734, id(9), true
			v.Done, v.Selection.Done = m.lines(60, ""), 498
		})},
		{"bulk-outcome-refused", outcome(func(v *bulk.OutcomeView) {
			v.Act, v.Done, v.Refused, v.Selection.Done = "resend", nil, m.lines(3, strings.Repeat(m.text(4, "There is no invitation to send again. "), 2)), 0
		})},
		{"bulk-again", outcome(func(v *bulk.OutcomeView) { v.Again = true })},
		{"views", mine(func(*view.ListView) {})},
		{"views-none", mine(func(v *view.ListView) { v.Views = nil })},
		{"views-refused", mine(func(v *view.ListView) {
			v.Name, v.Query, v.Form = m.text(1, "Blocked people"), "status=blocked", fields("name", "You have a view Blocked people already.")
		})},
		{"views-rename", mine(func(v *view.ListView) {
			v.ID, v.Form = "view_1", fields("name", "Give the view a name.")
		})},
	}
}

// An act that goes in steps goes on by itself where there are scripts, and keeps what each step told; without them it
// waits to be sent on.
func TestAnActInStepsGoesOnByItself(t *testing.T) {
	p := open(t, browser.Options{}, "/page/bulk-outcome-left")
	p.WaitText("10 members are blocked.")
	p.WaitGone("Go on: 734 are left")
	wait(t, p, `document.querySelectorAll("[data-part=refused] li").length`, 4)
	wait(t, p, `document.querySelectorAll("[data-part=done] li").length`, 70)
	wait(t, p, `document.querySelectorAll("#bulk").length`, 1)
	p.CheckAxe()
	plain := open(t, browser.Options{NoScript: true}, "/page/bulk-outcome-left")
	plain.Click("Go on: 734 are left")
	plain.WaitText("10 members are blocked.")
}

// Choosing rows: one, a range, the page, all that match, and no longer all once one is taken off.
func TestRowsAreChosen(t *testing.T) {
	p := open(t, browser.Options{}, "/page/list-picked-all")
	p.WaitText("All 1,234 that match")
	p.Tick("Choose Bruno Costa", false)
	p.WaitText("8 chosen")
	wait(t, p, `document.querySelectorAll("[data-pick-every]").length`, 0)
	p.Tick("This page", true)
	p.WaitText("9 chosen")
	p.Tick("This page", false)
	p.WaitGone("Withdraw role")
}
