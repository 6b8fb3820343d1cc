// Package unit is the API's area of the customer accounts and the groups in them: listed, shown with their
// people counted, made, edited, moved, archived and restored. Access there is given in the area of the team.
package unit

import (
	"context"
	"net/http"

	"roster/internal/act"
	units "roster/internal/action/unit"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ room *units.Room }

// Routes is the area.
func Routes(room *units.Room) api.Area {
	const all, one = "/orgs/{org}/units", "/orgs/{org}/units/{id}"
	a := area{room}
	return func(d *api.Door) {
		d.Things(one, a.allowed)
		api.Add(d, api.Op("GET "+all, act.UnitList, "List customer accounts: those below one, or all with some words"), a.list)
		api.Add(d, api.Op("POST "+all, act.UnitCreate, "Make a customer account or a group"), a.create, api.Created)
		api.Add(d, api.Op("GET "+one, act.UnitShow, "Show a customer account and count its people"), a.show)
		api.Add(d, api.Op("PATCH "+one, act.UnitEdit, "Edit a customer account (JSON merge patch), or move it to another parent"), a.edit, api.Also(act.UnitMove), api.MergePatch[UnitPatch], api.Tryable)
		api.Add(d, api.Op("DELETE "+one, act.UnitArchive, "Archive a customer account: it leaves the lists and can be restored"), a.remove, api.Named("unit.delete"), api.Tryable)
		api.Add(d, api.Op("POST "+one+"/archive", act.UnitArchive, "Archive a customer account with all below it"), a.archive, api.Tryable)
		api.Add(d, api.Op("POST "+one+"/restore", act.UnitRestore, "Take an archived customer account back"), a.restore, api.Tryable)
	}
}

// OnUnit names a unit in a path.
type OnUnit struct {
	api.Inside
	ID string `path:"id" doc:"The customer account's ID."`
}

// UnitsQuery is what a list of units is asked with.
type UnitsQuery struct {
	api.Inside
	api.Window
	Q        string `query:"q" doc:"Words that begin one of the name's or external ID's, anywhere below parent. Without any, the list has what stands directly there."`
	Parent   string `query:"parent" doc:"A customer account's ID or external ID; the top when absent."`
	Archived bool   `query:"archived" doc:"true for archived ones too."`
}

func (a area) list(ctx context.Context, in *UnitsQuery) (*api.Shown[api.Page[Unit]], error) {
	parent, err := roster.CleanName(in.Parent)
	if err != nil {
		return nil, roster.AsError(err).On("parent")
	}
	page, err := a.room.List(ctx, units.Query{Text: in.Q, Parent: parent, Archived: in.Archived, Limit: api.Asked(in.Limit), Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	return api.Listed(ctx, page.Units, UnitOf, api.Counted{Next: page.Next, Total: page.Total, More: page.More}), nil
}

// ShowQuery is what one unit is asked with.
type ShowQuery struct {
	OnUnit
	api.IfNoneMatch
}

func (a area) show(ctx context.Context, in *ShowQuery) (*api.One[UnitDetail], error) {
	d, err := a.room.Show(ctx, unitID(in.ID))
	if err != nil {
		return nil, err
	}
	return api.Answer(detailOf(d), in.IfNoneMatch), nil
}

// allowed gives what the caller may do to a unit.
func (a area) allowed(ctx context.Context, id string) ([]string, error) {
	d, err := a.room.Show(ctx, unitID(id))
	return d.Allowed, err
}

// NewUnit is what a new unit is made of.
type NewUnit struct {
	Kind       string  `json:"kind,omitempty" enum:"account,group" doc:"account when absent. A group stands in an account or another group."`
	Name       string  `json:"name" doc:"None beside it has the same, whatever its case."`
	ExternalID string  `json:"external_id,omitempty" doc:"What the host product calls it; nothing else has it here."`
	Parent     *string `json:"parent,omitempty" doc:"An ID or external ID; null for below the organisation."`
}

// CreateRequest is the request to make a unit.
type CreateRequest struct {
	api.Inside
	api.Repeatable
	Body NewUnit
}

func (a area) create(ctx context.Context, in *CreateRequest) (*api.Written[Unit], error) {
	draft := units.Draft{Kind: roster.UnitKind(in.Body.Kind), Name: in.Body.Name, ExternalID: in.Body.ExternalID, Parent: api.Plain(in.Body.Parent)}
	if draft.Kind == "" {
		draft.Kind = roster.Account
	}
	out, err := api.Write(ctx, http.StatusCreated, func() (units.View, error) { return a.room.Create(ctx, draft) }, changed)
	if err == nil {
		out.Location = api.Prefix + "/orgs/" + string(roster.ActorFrom(ctx).Organisation) + "/units/" + out.Body.ID
	}
	return out, err
}

// UnitPatch is what of a unit can be edited. A move is a request of its own.
type UnitPatch struct {
	Name       api.Given[string] `json:"name,omitempty"`
	ExternalID api.Given[string] `json:"external_id,omitempty" doc:"null clears it."`
	Parent     api.Given[string] `json:"parent,omitempty" doc:"Moves it with all below it, and stands alone: an ID or external ID; null for below the organisation."`
}

// EditRequest is the request to edit or move a unit.
type EditRequest struct {
	OnUnit
	api.Repeatable
	IfMatch string `header:"If-Match" required:"true" doc:"The customer account's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Unit, UnitPatch]
}

func (a area) edit(ctx context.Context, in *EditRequest) (*api.Written[Unit], error) {
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := in.Body.Fixed(map[string]string{
		"kind":     "An account stays an account, and a group a group. Make a new one, and archive this.",
		"archived": "POST …/archive and …/restore change this.",
	}); err != nil {
		return nil, err
	}
	set := in.Body.Set
	switch {
	case set.Parent.Is && (set.Name.Is || set.ExternalID.Is):
		return nil, roster.Errorf(roster.Invalid, "move_alone", "Move it in a request of its own.").On("parent")
	case set.Parent.Is:
		return api.Write(ctx, http.StatusOK, func() (units.View, error) {
			return a.room.Move(ctx, unitID(in.ID), units.Moving{Parent: set.Parent.Value, Version: version})
		}, changed)
	}
	return api.Write(ctx, http.StatusOK, func() (units.View, error) {
		return a.room.Edit(ctx, unitID(in.ID), units.Edit{Name: set.Name.To(), ExternalID: set.ExternalID.To(), Version: version})
	}, changed)
}

// ActRequest is a request that says all in its address.
type ActRequest struct {
	OnUnit
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The customer account's etag as it was read: refused when it changed since."`
}

func (a area) archive(ctx context.Context, in *ActRequest) (*api.Written[Unit], error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (units.View, error) { return a.room.Archive(ctx, unitID(in.ID), version) }, changed)
}

func (a area) restore(ctx context.Context, in *ActRequest) (*api.Written[Unit], error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (units.View, error) { return a.room.Restore(ctx, unitID(in.ID), version) }, changed)
}

func (a area) remove(ctx context.Context, in *ActRequest) (*api.Ended, error) {
	version, err := api.IfMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return api.Finish(ctx, func() (units.View, error) { return a.room.Archive(ctx, unitID(in.ID), version) })
}

func changed(v units.View, _ bool) Unit { return UnitOf(v) }

// unitID gives what may be a unit's identifier; anything else is nothing's, as an unknown one is.
func unitID(s string) roster.UnitID {
	if roster.IsUnitID(s) {
		return roster.UnitID(s)
	}
	return "unit_"
}
