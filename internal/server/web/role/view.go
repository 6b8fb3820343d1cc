// Package role holds the pages of roles: the list, a role's own page, the form with what it holds, the
// preview of who gains and loses what, the question before one is deleted, and the catalogue of
// permissions. The pages are made from their structs alone: they load and decide nothing.
package role

import (
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/server/web"
)

// Row is a role as the list shows it.
type Row struct {
	Role    roster.Role
	Holders int
	Allowed []string // what the viewer may do with this one, by action name
}

// May tells whether the viewer may do an action with the role.
func (r Row) May(action string) bool { return slices.Contains(r.Allowed, action) }

func (r Row) page(p web.Page, parts ...string) string {
	return p.In(append([]string{"roles", r.Role.ID}, parts...)...)
}

// ListView is the list of roles.
type ListView struct {
	web.Page
	Rows []Row
}

// Permission is a permission in words.
type Permission struct {
	Key, Name, Description string
	Kind                   string // "read", "write", "irreversible"
	Own                    bool   // Roster's own
	Reason                 string // why the viewer cannot give it; empty when they can
}

// Scope is an area with its permissions.
type Scope struct {
	Key, Name, Description string
	Held                   bool // the role holds the scope itself
	Own                    bool
	Reason                 string
	Permissions            []Permission
}

// RoleView is a role's own page.
type RoleView struct {
	web.Page
	Row         Row
	Scopes      []Scope // with the permissions that the role holds
	Holders     []web.Holder
	HoldersNext string // the address of more
	MayPeople   bool
	Now         time.Time
}

// Input is what the form of a role holds beside the lists, as typed.
type Input struct{ Name, Description, For string }

// FormView is the form that makes a role, or changes one where Row has any.
type FormView struct {
	web.Page
	Form    web.Form
	Typed   Input
	Row     Row
	Lists   web.Lists
	Version string
	Now     []web.Stands // after a stale form was refused: what stands there now and was typed otherwise
}

func (v FormView) fresh() bool { return v.Row.Role.ID == "" }

// Touched is what saving a role would do to someone who holds it.
type Touched struct {
	Holder web.Holder
	Gains  []string // "See invoices on Harbour Lane"
	Loses  []string
}

// PreviewView tells who would gain and lose what, before a role is saved.
type PreviewView struct {
	web.Page
	Row     Row
	Typed   Input
	Gains   []string // what the role would hold besides
	Loses   []string // what it would hold no more
	Holders int
	Touched []Touched
	More    int // people touched who are not shown
	Hidden  []web.Hidden
	Denied  string // why it cannot be saved; empty when it can
	Now     time.Time
}

// Question is the page that asks before a role is deleted. While someone holds it, it tells who instead.
type Question struct {
	web.Page
	Form    web.Form
	Row     Row
	Holders []web.Holder
	Now     time.Time
}

// CatalogueView is the catalogue of scopes and permissions.
type CatalogueView struct {
	web.Page
	Q      string
	Scopes []Scope
	Rest   []Permission // those of no scope
}

func (v CatalogueView) count() int {
	n := len(v.Rest)
	for _, s := range v.Scopes {
		n += len(s.Permissions)
	}
	return n
}

// Sift keeps what a search means: scopes and permissions whose key, name or description has the words.
func (v CatalogueView) Sift() CatalogueView {
	wanted := strings.ToLower(strings.TrimSpace(v.Q))
	if wanted == "" {
		return v
	}
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), wanted) })
	}
	sift := func(all []Permission) []Permission {
		return slices.DeleteFunc(slices.Clone(all), func(p Permission) bool { return !has(p.Key, p.Name, p.Description) })
	}
	var scopes []Scope
	for _, s := range v.Scopes {
		if !has(s.Key, s.Name, s.Description) {
			s.Permissions = sift(s.Permissions)
		}
		if len(s.Permissions) > 0 || has(s.Key, s.Name) {
			scopes = append(scopes, s)
		}
	}
	v.Scopes, v.Rest = scopes, sift(v.Rest)
	return v
}
