package role

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/roledb"
)

// Draft is what is asked for a new role.
type Draft struct {
	Key         string // made of the name when empty
	Name        string
	Description string
	For         string // "external" or "api" for such members alone; "any" or empty for all
	Permissions []string
	Scopes      []string
}

// Create makes a role of the organisation's own. Kinds: Invalid for the input (role_without_permission,
// permission_unknown, scope_unknown, role_kind_unknown), Conflict (role_name_taken), Denied
// (exceeds_authority).
func (r *Room) Create(ctx context.Context, d Draft) (View, error) {
	id := roster.NewRoleID()
	return action.Do(ctx, r.gate, act.RoleCreate, roster.Ref{Kind: "role", ID: id, Name: d.Name}, func(ctx context.Context, tx *store.Tx) (View, error) {
		v, err := d.put(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		return view(ctx, v, 0)
	})
}

// put is what making a role does, in the transaction of whoever makes it.
func (d Draft) put(ctx context.Context, tx *store.Tx, id string) (roster.Role, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return roster.Role{}, err
	}
	by := roster.ActorFrom(ctx)
	v, err := d.apply(roster.Role{ID: id, CreatedAt: tx.At(), CreatedBy: by.ID(), UpdatedAt: tx.At(), UpdatedBy: by.ID(), Version: 1}).clean(snap.Catalogue())
	if err != nil {
		return v, err
	}
	if v.Key = d.Key; v.Key == "" {
		v.Key = key(snap, v.Name)
	} else if err := freeKey(snap, v.Key); err != nil {
		return v, err
	}
	return v, roledb.InsertRole(ctx, tx, v)
}

// freeKey refuses a key that is none, or that another role has. Kinds: Invalid (role_key_invalid), Conflict (role_key_taken).
func freeKey(snap *authz.Snapshot, k string) error {
	if k != strings.ReplaceAll(roster.Slug(k), "-", "_") || strings.HasPrefix(k, "role_") {
		return roster.Errorf(roster.Invalid, "role_key_invalid", "A role's key has small letters, digits and underscores, and does not begin with role_.").On("key")
	}
	if _, taken := snap.Role(k); taken {
		return roster.Errorf(roster.Conflict, "role_key_taken", "Another role has the key %s.", k).On("key")
	}
	return nil
}

func (d Draft) apply(v roster.Role) draft {
	v.Name, v.Description, v.Permissions, v.Scopes = d.Name, d.Description, d.Permissions, d.Scopes
	return draft{v, d.For}
}

// Edit is a change of a role; what is nil stays.
type Edit struct {
	Name        *string
	Description *string
	For         *string
	Permissions *[]string
	Scopes      *[]string
	Version     int64 // the version that was looked at; 0 to take whatever is there
}

// Edit changes a role of the organisation's own: whoever holds it gains and loses at once. Kinds: Invalid
// for the input, Conflict (role_name_taken, role_kind_mismatch, role_built_in, changed_meanwhile), NotFound,
// Denied (exceeds_authority).
func (r *Room) Edit(ctx context.Context, id string, e Edit) (View, error) {
	return action.Do(ctx, r.gate, act.RoleEdit, roster.Ref{Kind: "role", ID: id}, func(ctx context.Context, tx *store.Tx) (View, error) {
		snap, now, err := e.put(ctx, tx, id)
		if err != nil {
			return View{}, err
		}
		return view(ctx, now, len(snap.HoldersLive(now.ID, tx.At())))
	})
}

// put is what editing a role does.
func (e Edit) put(ctx context.Context, tx *store.Tx, id string) (*authz.Snapshot, roster.Role, error) {
	snap, was, err := load(ctx, tx, id, e.Version)
	if err != nil {
		return nil, was, err
	}
	now, err := e.apply(was).clean(snap.Catalogue())
	if err != nil {
		return nil, was, err
	}
	if err := fitsHolders(snap, now, tx.At()); err != nil {
		return nil, was, err
	}
	now, err = roledb.UpdateRole(ctx, tx, was, now)
	return snap, now, err
}

func (e Edit) apply(v roster.Role) draft {
	d := draft{v, string(v.For)}
	for at, to := range map[*string]*string{&d.Name: e.Name, &d.Description: e.Description, &d.forKind: e.For} {
		if to != nil {
			*at = *to
		}
	}
	if e.Permissions != nil {
		d.Permissions = *e.Permissions
	}
	if e.Scopes != nil {
		d.Scopes = *e.Scopes
	}
	return d
}

// Delete ends a role that nobody holds. Kinds: Conflict (role_in_use naming holders, role_built_in,
// changed_meanwhile), NotFound, Denied (exceeds_authority).
func (r *Room) Delete(ctx context.Context, id string, version int64) (roster.Role, error) {
	return action.Do(ctx, r.gate, act.RoleDelete, roster.Ref{Kind: "role", ID: id}, func(ctx context.Context, tx *store.Tx) (roster.Role, error) {
		return end(ctx, tx, id, version)
	})
}

// end is what deleting a role does.
func end(ctx context.Context, tx *store.Tx, id string, version int64) (roster.Role, error) {
	snap, was, err := load(ctx, tx, id, version)
	if err != nil {
		return was, err
	}
	if err := inUse(ctx, tx, snap, was); err != nil {
		return was, err
	}
	return was, roledb.DeleteRole(ctx, tx, was)
}

// load gives a role of the organisation's own, if it is what was looked at.
func load(ctx context.Context, tx *store.Tx, id string, version int64) (*authz.Snapshot, roster.Role, error) {
	snap, err := action.Snapshot(ctx)
	if err != nil {
		return nil, roster.Role{}, err
	}
	was, err := stored(ctx, tx, snap.Catalogue(), id)
	if err != nil {
		return nil, was, err
	}
	if err := mutable(was); err != nil {
		return nil, was, err
	}
	if version != 0 && version != was.Version {
		return nil, was, store.ErrStale()
	}
	return snap, was, nil
}

func mutable(v roster.Role) error {
	if v.BuiltIn {
		return roster.Errorf(roster.Conflict, "role_built_in", "%s is built in and stays as it is. Make a role of your own beside it.", v.Name)
	}
	return nil
}

// draft is a role as it was asked for, before it was looked at.
type draft struct {
	roster.Role
	forKind string
}

// clean gives the role as it is kept, or an Invalid error that lists every field at fault.
func (d draft) clean(c *authz.Catalogue) (roster.Role, error) {
	var bad roster.Problems
	v := d.Role
	for field, text := range map[string]*string{"name": &v.Name, "description": &v.Description} {
		clean, err := roster.CleanName(*text)
		if field == "description" {
			clean, err = roster.CleanText(*text, roster.MaxReason)
		}
		if err == nil && clean == "" {
			err = roster.Errorf(roster.Invalid, "field_required", "Fill this in.")
		}
		bad.Add(field, err)
		*text = clean
	}
	switch d.forKind {
	case "", "any":
		v.For = ""
	case string(roster.External), string(roster.API):
		v.For = roster.MemberKind(d.forKind)
	default:
		bad.Add("for", roster.Errorf(roster.Invalid, "role_kind_unknown", "A role is for any member, or for external or api members alone."))
	}
	v.Permissions, v.Scopes = roster.Unique(v.Permissions), roster.Unique(v.Scopes)
	for _, key := range v.Permissions {
		if _, known := c.Permission(key); !known {
			bad.Add("permissions", roster.Errorf(roster.Invalid, "permission_unknown", "There is no permission %q.", key))
		}
	}
	for _, key := range v.Scopes {
		if _, known := c.Scope(key); !known {
			bad.Add("scopes", roster.Errorf(roster.Invalid, "scope_unknown", "There is no scope %q.", key))
		}
	}
	if len(v.Permissions) == 0 {
		bad.Add("permissions", roster.Errorf(roster.Invalid, "role_without_permission", "A role holds at least one permission."))
	}
	if err := bad.Err(); err != nil {
		return v, err
	}
	return v, reserved(c, v)
}

// reserved refuses a name that reads like a built-in role's key.
func reserved(c *authz.Catalogue, v roster.Role) error {
	for _, o := range c.BuiltIn() {
		if spoken(o.Key) == spoken(v.Name) {
			return roster.Errorf(roster.Conflict, "role_name_taken", "%s is a built-in role. Take another name.", o.Name).On("name")
		}
	}
	return nil
}

// spoken gives a key or a name with the marks between its words made one, whatever its case.
func spoken(s string) string {
	return strings.NewReplacer("_", " ", "-", " ").Replace(roster.Fold(s))
}

// key makes the key of a new role from its name: one that no other role has and that does not look like an ID.
func key(snap *authz.Snapshot, name string) string {
	base := strings.ReplaceAll(roster.Slug(name), "-", "_")
	if base == "" || strings.HasPrefix(base, "role_") {
		base = "own_" + cmp.Or(base, "role")
	}
	made := base
	for n := 2; ; n++ {
		if _, taken := snap.Role(made); !taken {
			return made
		}
		made = fmt.Sprintf("%s_%d", base, n)
	}
}

// fitsHolders refuses to make a role for members of a kind alone while others hold it. Kind: Conflict, code
// role_kind_mismatch.
func fitsHolders(snap *authz.Snapshot, v roster.Role, at time.Time) error {
	if v.For == "" {
		return nil
	}
	for _, id := range snap.HoldersLive(v.ID, at) {
		if m, _ := snap.Member(id); m.Kind != v.For {
			return roster.Errorf(roster.Conflict, "role_kind_mismatch", "Members of other kinds hold %s. Take it from them first, or leave it open to them.", v.Name).On("for")
		}
	}
	return nil
}
