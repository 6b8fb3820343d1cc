package authz

import (
	"maps"
	"slices"
	"strings"

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

// Roster's own permissions.
const (
	MembersRead        = "members.read"
	MembersWrite       = "members.write"
	MembersRemove      = "members.remove"
	MembersCredentials = "members.credentials"
	MembersErase       = "members.erase"
	RolesWrite         = "roles.write"
	UnitsRead          = "units.read"
	UnitsWrite         = "units.write"
	HistoryRead        = "history.read"
	OrganisationRead   = "organisation.read"
	OrganisationWrite  = "organisation.write"
	MethodsWrite       = "methods.write"
	WebhooksWrite      = "webhooks.write"
	DecisionsRead      = "decisions.read"
)

// Scope is an area of a product: a permission that names one works only where the scope is held too.
type Scope struct {
	Key         string `json:"key" yaml:"key"`
	Name        string `json:"name" yaml:"name"`
	Description string `json:"description,omitempty" yaml:"description"`
}

// Permission is a right to do something. Its key reads area.verb; its scope may be empty.
type Permission struct {
	Key         string `json:"key" yaml:"key"`
	Scope       string `json:"scope,omitempty" yaml:"scope"`
	Kind        Kind   `json:"kind" yaml:"kind"`
	Name        string `json:"name" yaml:"name"`
	Description string `json:"description,omitempty" yaml:"description"`
}

// Mapping tells what permission a host product's question asks for and where: the questions with this
// action, on this type of resource (any, when empty) and with these properties. Own names the property
// that holds the resource's owner, for what is allowed on one's own things alone. UnitFrom names the
// property that holds the unit.
type Mapping struct {
	Action       string         `json:"action" yaml:"action"`
	ResourceType string         `json:"resource_type,omitempty" yaml:"resource_type"`
	When         map[string]any `json:"when,omitempty" yaml:"when"`
	Own          string         `json:"own,omitempty" yaml:"own"`
	Permission   string         `json:"permission" yaml:"permission"`
	UnitFrom     string         `json:"unit_from,omitempty" yaml:"unit_from"`
}

// Declaration is what a host product says of itself: its part of the catalogue (design page 7).
type Declaration struct {
	Scopes      []Scope      `json:"scopes,omitempty" yaml:"scopes"`
	Permissions []Permission `json:"permissions,omitempty" yaml:"permissions"`
	Mappings    []Mapping    `json:"mappings,omitempty" yaml:"mappings"`
}

// Catalogue is the scopes, permissions and mappings there are in an installation, Roster's own and the
// host product's, and the built-in roles that follow from them. It never changes.
type Catalogue struct {
	version     int64
	declared    Declaration
	scopes      []Scope
	permissions []Permission
	own         int            // how many of the permissions are Roster's own; they come first
	items       map[string]int // a permission's number
	areas       map[string]int // a scope's number, counted after the permissions
	needs       []int          // the number of each permission's scope; none below zero
	words       int            // of a set of items
	builtIn     []roster.Role
}

// NewCatalogue makes a version of the catalogue: Roster's own part and what the host product declares.
// Kind: Invalid with the fields at fault, such as "permissions[3].scope".
func NewCatalogue(version int64, d Declaration) (*Catalogue, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	c := &Catalogue{version: version, declared: d, own: len(ownPermissions())}
	c.scopes = append(ownScopes(), d.Scopes...)
	c.permissions = append(ownPermissions(), d.Permissions...)
	c.items, c.areas = make(map[string]int, len(c.permissions)), make(map[string]int, len(c.scopes))
	for i, s := range c.scopes {
		c.areas[s.Key] = len(c.permissions) + i
	}
	for i, p := range c.permissions {
		c.items[p.Key] = i
		need := -1
		if p.Scope != "" {
			need = c.areas[p.Scope]
		}
		c.needs = append(c.needs, need)
	}
	c.words = (len(c.permissions) + len(c.scopes) + 63) / 64
	c.builtIn = c.generate()
	return c, nil
}

// Version gives the number of this state of the catalogue; it rises with each change.
func (c *Catalogue) Version() int64 { return c.version }

// Declaration gives the host product's part.
func (c *Catalogue) Declaration() Declaration { return c.declared }

// Scopes gives all scopes, Roster's own first, then in the order declared. The caller must not change it.
func (c *Catalogue) Scopes() []Scope { return c.scopes }

// Permissions gives all permissions, Roster's own first, then in the order declared. The caller must not
// change it.
func (c *Catalogue) Permissions() []Permission { return c.permissions }

// Permission gives a permission by its key, and whether there is one.
func (c *Catalogue) Permission(key string) (Permission, bool) {
	i, ok := c.items[key]
	if !ok {
		return Permission{}, false
	}
	return c.permissions[i], true
}

// Scope gives a scope by its key, and whether there is one.
func (c *Catalogue) Scope(key string) (Scope, bool) {
	i, ok := c.areas[key]
	if !ok {
		return Scope{}, false
	}
	return c.scopes[i-len(c.permissions)], true
}

// IsOwn tells whether a key is one of Roster's own permissions, or its scope.
func (c *Catalogue) IsOwn(key string) bool {
	i, ok := c.items[key]
	return ok && i < c.own || key == Admin
}

// BuiltIn gives the roles every organisation has. They are shared: the caller must not change them.
func (c *Catalogue) BuiltIn() []roster.Role { return c.builtIn }

// Complete gives a built-in role with what it holds in this catalogue, and any other as it is.
func (c *Catalogue) Complete(r roster.Role) roster.Role {
	for _, of := range c.builtIn {
		if of.ID == r.ID {
			r.Permissions, r.Scopes = of.Permissions, of.Scopes
		}
	}
	return r
}

// generate works out what the built-in roles hold from the permissions there are, so that a new
// permission cannot be forgotten in one (design page 1).
func (c *Catalogue) generate() []roster.Role {
	role := func(key, name, description string, keep func(Permission) bool) roster.Role {
		r := roster.Role{ID: key, Key: key, Name: name, Description: description, BuiltIn: true}
		scopes := map[string]bool{}
		for _, p := range c.permissions {
			if keep(p) {
				r.Permissions = append(r.Permissions, p.Key)
				scopes[p.Scope] = p.Scope != ""
			}
		}
		maps.DeleteFunc(scopes, func(_ string, named bool) bool { return !named })
		slices.Sort(r.Permissions)
		r.Scopes = slices.Sorted(maps.Keys(scopes))
		return r
	}
	owner := role(roster.RoleOwner, "Owner", "Everything, on the whole organisation.", func(Permission) bool { return true })
	owner.Scopes = slices.Sorted(maps.Keys(c.areas))
	return []roster.Role{
		owner,
		role(roster.RoleUserAdministrator, "User administrator", "Adds, edits, blocks and removes members, and makes roles.", func(p Permission) bool {
			return c.IsOwn(p.Key) && (strings.HasPrefix(p.Key, "members.") && p.Key != MembersErase || slices.Contains([]string{RolesWrite, UnitsRead, HistoryRead}, p.Key))
		}),
		role(roster.RoleAuditor, "Auditor", "Reads everything, changes nothing.", func(p Permission) bool { return p.Kind == Read }),
		role(roster.RoleMember, "Member", "No permission of its own.", func(Permission) bool { return false }),
	}
}

// ownScopes gives Roster's own scope.
func ownScopes() []Scope {
	return []Scope{{Admin, "Administration", "Managing the organisation's people, roles, customer accounts and history in Roster."}}
}

// ownPermissions gives Roster's own permissions.
func ownPermissions() []Permission {
	return []Permission{
		{MembersRead, Admin, Read, "See the team", "See who belongs to the organisation, and what access each of them has."},
		{MembersWrite, Admin, Write, "Add, edit and block members", "Invite and edit people, external users and API users, change their access, block and unblock them."},
		{MembersRemove, Admin, Irreversible, "Remove members", "End a membership for good, or withdraw an invitation."},
		{MembersErase, Admin, Irreversible, "Erase what is kept of removed members", "Delete names, addresses and everything else of somebody who was removed, from the history too, and take all that is kept of a member."},
		{MembersCredentials, Admin, Write, "Copy invitation links and set passwords", "Handle what lets somebody in: links, passwords, second factors, login methods, external IDs; secrets, keys, end and addresses of API users."},
		{RolesWrite, Admin, Write, "Make and edit roles", "Make, edit and delete the organisation's own roles."},
		{UnitsRead, Admin, Read, "See customer accounts", "See the tree of customer accounts and groups."},
		{UnitsWrite, Admin, Write, "Make and move customer accounts", "Make, rename, move, archive and restore customer accounts and groups."},
		{HistoryRead, Admin, Read, "Read the history", "Read who changed what, when and from where."},
		{OrganisationRead, Admin, Read, "See the organisation's plan and settings", "See the plan and how much of it is used, the settings, and the ways to become Owner."},
		{OrganisationWrite, Admin, Write, "Change the organisation's settings", "Change all settings: name, invitations, domains, phone, passwords, second factor, look, erasing by time, and whether operators may change something."},
		{MethodsWrite, Admin, Write, "Set up login methods", "Connect providers, switch ways in on and off, and say from which addresses and by which links of the product people come in."},
		{WebhooksWrite, Admin, Write, "Set up webhooks", "Choose where the history's events are sent, as far as one may read it, and by which secret they are signed."},
		{DecisionsRead, Admin, Read, "Ask for decisions", "Ask, as a program, whether somebody may do something somewhere."},
	}
}
