// Package me is the API's area of what is a person's own wherever they belong: their sessions and their second factors.
// It is for sessions of the dashboard. A second factor is made, a password changed and one's own data taken along on the
// dashboard's pages alone: the session goes on with another secret then, a browser makes the keys, and the file is for
// people to keep.
package me

import (
	"context"
	"net/http"
	"slices"
	"time"

	"roster/internal/act"
	"roster/internal/action/factor"
	"roster/internal/action/signin"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ Rooms }

// Rooms are those that the area asks.
type Rooms struct {
	SignIn  *signin.Room
	Factors *factor.Room
}

// Routes is the area.
func Routes(r Rooms) api.Area {
	a := area{r}
	return func(d *api.Door) {
		d.Things("/me/sessions/{id}", a.allowedSession)
		d.Things("/me/factors/{id}", a.allowedFactor)
		api.Add(d, api.Op("GET /me/sessions", act.MeSessions, "List my sessions"), a.sessions)
		api.Add(d, api.Op("DELETE /me/sessions", act.SessionEnd, "End all my sessions but this one; devices are known no more"), a.endOthers, api.Named("session.end_others"), api.Tryable)
		api.Add(d, api.Op("DELETE /me/sessions/{id}", act.SessionEnd, "End a session of mine"), a.end)
		api.Add(d, api.Op("GET /me/factors", act.MeFactors, "List my second factors"), a.factors)
		api.Add(d, api.Op("PATCH /me/factors/{id}", act.FactorRename, "Give a second factor of mine another name (JSON merge patch)"), a.rename, api.MergePatch[FactorPatch])
		api.Add(d, api.Op("DELETE /me/factors/{id}", act.FactorRemove, "Remove a second factor of mine"), a.remove)
	}
}

// Session is one of the caller's sessions.
type Session struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current" doc:"Whether it is the one that asks."`
	Browser   string    `json:"browser" doc:"As it calls itself."`
	IP        string    `json:"ip"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"last_seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Sessions are all that the caller may know of.
type Sessions struct {
	Items []Session `json:"items" nullable:"false"`
}

// SessionsAnswer is the answer with them.
type SessionsAnswer struct{ Body Sessions }

func (a area) sessions(ctx context.Context, _ *struct{}) (*SessionsAnswer, error) {
	me, err := a.SignIn.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	out := Sessions{Items: []Session{}}
	for _, s := range me.Sessions {
		out.Items = append(out.Items, Session{s.ID, s.ID == roster.ActorFrom(ctx).Session, s.Agent, s.IP, s.CreatedAt, s.SeenAt, s.ExpiresAt})
	}
	return &SessionsAnswer{out}, nil
}

// OnThing names a session or a second factor in a path.
type OnThing struct {
	api.Repeatable
	ID string `path:"id"`
}

// OnAll is a request about all of them.
type OnAll struct{ api.Repeatable }

func (a area) end(ctx context.Context, in *OnThing) (*api.Ended, error) {
	return api.Finish(ctx, func() (struct{}, error) {
		if in.ID == "" {
			return struct{}{}, roster.Errorf(roster.NotFound, "not_found", "There is no such session.")
		}
		return struct{}{}, a.SignIn.End(ctx, in.ID, "")
	})
}

func (a area) endOthers(ctx context.Context, _ *OnAll) (*api.Ended, error) {
	return api.Finish(ctx, func() (struct{}, error) { return struct{}{}, a.SignIn.End(ctx, "", "") })
}

// Factor is a second factor of the caller's.
type Factor struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"totp,passkey"`
	Name      string    `json:"name"`
	Alone     bool      `json:"alone" doc:"Whether it lets its person in without a password."`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"last_used_at"`
}

func factorOf(f roster.Factor) Factor {
	return Factor{f.ID, f.Kind, f.Name, f.Alone, f.CreatedAt, f.UsedAt}
}

// Factors are all that the caller may know of.
type Factors struct {
	Items []Factor `json:"items" nullable:"false"`
	Codes int      `json:"recovery_codes_left"`
}

// FactorsAnswer is the answer with them.
type FactorsAnswer struct{ Body Factors }

func (a area) factors(ctx context.Context, _ *struct{}) (*FactorsAnswer, error) {
	w, err := a.SignIn.Ways(ctx)
	if err != nil {
		return nil, err
	}
	out := Factors{Items: []Factor{}, Codes: w.Codes}
	if w.Confined {
		return &FactorsAnswer{out}, nil
	}
	for _, f := range w.Factors {
		out.Items = append(out.Items, factorOf(f))
	}
	return &FactorsAnswer{out}, nil
}

// FactorPatch is what of a second factor can be edited.
type FactorPatch struct {
	Name api.Given[string] `json:"name,omitempty"`
}

// RenameRequest is the request to edit one.
type RenameRequest struct {
	OnThing
	Body api.Patch[Factor, FactorPatch]
}

func (a area) rename(ctx context.Context, in *RenameRequest) (*api.Written[Factor], error) {
	if err := in.Body.Fixed(nil); err != nil {
		return nil, err
	}
	return api.Write(ctx, http.StatusOK, func() (roster.Factor, error) {
		return a.Factors.Rename(ctx, in.ID, in.Body.Set.Name.Value)
	}, func(f roster.Factor, _ bool) Factor { return factorOf(f) })
}

func (a area) remove(ctx context.Context, in *OnThing) (*api.Ended, error) {
	return api.Finish(ctx, func() (roster.Factor, error) { return a.Factors.Remove(ctx, in.ID) })
}

// allowedSession gives what the caller may do to a session of theirs.
func (a area) allowedSession(ctx context.Context, id string) ([]string, error) {
	me, err := a.SignIn.Sessions(ctx)
	if err == nil && !slices.ContainsFunc(me.Sessions, func(s roster.Session) bool { return s.ID == id }) {
		err = roster.Errorf(roster.NotFound, "not_found", "There is no such session.")
	}
	return []string{string(act.SessionEnd)}, err
}

// allowedFactor gives what the caller may do to a second factor of theirs.
func (a area) allowedFactor(ctx context.Context, id string) ([]string, error) {
	w, err := a.SignIn.Ways(ctx)
	if err == nil && (w.Confined || !slices.ContainsFunc(w.Factors, func(f roster.Factor) bool { return f.ID == id })) {
		err = roster.Errorf(roster.NotFound, "not_found", "There is no such second factor.")
	}
	return []string{string(act.FactorRename), string(act.FactorRemove)}, err
}
