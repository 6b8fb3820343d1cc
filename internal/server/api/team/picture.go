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

// PictureShown is a picture: bytes of our own.
type PictureShown struct {
	ContentType string `header:"Content-Type"`
	Cache       string `header:"Cache-Control"`
	ETag        string `header:"ETag"`
	Body        []byte
}

func (a area) picture(ctx context.Context, in *PictureQuery) (*PictureShown, error) {
	p, err := a.pictures.Show(ctx, api.MemberID(in.ID))
	if err != nil {
		return nil, err
	}
	out := &PictureShown{ContentType: p.Media, Cache: "private, no-cache", ETag: `"` + p.Hash + `"`, Body: p.Data}
	switch in.Hash {
	case p.Hash:
		out.Cache = "private, max-age=31536000, immutable"
	case "":
	default:
		return nil, roster.Errorf(roster.NotFound, "not_found", "There is no such picture any more.")
	}
	return out, nil
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
