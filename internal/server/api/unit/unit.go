package unit

import (
	"time"

	units "roster/internal/action/unit"
	"roster/internal/server/api"
)

// Unit is a customer account, or a group in one.
type Unit struct {
	ID         string      `json:"id"`
	ExternalID *string     `json:"external_id" doc:"What the host product calls it."`
	Kind       string      `json:"kind" enum:"account,group"`
	Name       string      `json:"name"`
	Parent     *string     `json:"parent" doc:"The ID of what it stands in; null below the organisation, and where the caller does not see it."`
	Path       []api.Place `json:"path" nullable:"false" doc:"What it stands in, from the top, as far as the caller sees."`
	Archived   bool        `json:"archived" doc:"Whether it, or something it stands in, is archived: nothing new is made or given there."`
	ArchivedAt *time.Time  `json:"archived_at" doc:"When it was archived itself."`
	Children   int         `json:"children" doc:"How many stand directly in it."`
	Members    int         `json:"members" doc:"Who is bound to it or holds something at this very place."`
	CreatedAt  time.Time   `json:"created_at"`
	CreatedBy  string      `json:"created_by" doc:"The ID of who made it."`
	UpdatedAt  time.Time   `json:"updated_at"`
	UpdatedBy  string      `json:"updated_by" doc:"The ID of who changed it last."`
	ETag       string      `json:"etag" doc:"For If-Match and If-None-Match."`
	Allowed    []string    `json:"allowed" nullable:"false" doc:"The actions that the caller may do to it and in it now."`
}

// UnitOf shows a unit.
func UnitOf(v units.View) Unit {
	out := Unit{
		ID: string(v.ID), ExternalID: api.Text(v.ExternalID), Kind: string(v.Kind), Name: v.Name,
		Path: api.Each(v.Path, api.PlaceOf), Archived: v.PutAway, ArchivedAt: api.Moment(v.ArchivedAt), Children: v.Children, Members: v.Members,
		CreatedAt: api.Exact(v.CreatedAt), CreatedBy: v.CreatedBy, UpdatedAt: api.Exact(v.UpdatedAt), UpdatedBy: v.UpdatedBy, Allowed: api.List(v.Allowed),
	}
	if n := len(v.Path); n > 0 && v.Path[n-1].ID == v.Parent { // what the caller does not see is not told
		out.Parent = &out.Path[n-1].ID
	}
	out.ETag = api.ETag(v.Version, out)
	return out
}

// Tag gives the unit's etag.
func (u Unit) Tag() string { return u.ETag }

// UnitDetail is a unit and how many people have to do with it.
type UnitDetail struct {
	Unit
	People UnitPeople `json:"people"`
}

// UnitPeople counts the members who have to do with a unit. Who counts in several ways is counted in each.
type UnitPeople struct {
	Bound int `json:"bound" doc:"External members bound to it."`
	Here  int `json:"here" doc:"With a grant at this very place."`
	Below int `json:"below" doc:"Bound or with a grant below it."`
	Above int `json:"above" doc:"With a grant above it, or on the whole organisation."`
}

func detailOf(d units.Detail) UnitDetail {
	out := UnitDetail{Unit: UnitOf(d.View), People: UnitPeople(d.People)}
	out.ETag = api.ETag(d.Version, out)
	return out
}
