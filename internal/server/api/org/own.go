package org

import (
	"context"
	"net/http"

	"roster/internal/action/self"
	"roster/internal/action/team/own"
	"roster/internal/roster"
	"roster/internal/server/api"
)

// Preferences are how a person wants Roster to be, wherever they belong. null is what was not chosen.
type Preferences struct {
	Language *string `json:"language" doc:"A language that Roster speaks, such as pt-BR; null for the browser's."`
	Zone     *string `json:"zone" doc:"An IANA time zone; null for the browser's."`
	Theme    *string `json:"theme" doc:"light or dark; null for the system's."`
	Density  *string `json:"density" doc:"compact or roomy; null for the standard one."`
	Letters  bool    `json:"device_letters" doc:"Whether a letter tells of a sign-in on a device that was not known."`
}

func preferencesOf(p roster.Preferences) Preferences {
	return Preferences{api.Text(p.Language), api.Text(p.Zone), api.Text(p.Theme), api.Text(p.Density), !p.Quiet}
}

// PreferencesPatch is what of the preferences can be changed: all of them.
type PreferencesPatch struct {
	Language api.Given[string] `json:"language,omitempty"`
	Zone     api.Given[string] `json:"zone,omitempty"`
	Theme    api.Given[string] `json:"theme,omitempty"`
	Density  api.Given[string] `json:"density,omitempty"`
	Letters  api.Given[bool]   `json:"device_letters,omitempty" doc:"null for true."`
}

// PreferRequest is the request to change one's own preferences.
type PreferRequest struct {
	api.Repeatable
	Body api.Patch[Preferences, PreferencesPatch]
}

func (a area) prefer(ctx context.Context, in *PreferRequest) (*api.Written[Preferences], error) {
	p := in.Body.Set
	return api.Write(ctx, http.StatusOK, func() (roster.Preferences, error) {
		return a.selves.Prefer(ctx, self.Preferring{Language: p.Language.To(), Zone: p.Zone.To(), Theme: p.Theme.To(), Density: p.Density.To(), Letters: wanted(p.Letters)})
	}, func(now roster.Preferences, _ bool) Preferences { return preferencesOf(now) })
}

// wanted gives what is wanted unless it is switched off; nil where nothing is said of it.
func wanted(g api.Given[bool]) *bool {
	if !g.Is {
		return nil
	}
	yes := g.Null() || g.Value
	return &yes
}

// Profile is what the caller is called in an organisation.
type Profile struct {
	ID        string  `json:"id" doc:"The caller's member ID there."`
	FirstName *string `json:"first_name"`
	LastName  *string `json:"last_name"`
	Name      string  `json:"name"`
	Email     string  `json:"email"`
	Phone     *string `json:"phone"`
	Picture   *string `json:"picture_url" doc:"Where the caller's picture is; the answer may be kept for ever."`
	Kept      bool    `json:"kept" doc:"Whether the organisation keeps the profile, so that its administrators change it."`
	ETag      string  `json:"etag"`
}

// Tag gives the etag.
func (p Profile) Tag() string { return p.ETag }

func profileOf(p own.Profile) Profile {
	out := Profile{
		ID: string(p.ID), FirstName: api.Text(p.FirstName), LastName: api.Text(p.LastName), Name: p.Label(), Email: p.Email.Typed,
		Phone: api.Text(p.Phone), Kept: p.Kept,
	}
	if p.Picture != "" {
		at := api.Prefix + "/orgs/" + string(p.Org) + "/me/picture?hash=" + p.Picture
		out.Picture = &at
	}
	out.ETag = api.ETag(p.Version, out)
	return out
}

// ProfilePatch is what of one's own profile can be changed.
type ProfilePatch struct {
	FirstName api.Given[string] `json:"first_name,omitempty"`
	LastName  api.Given[string] `json:"last_name,omitempty"`
	Phone     api.Given[string] `json:"phone,omitempty" doc:"With its country code; null for none."`
}

// ProfileRequest is the request to change one's own profile in an organisation.
type ProfileRequest struct {
	api.Inside
	api.Repeatable
	IfMatch string `header:"If-Match" doc:"The profile's etag as it was read, or * to take whatever is there."`
	Body    api.Patch[Profile, ProfilePatch]
}

func (a area) profile(ctx context.Context, in *ShowQuery) (*api.One[Profile], error) {
	p, err := a.owns.Show(ctx)
	if err != nil {
		return nil, err
	}
	return api.Answer(profileOf(p), in.IfNoneMatch), nil
}

func (a area) editProfile(ctx context.Context, in *ProfileRequest) (*api.Written[Profile], error) {
	if err := in.Body.Fixed(map[string]string{"name": "It is made of the first and the last name.", "email": "It is changed on the person's own page.", "picture_url": "It is set with PUT …/me/picture."}); err != nil {
		return nil, err
	}
	version, err := api.MustMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p := in.Body.Set
	return api.Write(ctx, http.StatusOK, func() (own.Profile, error) {
		return a.owns.Edit(ctx, own.Edit{FirstName: p.FirstName.To(), LastName: p.LastName.To(), Phone: p.Phone.To(), Version: version})
	}, func(now own.Profile, _ bool) Profile { return profileOf(now) })
}

// LeaveRequest is the request to leave an organisation.
type LeaveRequest struct {
	api.Inside
	api.Repeatable
}

func (a area) leave(ctx context.Context, _ *LeaveRequest) (*api.Ended, error) {
	return api.Finish(ctx, func() (roster.Organisation, error) { return a.owns.Leave(ctx) })
}

func (a area) ownPicture(ctx context.Context, in *PictureQuery) (*api.PictureShown, error) {
	p, err := a.owns.Picture(ctx)
	if err != nil {
		return nil, err
	}
	return api.ShowPicture(p, in.Hash)
}

func (a area) setOwnPicture(ctx context.Context, in *PictureRequest) (*api.Written[Profile], error) {
	return api.Write(ctx, http.StatusOK, func() (own.Profile, error) { return a.owns.SetPicture(ctx, in.RawBody) }, profileWith)
}

func (a area) removeOwnPicture(ctx context.Context, _ *PictureEnd) (*api.Written[Profile], error) {
	return api.Write(ctx, http.StatusOK, func() (own.Profile, error) { return a.owns.RemovePicture(ctx) }, profileWith)
}

func profileWith(p own.Profile, _ bool) Profile { return profileOf(p) }
