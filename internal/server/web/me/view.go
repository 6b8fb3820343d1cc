// Package me holds the pages on which people settle what is their own: how Roster looks and speaks to them, and what they
// are called in an organisation. How they come in is entry's and factor's.
package me

import (
	"strings"

	"roster/internal/action/news"
	"roster/internal/action/team/own"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/server/web"
	"roster/internal/zone"
)

// PreferencesView is where a person says how Roster shall be.
type PreferencesView struct {
	web.Page
	Form      web.Form
	Now       roster.Preferences // as kept, or as typed
	Languages []web.Option
}

// choices are the values of a setting below the one that stands for its absence.
func choices(p web.Page, prefix, chosen string, values []string) []web.Option {
	list := []web.Option{{Label: p.Say(prefix + "none"), Checked: chosen == ""}}
	for _, value := range values {
		list = append(list, web.Option{Value: value, Label: p.Say(prefix + value), Checked: value == chosen})
	}
	return list
}

// zones are the time zones to choose from, by part of the world. One that is kept under an older name stands above them.
func zones(p web.Page, chosen string) []web.OptionGroup {
	known := chosen == ""
	groups := []web.OptionGroup{{Name: p.Say("me.zone.own"), Options: []web.Option{{Label: p.Say("me.zone.none"), Checked: chosen == ""}}}}
	for _, r := range zone.Regions() {
		g := web.OptionGroup{Name: p.Say("me.region." + strings.ToLower(r.Name))}
		for _, name := range r.Zones {
			known = known || name == chosen
			g.Options = append(g.Options, web.Option{Value: name, Label: strings.ReplaceAll(name, "_", " "), Checked: name == chosen})
		}
		groups = append(groups, g)
	}
	if !known {
		groups[0].Options = append(groups[0].Options, web.Option{Value: chosen, Label: chosen, Checked: true})
	}
	return groups
}

// ProfileView is what a member is called in an organisation, as they see it themselves.
type ProfileView struct {
	web.Page
	Form    web.Form
	Profile own.Profile // as kept, or as typed
	News    []news.Choice
	Sent    string // the form that came back with what was wrong: "names" or "picture"
}

// picture gives where the visitor's picture is; empty without one.
func (v ProfileView) picture() string {
	if v.Profile.Picture == "" {
		return ""
	}
	return v.In("me", "picture") + "?hash=" + v.Profile.Picture
}

// ways are how somebody can be told, the one that is chosen among them.
func (v ProfileView) ways(chosen bulletin.Way) []web.Option {
	var list []web.Option
	for _, w := range bulletin.Ways() {
		list = append(list, web.Option{Value: string(w), Label: v.Say("me.news.way." + string(w)), Checked: w == chosen})
	}
	return list
}

// LeaveView asks before somebody leaves an organisation.
type LeaveView struct {
	web.Page
	Form      web.Form
	LastOwner bool // then they cannot
	Typed     string
}
