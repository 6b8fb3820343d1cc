// Package access is the API's area of the questions what somebody may do, why and why not: a member's
// effective permissions, one permission explained, people against customer accounts, and the catalogue as the
// caller can give it. Access is given in the area of the team.
package access

import (
	"context"

	"roster/internal/act"
	rooms "roster/internal/action/access"
	"roster/internal/roster"
	"roster/internal/server/api"
)

type area struct{ room *rooms.Room }

// Routes is the area.
func Routes(room *rooms.Room) api.Area {
	const member = "/orgs/{org}/members/{id}"
	a := area{room}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET "+member+"/access", act.MemberAccess, "Show what a member can really do, and by which grants"), a.access)
		api.Add(d, api.Op("GET "+member+"/explain", act.MemberExplain, "Say why a member may do something somewhere, or why not and who could change it"), a.explain)
		api.Add(d, api.Op("GET /orgs/{org}/access", act.AccessMatrix, "Show people against customer accounts"), a.matrix)
		api.Add(d, api.Op("GET /orgs/{org}/permissions", act.PermissionList, "Show the catalogue and the roles, with what the caller can give at a place"), a.permissions)
	}
}

// AccessQuery is what a member's access is asked with.
type AccessQuery struct {
	api.OnMember
	Unit string `query:"unit" doc:"A customer account's ID or external ID: what can be done there, what comes from above included. Everywhere when absent."`
}

func (a area) access(ctx context.Context, in *AccessQuery) (*api.Shown[MemberAccess], error) {
	unit, err := named("unit", in.Unit)
	if err != nil {
		return nil, err
	}
	v, err := a.room.Access(ctx, api.MemberID(in.ID), unit)
	if err != nil {
		return nil, err
	}
	return &api.Shown[MemberAccess]{Body: accessOf(v)}, nil
}

// ExplainQuery is a question about one permission.
type ExplainQuery struct {
	api.OnMember
	Permission string `query:"permission" required:"true" doc:"The permission's key."`
	Unit       string `query:"unit" doc:"A customer account's ID or external ID; the whole organisation when absent."`
}

func (a area) explain(ctx context.Context, in *ExplainQuery) (*api.Shown[Explanation], error) {
	unit, err := named("unit", in.Unit)
	if err != nil {
		return nil, err
	}
	v, err := a.room.Explain(ctx, rooms.Question{Member: api.MemberID(in.ID), Permission: in.Permission, Unit: unit})
	if err != nil {
		return nil, err
	}
	return &api.Shown[Explanation]{Body: explanationOf(v)}, nil
}

// MatrixQuery asks for a page of people against a page of customer accounts.
type MatrixQuery struct {
	api.Inside
	Q          string   `query:"q" doc:"Words that begin one of a member's."`
	Kind       []string `query:"kind,explode" doc:"regular, external or api; repeated, or separated by commas."`
	Limit      int      `query:"limit" minimum:"1" maximum:"200" default:"25" doc:"People in a page."`
	Cursor     string   `query:"cursor" doc:"The next_cursor of the page before, with the same filter."`
	UnitQ      string   `query:"unit_q" doc:"Words that begin one of a customer account's."`
	Parent     string   `query:"parent" doc:"A customer account's ID or external ID: only those directly below it, with unit_q all below it."`
	UnitLimit  int      `query:"unit_limit" minimum:"1" maximum:"200" default:"25" doc:"Customer accounts in a page."`
	UnitCursor string   `query:"unit_cursor" doc:"The next_unit_cursor of the page before, with the same filter."`
}

func (a area) matrix(ctx context.Context, in *MatrixQuery) (*api.Shown[Matrix], error) {
	parent, err := named("parent", in.Parent)
	if err != nil {
		return nil, err
	}
	m, err := a.room.Matrix(ctx, rooms.MatrixQuery{
		Text: in.Q, Kinds: api.Parts[roster.MemberKind](in.Kind), Limit: api.Asked(in.Limit), Cursor: in.Cursor,
		UnitText: in.UnitQ, Parent: parent, UnitLimit: api.Asked(in.UnitLimit), UnitCursor: in.UnitCursor,
	})
	if err != nil {
		return nil, err
	}
	out := matrixOf(m)
	out.Allowed = api.Here(ctx)
	return &api.Shown[Matrix]{Body: out}, nil
}

// PermissionsQuery is what the catalogue is asked with.
type PermissionsQuery struct {
	api.Inside
	Unit string `query:"unit" doc:"A customer account's ID or external ID: what can be given there. The whole organisation when absent."`
}

func (a area) permissions(ctx context.Context, in *PermissionsQuery) (*api.Shown[Givable], error) {
	unit, err := named("unit", in.Unit)
	if err != nil {
		return nil, err
	}
	g, err := a.room.Permissions(ctx, unit)
	if err != nil {
		return nil, err
	}
	out := givableOf(g)
	out.Allowed = api.Here(ctx)
	return &api.Shown[Givable]{Body: out}, nil
}

// named refuses what cannot be repeated in a message, before anything is looked up.
func named(field, text string) (string, error) {
	clean, err := roster.CleanName(text)
	if err != nil {
		return "", roster.AsError(err).On(field)
	}
	return clean, nil
}
