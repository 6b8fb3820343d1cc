package authz

import (
	"slices"
	"time"

	"roster/internal/roster"
)

// End is whether and until when a permission is effective; zero for endless.
type End struct {
	Held  bool
	Until time.Time
}

// Shift is an effective permission whose end a change moves, at a unit and below.
type Shift struct {
	Permission    string
	Unit          roster.UnitID
	Before, After End
}

// Shifts gives the change of somebody's effective authority, as Authority.LacksChange walks it: in the
// catalogue's order, the topmost places first, and no place where the same is so at the next one above. Before and after are
// each of the snapshot of its time; also names the units that moved in between.
func Shifts(before, after Authority, also ...roster.UnitID) []Shift {
	var all []Shift
	of := after
	if of.s == nil {
		of = before
	}
	if of.s == nil {
		return nil
	}
	places := of.order(slices.Concat(before.places(), after.places(), also))
	for _, p := range of.s.catalogue.permissions {
		at := make([]Shift, len(places))
		for i, u := range places {
			at[i] = Shift{p.Key, u, before.end(p.Key, u), after.end(p.Key, u)}
			above := Shift{}
			for _, s := range at[:i] {
				if of.s.Within(u, s.Unit) {
					above = s
				}
			}
			if at[i].Before != at[i].After && (at[i].Before != above.Before || at[i].After != above.After) {
				all = append(all, at[i])
			}
		}
	}
	return all
}

func (a Authority) end(permission string, unit roster.UnitID) End {
	until, held := a.Until(permission, unit)
	return End{held, until}
}

// order sorts places, those above before those below, each once.
func (a Authority) order(places []roster.UnitID) []roster.UnitID {
	slices.Sort(places)
	places = slices.Compact(places)
	slices.SortStableFunc(places, func(u, v roster.UnitID) int { return len(a.s.Path(u)) - len(a.s.Path(v)) })
	return places
}
