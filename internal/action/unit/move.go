package unit

import (
	"context"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/unitdb"
)

// Moving is where a unit shall stand.
type Moving struct {
	Parent  string // an ID or external ID; empty for below the organisation
	Version int64  // the version that was looked at; 0 to take whatever is there
}

// Move puts a unit with all below it under another parent. Whoever holds something above either place gains
// or loses it here, so the gate asks the actor's authority at both ends. Kinds: Invalid (unit_unknown,
// unit_cycle, unit_kind_misplaced, unit_too_deep), Conflict (unit_archived, unit_name_taken,
// external_confined, changed_meanwhile), NotFound, Denied.
func (r *Room) Move(ctx context.Context, id roster.UnitID, m Moving) (View, error) {
	return action.Do(ctx, r.gate, act.UnitMove, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		return m.put(ctx, tx, id)
	})
}

// put is what moving a unit does.
func (m Moving) put(ctx context.Context, tx *store.Tx, id roster.UnitID) (View, error) {
	t, was, err := load(ctx, tx, id, m.Version)
	if err != nil {
		return View{}, err
	}
	parent, err := t.findSeen(ctx, m.Parent)
	if err != nil {
		return View{}, roster.AsError(err).On("parent")
	}
	if parent.ID == was.Parent {
		return t.show(ctx, tx, id)
	}
	if err := t.takes(ctx, tx, parent, was); err != nil {
		return View{}, err
	}
	now := was
	now.Parent = parent.ID
	if err := free(ctx, tx, now); err != nil {
		return View{}, err
	}
	if _, err := unitdb.Move(ctx, tx, was, now.Parent); err != nil {
		return View{}, err
	}
	return t.with(now).show(ctx, tx, id)
}
