// Package catalogue is the API's area of the catalogue, for product clients: what the host product declares is
// shown, compared and replaced. What members can be given of it is the area of access.
package catalogue

import (
	"context"
	"net/http"
	"time"

	"roster/internal/act"
	catalogues "roster/internal/action/catalogue"
	"roster/internal/authz"
	"roster/internal/server/api"
	"roster/internal/store/cataloguedb"
)

type area struct{ room *catalogues.Room }

// Routes is the area.
func Routes(room *catalogues.Room) api.Area {
	a := area{room}
	return func(d *api.Door) {
		api.Add(d, api.Op("GET /catalogue", act.CatalogueShow, "Show the catalogue: what the product declares, and Roster's own"), a.show)
		api.Add(d, api.Op("PUT /catalogue", act.CatalogueApply, "Declare the product's scopes, permissions and mappings, or look what that would do"), a.apply, api.Also(act.CatalogueShow))
	}
}

// Catalogue is the catalogue as it is.
type Catalogue struct {
	Version     int64              `json:"version"`
	AppliedAt   *time.Time         `json:"applied_at" doc:"null while only Roster's own part is there."`
	AppliedBy   *string            `json:"applied_by" doc:"The ID of who declared it."`
	Declaration Declaration        `json:"declaration" doc:"The product's part, as PUT takes it."`
	Scopes      []authz.Scope      `json:"scopes" nullable:"false" doc:"All scopes, Roster's own first."`
	Permissions []authz.Permission `json:"permissions" nullable:"false" doc:"All permissions, Roster's own first."`
	Allowed     []string           `json:"allowed" nullable:"false" doc:"The actions that the caller may do at this address now."`
}

// Declaration is what the host product says of itself.
type Declaration struct {
	Scopes      []authz.Scope      `json:"scopes,omitempty" nullable:"false"`
	Permissions []authz.Permission `json:"permissions,omitempty" nullable:"false"`
	Mappings    []authz.Mapping    `json:"mappings,omitempty" nullable:"false" doc:"What questions of AuthZEN ask for; the first that fits decides."`
}

func (a area) show(ctx context.Context, _ *api.Nothing) (*api.Shown[Catalogue], error) {
	v, err := a.room.Show(ctx)
	if err != nil {
		return nil, err
	}
	return &api.Shown[Catalogue]{Body: Catalogue{
		Version: v.Version(), AppliedAt: api.Moment(v.AppliedAt), AppliedBy: api.Text(v.AppliedBy), Declaration: Declaration(v.Declaration()),
		Scopes: v.Scopes(), Permissions: v.Permissions(), Allowed: api.Here(ctx),
	}}, nil
}

// ApplyRequest is the request to declare the product's part.
type ApplyRequest struct {
	api.Repeatable
	DryRun bool `query:"dry_run" doc:"true changes nothing: the answer tells what the declaration would do, and plan who is touched."`
	Body   Declaration
}

// Applied is what a declaration did, or would do.
type Applied struct {
	Version     int64                 `json:"version" doc:"Of the catalogue as it is now."`
	Changed     bool                  `json:"changed" doc:"false when it said what was there already."`
	Differences []CatalogueDifference `json:"differences" nullable:"false"`
	Plan        *CataloguePlan        `json:"plan,omitempty" doc:"Of a dry run."`
}

// CatalogueDifference is one thing in which a declaration differs from the one before.
type CatalogueDifference struct {
	What   string `json:"what" enum:"scope,permission,mapping"`
	Key    string `json:"key" doc:"The scope's or permission's key; what a mapping answers."`
	Change string `json:"change" enum:"added,removed,changed"`
	Field  string `json:"field,omitempty" doc:"Of what changed."`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

// CataloguePlan is who is touched by a declaration.
type CataloguePlan struct {
	InTheWay []CatalogueUse   `json:"in_the_way" nullable:"false" doc:"Who holds what would vanish: while there are any, it is refused."`
	Touched  []CatalogueUse   `json:"touched" nullable:"false" doc:"Who holds what would change."`
	BuiltIn  []CatalogueShift `json:"built_in" nullable:"false" doc:"What built-in roles would hold more and less."`
	Moved    []CatalogueMove  `json:"moved" nullable:"false" doc:"Whose access would change though nobody gave or took anything."`
}

// CatalogueUse is where a permission or scope is held.
type CatalogueUse struct {
	Permission   string  `json:"permission,omitempty"`
	Scope        string  `json:"scope,omitempty"`
	Organisation string  `json:"organisation" doc:"Its ID."`
	Role         *string `json:"role" doc:"The role that holds it; null where it is given by itself."`
	RoleName     *string `json:"role_name"`
	Members      int     `json:"members"`
}

// CatalogueShift is what a built-in role would hold more and less.
type CatalogueShift struct {
	Role  string   `json:"role"`
	Gains []string `json:"gains" nullable:"false"`
	Loses []string `json:"loses" nullable:"false"`
}

// CatalogueMove is how many members of an organisation could do more or less than now.
type CatalogueMove struct {
	Organisation string   `json:"organisation" doc:"Its ID."`
	Members      int      `json:"members"`
	Names        []string `json:"names" nullable:"false" doc:"Of a few of them."`
}

func (a area) apply(ctx context.Context, in *ApplyRequest) (*api.Written[Applied], error) {
	if in.DryRun {
		p, err := a.room.Plan(api.Trying(ctx), authz.Declaration(in.Body))
		if err != nil {
			return nil, err
		}
		return &api.Written[Applied]{Status: http.StatusOK, Body: plannedOf(p)}, nil
	}
	return api.Write(ctx, http.StatusOK, func() (catalogues.Applied, error) {
		return a.room.Apply(ctx, authz.Declaration(in.Body))
	}, func(done catalogues.Applied, _ bool) Applied {
		return Applied{Version: done.Catalogue.Version(), Changed: done.Changed, Differences: api.Each(done.Differences, differenceOf)}
	})
}

func differenceOf(d catalogues.Difference) CatalogueDifference { return CatalogueDifference(d) }

func plannedOf(p catalogues.Plan) Applied {
	return Applied{Version: p.Version, Changed: len(p.Differences) > 0, Differences: api.Each(p.Differences, differenceOf), Plan: &CataloguePlan{
		InTheWay: api.Each(p.InTheWay, useOf), Touched: api.Each(p.Touched, useOf),
		BuiltIn: api.Each(p.BuiltIn, func(s catalogues.Shift) CatalogueShift {
			return CatalogueShift{s.Role.Key, api.List(s.Gains), api.List(s.Loses)}
		}),
		Moved: api.Each(p.Moved, func(m catalogues.Move) CatalogueMove {
			return CatalogueMove{string(m.Org), m.Members, api.List(m.Names)}
		}),
	}}
}

func useOf(u cataloguedb.Use) CatalogueUse {
	return CatalogueUse{u.Permission, u.Scope, string(u.Org), api.Text(u.Role), api.Text(u.RoleName), u.Members}
}
