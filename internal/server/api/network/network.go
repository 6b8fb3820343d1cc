// Package network is the API's area of address lists.
package network

import (
	"context"
	"net/http"

	"roster/internal/act"
	networks "roster/internal/action/org/network"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ room *networks.Room }

// Routes is the area.
func Routes(r *networks.Room) api.Area {
	a := area{r}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET /orgs/{org}/address-list", act.AddressesShow, "Show from which addresses the organisation lets anybody in"), a.show)
		api.Add(d, api.Op("PUT /orgs/{org}/address-list", act.AddressesSet, "Set from which addresses the organisation lets anybody in"), a.set, api.Tryable)
		api.Add(d, api.Op("GET /orgs/{org}/members/{id}/address-list", act.APIUserAddressesShow, "Show from which addresses an API user is let in"), a.showProgram)
		api.Add(d, api.Op("PUT /orgs/{org}/members/{id}/address-list", act.APIUserAddressesSet, "Set from which addresses an API user is let in"), a.setProgram, api.Tryable)
	}
}

// AddressList is a list of addresses; an empty one lets everybody in.
type AddressList struct {
	AllowedFrom []string `json:"allowed_from" nullable:"false" doc:"CIDR blocks, IPv4 and IPv6, each once and sorted; a single address is a block of one."`
}

func shown(l networks.List) AddressList { return AddressList{api.List(l.From)} }

// SetRequest is the request to set the organisation's list.
type SetRequest struct {
	api.Inside
	api.Repeatable
	Body AddressList
}

// ProgramQuery is what an API user's list is asked with.
type ProgramQuery struct {
	api.Inside
	ID string `path:"id" doc:"The API user's member ID."`
}

// SetProgramRequest is the request to set an API user's list.
type SetProgramRequest struct {
	ProgramQuery
	api.Repeatable
	Body AddressList
}

func (a area) show(ctx context.Context, _ *api.Inside) (*api.Shown[AddressList], error) {
	l, err := a.room.Show(ctx)
	return &api.Shown[AddressList]{Body: shown(l)}, err
}

// given refuses a null for a list: it would let everybody in.
func (l AddressList) given() error {
	if l.AllowedFrom == nil {
		return roster.Errorf(roster.Invalid, "field_required", "Give the whole list; an empty one lets everybody in.").On("allowed_from")
	}
	return nil
}

func (a area) set(ctx context.Context, in *SetRequest) (*api.Written[AddressList], error) {
	if err := in.Body.given(); err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (networks.List, error) { return a.room.Set(ctx, in.Body.AllowedFrom) }, func(l networks.List, _ bool) AddressList { return shown(l) })
}

func (a area) showProgram(ctx context.Context, in *ProgramQuery) (*api.Shown[AddressList], error) {
	l, err := a.room.ShowProgram(ctx, roster.MemberID(in.ID))
	return &api.Shown[AddressList]{Body: shown(l)}, err
}

func (a area) setProgram(ctx context.Context, in *SetProgramRequest) (*api.Written[AddressList], error) {
	if err := in.Body.given(); err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (networks.List, error) {
		return a.room.SetProgram(ctx, roster.MemberID(in.ID), in.Body.AllowedFrom)
	}, func(l networks.List, _ bool) AddressList { return shown(l) })
}
