package command

import (
	"context"
	"slices"
	"strings"

	"roster/internal/roster"
)

// Names are what people call roles, customer accounts and members, each looked up when it is first needed.
// Like Find they are the operator's, who reads the answer.
type Names struct {
	d       Desk
	roles   map[string]roster.Role
	units   map[roster.UnitID]string
	members map[string]string
}

// Names begins to look names up.
func (d Desk) Names() *Names {
	return &Names{d: d, units: map[roster.UnitID]string{}, members: map[string]string{}}
}

// Role gives the key of a role's ID; the ID where there is no such role.
func (n *Names) Role(ctx context.Context, id string) string {
	if n.roles == nil {
		n.roles = map[string]roster.Role{}
		all, err := n.d.Roles.List(Operator(ctx, n.d.Org.ID))
		for _, v := range all {
			n.roles[v.ID] = v.Role
		}
		if err != nil {
			return id
		}
	}
	return OrElse(n.roles[id].Key, id)
}

// Roles gives the keys of the roles in some grants, each once.
func (n *Names) Roles(ctx context.Context, grants []roster.Grant) string {
	var keys []string
	for _, g := range grants {
		if g.Role != "" {
			keys = append(keys, n.Role(ctx, g.Role))
		}
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), ", ")
}

// Unit gives the name of a customer account with those it stands in, such as “Nordwind / Depot”; the
// organisation's for an empty ID.
func (n *Names) Unit(ctx context.Context, id roster.UnitID) string {
	if id == "" {
		return n.d.Org.Name
	}
	name, known := n.units[id]
	if !known {
		name = string(id)
		if u, err := n.d.Units.Show(Operator(ctx, n.d.Org.ID), id); err == nil {
			name = Path(append(u.Path, u.Unit))
		}
		n.units[id] = name
	}
	return name
}

// Path reads customer accounts from the top.
func Path(units []roster.Unit) string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = u.Name
	}
	return strings.Join(names, " / ")
}

// Doer names who did something by their ID.
func (n *Names) Doer(ctx context.Context, id string) string {
	if !roster.IsMemberID(id) {
		return Doer(id)
	}
	name, known := n.members[id]
	if !known {
		name = id
		if v, err := n.d.Team.Show(Operator(ctx, n.d.Org.ID), roster.MemberID(id)); err == nil {
			name = v.Label()
		}
		n.members[id] = name
	}
	return name
}
