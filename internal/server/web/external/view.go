// Package external holds the pages of a customer account's external users: the list, and the form that adds one.
// What is done to one of them is done on the pages of the team. The pages are made from their structs alone.
package external

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Row is an external user as the list shows them.
type Row struct {
	Member  roster.Member
	Roles   []string // names of the roles held
	Expired bool     // the open invitation's time is over
	Place   string   // where they belong, when it is below the page's account
	Allowed []string // what the viewer may do with this one, by action name
}

// May tells whether the viewer may do an action with the row's member.
func (r Row) May(action string) bool { return slices.Contains(r.Allowed, action) }

func (r Row) page(p web.Page, parts ...string) string {
	return p.Member(r.Member.ID, parts...)
}

func (r Row) roles() string { return strings.Join(r.Roles, ", ") }

// state gives the status as people see it, as a key of words and a tone of web.Dot.
func (r Row) state() (key, tone string) {
	switch {
	case r.Member.Status == roster.Active:
		return "active", "good"
	case r.Member.Status == roster.Blocked:
		return "blocked", "stop"
	case r.Expired:
		return "expired", "late"
	}
	return "invited", "wait"
}

// ListView is a customer account's external users.
type ListView struct {
	web.Page
	Unit       roster.Unit
	Rows       []Row
	Q          string
	NextCursor string
	Total      int
	More       bool // Total is a lower bound
	First      bool // it is the first page
	MayAdd     bool
}

func (v ListView) base() string { return v.In("units", string(v.Unit.ID), "external") }

func (v ListView) url(cursor string) string {
	q := url.Values{}
	if v.Q != "" {
		q.Set("q", v.Q)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return v.base()
	}
	return v.base() + "?" + q.Encode()
}

// tools gives the same people in the Team list, with all that it can do.
func (v ListView) tools() string {
	return v.In("team") + "?" + url.Values{"kind": {string(roster.External)}, "unit": {string(v.Unit.ID)}, "sort": {"name"}}.Encode()
}

func (v ListView) total() string {
	if v.More {
		return v.Say("external.total.more", "n", v.Number(v.Total))
	}
	return v.Counted("external.total", v.Total)
}

func (v ListView) pager() web.Pager {
	g := web.Pager{Shown: v.total()}
	if !v.First {
		g.FirstURL = v.url("")
	}
	if v.NextCursor != "" {
		g.NextURL = v.url(v.NextCursor)
	}
	return g
}

// Input is what the form holds, as typed.
type Input struct {
	FirstName, LastName, Email string
	Role                       string // a key
	Message                    string // in the letter
	StartBlocked               bool
}

// AddView is the form that adds an external user. FormKey makes a repeated POST known.
type AddView struct {
	web.Page
	Unit     roster.Unit
	Form     web.Form
	Typed    Input
	Roles    []web.Option
	Way      web.WayIn
	Seats    int // left; roster.Unlimited for no limit
	Plan     string
	TTL      time.Duration
	FormKey  string
	Existing web.Link // the member who has the address already; zero when there is none
}

func (v AddView) base() string { return v.In("units", string(v.Unit.ID), "external") }

// seats says how many are left.
func (v AddView) seats() string {
	switch v.Seats {
	case roster.Unlimited:
		return ""
	case 0:
		return v.Say("team.left.external.none", "plan", v.Plan)
	}
	return v.Counted("team.left.external", v.Seats, "plan", v.Plan)
}

// optionsOpen tells whether something stands in what is folded away.
func (v AddView) optionsOpen() bool {
	return v.Typed.Message != "" || v.Typed.StartBlocked || v.Form.Error("message") != ""
}
