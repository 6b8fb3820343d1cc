package team

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/jobdb/newsdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Giving is one grant as it is asked for: exactly one of Role (key or ID), Permission and Scope. Unit is an
// ID or external ID; without one it is an external member's own unit, and the organisation for others.
type Giving struct {
	Role       string
	Permission string
	Scope      string
	Unit       roster.UnitID
	Until      time.Time
}

// MostGrants bounds the grants of one member.
const MostGrants = 1000

// RoleGivings asks for roles on the whole organisation.
func RoleGivings(keys ...string) []Giving {
	all := make([]Giving, len(keys))
	for i, k := range keys {
		all[i] = Giving{Role: k}
	}
	return all
}

// Givings asks for what is held already.
func Givings(grants []roster.Grant) []Giving {
	all := make([]Giving, len(grants))
	for i, g := range grants {
		all[i] = Giving{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: g.Unit, Until: g.Until}
	}
	return all
}

// Grants is all that a member shall hold, as far as the actor sees it.
type Grants struct {
	All     []Giving
	Version int64 // the version that was looked at; 0 to take whatever is there
}

// Granted is a member with other grants: the view tells which began and ended, Shifts what that changed of
// what they can really use.
type Granted struct {
	View
	Shifts []authz.Shift
}

// Grant makes a member's grants what is asked for: what is held already stays as it was given, another end
// replaces a grant, and what is not asked for ends. What lies out of the actor's sight stays as it is, so that who
// administers one account saves the set without knowing what is held elsewhere; who asks for it is refused, held or
// not. Kinds: Invalid for the grants, naming each place in the list, Conflict (changed_meanwhile, last_owner),
// NotFound, Denied (forbidden, exceeds_authority, stronger_target).
func (r *Room) Grant(ctx context.Context, id roster.MemberID, in Grants) (Granted, error) {
	return action.Do(ctx, r.gate, act.MemberGrant, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Granted, error) {
		return in.Set(ctx, tx, id)
	})
}

// Set is what setting grants does in its transaction, or in its row of a series.
func (in Grants) Set(ctx context.Context, tx *store.Tx, id roster.MemberID) (Granted, error) {
	m, err := load(ctx, tx, id)
	if err != nil {
		return Granted{}, err
	}
	if in.Version != 0 && in.Version != m.Version {
		return Granted{}, store.ErrStale()
	}
	shifts, err := setGrants(ctx, tx, m, in.All)
	if err != nil {
		return Granted{}, err
	}
	v, err := view(ctx, tx, id)
	v.Gained, v.Lost = without(tx.Given(), tx.Taken()), without(tx.Taken(), tx.Given())
	return Granted{v, shifts}, err
}

// setGrants makes a member's grants what is asked for, and gives what that changes of what they can use.
func setGrants(ctx context.Context, tx *store.Tx, m roster.Member, asked []Giving) ([]authz.Shift, error) {
	if m.Status == roster.Removed {
		return nil, store.ErrNone("member")
	}
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	held, err := roledb.Grants(ctx, tx, tx.Org(), m.ID)
	if err != nil {
		return nil, err
	}
	wanted, err := settle(ctx, tx, m, held, asked)
	if err != nil {
		return nil, err
	}
	before, after := snap.AuthorityOf(held, tx.At()), snap.AuthorityOf(wanted, tx.At())
	changed, err := regrant(ctx, tx, m, held, wanted)
	if err == nil && changed {
		_, err = memberdb.Touch(ctx, tx, m)
	}
	if err == nil && changed && m.ID != roster.ActorFrom(ctx).Member {
		err = newsdb.Tell(ctx, tx, tx.Org(), m.ID, bulletin.NewsAccess, "")
	}
	if err == nil && m.Kind != roster.API && m.Pending() {
		err = takeOver(ctx, tx, m, roster.ActorFrom(ctx).ID())
	}
	return authz.Shifts(before, after), err
}

func tooMany() error {
	return roster.Errorf(roster.Invalid, "too_many_grants", "At most %d grants, please. A role can hold several permissions.", MostGrants).On("grants")
}

// without gives the grants of which nothing the same is among some others: what was taken over neither came nor
// went.
func without(all, others []roster.Grant) []roster.Grant {
	return slices.DeleteFunc(slices.Clone(all), func(g roster.Grant) bool {
		return slices.ContainsFunc(others, func(o roster.Grant) bool { return same(o, g) })
	})
}

// settle turns what is asked for into grants for a member, refusing what there is not, and puts beside it what is held
// out of the actor's sight. What is held already is taken as it is, also where it could not be given any more. Doubles
// become one. Kinds: Invalid, naming the place in the list; Denied for what lies out of sight, held or not.
func settle(ctx context.Context, tx *store.Tx, m roster.Member, held []roster.Grant, asked []Giving) ([]roster.Grant, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := action.Seen(ctx)
	if err != nil {
		return nil, err
	}
	if len(asked) > MostGrants {
		return nil, tooMany()
	}
	s := settling{snap, m, tx.At(), Known(ctx, seen, held)}
	var hidden []authz.Lacking
	by := roster.ActorFrom(ctx)
	var bad roster.Problems
	grants := slices.DeleteFunc(slices.Clone(held), seen)
	for i, a := range asked {
		field := fmt.Sprintf("grants[%d]", i)
		g := roster.Grant{ID: roster.NewID("grt_"), Member: m.ID, GivenBy: by.ID(), GivenAt: tx.At()}
		if !s.name(&bad, field, a, &g) {
			continue
		}
		if at := slices.IndexFunc(held, func(h roster.Grant) bool { return same(h, g) && seen(h) }); at >= 0 {
			g = held[at]
		} else {
			s.check(&bad, field, g)
		}
		at := slices.IndexFunc(grants, func(o roster.Grant) bool { return o.Alike(g) })
		switch {
		case !seen(g):
			hidden = append(hidden, authz.Lacking{Permission: authz.MembersWrite, Unit: g.Unit})
		case at < 0:
			grants = append(grants, g)
		case !same(grants[at], g):
			bad.Add(field, roster.Errorf(roster.Invalid, "grant_twice", "This is asked for twice at one place, with two ends. Ask for it once."))
		}
	}
	switch err := bad.Err(); {
	case err != nil:
		return nil, err
	case len(grants) > MostGrants:
		return nil, tooMany()
	case len(hidden) > 0:
		return nil, action.Lacks(ctx, tx, hidden, "You need the permission %s to change what people hold there.")
	}
	return grants, nil
}

// SeesUnit gives the question which units the actor may know of.
func SeesUnit(ctx context.Context) func(roster.UnitID) bool {
	return func(id roster.UnitID) bool { return action.SeesUnit(ctx, id) }
}

// Known gives the question which units the actor may name in what a member holds: those they see, and those where
// they see what is held. seen is action.Seen.
func Known(ctx context.Context, seen func(roster.Grant) bool, held []roster.Grant) func(roster.UnitID) bool {
	return func(id roster.UnitID) bool {
		return action.SeesUnit(ctx, id) || seen(roster.Grant{Unit: id}) || slices.ContainsFunc(held, func(g roster.Grant) bool { return g.Unit == id && seen(g) })
	}
}

// settling is what grants are checked against.
type settling struct {
	snap  *authz.Snapshot
	m     roster.Member
	at    time.Time
	known func(roster.UnitID) bool
}

// name fills in what is granted, where and until when, and tells what it cannot name.
func (s settling) name(bad *roster.Problems, field string, a Giving, g *roster.Grant) bool {
	named := slices.DeleteFunc([]string{a.Role, a.Permission, a.Scope}, func(what string) bool { return what == "" })
	if len(named) != 1 {
		bad.Add(field, roster.Errorf(roster.Invalid, "grant_unclear", "A grant names exactly one of role, permission and scope."))
		return false
	}
	g.Permission, g.Scope = a.Permission, a.Scope
	if role, ok := s.snap.Role(a.Role); ok {
		g.Role = role.ID
	} else if a.Role != "" {
		bad.Add(field+".role", roster.Errorf(roster.Invalid, "role_unknown", "There is no role %q here.", a.Role))
		return false
	}
	if !a.Until.IsZero() {
		g.Until = a.Until.UTC().Truncate(time.Microsecond) // as the store keeps it
	}
	if a.Unit == "" {
		if s.m.Kind == roster.External {
			g.Unit = s.m.Unit
		}
		return true
	}
	u, err := unitNamed(s.snap, string(a.Unit), s.known)
	bad.Add(field+".unit", err)
	g.Unit = u.ID
	return err == nil
}

// unitNamed gives the unit of an ID or external ID, where it is known. Kind: Invalid, code unit_unknown.
func unitNamed(snap *authz.Snapshot, name string, known func(roster.UnitID) bool) (roster.Unit, error) {
	u, ok := snap.UnitNamed(name)
	if !ok || !known(u.ID) {
		return roster.Unit{}, roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", name)
	}
	return u, nil
}

// check tells what stands against giving a grant now.
func (s settling) check(bad *roster.Problems, field string, g roster.Grant) {
	c := s.snap.Catalogue()
	if _, known := c.Permission(g.Permission); g.Permission != "" && !known {
		bad.Add(field+".permission", roster.Errorf(roster.Invalid, "permission_unknown", "There is no permission %q.", g.Permission))
	}
	if _, known := c.Scope(g.Scope); g.Scope != "" && !known {
		bad.Add(field+".scope", roster.Errorf(roster.Invalid, "scope_unknown", "There is no scope %q.", g.Scope))
	}
	if g.Role != "" {
		role, _ := s.snap.Role(g.Role)
		bad.Add(field+".role", fits(role, s.m.Kind))
	}
	switch {
	case !g.Live(s.at):
		bad.Add(field+".until", roster.Errorf(roster.Invalid, "until_past", "The end of a grant lies in the future."))
	case g.Until.After(roster.LastEnd()):
		bad.Add(field+".until", roster.Errorf(roster.Invalid, "until_too_far", "The last day of a grant is at the latest %s. Leave the end open if there is none.", roster.LastEnd().AddDate(0, 0, -1).Format(time.DateOnly)))
	}
	if s.m.Kind == roster.External && (g.Unit == "" || !s.snap.Within(g.Unit, s.m.Unit)) {
		bad.Add(field+".unit", roster.Errorf(roster.Invalid, "external_confined", "An external user holds something in their own customer account alone, and below it."))
	}
	bad.Add(field+".unit", open(s.snap, g.Unit, s.known))
}

// fits refuses a role that is not for members of a kind. Kind: Invalid.
func fits(role roster.Role, kind roster.MemberKind) error {
	switch {
	case kind == roster.API && role.ID == roster.RoleOwner:
		return roster.Errorf(roster.Invalid, "owner_api", "An API user cannot be an Owner. Choose another role.")
	case role.For == roster.External && kind != roster.External:
		return roster.Errorf(roster.Invalid, "role_kind_mismatch", "%s is a role for external users alone.", role.Name)
	case role.For == roster.API && kind != roster.API:
		return roster.Errorf(roster.Invalid, "role_kind_mismatch", "%s is a role for API users alone.", role.Name)
	}
	return nil
}

// open refuses a unit that is put away, or stands in one that is: nothing new is given there. It names what is known
// alone. Kind: Invalid.
func open(snap *authz.Snapshot, id roster.UnitID, known func(roster.UnitID) bool) error {
	for _, above := range snap.Path(id) {
		switch u, ok := snap.Unit(above); {
		case !ok || !u.Archived():
		case known(above):
			return roster.Errorf(roster.Invalid, "unit_archived", "%s is archived: nothing new is given there. Restore it first.", u.Name)
		default:
			return roster.Errorf(roster.Invalid, "unit_archived", "What this customer account stands in is archived: nothing new is given there.")
		}
	}
	return nil
}

// same tells whether two grants give the same thing at the same place for the same time.
func same(a, b roster.Grant) bool { return a.Alike(b) && a.Until.Equal(b.Until) }

// regrant makes a member's grants what is wanted: what is held already stays as it was given.
func regrant(ctx context.Context, tx *store.Tx, m roster.Member, held, wanted []roster.Grant) (changed bool, err error) {
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
