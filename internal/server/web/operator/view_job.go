package operator

import (
	"strings"

	"roster/internal/action/catalogue"
	"roster/internal/action/outbox"
	"roster/internal/config"
	"roster/internal/server/web"
	"roster/internal/store/cataloguedb"
	"roster/internal/store/jobdb"
)

// Started is what the server was started with, as it may be shown.
type Started struct {
	All  []config.Sourced
	Mail bool // whether something carries mail
}

// JobsView is the outbox: what waits to be done, was refused or given up.
type JobsView struct {
	web.Page
	Form web.Form
	Rows []outbox.Waiting
	To   string // where a letter on trial is to go, as typed
	Mail bool

	State  string              // "dead" or "waiting"; all when empty
	Counts map[jobdb.State]int // of all
}

// states gives those of a group of letters.
func (v JobsView) states() []jobdb.State {
	switch v.State {
	case "dead":
		return jobdb.Dead()
	case "waiting":
		return []jobdb.State{jobdb.Waiting, jobdb.Running}
	}
	return outbox.Open()
}

// of gives how many letters are in a group.
func (v JobsView) of(group string) int {
	v.State = group
	n := 0
	for _, s := range v.states() {
		n += v.Counts[s]
	}
	return n
}

// tabs lead to the letters of each group.
func (v JobsView) tabs() []web.Tab {
	var all []web.Tab
	for _, group := range []string{"", "dead", "waiting"} {
		t := web.Tab{URL: "/operator/jobs"}
		switch group {
		case "":
			t.Label = v.Say("operator.jobs.tab.all")
		default:
			t.Label, t.URL = v.Say("operator.jobs.tab."+group), "/operator/jobs?state="+group
		}
		t.Label = v.Say("operator.jobs.tab", "state", t.Label, "n", v.Number(v.of(group)))
		if group == v.State {
			t.URL = ""
		}
		all = append(all, t)
	}
	return all
}

// pager tells how many of how many are shown.
func (v JobsView) pager() web.Pager {
	if v.of(v.State) <= len(v.Rows) {
		return web.Pager{}
	}
	return web.Pager{Shown: v.Say("operator.jobs.shown", "n", v.Number(len(v.Rows)), "total", v.Number(v.of(v.State)))}
}

func (v JobsView) tone(j outbox.Waiting) string {
	switch j.State {
	case jobdb.Refused, jobdb.GivenUp:
		return "stop"
	case jobdb.Running:
		return "good"
	}
	return "wait"
}

// ended tells whether a job is a dead letter: nobody tries it again by itself.
func ended(j outbox.Waiting) bool { return j.State == jobdb.Refused || j.State == jobdb.GivenUp }

// kind says what a job does.
func (v JobsView) kind(j outbox.Waiting) string {
	return v.Say("operator.job.kind." + strings.TrimPrefix(j.Kind, "letter."))
}

// SettingsView shows what the server was started with.
type SettingsView struct {
	web.Page
	All []config.Sourced
}

// CatalogueView is the catalogue as it is, and what a document would make of it.
type CatalogueView struct {
	web.Page
	Form  web.Form
	Now   catalogue.View
	Typed string
	Plan  *catalogue.Plan // what was looked at; nil where nothing was
}

// holds says who holds what.
func (v CatalogueView) holds(u cataloguedb.Use) string {
	what := u.Permission + u.Scope
	if u.Role != "" {
		return v.Counted("operator.catalogue.role", u.Members, "what", what, "role", u.RoleName, "organisation", u.OrgName)
	}
	return v.Counted("operator.catalogue.members", u.Members, "what", what, "organisation", u.OrgName)
}
