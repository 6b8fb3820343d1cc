package gallery

import (
	"time"

	"roster/internal/action/org"
	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/operator"
	"roster/internal/store/plandb"
)

// area is a page of the operator area.
func (m maker) area() web.Page {
	p := m.outside()
	p.Operating, p.Viewer = true, web.Viewer{Name: "ana@example.net", Email: "ana@example.net", Operator: true}
	return p
}

// operatorPages are the pages of the operator area.
func (m maker) operatorPages() []sample {
	open := roster.Organisation{ID: "org_1", Slug: "acme", Name: m.text(0, "Acme Logistics"), Plan: "unlimited", People: 1234567, APIUsers: 17, AcceptedAt: now, CreatedAt: now.Add(-900 * time.Hour)}
	stopped := roster.Organisation{ID: "org_2", Slug: "harbour-lane", Name: m.text(3, "Harbour Lane"), Plan: "playground", People: 7, AcceptedAt: now, CreatedAt: now.Add(-90 * time.Hour), SuspendedAt: now.Add(-time.Hour)}
	fresh := roster.Organisation{ID: "org_3", Slug: "nordwind", Name: m.text(1, "Nordwind"), Plan: "playground", People: 1, CreatedAt: now, InvitationTTL: roster.DefaultInvitationTTL}
	own := roster.Plan{Key: "team-50", Name: m.text(2, "Team 50"), MaxUsers: 50, MaxAPIUsers: 20}
	var plans []plandb.Plan
	var options []web.Option
	for i, p := range append(roster.Plans(), own) {
		plans = append(plans, plandb.Plan{Plan: p, Organisations: i * 1200})
		options = append(options, web.Option{Value: p.Key, Label: p.Name})
	}
	page := func(o roster.Organisation, fit *roster.Fit) operator.OrganisationView {
		return operator.OrganisationView{Page: m.area(), Org: o, At: fleet.Inspection{Organisation: o, Plan: roster.Plans()[0], Plans: append(roster.Plans(), own), WhatIf: fit, Owned: !o.AcceptedAt.IsZero()}}
	}
	fit := own.Fit(60, 3)
	return []sample{
		{"operator", operator.List(operator.ListView{Page: m.area(), Rows: []roster.Organisation{open, stopped, fresh}, Next: "mark"})},
		{"operator-none", operator.List(operator.ListView{Page: m.area()})},
		{"operator-none-found", operator.List(operator.ListView{Page: m.area(), Q: m.text(4, "nothing")})},
		{"operator-add", operator.Add(operator.AddView{Page: m.area(), Plans: options})},
		{"operator-add-errors", operator.Add(operator.AddView{Page: m.area(), Plans: options, Typed: org.Founding{Name: m.text(0, ""), Owner: m.text(1, "nobody")}, Form: fields("name", "Fill this in.", "owner", "This is not an e-mail address. It looks like anna@example.com.")})},
		{"operator-made", operator.Made(operator.MadeView{Page: m.area(), Organisation: fresh, Owner: "bea@example.com", Link: "https://team.example.com/invitation/org_3/rinv_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"})},
		{"operator-organisation", operator.Organisation(page(open, nil))},
		{"operator-organisation-if", operator.Organisation(page(fresh, &fit))},
		{"operator-organisation-suspended", operator.Organisation(page(stopped, nil))},
		{"operator-suspend", operator.Suspend(page(open, nil))},
		{"operator-plans", operator.Plans(operator.PlansView{Page: m.area(), Rows: plans})},
		{"operator-plan", operator.Plan(operator.PlanView{Page: m.area(), Typed: operator.PlanInput{Offered: true}})},
		{"operator-plan-errors", operator.Plan(operator.PlanView{Page: m.area(), Plan: plans[2], Typed: operator.PlanInput{Key: "team-50", Name: "", MaxUsers: "many", MaxAPIUsers: "20"}, Form: fields("name", "Name the plan.", "max_users", "A limit is a number from 0 to 1000000000, or unlimited.")})},
		{"operator-plan-delete", operator.DeletePlan(operator.PlanView{Page: m.area(), Plan: plans[2], Form: failed(roster.Conflict, "Acme is on the plan Team 50. Put it on another one first.")})},
		{"operator-operators", operator.Operators(operator.OperatorsView{Page: m.area(), Rows: []roster.Operator{
			{Person: roster.Person{Email: roster.Email{Typed: "ana@example.net"}}, AddedAt: now.Add(-80 * time.Hour), Factor: true, SeenAt: now},
			{Person: roster.Person{Email: roster.Email{Typed: "bo@example.net"}}, AddedAt: now},
		}})},
		{"operator-history", operator.History(operator.HistoryView{Page: m.area(), Events: m.events(), Next: "3"})},
	}
}
