package team

import (
	"context"
	"net/http"

	"roster/internal/action/team/erasure"
	"roster/internal/server"
	"roster/internal/server/api"
)

// Erasure is what is erased with a removed member, or was.
type Erasure struct {
	Member Member `json:"member"`
	Lines  int    `json:"lines" doc:"Lines of the organisation's history that say something of them."`
	Person bool   `json:"person" doc:"Whether their account goes, too: they belong to no other organisation, and no other keeps anything of them."`
}

// Tag gives the member's etag.
func (e Erasure) Tag() string { return e.Member.ETag }

func erasureOf(e erasure.Erasure) Erasure { return Erasure{MemberOf(e.View), e.Lines, e.Person} }

func (a area) erasure(ctx context.Context, in *api.OnMember) (*api.Shown[Erasure], error) {
	e, err := a.erasures.Look(ctx, api.MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	return &api.Shown[Erasure]{Body: erasureOf(e)}, nil
}

// EraseRequest is the request to erase what is kept of a member.
type EraseRequest struct {
	api.OnMember
	api.Repeatable
	Body Erasing
}

// Erasing confirms who is erased.
type Erasing struct {
	ConfirmName string `json:"confirm_name" doc:"What the member is called, exactly: the name, else the address, else the ID."`
}

func (a area) erase(ctx context.Context, in *EraseRequest) (*api.Written[Erasure], error) {
	return api.Write(ctx, http.StatusOK, func() (erasure.Erasure, error) {
		return a.erasures.Erase(ctx, api.MemberID(in.ID), in.Body.ConfirmName)
	}, func(e erasure.Erasure, _ bool) Erasure { return erasureOf(e) })
}

func (a area) data(ctx context.Context, in *api.OnMember) (*api.Download, error) {
	return api.Downloaded(ctx, func(ctx context.Context) (server.Sending, error) {
		f, err := a.selves.OfMember(ctx, api.MemberID(in.ID))
		if err != nil {
			return server.Sending{}, err
		}
		return server.Sending{Name: f.Name, Media: "application/json", Size: f.Size, ReadCloser: f}, nil
	})
}
