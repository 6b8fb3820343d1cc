package apply

import (
	"cmp"
	"context"
	"slices"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
	"roster/internal/store/memberdb"
)

// Rows makes members what rows of a table say, one after the other, in a series that is under way: who is not there is
// added, who is there is changed, and what a row grants is held beside what was held before. Nothing is taken away. Each row
// finds what those before it left, so two that mean the same member are done in their order. It gives for each row what it
// changed, or was refused; of one that changes nothing, nothing. A row whose letter must wait, as all would, is the last.
func Rows(ctx context.Context, s *action.Series, rows []people.Member) ([][]Change, error) {
	all, places := make([][]Change, len(rows)), &paths{}
	for i, m := range rows {
		r := &run{Series: s, adds: true, places: places, file: people.File{Members: []people.Member{m}}, rows: map[roster.MemberID]memberdb.Row{}}
		err := r.identify(ctx)
		if err == nil {
			err = r.namedMember(ctx)
		}
		if err == nil && r.out.Refused == 0 {
			err = r.member(ctx, 0)
		}
		if err == nil && r.out.Refused == 0 {
			err = r.join(ctx, 0)
		}
		if err != nil {
			return nil, err
		}
		all[i] = r.out.Changes
		if n := len(r.out.Changes); n > 0 && r.out.Changes[n-1].Err != nil && r.out.Changes[n-1].Err.Kind == roster.Limited && r.out.Changes[n-1].Err.Field == "" {
			return all[:i+1], nil
		}
	}
	return all, nil
}

// namedMember puts Roster's own names into the one row, where it names units by the path of their names and roles by their
// names. What means none, or several, is refused.
func (r *run) namedMember(ctx context.Context) error {
	n, err := naming(ctx, r.who[0])
	if err != nil {
		return err
	}
	m := r.file.Members[0]
	var bad roster.Problems
	if m.Unit != nil {
		id, err := r.unitMeant(ctx, n, *m.Unit)
		bad.Add("unit", err)
		m.Unit = &id
	}
	if m.Grants != nil {
		all := slices.Clone(*m.Grants)
		for i, g := range all {
			all[i].Unit, err = r.unitMeant(ctx, n, g.Unit)
			bad.Add("at", err)
			all[i].Role, err = roleMeant(n.snap, g.Role)
			bad.Add("roles", err)
		}
		m.Grants = &all
	}
	r.file.Members[0] = m
	if err := bad.Err(); err != nil {
		r.refuse(Change{What: Member, Line: m.Line, ID: string(r.who[0]), Name: called(m)}, err)
	}
	return nil
}

// unitMeant gives the ID of the unit that an ID, an external ID or a path of names means, such as “Nordwind / Fleet 7”.
// What the actor does not know, and by names what they may not look at, is not there. Kind: Invalid, codes unit_unknown and unit_ambiguous.
func (r *run) unitMeant(ctx context.Context, n names, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if u, there := n.snap.UnitNamed(name); there && n.known(u.ID) {
		return string(u.ID), nil
	}
	found := slices.DeleteFunc(slices.Clone(r.places.of(n.snap)[roster.Fold(name)]), func(id roster.UnitID) bool {
		return r.May(ctx, act.UnitShow, roster.Ref{Kind: "unit", ID: string(id)}) != nil
	})
	switch len(found) {
	case 1:
		return string(found[0]), nil
	case 0:
		return "", roster.Errorf(roster.Invalid, "unit_unknown", "There is no customer account %q here. Name it by its external ID, or by its path, such as Nordwind / Fleet.", name)
	}
	return "", roster.Errorf(roster.Invalid, "unit_ambiguous", "Several customer accounts are called %q. Name the one by its external ID.", name)
}

// paths are the units by the folded paths of their names, and by the names alone. A row makes and moves none.
type paths struct{ known map[string][]roster.UnitID }

func (p *paths) of(snap *authz.Snapshot) map[string][]roster.UnitID {
	if p.known != nil {
		return p.known
	}
	p.known = map[string][]roster.UnitID{}
	for u := range snap.Units() {
		path := roster.Fold(u.Name)
		p.add(path, u.ID)
		for parent, known := snap.Unit(u.Parent); known; parent, known = snap.Unit(parent.Parent) {
			path = roster.Fold(parent.Name) + " / " + path
			p.add(path, u.ID)
		}
	}
	return p.known
}

func (p *paths) add(path string, id roster.UnitID) { p.known[path] = append(p.known[path], id) }

// roleMeant gives the key or ID of the role that a key, an ID or a name means. Kind: Invalid, codes role_unknown and
// role_ambiguous.
func roleMeant(snap *authz.Snapshot, name string) (string, error) {
	if _, known := snap.Role(name); known || name == "" {
		return name, nil
	}
	found := ""
	for _, v := range snap.Roles() {
		switch {
		case roster.Fold(v.Name) != roster.Fold(name):
		case found != "":
			return name, roster.Errorf(roster.Invalid, "role_ambiguous", "Several roles are called %q. Name the one by its key.", name)
		default:
			found = cmp.Or(v.ID, v.Key)
		}
	}
	if found == "" {
		return name, roster.Errorf(roster.Invalid, "role_unknown", "There is no role %q here.", name)
	}
	return found, nil
}

// beside gives all that somebody is to hold, who holds some grants and is given others: of two alike with an end the one that
// lasts longer. A row that names no end says nothing of one, so what is held until a day stays so.
func beside(n names, m roster.Member, held []roster.Grant, all []people.Grant) []people.Grant {
	kept, more := slices.Clone(held), []people.Grant{}
	for _, a := range all {
		_, one := asked(n, m, []people.Grant{a})
		i := slices.IndexFunc(kept, func(g roster.Grant) bool { return g.Alike(one[0]) })
		switch {
		case i < 0:
			more = append(more, a)
		case !kept[i].Until.IsZero() && a.Until.After(kept[i].Until):
			kept = slices.Delete(kept, i, i+1)
			more = append(more, a)
		}
	}
	out := make([]people.Grant, len(kept))
	for i, g := range kept {
		out[i] = people.Grant{Role: g.Role, Permission: g.Permission, Scope: g.Scope, Unit: string(g.Unit), Until: g.Until}
	}
	return append(out, more...)
}
