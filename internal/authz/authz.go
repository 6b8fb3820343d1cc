// Package authz says what a member may do: the permissions there are, what the built-in roles hold,
// and the authority that follows from grants. It reads no database and knows no request.
package authz

import (
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
)

// Kind tells what a permission lets one do.
type Kind string

// The kinds of permissions and actions.
const (
	Read         Kind = "read"
	Write        Kind = "write"
	Irreversible Kind = "irreversible"
)

// Admin is the scope of Roster's own permissions.
const Admin = "admin"

// Permission is a right to do something.
type Permission struct {
	Key   string // area.verb
	Scope string
	Kind  Kind
	Name  string
}

// Roster's own permissions.
const (
	MembersRead        = "members.read"
	MembersWrite       = "members.write"
	MembersRemove      = "members.remove"
	MembersCredentials = "members.credentials"
	HistoryRead        = "history.read"
	OrganisationRead   = "organisation.read"
)

// Own gives Roster's own permissions.
func Own() []Permission {
	return []Permission{
		{MembersRead, Admin, Read, "See the team"},
		{MembersWrite, Admin, Write, "Add, edit and block members"},
		{MembersRemove, Admin, Irreversible, "Remove members"},
		{MembersCredentials, Admin, Write, "Copy invitation links and set passwords"},
		{HistoryRead, Admin, Read, "Read the history"},
		{OrganisationRead, Admin, Read, "See the organisation's plan and settings"},
	}
}

// BuiltInRoles gives the four roles every organisation has; what they hold is generated from the
// permissions there are, so that a new permission cannot be forgotten in one.
func BuiltInRoles() []roster.Role {
	pick := func(keep func(Permission) bool) []string {
		var keys []string
		for _, p := range Own() {
			if keep(p) {
				keys = append(keys, p.Key)
			}
		}
		slices.Sort(keys)
		return keys
	}
	role := func(key, name, description string, permissions []string) roster.Role {
		return roster.Role{ID: key, Key: key, Name: name, Description: description, BuiltIn: true, Permissions: permissions}
	}
	return []roster.Role{
		role(roster.RoleOwner, "Owner", "Everything, on the whole organisation.", pick(func(Permission) bool { return true })),
		role(roster.RoleUserAdministrator, "User administrator", "Adds, edits, blocks and removes members.", pick(func(p Permission) bool {
			return strings.HasPrefix(p.Key, "members.") || p.Key == HistoryRead
		})),
		role(roster.RoleAuditor, "Auditor", "Reads everything, changes nothing.", pick(func(p Permission) bool { return p.Kind == Read })),
		role(roster.RoleMember, "Member", "No permission of its own.", nil),
	}
}

// Authority is what a member can really do, on the whole organisation.
type Authority struct {
	all  bool                 // root: outside permissions
	held map[string]time.Time // until when each is held; zero for endless
}

// Root is the authority of the command line and of Roster itself.
func Root() Authority { return Authority{all: true} }

// Of works out the authority that follows from a member's grants at a moment.
func Of(grants []roster.Grant, at time.Time) Authority {
	a := Authority{held: map[string]time.Time{}}
	for _, g := range grants {
		if !g.Live(at) || g.Unit != "" {
			continue
		}
		for _, p := range Content(g) {
			if until, held := a.held[p]; !held || outlasts(g.Until, until) {
				a.held[p] = g.Until
			}
		}
	}
	return a
}

// outlasts tells whether one end comes after another; none at all, the zero time, comes last.
func outlasts(a, b time.Time) bool { return !b.IsZero() && (a.IsZero() || a.After(b)) }

// Content gives the permissions a grant carries.
func Content(g roster.Grant) []string {
	if g.Permission != "" {
		return []string{g.Permission}
	}
	for _, r := range BuiltInRoles() {
		if r.ID == g.Role {
			return r.Permissions
		}
	}
	return nil
}

// Narrow gives the authority without what is not named; an access token narrows its API user so.
func (a Authority) Narrow(to []string) Authority {
	n := Authority{held: map[string]time.Time{}}
	for _, p := range to {
		if a.Holds(p) {
			n.held[p] = a.held[p]
		}
	}
	return n
}

// Holds tells whether the authority has a permission.
func (a Authority) Holds(permission string) bool {
	_, held := a.held[permission]
	return a.all || held
}

// Keys gives the permissions held, sorted. Root's are Roster's own.
func (a Authority) Keys() []string {
	var keys []string
	for _, p := range Own() {
		if a.Holds(p.Key) {
			keys = append(keys, p.Key)
		}
	}
	for k := range a.held {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Beyond gives what other holds and a does not, or not for as long, sorted: what a giver lacks. Empty
// when a may give and take all of other.
func (a Authority) Beyond(other Authority) []string {
	lacking := a.Excess(other)
	for p, until := range other.held {
		if mine, held := a.held[p]; held && !a.all && outlasts(until, mine) {
			lacking = append(lacking, p)
		}
	}
	slices.Sort(lacking)
	return lacking
}

// Excess gives what other holds and a does not, sorted: what someone weaker lacks. Empty when a covers
// other at this moment.
func (a Authority) Excess(other Authority) []string {
	var lacking []string
	for _, p := range other.Keys() {
		if !a.Holds(p) {
			lacking = append(lacking, p)
		}
	}
	return lacking
}
