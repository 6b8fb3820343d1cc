package apply

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/people"
	"roster/internal/roster"
)

// roleOf finds the role that a part of the file means.
func roleOf(snap *authz.Snapshot, v people.Role) (roster.Role, bool) {
	return snap.Role(cmp.Or(v.ID, v.Key))
}

// role makes a role what the file says.
func (r *run) role(ctx context.Context, v people.Role) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	c := Change{What: Role, Line: v.Line, ID: v.ID, Name: cmp.Or(said(v.Name), v.Key, v.ID)}
	was, known := roleOf(snap, v)
	switch {
	case known:
		if refused := r.May(ctx, act.RoleList, roster.Ref{}); refused != nil {
			r.refuse(c, refused)
			return nil
		}
		return r.alterRole(ctx, c, v, was)
	case v.ID != "":
		r.refuse(c, roster.Errorf(roster.Invalid, "role_unknown", "There is no role %q here.", v.ID).On("id"))
		return nil
	}
	now := described(roster.Role{ID: roster.NewRoleID(), Key: v.Key}, v)
	c.ID, c.Does, c.Fields = now.ID, act.RoleCreate, roleFields(roster.Role{}, now)
	_, err = r.do(ctx, c, roster.Ref{Kind: "role", ID: now.ID, Name: now.Name}, func(ctx context.Context) error { return r.hands.MakeRole(ctx, r.Tx(), now) })
	return err
}

func (r *run) alterRole(ctx context.Context, c Change, v people.Role, was roster.Role) error {
	now := described(was, v)
	c.ID, c.Name, c.Fields = was.ID, was.Name, roleFields(was, now)
	if v.Key != "" && v.Key != was.Key {
		r.refuse(c, roster.Errorf(roster.Invalid, "not_editable", "A role's key stays as it is.").On("key"))
		return nil
	}
	if len(c.Fields) == 0 {
		return nil
	}
	c.Does = act.RoleEdit
	_, err := r.do(ctx, c, roster.Ref{Kind: "role", ID: was.ID}, func(ctx context.Context) error { return r.hands.AlterRole(ctx, r.Tx(), now) })
	return err
}

// described gives a role with what the file says of it, as far as that is kept as it is said.
func described(role roster.Role, v people.Role) roster.Role {
	if v.Name != nil {
		role.Name = *v.Name
		if clean, err := roster.CleanName(role.Name); err == nil {
			role.Name = clean
		}
	}
	if v.Description != nil {
		role.Description = *v.Description
		if clean, err := roster.CleanText(role.Description, roster.MaxReason); err == nil {
			role.Description = clean
		}
	}
	if v.For != nil {
		if role.For = roster.MemberKind(*v.For); role.For == "any" {
			role.For = ""
		}
	}
	if v.Permissions != nil {
		role.Permissions = roster.Unique(*v.Permissions)
	}
	if v.Scopes != nil {
		role.Scopes = roster.Unique(*v.Scopes)
	}
	return role
}

func roleFields(was, now roster.Role) []Field {
	list := func(all []string) string {
		all = slices.Sorted(slices.Values(all))
		return strings.Join(all, ", ")
	}
	open := func(v roster.Role) string {
		if v.ID == "" {
			return ""
		}
		return cmp.Or(string(v.For), "any")
	}
	return fields("name", was.Name, now.Name, "description", was.Description, now.Description, "for", open(was), open(now),
		"permissions", list(was.Permissions), list(now.Permissions), "scopes", list(was.Scopes), list(now.Scopes))
}

// endRole deletes a role that the file says is removed, where there is one.
func (r *run) endRole(ctx context.Context, v people.Role) error {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return err
	}
	was, known := roleOf(snap, v)
	if !known {
		return nil
	}
	c := Change{What: Role, Line: v.Line, ID: was.ID, Name: was.Name, Does: act.RoleDelete}
	_, err = r.do(ctx, c, was.Ref(), func(ctx context.Context) error { return r.hands.EndRole(ctx, r.Tx(), was.ID) })
	return err
}
