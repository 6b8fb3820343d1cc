package access

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
)

// Givable is everything that can be given to somebody, as the asker could give it at one place.
type Givable struct {
	Unit        roster.Unit // the place; zero for the organisation
	Version     int64       // of the catalogue
	Roles       []RoleOffer
	Permissions []PermissionOffer
	Scopes      []ScopeOffer
}

// RoleOffer, PermissionOffer and ScopeOffer are each a thing with what the asker lacks to give it there;
// nothing when they can.
type RoleOffer struct {
	roster.Role
	Missing []authz.Lacking
}

// PermissionOffer is a permission with what the asker lacks to give it.
type PermissionOffer struct {
	authz.Permission
	Missing []authz.Lacking
}

// ScopeOffer is a scope with what the asker lacks to give it.
type ScopeOffer struct {
	authz.Scope
	Missing []authz.Lacking
}

// Permissions gives the catalogue and the roles with what the asker lacks to give each at a unit (an ID or
// external ID; empty for the whole organisation), endlessly. Kinds: Invalid (unit_unknown), Denied.
func (r *Room) Permissions(ctx context.Context, unit string) (Givable, error) {
	return action.Look(ctx, r.gate, act.PermissionList, func(ctx context.Context, _ store.Reader) (Givable, error) {
		var g Givable
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return g, err
		}
		authority, err := action.Authority(ctx)
		if err != nil {
			return g, err
		}
		sight, err := action.Sight(ctx)
		if err != nil {
			return g, err
		}
		if unit != "" {
			b := &book{snap: snap, sight: sight, units: map[roster.UnitID]roster.Unit{}}
			if g.Unit, err = b.unit(unit); err != nil {
				return g, err
			}
		}
		g.fill(snap, func(what roster.Grant) []authz.Lacking {
			what.Unit = g.Unit.ID
			return authority.LacksToGive(what)
		})
		return g, nil
	})
}

func (g *Givable) fill(snap *authz.Snapshot, lacks func(roster.Grant) []authz.Lacking) {
	c := snap.Catalogue()
	g.Version = c.Version()
	for _, role := range snap.Roles() {
		g.Roles = append(g.Roles, RoleOffer{role, lacks(roster.Grant{Role: role.ID})})
	}
	for _, p := range c.Permissions() {
		g.Permissions = append(g.Permissions, PermissionOffer{p, lacks(roster.Grant{Permission: p.Key})})
	}
	for _, s := range c.Scopes() {
		g.Scopes = append(g.Scopes, ScopeOffer{s, lacks(roster.Grant{Scope: s.Key})})
	}
}
