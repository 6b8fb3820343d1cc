// Package view is the API's area of the caller's own views of the Team list: listed, saved, edited and deleted. What a
// view shows is asked of the list of members, with the view's query.
package view

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	views "roster/internal/action/team/view"
	"roster/internal/server/api"
)

type area struct{ room *views.Room }

// Routes is the area.
func Routes(room *views.Room) api.Area {
	const all, one = "/orgs/{org}/views", "/orgs/{org}/views/{id}"
	a := area{room}
	return func(d *api.Door) {
		d.Things(one, a.allowed)
		api.Add(d, api.Op("GET "+all, act.ViewList, "List my views of the Team list"), a.list)
		api.Add(d, api.Op("POST "+all, act.ViewSave, "Save a view of the Team list"), a.save, api.Created)
		api.Add(d, api.Op("PATCH "+one, act.ViewEdit, "Rename a view, or change what it shows (JSON merge patch)"), a.edit, api.MergePatch[ViewPatch])
		api.Add(d, api.Op("DELETE "+one, act.ViewDelete, "Delete a view"), a.remove)
	}
}

// View is a view of the Team list under a name.
type View struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Query     string    `json:"query" doc:"As in the address of the Team page: the parameters of the list of members but cursor, each once, and columns."`
	CreatedAt time.Time `json:"created_at"`
}

func viewOf(v views.View) View { return View{v.ID, v.Name, v.Query, v.MadeAt} }

func (a area) list(ctx context.Context, _ *api.Inside) (*api.Shown[api.Page[View]], error) {
	kept, err := a.room.List(ctx)
	if err != nil {
		return nil, err
	}
	out := api.Listed(ctx, kept.Views, viewOf, api.Counted{Total: len(kept.Views)})
	out.Body.Allowed = []string{string(act.ViewList), string(act.ViewSave)} // they are one's own, and take no permission
	return out, nil
}

// NewView is what a new view is made of.
type NewView struct {
	Name  string `json:"name" doc:"None of your others has the same, whatever its case."`
	Query string `json:"query,omitempty" doc:"Such as status=active&sort=-created_at; everybody when absent."`
}

// SaveRequest is the request to save a view.
type SaveRequest struct {
	api.Inside
	api.Repeatable
	Body NewView
}

func (a area) save(ctx context.Context, in *SaveRequest) (*api.Written[View], error) {
	return written(ctx, http.StatusCreated, func() (views.View, error) { return a.room.Save(ctx, in.Body.Name, in.Body.Query) })
}

// written answers with a view. The history does not tell of it, and stands where it stood.
func written(ctx context.Context, status int, act func() (views.View, error)) (*api.Written[View], error) {
	out, err := api.Write(ctx, status, act, func(v views.View, _ bool) View { return viewOf(v) })
	if err == nil {
		out.Seq = nil
	}
	return out, err
}

// OnView names a view in a path.
type OnView struct {
	api.Inside
	ID string `path:"id" doc:"The view's ID."`
}

// ViewPatch is what of a view can be edited.
type ViewPatch struct {
	Name  api.Given[string] `json:"name,omitempty"`
	Query api.Given[string] `json:"query,omitempty"`
}

// EditRequest is the request to edit a view.
type EditRequest struct {
	OnView
	api.Repeatable
	Body api.Patch[View, ViewPatch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[View], error) {
	if err := in.Body.Fixed(nil); err != nil {
		return nil, err
	}
	return written(ctx, http.StatusOK, func() (views.View, error) {
		return a.room.Edit(ctx, in.ID, views.Change{Name: in.Body.Set.Name.To(), Query: in.Body.Set.Query.To()})
	})
}

// DeleteRequest is the request to delete a view.
type DeleteRequest struct {
	OnView
	api.Repeatable
}

func (a area) remove(ctx context.Context, in *DeleteRequest) (*api.Ended, error) {
	out, err := api.Finish(ctx, func() (views.View, error) { return a.room.Delete(ctx, in.ID) })
	if err == nil {
		out.Seq = nil
	}
	return out, err
}

// allowed gives what the caller may do to a view: everything, with one of their own.
func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	if _, err := a.room.Show(ctx, id); err != nil {
		return nil, err
	}
	return []string{string(act.ViewEdit), string(act.ViewDelete)}, nil
}
