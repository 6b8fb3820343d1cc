package org

import (
	"context"
	"time"

	"roster/internal/server/api"
	"roster/internal/store/plandb"
)

// OfferedPlan is a plan as those see it who put organisations on plans.
type OfferedPlan struct {
	Limits
	BuiltIn       bool       `json:"built_in" doc:"Whether it ships with Roster."`
	Offered       bool       `json:"offered" doc:"Whether organisations are told of it as one that they could be on."`
	Organisations int        `json:"organisations" doc:"How many are on it."`
	CreatedAt     *time.Time `json:"created_at" doc:"null for those that ship."`
	UpdatedAt     *time.Time `json:"updated_at"`
}

func offeredPlan(p plandb.Plan) OfferedPlan {
	return OfferedPlan{
		Limits: limitsOf(p.Plan), BuiltIn: p.BuiltIn, Offered: p.Offered, Organisations: p.Organisations,
		CreatedAt: api.Moment(p.CreatedAt), UpdatedAt: api.Moment(p.UpdatedAt),
	}
}

// listPlans lists every plan: an operator may define some dozen.
func (a area) listPlans(ctx context.Context, _ *api.Nothing) (*api.Shown[api.Page[OfferedPlan]], error) {
	all, err := a.plans.List(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, offeredPlan, api.Counted{Total: len(all)}), nil
}
