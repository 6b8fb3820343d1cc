package app_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestTheDemoIsAWholeOrganisation(t *testing.T) {
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
	operator := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Organisation: demo.Organisation.ID, Door: roster.DoorCLI})

	page, err := h.Team.List(operator, team.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 40 {
		t.Errorf("the team has %d members, not 40", page.Total)
	}
	counts := map[string]int{}
	for _, v := range page.Members {
		counts[string(v.Kind)+" "+v.Shown()]++
		counts["role "+v.Roles()[0]]++
		if v.Status == roster.Blocked && v.Pending() {
			counts["start blocked"]++
		}
		if !v.VerifiedAt.IsZero() {
			counts["verified"]++
		}
	}
	for _, some := range []string{
		"regular active", "external active", "external invited", "regular invited", "regular expired", "regular blocked", "api active", "api blocked", "start blocked", "verified",
		"role owner", "role user_administrator", "role auditor", "role member",
	} {
		if counts[some] == 0 {
			t.Errorf("nobody is %q; there are %v", some, counts)
		}
	}
	gone, err := h.Team.List(operator, team.Query{Status: []roster.Status{roster.Removed}})
	if err != nil || gone.Total < 2 {
		t.Errorf("%d members were removed: %v", gone.Total, err)
	}
	for _, o := range []roster.OrgID{demo.Organisation.ID, roster.Installation} {
		proof, err := h.History.Verify(roster.WithActor(ctx, roster.Actor{Kind: roster.ActorCLI, Organisation: o, Door: roster.DoorCLI}), history.Proving{Kept: true})
		if err != nil || len(proof.Faults) > 0 || proof.Lines == 0 {
			t.Errorf("the history of %s: %d lines, %v, %v", o, proof.Lines, proof.Faults, err)
		}
	}
}

func TestTheDemosVisitorComesInOnce(t *testing.T) {
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
	key := demo.Path[len("/invitation/")+len(demo.Organisation.ID)+1:]
	accept := signin.Acceptance{
		Org: demo.Organisation.ID, Secret: key, FirstName: "Vera", LastName: "Visitor", Password: rostertest.Password, Repeat: rostertest.Password,
	}
	nobody := roster.WithActor(ctx, roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "127.0.0.1"})
	done, err := h.SignIn.Accept(nobody, accept)
	if err != nil || done.Member.Status != roster.Active {
		t.Fatalf("the visitor is %q: %v", done.Member.Status, err)
	}
	if _, err := h.SignIn.Accept(nobody, accept); !roster.Is(err, "invitation_used") {
		t.Errorf("the link worked twice: %v", err)
	}
	v, err := h.Team.Show(roster.WithActor(ctx, rostertest.Actor(done.Member)), done.Member.ID)
	if err != nil || v.Roles()[0] != roster.RoleOwner {
		t.Errorf("the visitor holds %v: %v", v.Roles(), err)
	}
}
