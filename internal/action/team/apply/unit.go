package apply

import (
	"cmp"
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
)

// unit makes a customer account what the file says, up to its being put away.
func (r *run) unit(ctx context.Context, u people.Unit) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	c := Change{What: Unit, Line: u.Line, ID: u.ID, Name: cmp.Or(said(u.Name), said(u.ExternalID), u.ID)}
	was, known := unitOf(ctx, snap, u)
	switch {
	case known:
		return r.changeUnit(ctx, snap, c, u, was)
	case u.ID != "":
		r.refuse(c, unknownUnit(u.ID).On("id"))
		return nil
	}
	return r.makeUnit(ctx, c, u)
}

// unitOf finds the customer account that a part of the file means. One that the actor does not see is not there.
func unitOf(ctx context.Context, snap *authz.Snapshot, u people.Unit) (roster.Unit, bool) {
	id := roster.UnitID(u.ID)
	if id == "" {
		id, _ = snap.UnitByExternalID(said(u.ExternalID))
	}
	if !stands(ctx, id) {
		return roster.Unit{}, false
	}
	return snap.Unit(id)
}

// stands tells whether the actor knows where a customer account stands: they see it, or may change it.
func stands(ctx context.Context, id roster.UnitID) bool {
	authority, err := action.Authority(ctx)
	return err == nil && (action.SeesUnit(ctx, id) || authority.Holds(authz.UnitsWrite, id))
}

func unknownUnit(name string) *roster.Error {
	return roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here.", name)
}

func (r *run) makeUnit(ctx context.Context, c Change, u people.Unit) error {
	now := roster.Unit{
		ID: roster.NewUnitID(), Kind: roster.UnitKind(cmp.Or(said(u.Kind), string(roster.Account))), Name: said(u.Name), ExternalID: said(u.ExternalID),
		Parent: roster.UnitID(said(u.Parent)), // the gate finds it, as far as the actor sees
	}
	c.ID, c.Does = string(now.ID), act.UnitCreate
	c.Fields = fields("name", "", now.Name, "external_id", "", now.ExternalID, "kind", "", string(now.Kind), "parent", "", said(u.Parent))
	on := roster.Ref{Kind: "unit", ID: string(now.ID), Name: now.Name, At: now.Parent}
	_, err := r.do(ctx, c, on, func(ctx context.Context) error { return r.hands.MakeUnit(ctx, r.Tx(), now) })
	if refused := r.last().Err; err == nil && refused != nil && refused.Code == "unit_unknown" { // from the gate, which asks where, not in which field it stood
		r.last().Err = refused.On("parent")
	}
	return err
}

// names are what a file's units mean to the actor, as they stand in what one member holds.
type names struct {
	snap  *authz.Snapshot
	held  []roster.Grant // as far as the actor sees
	known func(roster.UnitID) bool
}

// naming gives the names for what a member holds; for one who is new, the empty ID, nothing.
func naming(ctx context.Context, of roster.MemberID) (names, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return names{}, err
	}
	seen, err := action.Seen(ctx)
	if err != nil {
		return names{}, err
	}
	held := slices.DeleteFunc(snap.GrantsOf(of), func(g roster.Grant) bool { return !seen(g) })
	return names{snap, held, team.Known(ctx, seen, held)}, nil
}

// unit gives the ID of the unit that an ID or external ID means; what means none that the actor knows stays as it is, for its
// room to refuse.
func (n names) unit(name string) roster.UnitID {
	if u, there := n.snap.UnitNamed(name); there && n.known(u.ID) {
		return u.ID
	}
	return roster.UnitID(name)
}

// changeUnit changes what the file says otherwise of a customer account. Who may not look at it is told nothing of it.
func (r *run) changeUnit(ctx context.Context, snap *authz.Snapshot, c Change, u people.Unit, was roster.Unit) error {
	on := roster.Ref{Kind: "unit", ID: string(was.ID)}
	if refused := r.May(ctx, act.UnitShow, on); refused != nil {
		r.refuse(c, refused)
		return nil
	}
	c.ID, c.Name = string(was.ID), was.Name
	if u.Kind != nil && roster.UnitKind(*u.Kind) != was.Kind {
		r.refuse(c, roster.Errorf(roster.Invalid, "not_editable", "The kind of a customer account or group stays as it is.").On("kind"))
		return nil
	}
	if u.Archived != nil && !*u.Archived && was.Archived() {
		c := c
		c.Does, c.Fields = act.UnitRestore, fields("archived", "true", "false")
		if _, err := r.do(ctx, c, on, func(ctx context.Context) error { return r.hands.TakeBack(ctx, r.Tx(), was.ID) }); err != nil {
			return err
		}
	}
	if err := r.alterUnit(ctx, c, u, was); err != nil {
		return err
	}
	if u.Parent == nil {
		return nil
	}
	to, from := roster.UnitID(*u.Parent), ""
	if parent, known := snap.UnitNamed(*u.Parent); known && stands(ctx, parent.ID) {
		to = parent.ID
	}
	if was.Parent != "" && stands(ctx, was.Parent) {
		from = unitName(snap, was.Parent)
	}
	if to == was.Parent && (to == "" || from != "") {
		return nil
	}
	c.Does, c.Fields = act.UnitMove, fields("parent", from, *u.Parent)
	_, err := r.do(ctx, c, on, func(ctx context.Context) error { return r.hands.ShiftUnit(ctx, r.Tx(), was.ID, to) })
	return err
}

func (r *run) alterUnit(ctx context.Context, c Change, u people.Unit, was roster.Unit) error {
	now := was
	if u.Name != nil {
		now.Name = *u.Name
		if clean, err := roster.CleanName(now.Name); err == nil {
			now.Name = clean
		}
	}
	if u.ExternalID != nil {
		now.ExternalID = *u.ExternalID
	}
	if now.Name == was.Name && now.ExternalID == was.ExternalID {
		return nil
	}
	c.Does, c.Fields = act.UnitEdit, fields("name", was.Name, now.Name, "external_id", was.ExternalID, now.ExternalID)
	_, err := r.do(ctx, c, roster.Ref{Kind: "unit", ID: string(was.ID)}, func(ctx context.Context) error { return r.hands.AlterUnit(ctx, r.Tx(), now) })
	return err
}

// unitName gives a unit as a file names it.
func unitName(snap *authz.Snapshot, id roster.UnitID) string {
	u, _ := snap.Unit(id)
	return cmp.Or(u.ExternalID, string(id))
}

// archive puts a customer account away.
func (r *run) archive(ctx context.Context, u people.Unit) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	was, known := unitOf(ctx, snap, u)
	on := roster.Ref{Kind: "unit", ID: string(was.ID)}
	if !known || was.Archived() || r.May(ctx, act.UnitShow, on) != nil { // what was refused was told already
		return nil
	}
	c := Change{What: Unit, Line: u.Line, ID: string(was.ID), Name: was.Name, Does: act.UnitArchive, Fields: fields("archived", "false", "true")}
	_, err = r.do(ctx, c, on, func(ctx context.Context) error { return r.hands.PutAway(ctx, r.Tx(), was.ID) })
	return err
}

// fields gives the fields that differ, of names each with its value before and after.
func fields(triples ...string) []Field {
	var all []Field
	for i := 0; i+2 < len(triples); i += 3 {
		if triples[i+1] != triples[i+2] {
			all = append(all, Field{triples[i], triples[i+1], triples[i+2]})
		}
	}
	return all
}

func said(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
