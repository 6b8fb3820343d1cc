package gallery

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/server/web/invite"
	"roster/internal/server/web/org"
)

// orgPages are the settings and the plan, and the invitation of several people.
func (m maker) orgPages() []sample {
	acme := roster.Organisation{Name: m.text(0, "Acme"), InvitationTTL: 36 * time.Hour, Domains: []string{"example.com", m.text(1, "partner") + ".example"}, AdminPasswords: true, Version: 3}
	settings := func(change func(*org.SettingsView)) templ.Component {
		v := org.SettingsView{Page: m.page(), Organisation: acme, Typed: org.InputOf(acme), Version: "3"}
		v.Allowed = slices.Concat(v.Allowed, []string{"organisation.show", "organisation.edit"})
		change(&v)
		return org.Settings(v)
	}
	emblem := func(p web.Page, form web.Form) templ.Component {
		v := org.SettingsView{Page: p, Organisation: acme, Form: form}
		v.Organisation.Picture = p.Organisation.Picture
		v.Allowed = slices.Concat(v.Allowed, []string{"organisation.picture"})
		return org.Picture(v)
	}
	brand := func(change func(*org.BrandView)) templ.Component {
		v := org.BrandView{Page: m.page(), Version: "3"}
		v.Allowed = slices.Concat(v.Allowed, []string{"organisation.show", "organisation.edit"})
		v.Organisation.Accent, v.Typed = "1f6f4a", roster.Brand{Accent: "#1f6f4a", Product: m.text(2, "Acme Access"), Sender: m.text(0, "Acme people"), ReplyTo: "people@example.com", Footer: m.text(3, "Imprint") + " = https://example.com/imprint\nHelp = mailto:help@example.com"}
		v.Wear(v.Typed)
		change(&v)
		return org.Brand(v)
	}
	team50 := roster.Plan{Key: "team-50", Name: m.text(0, "Team 50"), MaxUsers: 50, MaxAPIUsers: 20, Offered: true}
	plan := func(change func(*org.PlanView)) templ.Component {
		v := org.PlanView{Page: m.page(), Plan: playground, People: 7, APIUsers: 10, Others: []roster.Plan{roster.Plans()[1], team50}}
		change(&v)
		return org.Plan(v)
	}
	several := func(change func(*invite.View)) templ.Component {
		v := invite.View{Page: m.page(), Typed: invite.Input{Kind: "regular", Role: "member"}, FormKey: "key_1", Plan: playground, People: 7}
		for _, r := range m.roles() {
			v.Roles = append(v.Roles, web.Option{Value: r.Key, Label: r.Name, Text: r.Description, Checked: r.Key == "member", Disabled: r.Reason != "", Reason: r.Reason})
		}
		change(&v)
		return invite.Page(v)
	}
	outcomes := []invite.Outcome{
		{Typed: "Anna Silva <anna@example.com>", Member: "mem_1", Label: m.text(0, "Anna Silva") + " (anna@example.com)"},
		{Typed: "bruno@example.com", Code: "already_invited", Reason: "bruno@example.com is invited already. Send the invitation again from their page.", Member: "mem_2"},
		{Typed: "chiara@example.com", Code: "already_member", Reason: "chiara@example.com is a member already.", Member: "mem_3"},
		{Typed: m.text(1, "nobody"), Code: "email_invalid", Reason: "This is not an e-mail address. It looks like anna@example.com."},
		{Typed: "zoe@elsewhere.org", Code: "domain_not_allowed", Reason: "Acme invites only addresses of example.com."},
		{Typed: "dana@example.com", Code: "seat_limit", Reason: "The plan Playground allows 10 users and 10 are in use. Remove someone or change the plan to add more."},
	}
	return []sample{
		{"settings", settings(func(*org.SettingsView) {})},
		{"settings-brand", brand(func(*org.BrandView) {})},
		{"settings-brand-read", brand(func(v *org.BrandView) { v.Allowed = []string{"organisation.show"} })},
		{"settings-brand-errors", brand(func(v *org.BrandView) {
			v.Organisation.Accent, v.Typed.Accent = "", m.text(1, "#ffcc00")
			v.Form = fields("accent", "Text in #ffcc00 could not be read by everybody. The nearest colour that can is #856a00.")
		})},
		{"settings-read", settings(func(v *org.SettingsView) { v.Allowed = []string{"organisation.show"} })},
		{"settings-errors", settings(func(v *org.SettingsView) {
			v.Typed.Name, v.Typed.Domains = "", m.text(2, "nowhere")
			v.Form = fields("name", "Fill this in.", "domains", `"nowhere" is not the domain of an e-mail address. It looks like example.com.`)
		})},
		{"settings-stale", settings(func(v *org.SettingsView) {
			v.Typed.Name, v.Typed.PhoneRequired = m.text(0, "Acme Ltd"), true
			v.Form, v.Now = failed(roster.Conflict, "Someone changed this meanwhile. Look at it again, then make your change."), v.Differs(v.Typed)
		})},
		{"settings-picture", settings(func(v *org.SettingsView) { v.Page.Organisation.Picture = m.pictured().Organisation.Picture })},
		{"emblem", emblem(m.page(), web.Form{})},
		{"emblem-set", emblem(m.pictured(), web.Form{})},
		{"emblem-wrong", emblem(m.pictured(), fields("picture", "A picture's file has at most 2 MiB."))},
		{"emblem-read", org.Picture(org.SettingsView{Page: m.pictured(), Organisation: acme})},
		{"plan", plan(func(*org.PlanView) {})},
		{"plan-if", plan(func(v *org.PlanView) { f := team50.Fit(7, 25); v.WhatIf = &f })},
		{"plan-alone", plan(func(v *org.PlanView) { v.Plan, v.People, v.Others = roster.Plans()[1], 123456, nil })},
		{"several", several(func(*invite.View) {})},
		{"several-errors", several(func(v *invite.View) {
			v.People, v.Form = 10, fields("addresses", "Name at least one address.", "until", "Write the last day as year, month and day, such as 2027-03-31.")
		})},
		{"several-outcomes", several(func(v *invite.View) {
			v.Outcomes, v.Typed.Addresses = outcomes, "nobody\nzoe@elsewhere.org\ndana@example.com"
		})},
		{"several-done", several(func(v *invite.View) { v.Outcomes = outcomes[:3] })},
	}
}
