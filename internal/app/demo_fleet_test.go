package app_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/action/access"
	"roster/internal/action/team"
	"roster/internal/action/unit"
	"roster/internal/app"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestTheDemoHasAProductWithAccess(t *testing.T) {
	ctx, database := context.Background(), filepath.Join(t.TempDir(), "demo.db")
	demo, err := app.SeedDemo(ctx, database, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h, err := app.Open(ctx, app.Settings{Database: database, Hashing: rostertest.Cheap()})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ctx = roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Organisation: demo.Organisation.ID, Door: roster.DoorCLI})

	c, err := h.Catalogue.Show(ctx)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[authz.Kind]int{}
	for _, p := range c.Declaration().Permissions {
		kinds[p.Kind]++
		if p.Description == "" {
			t.Errorf("%s has no description", p.Key)
		}
	}
	if d := c.Declaration(); len(d.Scopes) != 6 || len(d.Permissions) < 38 || len(d.Mappings) < 5 || kinds[authz.Read] < 10 || kinds[authz.Write] < 10 || kinds[authz.Irreversible] < 5 {
		t.Errorf("%d scopes, %d permissions %v, %d mappings", len(d.Scopes), len(d.Permissions), kinds, len(d.Mappings))
	}
	units, err := h.Units.List(ctx, unit.Query{Archived: true, Limit: 200})
	if err != nil || units.Total < 6 {
		t.Errorf("%d accounts: %v", units.Total, err)
	}
	roles, err := h.Roles.List(ctx)
	if err != nil || len(roles) < 4+6 {
		t.Errorf("%d roles: %v", len(roles), err)
	}
	clients, err := h.Client.List(ctx)
	if err != nil || len(clients) != 1 {
		t.Errorf("%d product clients: %v", len(clients), err)
	}
	ends, asks := 0, 0
	page, err := h.Team.List(ctx, team.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	external := 0
	for _, v := range page.Members {
		if v.Kind == roster.External {
			external++
			if v.Unit == "" || len(v.Grants) == 0 {
				t.Errorf("%s is bound to %q with %d grants", v.Label(), v.Unit, len(v.Grants))
			}
		}
		for _, g := range v.Grants {
			if !g.Until.IsZero() && g.Until.After(v.Now) {
				ends++
			}
		}
		a, err := h.Access.Explain(ctx, access.Question{Member: v.ID, Permission: authz.DecisionsRead})
		if err != nil {
			t.Fatal(err)
		}
		if a.Allowed && v.Kind == roster.API {
			asks++
		}
	}
	if external < 6 || ends < 2 || asks < 1 {
		t.Errorf("%d external members, %d grants with an end, %d API users who may ask", external, ends, asks)
	}
}
