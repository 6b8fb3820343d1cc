// Package network is the room of address lists (requirement R51): from where an organisation lets people and programs in,
// and from where a single API user. They are asked where somebody comes in, by package policy.
package network

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/policy"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/memberdb"
	"roster/internal/store/networkdb"
	"roster/internal/store/orgdb"
)

// Room holds the use cases.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// List is a list of addresses and blocks; one without any lets everybody in.
type List struct {
	From   []string
	Of     string   // what the organisation or API user is called
	Whole  []string // of an API user: its organisation's list, which binds it too
	Mine   string   // the asker's own address
	Member roster.Member
}

// Show gives the organisation's list. Kind: Denied.
func (r *Room) Show(ctx context.Context) (List, error) {
	return action.Look(ctx, r.gate, act.AddressesShow, func(ctx context.Context, rd store.Reader) (List, error) {
		actor := roster.ActorFrom(ctx)
		o, err := orgdb.ByName(ctx, rd, string(actor.Organisation))
		return List{From: o.Value.AllowedFrom, Of: o.Value.Name, Mine: actor.IP}, err
	})
}

// Set changes the organisation's list. From the next request on, whoever comes from elsewhere is refused, the actor
// excepted: who would lock themselves out is refused. Kinds: Invalid (network_invalid, too_many_networks), Conflict
// (locks_you_out), Denied (confirmation_required, people_only).
func (r *Room) Set(ctx context.Context, from []string) (List, error) {
	actor := roster.ActorFrom(ctx)
	list, bad := policy.ParseNetworks(from)
	return action.Do(ctx, r.gate, act.AddressesSet, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (List, error) {
		if bad != nil {
			return List{}, bad
		}
		if err := policy.LocksOut(list, actor); err != nil {
			return List{}, err
		}
		was := tx.Organisation()
		now := was
		now.AllowedFrom = list
		_, err := orgdb.Update(ctx, tx, was, now)
		return List{From: list, Of: was.Name, Mine: actor.IP}, err
	})
}

// ShowProgram gives an API user's list beside its organisation's. Kinds: NotFound, Denied.
func (r *Room) ShowProgram(ctx context.Context, id roster.MemberID) (List, error) {
	return action.LookAt(ctx, r.gate, act.APIUserAddressesShow, roster.RefMember(id, ""), func(ctx context.Context, rd store.Reader) (List, error) {
		o, err := orgdb.ByName(ctx, rd, string(roster.ActorFrom(ctx).Organisation))
		if err != nil {
			return List{}, err
		}
		return program(ctx, rd, o.Value, id)
	})
}

// SetProgram changes from where an API user is let in; its organisation's list binds it too. Its tokens are worth nothing
// from elsewhere, at once. Kinds: as Set, NotFound.
func (r *Room) SetProgram(ctx context.Context, id roster.MemberID, from []string) (List, error) {
	list, bad := policy.ParseNetworks(from)
	return action.Do(ctx, r.gate, act.APIUserAddressesSet, roster.RefMember(id, ""), func(ctx context.Context, tx *store.Tx) (List, error) {
		if bad != nil {
			return List{}, bad
		}
		was, err := program(ctx, tx, tx.Organisation(), id)
		if err != nil {
			return List{}, err
		}
		if err := networkdb.Set(ctx, tx, was.Member, was.From, list); err != nil {
			return List{}, err
		}
		return program(ctx, tx, tx.Organisation(), id)
	})
}

func program(ctx context.Context, rd store.Reader, o roster.Organisation, id roster.MemberID) (List, error) {
	found, err := memberdb.ByID(ctx, rd, o.ID, id)
	if err != nil {
		return List{}, err
	}
	m, err := found.Or("member")
	if err == nil && (m.Kind != roster.API || m.Status == roster.Removed) {
		err = roster.Errorf(roster.Conflict, "no_addresses", "Only API users have a list of their own. That of the organisation binds people.")
	}
	if err != nil {
		return List{}, err
	}
	from, err := networkdb.Of(ctx, rd, m)
	return List{From: from, Of: m.Label(), Whole: o.AllowedFrom, Mine: roster.ActorFrom(ctx).IP, Member: m}, err
}
