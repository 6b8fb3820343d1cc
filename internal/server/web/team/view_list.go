package team

import (
	"slices"
	"strconv"

	"roster/internal/action/team/view"
	"roster/internal/server/web"
)

// ListView is the list of members. Page.Allowed decides whether adding is offered.
type ListView struct {
	web.Page
	Rows       []Row
	Filter     Filter
	Offers     Offers
	Views      []view.View // the viewer's own, by name
	NextCursor string      // empty on the last page
	Total      int         // how many match
	More       bool        // Total is a lower bound: there are more
	Short      bool        // looking stopped before the page was full
	Seats      Seats
}

// Offers are what the filters offer to choose from.
type Offers struct {
	Roles      []web.Option
	Places     []web.Option
	MorePlaces bool   // there are others than Places, to be searched for
	Find       string // what places were searched for
	RoleNames  map[string]string
	PlaceNames map[string]string
}

func (v ListView) mayAdd() bool { return v.May("member.invite") || v.May("api_user.create") }

// listed gives the page with the list's name: the API users have an item of their own.
func (v ListView) listed() web.Page {
	if v.Filter.Kind == "api" {
		return v.With(v.Say("layout.nav.apiusers"), v.Say("team.lead.api"), "apiusers")
	}
	return v.With(v.Say("layout.nav.team"), v.Say("team.lead"), "team")
}

func (v ListView) total() string {
	if v.More {
		return v.Say("team.total.more", "n", v.Number(v.Total))
	}
	return v.Counted("team.total", v.Total)
}

func (v ListView) pager() web.Pager {
	g := web.Pager{Shown: v.total()}
	if f := v.Filter; f.Cursor != "" {
		f.Cursor = ""
		g.FirstURL = f.URL(v.Page)
	}
	if f := v.Filter; v.NextCursor != "" {
		f.Cursor = v.NextCursor
		g.NextURL = f.URL(v.Page)
	}
	if v.Total <= 25 && !v.More {
		return g
	}
	for _, size := range []int{25, StandardSize, 100, 200} {
		f, l := v.Filter, web.Link{Label: strconv.Itoa(size)}
		if f.Size == 0 {
			f.Size = StandardSize
		}
		if f.Size != size {
			f.Size, f.Cursor = size, ""
			l.URL = f.URL(v.Page)
		}
		g.Sizes = append(g.Sizes, l)
	}
	return g
}

// chip is one condition that is set: in words, and what it is without it.
type chip struct{ label, without string }

func (v ListView) chips() []chip {
	f := v.Filter
	var all []chip
	add := func(name, value, label string) {
		if value != "" {
			all = append(all, chip{label, f.without(name).URL(v.Page)})
		}
	}
	add("q", f.Q, v.Say("team.chip.q", "q", f.Q))
	add("status", f.Status, v.Say("team.chip.status", "status", v.Say("layout.status."+f.Status)))
	add("kind", f.Kind, v.Say("team.chip.kind", "kind", v.Say("layout.kind."+f.Kind)))
	add("role", f.Role, v.Say("team.chip.role", "role", v.Offers.RoleNames[f.Role]))
	add("not_role", f.NotRole, v.Say("team.chip.not_role", "role", v.Offers.RoleNames[f.NotRole]))
	add("unit", f.Unit, v.Say("team.chip.unit", "unit", v.Offers.PlaceNames[f.Unit]))
	add("not_unit", f.NotUnit, v.Say("team.chip.not_unit", "unit", v.Offers.PlaceNames[f.NotUnit]))
	add("verified", f.Verified, v.Say("team.chip.verified."+f.Verified))
	add("mfa", f.MFA, v.Say("team.chip.mfa."+f.MFA))
	return all
}

// reset is the list with nothing remembered: everybody, by name, with the standard columns.
func (v ListView) reset() string {
	f := Filter{}
	if v.Filter.List() == view.Lists()[1] {
		f.Kind = v.Filter.Kind
	}
	return f.URL(v.Page)
}

// cleared is the list without conditions; that of API users stays theirs.
func (v ListView) cleared() string {
	f := v.Filter.without("")
	if v.Filter.List() == view.Lists()[1] {
		f.Kind = v.Filter.Kind
	}
	return f.URL(v.Page)
}

// Acts are those that can be done to several at once, in the order in which they are offered.
func Acts() []string {
	return []string{"block", "unblock", "resend", "add_role", "withdraw_role", "remove"}
}

// allows tells whether a row's member allows an act on several.
func (r Row) allows(act string) bool {
	if act == "add_role" || act == "withdraw_role" {
		return r.May("member.grant")
	}
	return r.May("member." + act)
}

// pickable tells whether a row can be chosen: the viewer may do something with its member that is done to several.
func (r Row) pickable() bool { return slices.ContainsFunc(Acts(), r.allows) }

// acts gives those that the viewer may do to somebody on the page; with all that match chosen, whoever may act on
// somebody may try each.
func (v ListView) acts() []string {
	var some []string
	writes := slices.ContainsFunc(v.Rows, Row.pickable)
	for _, act := range Acts() {
		if slices.ContainsFunc(v.Rows, func(r Row) bool { return r.allows(act) }) || writes && act != "remove" {
			some = append(some, act)
		}
	}
	return some
}

// picked tells whether a row is chosen as the page opens.
func (v ListView) picked(r Row) bool { return v.Filter.Pick != "" && r.pickable() }

// pickedWords says how many are chosen as the page opens.
func (v ListView) pickedWords() string {
	n := 0
	for _, r := range v.Rows {
		if v.picked(r) {
			n++
		}
	}
	switch {
	case v.Filter.Pick == "all":
		return v.everybody()
	case n > 0:
		return v.Counted("bulk.picked", n)
	}
	return v.Say("bulk.pick")
}

// everybody says how many match, for choosing them all.
func (v ListView) everybody() string {
	if v.More {
		return v.Say("bulk.all.more", "n", v.Number(v.Total))
	}
	return v.Say("bulk.all", "n", v.Number(v.Total))
}

// beyond tells whether more match than the page shows.
func (v ListView) beyond() bool { return v.More || v.Total > len(v.Rows) }

// current tells whether a view shows what the page shows.
func (v ListView) current(of view.View) bool {
	query, err := view.Canonical(v.Filter.Query())
	return err == nil && query == of.Query
}

// viewURL gives where a view is looked at.
func viewURL(p web.Page, of view.View) string { return p.In("team") + "?" + of.Query }

// came gives the address of the page, for coming back from a member's page, where the list alone would not lead there.
func (v ListView) came() string {
	if v.Filter.Q == "" && v.Filter.Cursor == "" {
		return ""
	}
	return v.Filter.URL(v.Page)
}
