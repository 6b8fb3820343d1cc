package org

import (
	"context"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/clientdb"
	"roster/internal/store/credentialdb"
	"roster/internal/store/invitationdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/methoddb"
)

// Ways is everything that is, could make or could become an Owner of an organisation, and in how many steps.
type Ways struct {
	Owners  []OwnerWay  // who holds the role Owner on the whole organisation
	Equals  []EqualWay  // members who hold all that an Owner holds, without the role: one step away
	Roles   []RoleWay   // roles whose edit would make their holders Owners' equals: two steps
	Clients []ClientWay // product clients that can make or reach Owners
}

// OwnerWay is one holder of the role Owner. Steps is 0 for who can act as one now, 1 for who must be
// unblocked or accept first.
type OwnerWay struct {
	Member     memberdb.Row
	Until      time.Time // when the role ends; zero for endless
	SignIn     []string  // stored ways in, "password" and "connection"
	Invitation *OpenInvitation
	Steps      int
}

// OpenInvitation is an Owner's invitation that nobody accepted yet. Who holds a link of its generation can
// become the Owner.
type OpenInvitation struct {
	Generation int
	Links      int    // secrets of this generation that are out
	By         string // what they were called who made this generation
	ByID       string // and their ID
	ByMail     bool   // every link went out by mail to the address alone
	ExpiresAt  time.Time
	Expired    bool
}

// EqualWay is a member with an Owner's permissions by other grants.
type EqualWay struct {
	Member memberdb.Row
	Steps  int
}

// RoleWay is one of the organisation's own roles that lacks little of what an Owner holds of Roster's own
// permissions: it changes what people hold, and an edit by someone strong enough completes it.
type RoleWay struct {
	Role    roster.Role
	Holders int
	Lacks   []string // permissions of the scope admin that an Owner holds and the role does not
	Steps   int
}

// ClientWay is a product client with a permission that reaches Owners.
type ClientWay struct {
	ID          string
	Name        string
	Permissions []string
	Steps       int
}

// Beyond tells whether there is anything beside Owners who are active and hold the role for good: what an
// audit asks about.
func (w Ways) Beyond() bool {
	odd := func(o OwnerWay) bool { return o.Steps > 0 || !o.Until.IsZero() }
	return slices.ContainsFunc(w.Owners, odd) || len(w.Equals)+len(w.Roles)+len(w.Clients) > 0
}

// Ways finds everything that is, could make or could become an Owner. Kind: Denied.
func (r *Room) Ways(ctx context.Context) (Ways, error) {
	return action.Look(ctx, r.gate, act.OwnerWays, func(ctx context.Context, rd store.Reader) (Ways, error) {
		snap, err := action.Snapshot(ctx)
		if err != nil {
			return Ways{}, err
		}
		var w Ways
		if w.Owners, err = owners(ctx, rd, snap); err != nil {
			return w, err
		}
		if w.Equals, err = equals(ctx, rd, snap); err != nil {
			return w, err
		}
		w.Roles = nearRoles(snap, action.Moment(ctx))
		o, err := here(ctx, rd)
		if err == nil {
			w.Clients, err = reachingClients(ctx, rd, policy.Portal(o.Portal))
		}
		return w, err
	})
}

// everywhere gives a member's grant of a role on the whole organisation, the one that lasts longest.
func everywhere(snap *authz.Snapshot, m roster.MemberID, role string, at time.Time) (roster.Grant, bool) {
	var best roster.Grant
	found := false
	for _, g := range snap.GrantsOf(m) {
		if g.Role == role && g.Unit == "" && g.Live(at) && (!found || g.Until.IsZero() || !best.Until.IsZero() && g.Until.After(best.Until)) {
			best, found = g, true
		}
	}
	return best, found
}

func owners(ctx context.Context, rd store.Reader, snap *authz.Snapshot) ([]OwnerWay, error) {
	org := roster.ActorFrom(ctx).Organisation
	all := []OwnerWay{}
	for _, id := range snap.HoldersLive(roster.RoleOwner, action.Moment(ctx)) {
		grant, held := everywhere(snap, id, roster.RoleOwner, action.Moment(ctx))
		if !held {
			continue
		}
		row, err := memberdb.RowByID(ctx, rd, org, id)
		if err != nil {
			return nil, err
		}
		if !row.OK {
			continue
		}
		w := OwnerWay{Member: row.Value, Until: grant.Until}
		if w.Member.Status != roster.Active {
			w.Steps = 1
		}
		if w.SignIn, err = waysIn(ctx, rd, w.Member.Member); err != nil {
			return nil, err
		}
		if w.Member.Pending() {
			if w.Invitation, err = open(ctx, rd, w.Member.Member); err != nil {
				return nil, err
			}
		}
		all = append(all, w)
	}
	return all, nil
}

// waysIn names a member's stored ways in, whether or not the organisation lets people in by them now.
func waysIn(ctx context.Context, rd store.Reader, m roster.Member) ([]string, error) {
	all := []string{}
	if m.Person == "" {
		return all, nil
	}
	password, err := credentialdb.Password(ctx, rd, m.Person)
	if err != nil {
		return all, err
	}
	if password.OK && !password.Value.MustChange() {
		all = append(all, "password")
	}
	i, err := methoddb.Of(ctx, rd, m.Org, m.ID)
	if err == nil && i.OK && i.Value.Subject != "" {
		all = append(all, "connection")
	}
	return all, err
}

func open(ctx context.Context, rd store.Reader, m roster.Member) (*OpenInvitation, error) {
	i, err := invitationdb.Latest(ctx, rd, m.Org, m.ID)
	if err != nil || !i.OK || i.Value.State != roster.InvitationLive {
		return nil, err
	}
	v := i.Value
	links, err := invitationdb.Links(ctx, rd, m.Org, m.ID, v.Generation)
	if err != nil {
		return nil, err
	}
	return &OpenInvitation{
		Generation: v.Generation, Links: len(links), By: v.InviterBy, ByID: v.Inviter,
		ByMail:    !slices.ContainsFunc(links, func(l invitationdb.Link) bool { return !l.ByMail }),
		ExpiresAt: v.ExpiresAt, Expired: v.Expired(action.Moment(ctx)),
	}, nil
}

// equals finds members, not API users, who hold everything that an Owner holds on the whole organisation,
// though not by the role.
func equals(ctx context.Context, rd store.Reader, snap *authz.Snapshot) ([]EqualWay, error) {
	at := action.Moment(ctx)
	owner := snap.AuthorityOf([]roster.Grant{{Role: roster.RoleOwner}}, at)
	all := []EqualWay{}
	for m := range snap.Members() {
		if m.Kind == roster.API || m.Status == roster.Removed {
			continue
		}
		if _, is := everywhere(snap, m.ID, roster.RoleOwner, at); is || len(snap.Authority(m.ID, at).Excess(owner)) > 0 {
			continue
		}
		row, err := memberdb.RowByID(ctx, rd, roster.ActorFrom(ctx).Organisation, m.ID)
		if err != nil {
			return nil, err
		}
		if row.OK {
			all = append(all, EqualWay{Member: row.Value, Steps: 1})
		}
	}
	return all, nil
}

// nearRoles gives the organisation's own roles that change what people hold: who holds one is an edit of it
// away from an Owner's permissions, if they let it be made.
func nearRoles(snap *authz.Snapshot, at time.Time) []RoleWay {
	all := []RoleWay{}
	for _, role := range snap.Roles() {
		if role.BuiltIn || role.For == roster.API || !slices.Contains(role.Permissions, authz.MembersWrite) && !slices.Contains(role.Permissions, authz.RolesWrite) {
			continue
		}
		w := RoleWay{Role: role, Holders: len(snap.HoldersLive(role.ID, at)), Lacks: []string{}, Steps: 2}
		for _, p := range snap.Catalogue().Permissions() {
			if p.Scope == authz.Admin && !slices.Contains(role.Permissions, p.Key) {
				w.Lacks = append(w.Lacks, p.Key)
			}
		}
		all = append(all, w)
	}
	return all
}

// reachingClients gives the product clients that can make organisations with their Owners, change what permissions mean, or
// come in as an Owner where the organisation opened its portal so far.
func reachingClients(ctx context.Context, rd store.Reader, open policy.Portal) ([]ClientWay, error) {
	clients, err := clientdb.List(ctx, rd)
	all := []ClientWay{}
	for _, c := range clients {
		var reaching []string
		for _, p := range []string{act.ClientOrganisations, act.ClientPortal, act.ClientCatalogue} {
			if slices.Contains(c.Permissions, p) && (p != act.ClientPortal || open.Covers(policy.PortalOwners)) {
				reaching = append(reaching, p)
			}
		}
		if len(reaching) > 0 && c.RemovedAt.IsZero() {
			all = append(all, ClientWay{ID: c.ID, Name: c.Name, Permissions: reaching, Steps: 1})
		}
	}
	return all, err
}
