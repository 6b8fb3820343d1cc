// Package org holds the pages of an organisation's settings and of its plan. The pages are made from their
// structs alone: they load and decide nothing.
package org

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Input is what the form of the settings holds, as typed.
type Input struct {
	Name           string
	InvitationTTL  string // a Go duration, such as "168h"
	PhoneRequired  bool
	Domains        string // each on a line
	AdminPasswords bool
	SecondSecrets  bool
	EraseAfter     string // days
	FactorRequired bool
	FactorGrace    string // a Go duration
}

// InputOf gives the form as an organisation fills it.
func InputOf(o roster.Organisation) Input {
	return Input{o.Name, o.InvitationTTL.String(), o.PhoneRequired, strings.Join(o.Domains, "\n"), o.AdminPasswords, o.SecondSecrets, strconv.Itoa(o.EraseAfter), !o.FactorSince.IsZero(), o.FactorGrace.String()}
}

// SettingsView is the page of the settings: a form for who may change them, facts for others.
type SettingsView struct {
	web.Page
	Organisation roster.Organisation
	Form         web.Form
	Typed        Input
	Version      string // comes back as it is, so that a stale form is refused
	Now          []Fact // after a stale form was refused: what stands there now and was typed otherwise
}

// Fact is a field with its value in words; an empty value is none.
type Fact struct{ Field, Value string }

// facts gives the settings in words.
func (v SettingsView) facts() []Fact {
	o := v.Organisation
	return []Fact{
		{"name", o.Name},
		{"invitation_ttl", v.Span(o.InvitationTTL)},
		{"phone_required", v.yes(o.PhoneRequired)},
		{"domains", v.domains(o.Domains)},
		{"admin_passwords", v.yes(o.AdminPasswords)},
		{"second_secrets", v.yes(o.SecondSecrets)},
		{"erase_after", v.erasing(o.EraseAfter)},
		{"factor_required", v.yes(!o.FactorSince.IsZero())},
		{"factor_grace", v.grace(o.FactorGrace)},
	}
}

func (v SettingsView) yes(is bool) string {
	if is {
		return v.Say("settings.yes")
	}
	return v.Say("settings.no")
}

func (v SettingsView) domains(all []string) string {
	if len(all) == 0 {
		return v.Say("settings.domains.any")
	}
	return strings.Join(all, ", ")
}

// Differs gives what of the settings stands otherwise than it was typed.
func (v SettingsView) Differs(typed Input) []Fact {
	was, all := InputOf(v.Organisation), v.facts()
	same := []bool{
		was.Name == typed.Name, was.InvitationTTL == typed.InvitationTTL, was.PhoneRequired == typed.PhoneRequired,
		was.Domains == strings.Join(strings.Fields(typed.Domains), "\n"), was.AdminPasswords == typed.AdminPasswords, was.SecondSecrets == typed.SecondSecrets, was.EraseAfter == typed.EraseAfter,
		was.FactorRequired == typed.FactorRequired, was.FactorGrace == typed.FactorGrace,
	}
	var changed []Fact
	for i, f := range all {
		if !same[i] {
			changed = append(changed, f)
		}
	}
	return changed
}

// lifetimes are what invitations may last, the present one among them.
func (v SettingsView) lifetimes() []web.Option {
	const day = 24 * time.Hour
	all := []time.Duration{day, 3 * day, 7 * day, 14 * day, 30 * day, 90 * day}
	if o := v.Organisation.InvitationTTL; !slices.Contains(all, o) {
		all = append(all, o)
		slices.Sort(all)
	}
	var list []web.Option
	for _, d := range all {
		list = append(list, web.Option{Value: d.String(), Label: v.Span(d), Checked: d.String() == v.Typed.InvitationTTL})
	}
	return list
}

// grace says how long people may come in without a second factor.
func (v SettingsView) grace(d time.Duration) string {
	if d == 0 {
		return v.Say("settings.factor_grace.none")
	}
	return v.Span(d)
}

// graces are what people may be given, the present one among them.
func (v SettingsView) graces() []web.Option {
	const day = 24 * time.Hour
	all := []time.Duration{0, day, 7 * day, 14 * day, 30 * day, 90 * day}
	if o := v.Organisation.FactorGrace; !slices.Contains(all, o) {
		all = append(all, o)
		slices.Sort(all)
	}
	var list []web.Option
	for _, d := range all {
		list = append(list, web.Option{Value: d.String(), Label: v.grace(d), Checked: d.String() == v.Typed.FactorGrace})
	}
	return list
}

// PlanView is the page of the plan: what of it is in use, and what another would be.
type PlanView struct {
	web.Page
	Plan             roster.Plan
	People, APIUsers int
	Others           []roster.Plan
	WhatIf           *roster.Fit // what was asked for; nil where nothing was
}

func (v PlanView) others() []web.Option {
	var list []web.Option
	for _, p := range v.Others {
		list = append(list, web.Option{Value: p.Key, Label: p.Name, Checked: v.WhatIf != nil && v.WhatIf.Plan.Key == p.Key})
	}
	return list
}

// limit says a limit in words.
func (v PlanView) limit(key string, n int) string {
	if n == roster.Unlimited {
		return v.Say("plan." + key + ".unlimited")
	}
	return v.Counted("plan."+key, n)
}

// meter says how much of a limit is in use.
func (v PlanView) meter(key string, used, limit int) string {
	if limit == roster.Unlimited {
		return v.Say("plan."+key+".used.unlimited", "n", v.Number(used))
	}
	return v.Say("plan."+key+".used", "n", v.Number(used), "limit", v.Number(limit))
}

// outcome says what a limit would do to so many.
func (v PlanView) outcome(key string, used, limit, over int) string {
	key = "plan.if." + key
	switch {
	case limit == roster.Unlimited:
		return v.Say(key+".unlimited", "used", v.Number(used))
	case over > 0:
		return v.Say(key+".over", "used", v.Number(used), "limit", v.Number(limit), "over", v.Number(over))
	case used == limit:
		return v.Say(key+".full", "used", v.Number(used))
	}
	return v.Say(key+".fits", "used", v.Number(used), "left", v.Number(limit-used))
}

// erasing says when removed members are erased.
func (v SettingsView) erasing(days int) string {
	if days == 0 {
		return v.Say("settings.erase_after.never")
	}
	return v.Counted("settings.erase_after.days", days)
}
