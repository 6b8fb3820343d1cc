package team

import (
	"context"
	"net/http"

	members "roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// pictureURL gives where a member's picture is, by its hash so that it can be kept for ever; empty without one.
func pictureURL(m roster.Member) string {
	if m.Picture == "" {
		return ""
	}
	return api.Prefix + "/orgs/" + string(m.Org) + "/members/" + string(m.ID) + "/picture?hash=" + m.Picture
}

// PictureQuery is what a picture is asked with.
type PictureQuery struct {
	api.OnMember
	Hash string `query:"hash" doc:"The hash of the picture, as picture_url has it: the answer may then be kept for ever."`
}

func (a area) picture(ctx context.Context, in *PictureQuery) (*api.PictureShown, error) {
	p, err := a.pictures.Show(ctx, api.MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	return api.ShowPicture(p, in.Hash)
}

// PictureRequest is the request to set a picture.
type PictureRequest struct {
	api.OnMember
	api.Repeatable
	RawBody []byte
}

func (a area) setPicture(ctx context.Context, in *PictureRequest) (*api.Written[Member], error) {
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.pictures.Set(ctx, api.MemberID(in.ID), in.RawBody)
	}, changed)
}

func (a area) removePicture(ctx context.Context, in *ActRequest) (*api.Written[Member], error) {
	return api.Write(ctx, http.StatusOK, func() (members.View, error) {
		return a.pictures.Remove(ctx, api.MemberID(in.ID))
	}, changed)
}
