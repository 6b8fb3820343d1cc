package team

import (
	"context"
	"time"

	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/orgdb"
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
		if offer.Plan, err = roster.PlanByKey(o.Plan); err != nil {
			return offer, err
		}
		offer.Roles, err = offers(ctx, rd, actor)
		return offer, err
	})
}

// Roles gives the organisation's roles, each with what the asker lacks to give it. Kind: Denied.
func (r *Room) Roles(ctx context.Context) ([]RoleOffer, error) {
	return action.Look(ctx, r.gate, action.RoleList, func(ctx context.Context, rd store.Reader) ([]RoleOffer, error) {
		return offers(ctx, rd, roster.ActorFrom(ctx))
	})
}

func offers(ctx context.Context, rd store.Reader, actor roster.Actor) ([]RoleOffer, error) {
	authority, err := action.Authority(ctx, rd, actor)
	if err != nil {
		return nil, err
	}
	roles, err := roledb.Roles(ctx, rd, actor.Organisation)
	all := make([]RoleOffer, len(roles))
	for i, role := range roles {
		holds := authz.Of([]roster.Grant{{Role: role.ID}}, time.Time{})
		role.Permissions = holds.Keys()
		all[i] = RoleOffer{Role: role, Missing: authority.Beyond(holds)}
	}
	return all, err
}
