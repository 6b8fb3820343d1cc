// Package plan is the room of plans: what operators sell. Plans are listed, made, edited and deleted here; which
// one an organisation is on, and what it is to it, is the org room's, and that seats are counted by it the gate's.
package plan

import (
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/orgdb"
	"roster/internal/store/plandb"
)

// Room holds the use cases of plans. All are the operator's; product clients that put organisations on plans list them.
type Room struct{ gate *action.Gate }

// New makes the room.
func New(g *action.Gate) *Room { return &Room{g} }

// List gives every plan with how many organisations are on it: those that ship first.
func (r *Room) List(ctx context.Context) ([]plandb.Plan, error) {
	return action.Look(ctx, r.gate, act.PlanList, plandb.List)
}

// Create makes a plan. Kinds: Invalid for the input, Conflict (plan_exists).
func (r *Room) Create(ctx context.Context, p roster.Plan) (roster.Plan, error) {
	return action.Do(ctx, r.gate, act.PlanCreate, p.Ref(), func(ctx context.Context, tx *store.Tx) (roster.Plan, error) {
		clean, err := p.Clean()
		if err != nil {
			return p, err
		}
		if err := builtInName(clean); err != nil {
			return p, err
		}
		return clean, plandb.Insert(ctx, tx, clean)
	})
}

// Edit is a change of a plan; what is nil stays. Its key stays always.
type Edit struct {
	Name        *string
	MaxUsers    *int
	MaxAPIUsers *int
	Offered     *bool
}

// Edit changes a plan, for every organisation that is on it: from here on seats are counted by what it says.
// Smaller limits remove nobody. Kinds: Invalid for the input, Conflict (plan_exists, plan_built_in), NotFound.
func (r *Room) Edit(ctx context.Context, key string, e Edit) (roster.Plan, error) {
	return action.Do(ctx, r.gate, act.PlanEdit, roster.Plan{Key: key}.Ref(), func(ctx context.Context, tx *store.Tx) (roster.Plan, error) {
		was, err := own(ctx, tx, key)
		if err != nil {
			return was, err
		}
		now, err := e.apply(was).Clean()
		if err != nil {
			return was, err
		}
		if err := builtInName(now); err != nil {
			return was, err
		}
		return now, plandb.Update(ctx, tx, was, now)
	})
}

func (e Edit) apply(p roster.Plan) roster.Plan {
	if e.Name != nil {
		p.Name = *e.Name
	}
	if e.MaxUsers != nil {
		p.MaxUsers = *e.MaxUsers
	}
	if e.MaxAPIUsers != nil {
		p.MaxAPIUsers = *e.MaxAPIUsers
	}
	if e.Offered != nil {
		p.Offered = *e.Offered
	}
	return p
}

// Delete ends a plan that no organisation is on. Kinds: Conflict (plan_in_use naming organisations,
// plan_built_in), NotFound.
func (r *Room) Delete(ctx context.Context, key string) (roster.Plan, error) {
	return action.Do(ctx, r.gate, act.PlanDelete, roster.Plan{Key: key}.Ref(), func(ctx context.Context, tx *store.Tx) (roster.Plan, error) {
		was, err := own(ctx, tx, key)
		if err != nil {
			return was, err
		}
		on, err := orgdb.OnPlan(ctx, tx, key)
		if err != nil {
			return was, err
		}
		if len(on) > 0 {
			return was, inUse(was, on)
		}
		return was, plandb.Delete(ctx, tx, was)
	})
}

// named is how many organisations a refusal names.
const named = 5

func inUse(p roster.Plan, on []roster.Organisation) error {
	names := make([]string, 0, named)
	for _, o := range on[:min(named, len(on))] {
		names = append(names, o.Name+" ("+o.Slug+")")
	}
	e := roster.Errorf(roster.Conflict, "plan_in_use", "%d organisations are on the plan %s: %s. Put them on another one first.", len(on), p.Name, strings.Join(names, ", "))
	switch more := len(on) - len(names); {
	case len(on) == 1:
		e = roster.Errorf(roster.Conflict, "plan_in_use", "%s is on the plan %s. Put it on another one first.", names[0], p.Name)
	case more > 0:
		e = roster.Errorf(roster.Conflict, "plan_in_use", "%d organisations are on the plan %s: %s and %d more. Put them on another one first.", len(on), p.Name, strings.Join(names, ", "), more)
	}
	e.Holders = names
	return e
}

// own takes a plan that operators defined, to change it.
func own(ctx context.Context, tx *store.Tx, key string) (roster.Plan, error) {
	if at := slices.IndexFunc(roster.Plans(), func(p roster.Plan) bool { return p.Key == key }); at >= 0 {
		return roster.Plan{}, roster.Errorf(roster.Conflict, "plan_built_in", "The plan %s ships with Roster and stays as it is. Make one of your own beside it.", roster.Plans()[at].Name)
	}
	return plandb.Take(ctx, tx, key)
}

// builtInName refuses the key and the name of a plan that ships.
func builtInName(p roster.Plan) error {
	for _, b := range roster.Plans() {
		switch {
		case b.Key == p.Key:
			return roster.Errorf(roster.Conflict, "plan_exists", "There is a plan of this key or name already. Take another.").On("key")
		case roster.Fold(b.Name) == roster.Fold(p.Name):
			return roster.Errorf(roster.Conflict, "plan_exists", "Another plan has this name already. Take another.").On("name")
		}
	}
	return nil
}
