package team

import (
	"context"

	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/orgdb"
	"roster/internal/store/plandb"
	"roster/internal/store/roledb"
)

// Offer is what the form for a new member shows before anything is typed.
type Offer struct {
	Organisation roster.Organisation
	Plan         roster.Plan
	Roles        []RoleOffer
}

// RoleOffer is a role with what the asker lacks to give it; nothing when they can.
type RoleOffer struct {
	roster.Role
	Missing []string
}

// Offer gives what a new member can be made with. Kind: Denied.
func (r *Room) Offer(ctx context.Context) (Offer, error) {
	return action.Look(ctx, r.gate, action.MemberOffer, func(ctx context.Context, rd store.Reader) (Offer, error) {
		actor := roster.ActorFrom(ctx)
		found, err := orgdb.ByName(ctx, rd, string(actor.Organisation))
		if err != nil {
			return Offer{}, err
		}
		o, err := found.Or("organisation")
		if err != nil {
			return Offer{}, err
		}
		offer := Offer{Organisation: o}
		if offer.Plan, err = plandb.ByKey(ctx, rd, o.Plan); err != nil {
			return offer, err
		}
		offer.Roles, err = offers(ctx, rd, actor)
		return offer, err
	})
}

func offers(ctx context.Context, rd store.Reader, actor roster.Actor) ([]RoleOffer, error) {
	authority, err := action.Authority(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, err := action.Catalogue(ctx, rd)
	if err != nil {
		return nil, err
	}
	roles, err := roledb.Roles(ctx, rd, actor.Organisation)
	all := make([]RoleOffer, len(roles))
	for i, role := range roles {
		role = catalogue.Complete(role)
		all[i] = RoleOffer{Role: role, Missing: authz.Keys(authority.LacksRole(role))}
	}
	return all, err
}
