// Package removal is the room in which memberships end with care: what hangs on who leaves is told first, and somebody
// else can take it over. Removing alone is the team's.
package removal

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/authz/lonely"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/invitationdb"
	"roster/internal/store/memberdb"
	"roster/internal/store/roledb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// Removal is what ends with a membership, and what hangs on it: of that, as much as the actor sees.
type Removal struct {
	team.View
	Taker     roster.Member // who takes over; zero without one
	Waiting   []Waiting
	APIUsers  []roster.Member // that they made
	More      bool            // there are more of these than are named
	Alone     []roster.Grant  // roles that nobody else who is active holds there
	Accounts  []roster.Unit   // customer accounts to which nobody else who is active belongs
	LastOwner bool            // no other Owner can sign in: removing them is refused
	Takers    []roster.Member // some who could take over
}

// Waiting is somebody who has not accepted: invited by whoever leaves, or given something by them.
type Waiting struct {
	memberdb.Waiting
	Passes []roster.Grant // what the taker gives in their place
	Stays  []roster.Grant // what is left out when they accept
}

// mostNamed bounds who is named before a removal, mostHanded what one removal hands over.
const (
	mostNamed  = 100
	mostHanded = action.MostRows
	mostTakers = 20
)

// Look tells what removing a member would end, and what a taker (their ID or address; empty for nobody) would
// take over. Kinds: NotFound, Invalid for the taker (taker_unknown), Denied as for Remove.
func (r *Room) Look(ctx context.Context, id roster.MemberID, taker string) (Removal, error) {
	return action.LookAt(ctx, r.gate, act.MemberRemoval, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (Removal, error) {
		v, err := team.Of(ctx, rd, id)
		if err != nil {
			return Removal{}, err
		}
		out := Removal{View: v}
		if out.Taker, err = takerOf(ctx, rd, v.Member, taker); err != nil {
			return out, err
		}
		if err := out.hanging(ctx, rd, mostNamed); err != nil {
			return out, err
		}
		return out, out.alone(ctx, rd)
	})
}

// Remove ends a membership for good, as the team's Remove does, with somebody who takes over what hangs on the member,
// named by ID or address; nobody when empty. It gives what became of that. Kinds: Invalid for the taker (taker_unknown),
// Conflict (last_owner, too_much_to_hand_over), Denied.
func (r *Room) Remove(ctx context.Context, id roster.MemberID, taker string) (Removal, error) {
	return action.Do(ctx, r.gate, act.MemberRemove, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (Removal, error) {
		v, err := team.Of(ctx, tx, id)
		if err != nil {
			return Removal{}, err
		}
		out := Removal{View: v}
		if out.Taker, err = takerOf(ctx, tx, v.Member, taker); err != nil {
			return out, err
		}
		if out.Taker.ID != "" {
			if err := out.hanging(ctx, tx, mostHanded); err != nil {
				return out, err
			}
			if err := out.handOver(ctx, tx); err != nil {
				return out, err
			}
		}
		out.View, err = team.End(ctx, tx, id)
		return out, err
	})
}

// takerOf finds who takes over: an active person other than the one who leaves, whom the actor sees.
func takerOf(ctx context.Context, rd store.Reader, leaver roster.Member, name string) (roster.Member, error) {
	if name == "" {
		return roster.Member{}, nil
	}
	find := func() (store.Found[roster.Member], error) {
		if roster.IsMemberID(name) {
			return memberdb.ByID(ctx, rd, leaver.Org, roster.MemberID(name))
		}
		address, err := roster.ParseEmail(name)
		if err != nil {
			return store.Found[roster.Member]{}, nil
		}
		return memberdb.ByAddress(ctx, rd, leaver.Org, address.Folded)
	}
	found, err := find()
	if err != nil {
		return found.Value, err
	}
	m := found.Value
	if !found.OK || m.ID == leaver.ID || m.Kind == roster.API || m.Status != roster.Active || !action.Sees(ctx, m.ID) {
		return roster.Member{}, roster.Errorf(roster.Invalid, "taker_unknown", "Choose another active person of this organisation, by address or ID.").On("hand_over_to")
	}
	return m, nil
}

// hanging fills in what hangs on the member: who waits for them, and the API users that they made.
func (r *Removal) hanging(ctx context.Context, rd store.Reader, most int) error {
	waiting, err := memberdb.WaitingOn(ctx, rd, r.Org, r.ID, most+1)
	if err != nil {
		return err
	}
	if r.APIUsers, err = memberdb.MadeBy(ctx, rd, r.Org, r.ID, most+1); err != nil {
		return err
	}
	r.More = len(waiting) > most || len(r.APIUsers) > most
	waiting, r.APIUsers = waiting[:min(most, len(waiting))], r.APIUsers[:min(most, len(r.APIUsers))]
	waiting = slices.DeleteFunc(waiting, func(w memberdb.Waiting) bool { return !action.Sees(ctx, w.ID) })
	r.APIUsers = slices.DeleteFunc(r.APIUsers, func(m roster.Member) bool { return !action.Sees(ctx, m.ID) })
	ids := make([]roster.MemberID, len(waiting))
	for i, w := range waiting {
		ids[i] = w.ID
	}
	grants, err := roledb.GrantsOf(ctx, rd, r.Org, ids)
	if err != nil {
		return err
	}
	seen, err := action.Seen(ctx)
	if err != nil {
		return err
	}
	unseen := func(g roster.Grant) bool { return !seen(g) }
	for _, w := range waiting {
		of := Waiting{Waiting: w}
		if of.Passes, of.Stays, err = action.Passable(ctx, grants[w.ID], r.ID, r.Taker.ID); err != nil {
			return err
		}
		of.Stays = slices.DeleteFunc(of.Stays, unseen)
		r.Waiting = append(r.Waiting, of)
	}
	return nil
}

// alone fills in what nobody else holds, and who could take over.
func (r *Removal) alone(ctx context.Context, rd store.Reader) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	if r.Status == roster.Active {
		seen, err := action.Seen(ctx)
		if err != nil {
			return err
		}
		r.Alone, r.Accounts = lonely.Left(snap, r.ID, action.Moment(ctx))
		r.Alone = slices.DeleteFunc(r.Alone, func(g roster.Grant) bool { return !seen(g) })
		r.Accounts = slices.DeleteFunc(r.Accounts, func(u roster.Unit) bool { return !seen(roster.Grant{Unit: u.ID}) })
		if r.LastOwner, err = roledb.LastOwner(ctx, rd, r.Org, r.ID); err != nil {
			return err
		}
	}
	if len(r.Waiting)+len(r.APIUsers) == 0 {
		return nil
	}
	for _, id := range append([]roster.MemberID{roster.ActorFrom(ctx).Member}, snap.Givers(roster.Grant{Permission: authz.MembersRead}, action.Moment(ctx), mostTakers)...) {
		known := slices.ContainsFunc(r.Takers, func(m roster.Member) bool { return m.ID == id })
		if id == "" || id == r.ID || known || !action.Sees(ctx, id) {
			continue
		}
		m, err := memberdb.ByID(ctx, rd, r.Org, id)
		if err != nil {
			return err
		}
		if m.OK && m.Value.Kind != roster.API && m.Value.Status == roster.Active {
			r.Takers = append(r.Takers, m.Value)
		}
	}
	return nil
}

// handOver makes the taker the inviter of who waits, the giver of what passes, and the maker of the API users.
func (r *Removal) handOver(ctx context.Context, tx *store.Tx) error {
	if r.More {
		return roster.Errorf(roster.Conflict, "too_much_to_hand_over", "More than %d invitations or API users hang on %s: too much for one step. Withdraw some, or let another administrator send them again, first.", mostHanded, r.Label())
	}
	for _, w := range r.Waiting {
		if w.Invited {
			if err := invitationdb.HandOver(ctx, tx, w.Ref(), r.Member, r.Taker); err != nil {
				return err
			}
		}
		for _, g := range w.Passes {
			if err := team.Regive(ctx, tx, w.Member, g, string(r.Taker.ID)); err != nil {
				return err
			}
		}
	}
	for _, m := range r.APIUsers {
		if err := memberdb.HandOver(ctx, tx, m, r.Member, r.Taker); err != nil {
			return err
		}
	}
	return nil
}
