package unit

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/unitdb"
)

// Draft is what is asked for a new unit.
type Draft struct {
	Kind       roster.UnitKind
	Name       string
	ExternalID string
	Parent     string // an ID or external ID; empty below the organisation
}

// Create makes a unit. Kinds: Invalid for the input (unit_kind_misplaced, unit_too_deep, unit_unknown for the
// parent), Conflict (unit_name_taken, external_id_taken, unit_archived), Denied.
func (r *Room) Create(ctx context.Context, d Draft) (View, error) {
	id := roster.NewUnitID()
	on := roster.Ref{Kind: "unit", ID: string(id), Name: d.Name, At: roster.UnitID(d.Parent)}
	v, err := action.Do(ctx, r.gate, act.UnitCreate, on, func(ctx context.Context, tx *store.Tx) (View, error) {
		return d.put(ctx, tx, id)
	})
	if roster.Is(err, "unit_unknown") { // from the gate, which asks where, not in which field it stood
		err = roster.AsError(err).On("parent")
	}
	return v, err
}

// put is what making a unit does, in the transaction of whoever makes it.
func (d Draft) put(ctx context.Context, tx *store.Tx, id roster.UnitID) (View, error) {
	t, err := standing(ctx)
	if err != nil {
		return View{}, err
	}
	by := roster.ActorFrom(ctx)
	u := roster.Unit{
		Org: tx.Org(), ID: id, Kind: d.Kind, Name: d.Name, ExternalID: d.ExternalID,
		CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1,
	}
	var bad roster.Problems
	u = clean(&bad, u)
	parent, err := t.find(d.Parent)
	bad.Add("parent", err)
	if err == nil {
		u.Parent = parent.ID
		bad.Add("kind", u.Kind.MayStandIn(parent.Kind))
		bad.Add("parent", t.fits(parent.ID, 1))
	}
	if err := bad.Err(); err != nil {
		return View{}, err
	}
	if err := t.open(ctx, parent); err != nil {
		return View{}, err
	}
	if err := free(ctx, tx, u); err != nil {
		return View{}, err
	}
	if err := unitdb.Insert(ctx, tx, u); err != nil {
		return View{}, naming(ctx, tx, u, err)
	}
	return t.with(u).view(ctx, unitdb.Row{Unit: u}), nil
}

// clean gives a unit with its texts as they are kept.
func clean(bad *roster.Problems, u roster.Unit) roster.Unit {
	name, err := roster.CleanName(u.Name)
	if err == nil && name == "" {
		err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
	}
	bad.Add("name", err)
	u.Name = name
	bad.Add("external_id", roster.CheckExternalID(u.ExternalID))
	return u
}

// free refuses a name that a sibling has. Kind: Conflict, code unit_name_taken.
func free(ctx context.Context, tx *store.Tx, u roster.Unit) error {
	other, err := unitdb.Sibling(ctx, tx, tx.Org(), u.Parent, u.Name)
	if err != nil || !other.OK || other.Value.ID == u.ID {
		return err
	}
	e := roster.Errorf(roster.Conflict, "unit_name_taken", "There is %s here already. Take another name.", other.Value.Name)
	if other.Value.Archived() {
		e = roster.Errorf(roster.Conflict, "unit_name_taken", "There is an archived %s here already. Restore it, or take another name.", other.Value.Name)
	}
	return e.On("name")
}

// naming says which unit has an external ID that is taken, to who sees it.
func naming(ctx context.Context, tx *store.Tx, u roster.Unit, taken error) error {
	if !roster.Is(taken, "external_id_taken") {
		return taken
	}
	holder, err := unitdb.ByExternalID(ctx, tx, tx.Org(), u.ExternalID)
	if err != nil {
		return err
	}
	if !action.SeesUnit(ctx, holder.Value.ID) {
		return taken
	}
	return roster.Errorf(roster.Conflict, "external_id_taken", "%s has this external ID already.", holder.Value.Name).On("external_id")
}

// Edit is a change of a unit's own fields; what is nil stays.
type Edit struct {
	Name       *string
	ExternalID *string
	Version    int64 // the version that was looked at; 0 to take whatever is there
}

// Edit changes a unit. Kinds: Invalid for the input, Conflict (unit_name_taken, external_id_taken,
// changed_meanwhile), NotFound, Denied (exceeds_authority for an external ID under which people hold more).
func (r *Room) Edit(ctx context.Context, id roster.UnitID, e Edit) (View, error) {
	return r.change(ctx, act.UnitEdit, id, e.Version, e.apply)
}

func (e Edit) apply(ctx context.Context, tx *store.Tx, was roster.Unit) (roster.Unit, error) {
	now := was
	if e.Name != nil {
		now.Name = *e.Name
	}
	if e.ExternalID != nil {
		now.ExternalID = *e.ExternalID
	}
	var bad roster.Problems
	now = clean(&bad, now)
	if err := bad.Err(); err != nil {
		return was, err
	}
	return now, free(ctx, tx, now)
}

// Archive puts a unit away with all below it: lists leave it out, and nothing new is made or given there.
// What people hold there stays theirs until it is withdrawn. Kinds: Conflict (already_archived), NotFound, Denied.
func (r *Room) Archive(ctx context.Context, id roster.UnitID, version int64) (View, error) {
	return r.change(ctx, act.UnitArchive, id, version, putAway)
}

func putAway(_ context.Context, tx *store.Tx, u roster.Unit) (roster.Unit, error) {
	if u.Archived() {
		return u, roster.Errorf(roster.Conflict, "already_archived", "%s is archived already.", u.Name)
	}
	u.ArchivedAt = tx.At()
	return u, nil
}

// Restore takes a unit back. Kinds: Conflict (not_archived), NotFound, Denied.
func (r *Room) Restore(ctx context.Context, id roster.UnitID, version int64) (View, error) {
	return r.change(ctx, act.UnitRestore, id, version, takeBack)
}

func takeBack(_ context.Context, _ *store.Tx, u roster.Unit) (roster.Unit, error) {
	if !u.Archived() {
		return u, roster.Errorf(roster.Conflict, "not_archived", "%s is not archived.", u.Name)
	}
	u.ArchivedAt = time.Time{}
	return u, nil
}

// change is the shape of acts on one unit: load, rule, save, show.
func (r *Room) change(ctx context.Context, name act.Name, id roster.UnitID, version int64, rule func(context.Context, *store.Tx, roster.Unit) (roster.Unit, error)) (View, error) {
	return action.Do(ctx, r.gate, name, ref(id), func(ctx context.Context, tx *store.Tx) (View, error) {
		return changed(ctx, tx, id, version, rule)
	})
}

func changed(ctx context.Context, tx *store.Tx, id roster.UnitID, version int64, rule func(context.Context, *store.Tx, roster.Unit) (roster.Unit, error)) (View, error) {
	t, was, err := load(ctx, tx, id, version)
	if err != nil {
		return View{}, err
	}
	now, err := rule(ctx, tx, was)
	if err != nil {
		return View{}, err
	}
	if _, err := unitdb.Update(ctx, tx, was, now); err != nil {
		return View{}, naming(ctx, tx, now, err)
	}
	return t.show(ctx, tx, id)
}

// load gives a unit as it is kept, if it is what was looked at, and the tree around it.
func load(ctx context.Context, tx *store.Tx, id roster.UnitID, version int64) (tree, roster.Unit, error) {
	var u roster.Unit
	t, err := standing(ctx)
	if err != nil {
		return t, u, err
	}
	found, err := unitdb.ByID(ctx, tx, tx.Org(), id)
	if err != nil {
		return t, u, err
	}
	u, err = found.Or("customer account")
	if err == nil && version != 0 && version != u.Version {
		err = store.ErrStale()
	}
	return t, u, err
}
