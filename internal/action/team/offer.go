package team

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/plandb"
	"roster/internal/store/roledb"
)

// Offer is what the form for a new member shows before anything is typed.
type Offer struct {
	Organisation roster.Organisation
	Plan         roster.Plan
	Roles        []RoleOffer
	Allowed      []string // what the asker may do there, such as inviting and creating
}

// RoleOffer is a role with what the asker lacks to give it; nothing when they can.
type RoleOffer struct {
	roster.Role
	Missing []string
}

// Offer gives what a new member can be made with on the whole organisation. Kind: Denied.
func (r *Room) Offer(ctx context.Context) (Offer, error) {
	return action.Look(ctx, r.gate, act.MemberOffer, func(ctx context.Context, rd store.Reader) (Offer, error) {
		return offer(ctx, rd, "")
	})
}

// OfferAt is Offer for an external user of a unit. Kinds: Invalid (unit_unknown), Denied.
func (r *Room) OfferAt(ctx context.Context, unit roster.UnitID) (Offer, error) {
	return action.Look(ctx, r.gate, act.MemberOffer, func(ctx context.Context, rd store.Reader) (Offer, error) {
		_, _, err := settled(ctx, Query{Unit: unit})
		if err != nil {
			return Offer{}, err
		}
		o, err := offer(ctx, rd, unit)
		o.Roles = slices.DeleteFunc(o.Roles, func(r RoleOffer) bool {
			return r.ID == roster.RoleOwner || fits(r.Role, roster.External) != nil
		})
		return o, err
	})
}

func offer(ctx context.Context, rd store.Reader, unit roster.UnitID) (Offer, error) {
	o, err := organisation(ctx, rd)
	if err != nil {
		return Offer{}, err
	}
	offer := Offer{Organisation: o, Allowed: action.AllowedOn(ctx, "", unit)}
	if offer.Plan, err = plandb.ByKey(ctx, rd, o.Plan); err != nil {
		return offer, err
	}
	offer.Roles, err = offers(ctx, rd, unit)
	return offer, err
}

func offers(ctx context.Context, rd store.Reader, unit roster.UnitID) ([]RoleOffer, error) {
	authority, err := action.Authority(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, err := action.Catalogue(ctx, rd)
	if err != nil {
		return nil, err
	}
	roles, err := roledb.Roles(ctx, rd, roster.ActorFrom(ctx).Organisation)
	all := make([]RoleOffer, len(roles))
	for i, role := range roles {
		role = catalogue.Complete(role)
		missing := authority.LacksRole(role)
		if unit != "" {
			missing = authority.LacksItems(roster.Grant{Role: role.ID, Unit: unit})
		}
		all[i] = RoleOffer{Role: role, Missing: authz.Keys(missing)}
	}
	return all, err
}
