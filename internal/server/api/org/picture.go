package org

import (
	"context"
	"net/http"

	orgs "roster/internal/action/org"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// PictureURL gives where an organisation's picture is, by its hash so that it can be kept for ever; empty without one.
func PictureURL(o roster.Organisation) string {
	if o.Picture == "" {
		return ""
	}
	return api.Prefix + "/orgs/" + string(o.ID) + "/picture?hash=" + o.Picture
}

// PictureQuery is what a picture is asked with.
type PictureQuery struct {
	api.Inside
	Hash string `query:"hash" doc:"The hash of the picture, as picture_url has it: the answer may then be kept for ever."`
}

func (a area) picture(ctx context.Context, in *PictureQuery) (*api.PictureShown, error) {
	p, err := a.emblems.Show(ctx)
	if err != nil {
		return nil, err
	}
	return api.ShowPicture(p, in.Hash)
}

// PictureRequest is the request to set a picture.
type PictureRequest struct {
	api.Inside
	api.Repeatable
	RawBody []byte
}

func (a area) setPicture(ctx context.Context, in *PictureRequest) (*api.Written[Organisation], error) {
	return api.Write(ctx, http.StatusOK, func() (orgs.Usage, error) { return a.emblems.Set(ctx, in.RawBody) }, changed)
}

// PictureEnd is the request to take a picture away.
type PictureEnd struct {
	api.Inside
	api.Repeatable
}

func (a area) removePicture(ctx context.Context, _ *PictureEnd) (*api.Written[Organisation], error) {
	return api.Write(ctx, http.StatusOK, func() (orgs.Usage, error) { return a.emblems.Remove(ctx) }, changed)
}

func changed(u orgs.Usage, _ bool) Organisation { return organisationOf(u) }
