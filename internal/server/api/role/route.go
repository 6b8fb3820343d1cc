// Package role is the API's area of the roles: listed, shown with their holders, and, where they are the
// organisation's own, made, edited and deleted. Roles are given to members in the area of the team.
package role

import (
	"context"
	"net/http"

	"roster/internal/act"
	roles "roster/internal/action/role"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ room *roles.Room }

// Routes is the area.
func Routes(room *roles.Room) api.Area {
	const all, one = "/orgs/{org}/roles", "/orgs/{org}/roles/{id}"
	a := area{room}
	return func(d *api.Door) {
		d.Things(one, a.allowed)
		api.Add(d, api.Op("GET "+all, act.RoleList, "List the roles, with what the caller can give"), a.list)
		api.Add(d, api.Op("POST "+all, act.RoleCreate, "Make a role, or look what it would ask for"), a.create, api.Also(act.RolePreview), api.Created)
		api.Add(d, api.Op("GET "+one, act.RoleShow, "Show a role and who holds it"), a.show)
		api.Add(d, api.Op("PATCH "+one, act.RoleEdit, "Edit a role (JSON merge patch), or look who would gain and lose what"), a.edit, api.Also(act.RolePreview), api.MergePatch[RolePatch])
		api.Add(d, api.Op("DELETE "+one, act.RoleDelete, "Delete a role that nobody holds"), a.remove, api.Tryable)
	}
}

// OnRole names a role in a path.
type OnRole struct {
	api.Inside
	ID string `path:"id" doc:"The role's ID or key."`
}

// DryRun asks for a look at a change before it is made.
type DryRun struct {
	DryRun bool `query:"dry_run" doc:"true changes nothing: the answer shows the role as it would be, and preview."`
}

func (a area) list(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[Role]], error) {
	all, err := a.room.List(ctx)
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, all, RoleOf, api.Counted{Total: len(all)}), nil
}

// ShowQuery is what one role is asked with; the page is that of its holders.
type ShowQuery struct {
	OnRole
	api.IfNoneMatch
	api.Window
}

func (a area) show(ctx context.Context, in *ShowQuery) (*api.One[RoleDetail], error) {
	d, err := a.room.Show(ctx, roleID(in.ID), roles.Query{Limit: api.Asked(in.Limit), Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return api.Answer(detailOf(d), in.IfNoneMatch), nil
}

// allowed gives what the caller may do to a role.
func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	d, err := a.room.Show(ctx, roleID(id), roles.Query{Limit: 1})
	return d.Allowed, err
}

// NewRole is what a new role is made of.
type NewRole struct {
	Name        string   `json:"name" doc:"Nothing else has it, whatever its case."`
	Description string   `json:"description"`
	For         string   `json:"for,omitempty" enum:"any,external,api" doc:"external or api for such members alone; any when absent."`
	Permissions []string `json:"permissions" nullable:"false" doc:"At least one."`
	Scopes      []string `json:"scopes,omitempty" nullable:"false"`
}

// CreateRequest is the request to make a role.
type CreateRequest struct {
	api.Inside
	api.Repeatable
	DryRun
	Body NewRole
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[RoleChanged], error) {
	n := in.Body
	create := func(ctx context.Context) (roles.View, error) {
		return a.room.Create(ctx, roles.Draft{Name: n.Name, Description: n.Description, For: n.For, Permissions: n.Permissions, Scopes: n.Scopes})
	}
	if in.DryRun.DryRun {
		return a.preview(ctx, roles.Trial{Edit: roles.Edit{Name: &n.Name, Description: &n.Description, For: &n.For, Permissions: &n.Permissions, Scopes: &n.Scopes}}, create)
	}
	out, err := api.Write(ctx, http.StatusCreated, func() (roles.View, error) { return create(ctx) }, changed)
	if err == nil {
		out.Location = api.Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/roles/" + out.Body.ID
	}
	return out, err
}

// RolePatch is what of a role can be edited.
type RolePatch struct {
	Name        api.Given[string]   `json:"name,omitempty"`
	Description api.Given[string]   `json:"description,omitempty"`
	For         api.Given[string]   `json:"for,omitempty" doc:"any, external or api; null for any."`
	Permissions api.Given[[]string] `json:"permissions,omitempty" doc:"All of them."`
	Scopes      api.Given[[]string] `json:"scopes,omitempty" doc:"All of them."`
}

// EditRequest is the request to edit a role.
type EditRequest struct {
	OnRole
	api.Repeatable
	DryRun
	IfMatch string `header:"If-Match" doc:"The role's etag as it was read, or * to take whatever is there. A dry run needs none."`
	Body    api.Patch[Role, RolePatch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[RoleChanged], error) {
	if err := in.Body.Fixed(nil); err != nil {
		return nil, err
	}
	set := in.Body.Set
	e := roles.Edit{Name: set.Name.To(), Description: set.Description.To(), For: set.For.To(), Permissions: set.Permissions.To(), Scopes: set.Scopes.To()}
	match := api.MustMatch
	if in.DryRun.DryRun {
		match = api.IfMatch
	}
	var err error
	if e.Version, err = match(in.IfMatch); err != nil {
		return nil, err
	}
	edit := func(ctx context.Context) (roles.View, error) { return a.room.Edit(ctx, roleID(in.ID), e) }
	if in.DryRun.DryRun {
		return a.preview(ctx, roles.Trial{ID: roleID(in.ID), Edit: e}, edit)
	}
	return api.Write(ctx, http.StatusOK, func() (roles.View, error) { return edit(ctx) }, changed)
}

// preview answers a dry run by what the change would do, once it was tried: what refuses it is told instead, but for what the
// caller lacks to make it, which the preview names, and a fresh proof, which nobody gives to look.
func (a area) preview(ctx context.Context, t roles.Trial, change func(context.Context) (roles.View, error)) (*api.Written[RoleChanged], error) {
	ctx = api.Trying(ctx)
	p, err := a.room.Preview(ctx, t)
	if err != nil {
		return nil, err
	}
	if _, err := change(ctx); err != nil && !roster.Is(err, "exceeds_authority") && !roster.Is(err, "confirmation_required") {
		return nil, err
	}
	return &api.Written[RoleChanged]{Status: http.StatusOK, Body: previewed(p)}, nil
}

// RemoveRequest is the request to delete a role.
type RemoveRequest struct {
	OnRole
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The role's etag as it was read: refused when it changed since."`
}

func (a area) remove(ctx context.Context, in *RemoveRequest) (*api.Ended, error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Finish(ctx, func() (roster.Role, error) { return a.room.Delete(ctx, roleID(in.ID), version) })
}

func changed(v roles.View, _ bool) RoleChanged { return RoleChanged{Role: RoleOf(v)} }

// roleID gives what may be a role's ID or key; anything else is no role's, as an unknown one is.
func roleID(s string) string {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return "role_"
		}
	}
	return s
}
