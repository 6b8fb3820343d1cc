package team

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Giving is one grant as it is asked for: exactly one of Role (key or ID), Permission and Scope.
type Giving struct {
	Role       string
	Permission string
	Scope      string
	Unit       roster.UnitID
	Until      time.Time
}

// RoleGivings asks for roles on the whole organisation.
func RoleGivings(keys ...string) []Giving {
	all := make([]Giving, len(keys))
	for i, k := range keys {
		all[i] = Giving{Role: k}
	}
	return all
}

// settle turns what is asked for into grants for a member, refusing what there is not. Doubles become one.
// Kind: Invalid, naming the place in the list.
func settle(ctx context.Context, tx *store.Tx, m roster.Member, asked []Giving) ([]roster.Grant, error) {
	roles, err := rolesFor(ctx, tx, asked)
	if err != nil {
		return nil, err
	}
	by := roster.ActorFrom(ctx)
	var bad roster.Problems
	var grants []roster.Grant
	for i, a := range asked {
		field := fmt.Sprintf("grants[%d]", i)
		g := roster.Grant{
			ID: roster.NewID("grt_"), Member: m.ID, Permission: a.Permission, Scope: a.Scope, Unit: a.Unit, Until: a.Until,
			GivenBy: by.ID(), GivenAt: tx.At(),
		}
		if a.Role != "" {
			at := slices.IndexFunc(roles, func(r roster.Role) bool { return r.Key == a.Role || r.ID == a.Role })
			if at < 0 {
				bad.Add(field+".role", roster.Errorf(roster.Invalid, "role_unknown", "There is no role %q here.", a.Role))
				continue
			}
			g.Role = roles[at].ID
		}
		bad.Add(field, checkGrant(g, m, tx.At()))
		if !slices.ContainsFunc(grants, func(o roster.Grant) bool { return same(o, g) }) {
			grants = append(grants, g)
		}
	}
	return grants, bad.Err()
}

// rolesFor gives the roles among which those asked for are found: the built-in ones, which every
// organisation has by their keys, and only where one is not among them, the organisation's own too.
func rolesFor(ctx context.Context, tx *store.Tx, asked []Giving) ([]roster.Role, error) {
	roles := authz.BuiltInRoles()
	for _, a := range asked {
		if a.Role != "" && !slices.ContainsFunc(roles, func(r roster.Role) bool { return r.Key == a.Role }) {
			return roledb.Roles(ctx, tx, tx.Org())
		}
	}
	return roles, nil
}

func checkGrant(g roster.Grant, m roster.Member, now time.Time) error {
	named := 0
	for _, what := range []string{g.Role, g.Permission, g.Scope} {
		if what != "" {
			named++
		}
	}
	known := func(p authz.Permission) bool { return p.Key == g.Permission }
	switch {
	case named != 1:
		return roster.Errorf(roster.Invalid, "grant_unclear", "A grant names exactly one of role, permission and scope.")
	case g.Permission != "" && !slices.ContainsFunc(authz.Own(), known):
		return roster.Errorf(roster.Invalid, "permission_unknown", "There is no permission %q.", g.Permission)
	case g.Scope != "":
		return roster.Errorf(roster.Invalid, "scope_unknown", "There is no scope %q to give.", g.Scope)
	case g.Unit != "":
		return roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", g.Unit)
	case !g.Live(now):
		return roster.Errorf(roster.Invalid, "until_past", "The end of a grant lies in the future.")
	case m.Kind == roster.API && g.Role == roster.RoleOwner:
		return roster.Errorf(roster.Invalid, "owner_api", "An API user cannot be an Owner. Choose another role.")
	}
	return nil
}

// same tells whether two grants give the same thing at the same place for the same time.
func same(a, b roster.Grant) bool {
	return a.Role == b.Role && a.Permission == b.Permission && a.Scope == b.Scope && a.Unit == b.Unit && a.Until.Equal(b.Until)
}

// regrant makes a member's grants what is wanted: what is held already stays as it was given.
func regrant(ctx context.Context, tx *store.Tx, m roster.Member, wanted []roster.Grant) (changed bool, err error) {
	held, err := roledb.Grants(ctx, tx, tx.Org(), m.ID)
	if err != nil {
		return false, err
	}
	if err := keepOwnWay(ctx, m, held, wanted, tx.At()); err != nil {
		return false, err
	}
	for _, g := range held {
		if !slices.ContainsFunc(wanted, func(w roster.Grant) bool { return same(w, g) }) {
			changed = true
			if err := roledb.Take(ctx, tx, m, g); err != nil {
				return changed, err
			}
		}
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(held, func(g roster.Grant) bool { return same(w, g) }) {
			changed = true
			if err := roledb.Give(ctx, tx, m, w); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// keepOwnWay is the last part of rule 4: nobody drops their own last administrative grant.
func keepOwnWay(ctx context.Context, m roster.Member, held, wanted []roster.Grant, now time.Time) error {
	if roster.ActorFrom(ctx).Member != m.ID {
		return nil
	}
	if authz.Of(held, now).Holds(authz.MembersWrite) && !authz.Of(wanted, now).Holds(authz.MembersWrite) {
		return roster.Errorf(roster.Denied, "not_on_yourself", "You cannot take your own last administrative role away. Ask another administrator.")
	}
	return nil
}
