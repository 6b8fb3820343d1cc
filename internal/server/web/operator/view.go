// Package operator holds the pages of the operator area: organisations as such, plans, who operates, and the
// installation's own history. It decides nothing: who is an operator is asked at each request.
package operator

import (
	"net/url"

	"roster/internal/action/org"
	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/store/plandb"
)

// ListView is a page of the organisations.
type ListView struct {
	web.Page
	Q         string
	Suspended bool
	Rows      []roster.Organisation
	Next      string // the cursor of the next page
	Later     bool   // this is not the first page
}

func (v ListView) filtered() bool { return v.Q != "" || v.Suspended }

// url gives the address of the list, at a cursor.
func (v ListView) url(cursor string) string {
	q := url.Values{}
	if v.Q != "" {
		q.Set("q", v.Q)
	}
	if v.Suspended {
		q.Set("suspended", "true")
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return "/operator"
	}
	return "/operator?" + q.Encode()
}

func (v ListView) pager() web.Pager {
	var g web.Pager
	if v.Later {
		g.FirstURL = v.url("")
	}
	if v.Next != "" {
		g.NextURL = v.url(v.Next)
	}
	return g
}

// AddView is the form of a new organisation.
type AddView struct {
	web.Page
	Form  web.Form
	Typed org.Founding
	Plans []web.Option
}

// MadeView shows a new organisation's first Owner's link, this once.
type MadeView struct {
	web.Page
	Organisation roster.Organisation
	Owner, Link  string
}

// OrganisationView is an organisation's page.
type OrganisationView struct {
	web.Page
	Org roster.Organisation
	At  fleet.Inspection
}

func (v OrganisationView) suspended() bool { return !v.Org.SuspendedAt.IsZero() }

// closed tells that it is to be deleted.
func (v OrganisationView) closed() bool { return !v.Org.DeleteAt.IsZero() }

// DeleteView asks before an organisation is to be deleted.
type DeleteView struct {
	web.Page
	Form  web.Form
	Org   roster.Organisation
	Typed string
}

// others are the plans to choose from.
func (v OrganisationView) others() []web.Option {
	var list []web.Option
	for _, p := range v.At.Plans {
		chosen := p.Key == v.Org.Plan
		if v.At.WhatIf != nil {
			chosen = p.Key == v.At.WhatIf.Plan.Key
		}
		list = append(list, web.Option{Value: p.Key, Label: p.Name, Checked: chosen})
	}
	return list
}

// used says how much of a limit is in use.
func used(p web.Page, key string, n, limit int) string {
	if limit == roster.Unlimited {
		return p.Say("plan."+key+".used.unlimited", "n", p.Number(n))
	}
	return p.Say("plan."+key+".used", "n", p.Number(n), "limit", p.Number(limit))
}

// outcome says what a plan's limit would do to so many.
func outcome(p web.Page, key string, n, limit, over int) string {
	key = "plan.if." + key
	switch {
	case limit == roster.Unlimited:
		return p.Say(key+".unlimited", "used", p.Number(n))
	case over > 0:
		return p.Say(key+".over", "used", p.Number(n), "limit", p.Number(limit), "over", p.Number(over))
	case n == limit:
		return p.Say(key+".full", "used", p.Number(n))
	}
	return p.Say(key+".fits", "used", p.Number(n), "left", p.Number(limit-n))
}

func tone(f roster.Fit) string {
	if f.RefusesUsers || f.RefusesAPIUsers {
		return "warn"
	}
	return "good"
}

// PlansView is the list of plans.
type PlansView struct {
	web.Page
	Rows []plandb.Plan
}

// PlanInput is what the form of a plan holds, as typed.
type PlanInput struct {
	Key, Name, MaxUsers, MaxAPIUsers string
	Offered                          bool
}

// PlanView is the form of a plan, and the question before it is deleted. A new one has no key yet.
type PlanView struct {
	web.Page
	Form  web.Form
	Plan  plandb.Plan
	Typed PlanInput
}

func (v PlanView) fresh() bool { return v.Plan.Key == "" }

func (v PlanView) title() string {
	if v.fresh() {
		return v.Say("operator.plan.add")
	}
	return v.Plan.Name
}

func (v PlanView) action() string {
	if v.fresh() {
		return "/operator/plans/add"
	}
	return "/operator/plans/" + v.Plan.Key
}

// limit says a limit in a table.
func limit(p web.Page, n int) string {
	if n == roster.Unlimited {
		return p.Say("operator.unlimited")
	}
	return p.Number(n)
}

// OperatorsView is the list of operators.
type OperatorsView struct {
	web.Page
	Rows []roster.Operator
}

// HistoryView is a page of the installation's history.
type HistoryView struct {
	web.Page
	Events []roster.Event
	Next   string
	Later  bool
}

func (v HistoryView) pager() web.Pager {
	var g web.Pager
	if v.Later {
		g.FirstURL = "/operator/history"
	}
	if v.Next != "" {
		g.NextURL = "/operator/history?cursor=" + url.QueryEscape(v.Next)
	}
	return g
}
