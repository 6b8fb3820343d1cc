// Package bulk holds the pages of acts on several members of the Team list: the question, with what would become of
// each, and the outcome row by row. Who is chosen stands in the form: by name, or by the list's filter, which is then
// acted on step by step. The pages are made from their structs alone.
package bulk

import (
	"slices"
	"strconv"

	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/team"
)

// Selection is who is meant, as it travels from form to form.
type Selection struct {
	Query   string            // of the list's address; with All, its filter chooses
	All     bool              // all that match, those on other pages too
	IDs     []roster.MemberID // those who are meant without All
	Count   int               // how many were chosen when the question was asked
	After   roster.MemberID   // of All, the last one of the steps before
	Until   roster.MemberID   // of All, the last one there was when the question was asked
	Done    int               // in the steps before
	Refused int               // likewise
}

// hidden gives the selection as a form carries it.
func (s Selection) hidden() []web.Hidden {
	all := []web.Hidden{{Name: "query", Value: s.Query}, {Name: "count", Value: strconv.Itoa(s.Count)}}
	if s.All {
		all = append(all, web.Hidden{Name: "all", Value: "yes"}, web.Hidden{Name: "until", Value: string(s.Until)})
	}
	if s.After != "" {
		all = append(all, web.Hidden{Name: "after", Value: string(s.After)}, web.Hidden{Name: "done", Value: strconv.Itoa(s.Done)}, web.Hidden{Name: "refused", Value: strconv.Itoa(s.Refused)})
	}
	return append(all, named(s.IDs)...)
}

// named gives members as a form carries them.
func named(ids []roster.MemberID) []web.Hidden {
	all := make([]web.Hidden, len(ids))
	for i, id := range ids {
		all[i] = web.Hidden{Name: prefix + string(id), Value: "on"}
	}
	return all
}

// prefix begins the name of a field that chooses a member.
const prefix = "m."

// back is the list that the question was asked on.
func (s Selection) back(p web.Page) string { return team.ParseFilter(s.Query).URL(p) }

// Line is one member and what became, or would become, of them.
type Line struct {
	ID     roster.MemberID
	Name   string
	Reason string // why it was refused; empty where it was done
}

// Typed is what the question asks for besides.
type Typed struct {
	Reason  string // of a block
	Role    string
	Unit    string
	Find    string // what customer accounts are searched for
	Confirm string // the count, of a removal
}

func (t Typed) hidden() []web.Hidden {
	all := []web.Hidden{}
	for _, h := range []web.Hidden{{Name: "reason", Value: t.Reason}, {Name: "role", Value: t.Role}, {Name: "unit", Value: t.Unit}, {Name: "confirm_count", Value: t.Confirm}} {
		if h.Value != "" {
			all = append(all, h)
		}
	}
	return all
}

// AskView is the question before an act.
type AskView struct {
	web.Page
	Act       string // of team.Acts
	Selection Selection
	Form      web.Form
	Typed     Typed
	FormKey   string
	Tried     bool   // it was tried: Good and Bad are what would become of the first of them
	Good, Bad []Line // without Tried, Good are those who are meant
	Roles     []web.Option
	Places    []web.Option
	More      bool // there are more customer accounts than Places
}

// roles tells whether the act is about a role.
func roles(act string) bool { return act == "add_role" || act == "withdraw_role" }

// url gives where an act is POSTed.
func url(p web.Page, act string) string { return p.In("bulk", act) }

// beyond tells how many the first step leaves out.
func (v AskView) beyond() int { return v.Selection.Count - len(v.Good) - len(v.Bad) }

// consequences says what the act brings.
func (v AskView) consequences() []string {
	all := []string{v.Say("bulk.text." + v.Act)}
	switch v.Act {
	case "block":
		all = append(all, v.Say("team.block.seat"), v.Say("team.block.undo"))
	case "resend":
		all = append(all, v.Say("team.resend.old"), v.Say("team.resend.clock"))
	case "remove":
		all = append(all, v.Say("bulk.text.remove.seat"), v.Say("bulk.text.remove.final"))
	}
	return all
}

// mostNames is how many of those who are meant are named without being opened.
const mostNames = 12

func first(lines []Line) []Line { return lines[:min(len(lines), mostNames)] }
func rest(lines []Line) []Line  { return lines[min(len(lines), mostNames):] }

// OutcomeView is what became of each member of a step.
type OutcomeView struct {
	web.Page
	Act           string
	Selection     Selection // with this step counted in
	Typed         Typed
	FormKey       string // of the step that goes on, or of the undoing
	Done, Refused []Line // of this step
	Left          int    // still to do
	Again         bool   // the form came a second time, and nothing was done
}

// undo names the act that takes this one back; empty where there is none, or not in one step.
func (v OutcomeView) undo() string {
	if len(v.Done) == 0 || v.Selection.After != "" {
		return ""
	}
	return map[string]string{"block": "unblock", "unblock": "block"}[v.Act]
}

// undoing is who the act is taken back of.
func (v OutcomeView) undoing() Selection {
	s := Selection{Query: v.Selection.Query, Count: len(v.Done)}
	for _, l := range v.Done {
		s.IDs = append(s.IDs, l.ID)
	}
	return s
}

// again names the acts that are offered for those who were refused.
func (v OutcomeView) again() []string {
	return slices.DeleteFunc(team.Acts(), func(act string) bool { return act == "remove" && v.Act != "remove" })
}

func (v OutcomeView) all() int { return v.Selection.Done + v.Selection.Refused + v.Left }
