package gallery

import (
	"time"

	"roster/internal/action/catalogue"
	"roster/internal/action/keyring"
	"roster/internal/action/org"
	"roster/internal/action/org/fleet"
	"roster/internal/action/outbox"
	"roster/internal/authz"
	"roster/internal/config"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/operator"
	"roster/internal/store/cataloguedb"
	"roster/internal/store/jobdb"
	"roster/internal/store/plandb"
	"roster/internal/store/tokendb"
)

// area is a page of the operator area.
func (m maker) area() web.Page {
	p := m.outside()
	p.Operating, p.Viewer = true, web.Viewer{Name: "ana@example.net", Email: "ana@example.net", Operator: true}
	return p
}

// visiting is a page that an operator looks at.
func (m maker) visiting() web.Page {
	p := m.page()
	p.Viewer, p.Organisations = m.area().Viewer, nil
	p.Visit = &roster.Visit{Until: now.Add(40 * time.Minute)}
	return p
}

// admitting is a page of an Owner who may let operators change something.
func (m maker) admitting() web.Page {
	p := m.page()
	p.Allowed = append([]string{"organisation.admit_operators"}, p.Allowed...)
	return p
}

// declared is a catalogue of a small product.
func declared() *authz.Catalogue {
	c, err := authz.NewCatalogue(4, authz.Declaration{
		Scopes:      []authz.Scope{{Key: "network", Name: "Network"}},
		Permissions: []authz.Permission{{Key: "devices.read", Scope: "network", Kind: authz.Read, Name: "See devices"}},
	})
	if err != nil {
		panic(err)
	}
	return c
}

// signingKeys are the next key, the one that signs, and one whose tokens still count.
func signingKeys() []keyring.Key {
	of := func(id string, from, until time.Duration) keyring.Key {
		k := keyring.Key{Key: tokendb.Key{ID: id, SignsFrom: now.Add(from), MadeAt: now.Add(from)}}
		if until != 0 {
			k.Until = now.Add(until)
		}
		return k
	}
	return []keyring.Key{
		of("Kq3vTn0Yw8s1Zr5uXb7Lm2Pc4Df6Gh9Jk0Ea1Sd2Fg3", time.Hour, 0), of("b7Lm2Pc4Df6Gh9Jk0Ea1Sd2Fg3Kq3vTn0Yw8s1Zr5uX", -20*time.Hour, time.Hour),
		of("Df6Gh9Jk0Ea1Sd2Fg3Kq3vTn0Yw8s1Zr5uXb7Lm2Pc4", -2000*time.Hour, -20*time.Hour),
	}
}

// operatorPages are the pages of the operator area.
func (m maker) operatorPages() []sample {
	open := roster.Organisation{ID: "org_1", Slug: "acme", Name: m.text(0, "Acme Logistics"), Plan: "unlimited", People: 1234567, APIUsers: 17, AcceptedAt: now, CreatedAt: now.Add(-900 * time.Hour)}
	stopped := roster.Organisation{ID: "org_2", Slug: "harbour-lane", Name: m.text(3, "Harbour Lane"), Plan: "playground", People: 7, AcceptedAt: now, CreatedAt: now.Add(-90 * time.Hour), SuspendedAt: now.Add(-time.Hour)}
	closed := roster.Organisation{ID: "org_4", Slug: "old-mill", Name: m.text(4, "Old Mill"), Plan: "playground", People: 3, AcceptedAt: now, CreatedAt: now.Add(-9000 * time.Hour), SuspendedAt: now.Add(-time.Hour), DeleteAt: now.Add(700 * time.Hour)}
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
		{"operator", operator.List(operator.ListView{Page: m.area(), Rows: []roster.Organisation{open, stopped, fresh, closed}, Next: "mark"})},
		{"operator-none", operator.List(operator.ListView{Page: m.area()})},
		{"operator-none-found", operator.List(operator.ListView{Page: m.area(), Q: m.text(4, "nothing")})},
		{"operator-add", operator.Add(operator.AddView{Page: m.area(), Plans: options})},
		{"operator-add-errors", operator.Add(operator.AddView{Page: m.area(), Plans: options, Typed: org.Founding{Name: m.text(0, ""), Owner: m.text(1, "nobody")}, Form: fields("name", "Fill this in.", "owner", "This is not an e-mail address. It looks like anna@example.com.")})},
		{"operator-made", operator.Made(operator.MadeView{Page: m.area(), Organisation: fresh, Owner: "bea@example.com", Link: "https://team.example.com/invitation/org_3/rinv_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"})},
		{"operator-organisation", operator.Organisation(page(open, nil))},
		{"operator-organisation-if", operator.Organisation(page(fresh, &fit))},
		{"operator-organisation-suspended", operator.Organisation(page(stopped, nil))},
		{"operator-organisation-closed", operator.Organisation(page(closed, nil))},
		{"operator-suspend", operator.Suspend(page(open, nil))},
		{"operator-delete", operator.Delete(operator.DeleteView{Page: m.area(), Org: open})},
		{"operator-delete-errors", operator.Delete(operator.DeleteView{Page: m.area(), Org: open, Typed: m.text(0, "Acme"), Form: fields("confirm_name", "Type the name exactly as it stands here: Acme Logistics.")})},
		{"operator-plans", operator.Plans(operator.PlansView{Page: m.area(), Rows: plans})},
		{"operator-plan", operator.Plan(operator.PlanView{Page: m.area(), Typed: operator.PlanInput{Offered: true}})},
		{"operator-plan-errors", operator.Plan(operator.PlanView{Page: m.area(), Plan: plans[2], Typed: operator.PlanInput{Key: "team-50", Name: "", MaxUsers: "many", MaxAPIUsers: "20"}, Form: fields("name", "Name the plan.", "max_users", "A limit is a number from 0 to 1000000000, or unlimited.")})},
		{"operator-plan-delete", operator.DeletePlan(operator.PlanView{Page: m.area(), Plan: plans[2], Form: failed(roster.Conflict, "Acme is on the plan Team 50. Put it on another one first.")})},
		{"operator-operators", operator.Operators(operator.OperatorsView{Page: m.area(), Rows: []roster.Operator{
			{Person: roster.Person{Email: roster.Email{Typed: "ana@example.net"}}, AddedAt: now.Add(-80 * time.Hour), Factor: true, SeenAt: now},
			{Person: roster.Person{Email: roster.Email{Typed: "bo@example.net"}}, AddedAt: now},
		}})},
		{"operator-keys", operator.Keys(operator.KeysView{Page: m.area(), Moment: now, Rows: signingKeys()})},
		{"operator-keys-rotate", operator.Rotate(operator.KeysView{Page: m.area(), Moment: now, Rows: signingKeys()[1:]})},
		{"operator-keys-rotate-waiting", operator.Rotate(operator.KeysView{Page: m.area(), Moment: now, Rows: signingKeys(), Form: failed(roster.Conflict, "The next key is there already: it signs from 23 November 2026, 10:00 UTC on.")})},
		{"operator-jobs", operator.Jobs(operator.JobsView{Page: m.area(), Mail: true, Rows: []outbox.Waiting{
			{Job: jobdb.Job{Org: "org_1", ID: "job_1", Kind: outbox.Invitation, State: jobdb.Waiting, Attempt: 3, MadeAt: now}, To: "anna@example.com"},
			{Job: jobdb.Job{Org: "org_1", ID: "job_2", Kind: outbox.FactorReset, State: jobdb.GivenUp, Attempt: 9, MadeAt: now, Error: m.text(1, "The mail server did not answer.")}, To: m.text(3, "bruno@example.com")},
			{Job: jobdb.Job{Org: "installation", ID: "job_3", Kind: outbox.Trial, State: jobdb.Running, Attempt: 1, MadeAt: now}, To: "ana@example.net"},
		}})},
		{"operator-jobs-none", operator.Jobs(operator.JobsView{Page: m.area(), To: "nobody", Form: fields("to", "This is not an e-mail address. It looks like anna@example.com.")})},
		{"operator-jobs-dead", operator.Jobs(operator.JobsView{Page: m.area(), Mail: true, State: "dead", Counts: map[jobdb.State]int{jobdb.Waiting: 12, jobdb.Refused: 204}, Rows: []outbox.Waiting{
			{Job: jobdb.Job{Org: "org_1", ID: "job_2", Kind: jobdb.News, State: jobdb.Refused, Attempt: 1, MadeAt: now, Error: m.text(1, "The mail server refused the letter.")}, To: m.text(3, "bruno@example.com")},
		}})},
		{"operator-jobs-discard-all", operator.DiscardAll(operator.JobsView{Page: m.area(), Counts: map[jobdb.State]int{jobdb.Refused: 204}})},
		{"operator-settings", operator.Settings(operator.SettingsView{Page: m.area(), All: []config.Sourced{
			{Setting: config.Setting{Name: "listen", Value: "127.0.0.1:8080"}, From: config.FromDefault},
			{Setting: config.Setting{Name: "database", Value: m.text(3, "postgres://roster:(hidden)@db.example.com/roster")}, From: config.FromEnvironment},
			{Setting: config.Setting{Name: "smtp"}, From: config.FromFile},
			{Setting: config.Setting{Name: "url", Value: "https://team.example.com"}, From: config.FromFlag},
		}})},
		{"operator-catalogue", operator.Catalogue(operator.CatalogueView{Page: m.area(), Now: catalogue.View{Catalogue: declared()}})},
		{"operator-catalogue-plan", operator.Catalogue(operator.CatalogueView{Page: m.area(), Now: catalogue.View{Catalogue: declared()}, Typed: m.text(0, "scopes: []"), Plan: &catalogue.Plan{
			Differences: []catalogue.Difference{{What: "scope", Key: "billing", Change: catalogue.Added}, {What: "permission", Key: "devices.read", Change: catalogue.Changed, Field: "name", From: m.text(1, "See"), To: "Look"}, {What: "permission", Key: "devices.restart", Change: catalogue.Removed}},
			Touched:     []cataloguedb.Use{{Permission: "devices.read", OrgName: m.text(0, "Acme"), Role: "role_1", RoleName: "Dispatcher", Members: 7}},
			Moved:       []catalogue.Move{{OrgName: "Acme", Members: 3}},
			InTheWay:    []cataloguedb.Use{{Permission: "devices.restart", OrgName: "Acme", Members: 1}},
		}})},
		{"operator-visit", operator.Enter(operator.VisitView{Page: m.area(), Org: open, Form: fields("reason", "Fill this in.")})},
		{"operator-visit-inside", operator.Admit(operator.AdmitView{Page: m.visiting(), Now: now})},
		{"operator-admit", operator.Admit(operator.AdmitView{Page: m.admitting(), Now: now, Until: now.Add(time.Hour)})},
		{"operator-history", operator.History(operator.HistoryView{Page: m.area(), Events: m.events(), Next: "3"})},
	}
}
