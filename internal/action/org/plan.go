package org

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/orgdb"
	"roster/internal/store/plandb"
)

// PlanPage is an organisation's plan with its use, what another would be to it, and which others it may look at.
type PlanPage struct {
	Usage
	Others []roster.Plan
	WhatIf *roster.Fit // what was asked for; nil where nothing was
}

// Plan gives the actor's organisation's plan with its use, and, where another plan is named, what that would be
// to it; nothing changes. Members see the plans that are offered, the operator every one. Kinds: Denied, Invalid
// (plan_unknown).
func (r *Room) Plan(ctx context.Context, whatIf string) (PlanPage, error) {
	return action.Look(ctx, r.gate, act.OrganisationPlan, func(ctx context.Context, rd store.Reader) (PlanPage, error) {
		var p PlanPage
		o, err := here(ctx, rd)
		if err != nil {
			return p, err
		}
		actor := roster.ActorFrom(ctx)
		if p.Usage, err = usage(ctx, rd, o, actor); err != nil {
			return p, err
		}
		all, err := plandb.All(ctx, rd)
		if err != nil {
			return p, err
		}
		var seen []roster.Plan
		for _, plan := range all {
			mine := plan.Key == o.Plan
			if !mine && !plan.Offered && !actor.Root() {
				continue
			}
			if seen = append(seen, plan); !mine {
				p.Others = append(p.Others, plan)
			}
			if plan.Key == whatIf {
				fit := plan.Fit(o.People, o.APIUsers)
				p.WhatIf = &fit
			}
		}
		if whatIf != "" && p.WhatIf == nil {
			return p, roster.AsError(roster.PlanUnknown(whatIf, seen)).On("what_if")
		}
		return p, nil
	})
}

// Assign puts the actor's organisation on another plan. Nobody is removed by a smaller one: it only stops
// adding. version is the one that was looked at; 0 to take whatever is there. For the operator. Kinds: Invalid
// (plan_unknown), Conflict (changed_meanwhile).
func (r *Room) Assign(ctx context.Context, plan string, version int64) (Usage, error) {
	actor := roster.ActorFrom(ctx)
	return action.Do(ctx, r.gate, act.PlanAssign, roster.RefOrganisation(actor.Organisation, ""), func(ctx context.Context, tx *store.Tx) (Usage, error) {
		was := tx.Organisation()
		if version != 0 && version != was.Version {
			return Usage{}, store.ErrStale()
		}
		if _, err := plandb.ByKey(ctx, tx, plan); err != nil {
			return Usage{}, err
		}
		now := was
		now.Plan = plan
		now, err := orgdb.Update(ctx, tx, was, now)
		if err != nil {
			return Usage{}, err
		}
		return usage(ctx, tx, now, actor)
	})
}
