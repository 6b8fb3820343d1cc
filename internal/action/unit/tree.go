package unit

import (
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/unitdb"
)

// tree tells where units stand, as the organisation's snapshot has it, and which of them the actor sees.
type tree struct {
	*authz.Snapshot
	sight []roster.UnitID // nil for all
	after bool            // as the action's own change leaves it, not as it found it
}

func standing(ctx context.Context) (tree, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return tree{}, err
	}
	sight, err := action.Sight(ctx)
	return tree{snap, sight, false}, err
}

// with gives the tree in which a unit stands where it has been put.
func (t tree) with(u roster.Unit) tree {
	return tree{t.With(authz.Delta{Seq: t.Seq(), Units: []roster.Unit{u}}), t.sight, true}
}

// sees tells whether a unit lies in the actor's sight.
func (t tree) sees(id roster.UnitID) bool {
	return t.sight == nil || slices.ContainsFunc(t.sight, func(top roster.UnitID) bool { return t.Within(id, top) })
}

// find gives the unit of an ID or external ID; the zero unit, the organisation, for an empty one. Kind:
// Invalid, code unit_unknown.
func (t tree) find(name string) (roster.Unit, error) {
	if name == "" {
		return roster.Unit{}, nil
	}
	u, ok := t.UnitNamed(name)
	if !ok {
		return u, unknown(name)
	}
	return u, nil
}

// findSeen is find for a place that the actor must see: what they may not look at is unknown to them.
func (t tree) findSeen(ctx context.Context, name string) (roster.Unit, error) {
	u, err := t.find(name)
	if err != nil || u.ID == "" || t.sees(u.ID) {
		return u, err
	}
	authority, err := action.Authority(ctx)
	if err == nil && !authority.Holds(authz.UnitsRead, u.ID) {
		err = unknown(name)
	}
	return u, err
}

func unknown(name string) error {
	return roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", name)
}

// takes tells why a unit cannot stand under a parent, if so.
func (t tree) takes(ctx context.Context, tx *store.Tx, parent, u roster.Unit) error {
	if parent.ID != "" && t.Within(parent.ID, u.ID) {
		return roster.Errorf(roster.Invalid, "unit_cycle", "%s cannot stand in itself or in something below it.", u.Name).On("parent")
	}
	if err := u.Kind.MayStandIn(parent.Kind); err != nil {
		return roster.AsError(err).On("parent")
	}
	height, err := unitdb.Height(ctx, tx, tx.Org(), u.ID)
	if err != nil {
		return err
	}
	if err := t.fits(parent.ID, height); err != nil {
		return roster.AsError(err).On("parent")
	}
	return t.open(ctx, parent)
}

// fits refuses what would be deeper than units may stand. height counts the levels that come under the parent.
func (t tree) fits(parent roster.UnitID, height int) error {
	if len(t.Path(parent))+height > roster.MaxUnitDepth {
		return roster.Errorf(roster.Invalid, "unit_too_deep", "At most %d levels of customer accounts and groups, please.", roster.MaxUnitDepth)
	}
	return nil
}

// open refuses a parent that is put away, or stands in something that is, which it names to who sees it. Kind: Conflict,
// code unit_archived.
func (t tree) open(ctx context.Context, parent roster.Unit) error {
	for _, id := range t.Path(parent.ID) {
		switch u, ok := t.Unit(id); {
		case !ok || !u.Archived():
		case action.SeesUnit(ctx, id):
			return roster.Errorf(roster.Conflict, "unit_archived", "%s is archived. Restore it first.", u.Name).On("parent")
		default:
			return roster.Errorf(roster.Conflict, "unit_archived", "What %s stands in is archived.", parent.Name).On("parent")
		}
	}
	return nil
}

// show gives a unit's view as it is kept now.
func (t tree) show(ctx context.Context, rd store.Reader, id roster.UnitID) (View, error) {
	found, err := unitdb.RowByID(ctx, rd, roster.ActorFrom(ctx).Organisation, id)
	if err != nil {
		return View{}, err
	}
	row, err := found.Or("customer account")
	if err != nil {
		return View{}, err
	}
	return t.view(ctx, row), nil
}

// view completes a row with what it stands in and what the actor may do there.
func (t tree) view(ctx context.Context, row unitdb.Row) View {
	v := View{Row: row, PutAway: row.Archived()}
	for _, id := range t.Path(row.Parent) {
		u, _ := t.Unit(id)
		v.PutAway = v.PutAway || u.Archived()
		if t.sees(id) {
			v.Path = append(v.Path, u)
		}
	}
	v.Allowed = t.allowed(ctx, v)
	return v
}

// allowed gives what the actor may do to a unit and in it, as it stands.
func (t tree) allowed(ctx context.Context, v View) []string {
	names := t.allowedOn(ctx, "unit", v.ID)
	if !v.PutAway {
		for _, name := range t.allowedOn(ctx, "", v.ID) {
			if name == string(act.UnitCreate) || name == string(act.MemberInvite) {
				names = append(names, name)
			}
		}
	}
	idle := act.UnitRestore
	if v.Archived() {
		idle = act.UnitArchive
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == string(idle) })
}

func (t tree) allowedOn(ctx context.Context, kind string, id roster.UnitID) []string {
	if t.after {
		return action.AllowedAfter(ctx, t.Snapshot, kind, id)
	}
	return action.AllowedOn(ctx, kind, id)
}
