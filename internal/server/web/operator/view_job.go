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
