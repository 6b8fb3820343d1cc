package access

import (
	"maps"
	"slices"
	"time"

	rooms "roster/internal/action/access"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Subject is the member that an answer is about.
type Subject struct {
	ID     string `json:"id"`
	Kind   string `json:"kind" enum:"regular,external,api"`
	Status string `json:"status" enum:"invited,active,blocked,removed"`
	Name   string `json:"name"`
}

func subjectOf(m roster.Member) Subject {
	return Subject{ID: string(m.ID), Kind: string(m.Kind), Status: string(m.Status), Name: m.Label()}
}

// MemberAccess is what a member may do. Of someone who is not active it is what they would hold.
type MemberAccess struct {
	Member  Subject      `json:"member"`
	Unit    *string      `json:"unit" doc:"That was asked about; null for everywhere."`
	Held    []HeldAccess `json:"held" nullable:"false" doc:"What the member can do; places above others come first."`
	Idle    []IdleAccess `json:"idle" nullable:"false" doc:"What grants give and the member cannot use, since its scope is lacking."`
	Units   []api.Place  `json:"units" nullable:"false" doc:"The customer accounts that are named."`
	Allowed []string     `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the member now."`
}

// HeldAccess is a permission that can be used at a place and below.
type HeldAccess struct {
	Permission string         `json:"permission"`
	Scope      *string        `json:"scope" doc:"The scope that the permission needs; null for none."`
	Kind       string         `json:"kind" enum:"read,write,irreversible"`
	Unit       *string        `json:"unit" doc:"null for the whole organisation."`
	Until      *time.Time     `json:"until" doc:"null for endless."`
	By         []AccessSource `json:"by" nullable:"false" doc:"Every grant that gives the permission there."`
	Through    []AccessSource `json:"through" nullable:"false" doc:"Every grant that gives its scope there."`
}

// IdleAccess is a permission that is given at a place and cannot be used there.
type IdleAccess struct {
	Permission string         `json:"permission"`
	Scope      *string        `json:"scope" doc:"The scope that is lacking."`
	Kind       string         `json:"kind" enum:"read,write,irreversible"`
	Unit       *string        `json:"unit" doc:"null for the whole organisation."`
	By         []AccessSource `json:"by" nullable:"false"`
}

// AccessSource is a grant that gives something.
type AccessSource struct {
	api.Grant
	RoleName *string    `json:"role_name" doc:"Of a role."`
	GivenBy  *string    `json:"given_by" doc:"The ID of who gave it."`
	Giver    *string    `json:"giver" doc:"Their name; null for who is no member."`
	GivenAt  *time.Time `json:"given_at"`
}

func sourceOf(s rooms.Source) AccessSource {
	return AccessSource{
		Grant: api.GrantOf(s.Grant), RoleName: api.Text(s.Role), GivenBy: api.Text(s.Grant.GivenBy), Giver: api.Text(s.Giver), GivenAt: api.Moment(s.Grant.GivenAt),
	}
}

func accessOf(v rooms.Access) MemberAccess {
	out := MemberAccess{Member: subjectOf(v.Member), Units: placesOf(v.Units), Allowed: api.List(v.Allowed)}
	if v.Unit != nil {
		out.Unit = api.Text(string(v.Unit.ID))
	}
	out.Held = api.Each(v.Held, func(h rooms.Held) HeldAccess {
		return HeldAccess{
			Permission: h.Permission.Key, Scope: api.Text(h.Permission.Scope), Kind: string(h.Permission.Kind), Unit: api.Text(string(h.Unit)),
			Until: api.Moment(h.Until), By: api.Each(h.By, sourceOf), Through: api.Each(h.Through, sourceOf),
		}
	})
	out.Idle = api.Each(v.Idle, func(i rooms.Idle) IdleAccess {
		return IdleAccess{
			Permission: i.Permission.Key, Scope: api.Text(i.Permission.Scope), Kind: string(i.Permission.Kind), Unit: api.Text(string(i.Unit)), By: api.Each(i.By, sourceOf),
		}
	})
	return out
}

// placesOf shows units by their IDs.
func placesOf(units map[roster.UnitID]roster.Unit) []api.Place {
	return api.Each(slices.Sorted(maps.Keys(units)), func(id roster.UnitID) api.Place { return api.PlaceOf(units[id]) })
}

// Explanation says whether a member may do something somewhere, and why or why not.
type Explanation struct {
	Member     Subject       `json:"member"`
	Permission string        `json:"permission"`
	Unit       *string       `json:"unit" doc:"null for the whole organisation."`
	Decision   bool          `json:"decision" doc:"Whether the member may."`
	Until      *time.Time    `json:"until" doc:"Until when, as things stand; null for endless."`
	By         *AccessSource `json:"by,omitempty" doc:"The grant that gives the permission for the longest."`
	Through    *AccessSource `json:"through,omitempty" doc:"And the one that gives its scope."`
	Missing    []AccessLack  `json:"missing" nullable:"false" doc:"All that stands against it."`
	Units      []api.Place   `json:"units" nullable:"false" doc:"The customer accounts that are named."`
	Allowed    []string      `json:"allowed" nullable:"false" doc:"The actions that the caller may do to the member now."`
}

// AccessLack is one thing that stands against an answer of yes.
type AccessLack struct {
	Kind       string        `json:"kind" enum:"member,status,permission,scope,unit,token" doc:"unit: it is held, but not there. status: the member is not active."`
	Permission *string       `json:"permission"`
	Scope      *string       `json:"scope"`
	Unit       *string       `json:"unit" doc:"Where it is lacking."`
	Elsewhere  []string      `json:"elsewhere" nullable:"false" doc:"Where it is held instead; an empty text is the whole organisation."`
	Status     *string       `json:"status" doc:"The member's, where that is the reason."`
	Givers     []AccessGiver `json:"givers" nullable:"false" doc:"A few who could give it."`
}

// AccessGiver is somebody who could give what is missing.
type AccessGiver struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func explanationOf(v rooms.Answer) Explanation {
	out := Explanation{
		Member: subjectOf(v.Member), Permission: v.Permission.Key, Unit: api.Text(string(v.Unit.ID)), Decision: v.Allowed, Until: api.Moment(v.Until),
		Missing: api.Each(v.Missing, lackOf), Units: placesOf(v.Units), Allowed: api.List(v.May),
	}
	for to, s := range map[**AccessSource]*rooms.Source{&out.By: v.By, &out.Through: v.Through} {
		if s != nil {
			shown := sourceOf(*s)
			*to = &shown
		}
	}
	return out
}

func lackOf(m rooms.Missing) AccessLack {
	out := AccessLack{
		Kind: m.Kind, Unit: api.Text(string(m.Unit)), Status: api.Text(string(m.Status)),
		Elsewhere: api.Each(m.Elsewhere, func(u roster.UnitID) string { return string(u) }),
		Givers:    api.Each(m.Givers, func(g rooms.Giver) AccessGiver { return AccessGiver{string(g.Member), g.Label} }),
	}
	if m.IsScope {
		out.Scope = api.Text(m.Key)
	} else {
		out.Permission = api.Text(m.Key)
	}
	return out
}

// Givable is everything that can be given to somebody, as the caller can give it at one place.
type Givable struct {
	Unit        *string             `json:"unit" doc:"The place; null for the whole organisation."`
	Version     int64               `json:"version" doc:"Of the catalogue."`
	Permissions []GivablePermission `json:"permissions" nullable:"false"`
	Scopes      []GivableScope      `json:"scopes" nullable:"false"`
	Roles       []GivableRole       `json:"roles" nullable:"false"`
	Allowed     []string            `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Giving is whether the caller can give something.
type Giving struct {
	CanGrant bool     `json:"can_grant"`
	Missing  []string `json:"missing" nullable:"false" doc:"What the caller lacks to give it there."`
}

// GivablePermission is a permission of the catalogue.
type GivablePermission struct {
	Key         string  `json:"key"`
	Scope       *string `json:"scope" doc:"The scope that it needs; null for none."`
	Kind        string  `json:"kind" enum:"read,write,irreversible"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Giving
}

// GivableScope is a scope of the catalogue.
type GivableScope struct {
	Key         string `json:"key"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Giving
}

// GivableRole is a role as it can be given.
type GivableRole struct {
	ID          string   `json:"id"`
	Key         string   `json:"key"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	BuiltIn     bool     `json:"built_in"`
	For         string   `json:"for" enum:"any,external,api"`
	Permissions []string `json:"permissions" nullable:"false"`
	Scopes      []string `json:"scopes" nullable:"false"`
	Giving
}

func givingOf(lacks []authz.Lacking) Giving {
	return Giving{CanGrant: len(lacks) == 0, Missing: api.List(authz.Keys(lacks))}
}

func givableOf(g rooms.Givable) Givable {
	out := Givable{Unit: api.Text(string(g.Unit.ID)), Version: g.Version}
	out.Permissions = api.Each(g.Permissions, func(p rooms.PermissionOffer) GivablePermission {
		return GivablePermission{p.Key, api.Text(p.Scope), string(p.Kind), p.Name, p.Description, givingOf(p.Missing)}
	})
	out.Scopes = api.Each(g.Scopes, func(s rooms.ScopeOffer) GivableScope {
		return GivableScope{s.Key, s.Name, s.Description, givingOf(s.Missing)}
	})
	out.Roles = api.Each(g.Roles, func(r rooms.RoleOffer) GivableRole {
		kind := string(r.For)
		if kind == "" {
			kind = "any"
		}
		return GivableRole{r.ID, r.Key, r.Name, r.Description, r.BuiltIn, kind, api.List(r.Permissions), api.List(r.Scopes), givingOf(r.Missing)}
	})
	return out
}
