// Package role is the room of the roles: the built-in ones and the organisation's own are shown, and its
// own ones made, changed and deleted, after a preview of what that does to those who hold them. Roles are
// not given here (that is team).
package role

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Room holds the use cases of the roles.
type Room struct {
	gate    *action.Gate
	cursors secret.Cursors
}

// New makes the room.
func New(g *action.Gate, c secret.Cursors) *Room { return &Room{g, c} }

// View is a role as every door shows it.
type View struct {
	roster.Role
	Holders int      // members who hold it; -1 for an asker who does not see the whole team
	Missing []string // what the asker lacks to give it on the organisation; nothing when they can
	Allowed []string // what the asker may do to it
}

// List gives the organisation's roles: the built-in ones, then its own by name. Kind: Denied.
func (r *Room) List(ctx context.Context) ([]View, error) {
	return action.Look(ctx, r.gate, act.RoleList, func(ctx context.Context, rd store.Reader) ([]View, error) {
		org := roster.ActorFrom(ctx).Organisation
		catalogue, err := action.Catalogue(ctx, rd)
		if err != nil {
			return nil, err
		}
		sight, err := action.Sight(ctx)
		if err != nil {
			return nil, err
		}
		counts, err := roledb.CountHolders(ctx, rd, org, action.Moment(ctx))
		if err != nil {
			return nil, err
		}
		roles, err := roledb.Roles(ctx, rd, org)
		if err != nil {
			return nil, err
		}
		all := make([]View, len(roles))
		for i, v := range roles {
			n := counts[v.ID]
			if sight != nil {
				n = -1
			}
			if all[i], err = view(ctx, catalogue.Complete(v), n); err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}

// view completes a role with what the asker lacks to give it and may do to it. holders is how many hold it.
func view(ctx context.Context, v roster.Role, holders int) (View, error) {
	authority, err := action.Authority(ctx)
	if err != nil {
		return View{}, err
	}
	allowed := action.AllowedOn(ctx, "role", "")
	if v.BuiltIn {
		allowed = slices.DeleteFunc(allowed, func(name string) bool {
			return name == string(act.RoleEdit) || name == string(act.RoleDelete)
		})
	}
	return View{Role: v, Holders: holders, Missing: authz.Keys(authority.LacksRole(v)), Allowed: allowed}, nil
}

// Page is who holds a role, a page of it.
type Page struct {
	Holders []roledb.Holder
	Next    string // the cursor of the next page; empty on the last
}

// Query is which page of a role's holders is asked for.
type Query struct {
	Limit  int // 1 to 200; 50 when 0
	Cursor string
}

// Detail is everything a role's own page shows.
type Detail struct {
	View
	Permissions []authz.Permission // what it holds, as the catalogue has it
	Scopes      []authz.Scope
	Held        Page
}

// Show gives a role with its content and a page of those who hold it, a member once for each grant. Kinds:
// Invalid for the query, NotFound, Denied.
func (r *Room) Show(ctx context.Context, id string, q Query) (Detail, error) {
	return action.LookAt(ctx, r.gate, act.RoleShow, roster.Ref{Kind: "role", ID: id}, func(ctx context.Context, rd store.Reader) (Detail, error) {
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return Detail{}, err
		}
		role, err := stored(ctx, rd, snap.Catalogue(), id)
		if err != nil {
			return Detail{}, err
		}
		d := Detail{}
		if d.View, err = view(ctx, role, len(snap.HoldersLive(role.ID, action.Moment(ctx)))); err != nil {
			return d, err
		}
		for _, key := range role.Permissions {
			if p, known := snap.Catalogue().Permission(key); known {
				d.Permissions = append(d.Permissions, p)
			}
		}
		for _, key := range role.Scopes {
			if s, known := snap.Catalogue().Scope(key); known {
				d.Scopes = append(d.Scopes, s)
			}
		}
		d.Held, err = r.held(ctx, rd, role, q)
		return d, err
	})
}

// stored gives a role by ID or key as it is kept, with its content. Kind: NotFound.
func stored(ctx context.Context, rd store.Reader, c *authz.Catalogue, id string) (roster.Role, error) {
	found, err := roledb.RoleByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
	if err != nil {
		return found.Value, err
	}
	v, err := found.Or("role")
	return c.Complete(v), err
}

func (r *Room) held(ctx context.Context, rd store.Reader, v roster.Role, q Query) (Page, error) {
	org := roster.ActorFrom(ctx).Organisation
	f := roledb.HolderFilter{Org: org, Role: v.ID, At: action.Moment(ctx), Limit: cmp.Or(q.Limit, 50)}
	if f.Limit < 1 || f.Limit > 200 {
		return Page{}, roster.Errorf(roster.Invalid, "limit_invalid", "A page has 1 to 200 members.").On("limit")
	}
	bound := strings.Join([]string{string(org), "holders", v.ID}, "\x1f")
	if q.Cursor != "" {
		f.After = &roledb.HolderKey{}
		if err := r.cursors.Decode(bound, q.Cursor, f.After); err != nil {
			return Page{}, err
		}
	}
	limit := f.Limit
	f.Limit++
	all, err := roledb.Holders(ctx, rd, f)
	page := Page{Holders: all}
	if err == nil && len(all) > limit {
		page.Holders = all[:limit]
		page.Next, err = r.cursors.Encode(bound, all[limit-1].Key())
	}
	return page, err
}
