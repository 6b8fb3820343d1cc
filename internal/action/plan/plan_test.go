package plan_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/plan"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/plandb"
)

func want(t *testing.T, what string, err error, code string) {
	t.Helper()
	if err == nil && code == "" {
		return
	}
	if !roster.Is(err, code) {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

// three is a plan of three people and one API user.
func three() roster.Plan {
	return roster.Plan{Key: "three", Name: "Three", MaxUsers: 3, MaxAPIUsers: 1}
}

// lines gives the installation's history of plans, the oldest first.
func lines(t *testing.T, h *rostertest.House) string {
	t.Helper()
	page, err := h.History.List(h.CLI(roster.Installation), history.Query{Forward: true, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range page.Events {
		if strings.HasPrefix(e.Action, "plan.") {
			line := e.Action + ":" + e.Target.Name
			for _, c := range e.Changes {
				line += " " + c.Field + "=" + c.From + ">" + c.To
			}
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}

func TestAPlanIsMadeEditedPutToUseAndDeleted(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		root := h.CLI("")
		if _, err := h.Plans.Create(root, three()); err != nil {
			t.Fatal(err)
		}
		for what, p := range map[string]roster.Plan{
			"the same key":        {Key: "three", Name: "Other"},
			"the same name":       {Key: "other", Name: "THREE"},
			"a key that ships":    {Key: "playground", Name: "Mine"},
			"a name that ships":   {Key: "mine", Name: "unlimited"},
			"no name":             {Key: "mine"},
			"a key that is none":  {Key: "My Plan", Name: "Mine"},
			"less than no limit":  {Key: "mine", Name: "Mine", MaxUsers: -2},
			"more than can be":    {Key: "mine", Name: "Mine", MaxAPIUsers: roster.MaxLimit + 1},
			"neither key nor all": {},
		} {
			code := map[string]string{
				"the same key": "plan_exists", "the same name": "plan_exists", "a key that ships": "plan_exists", "a name that ships": "plan_exists",
				"no name": "field_required", "a key that is none": "plan_key_invalid", "less than no limit": "limit_invalid", "more than can be": "limit_invalid",
				"neither key nor all": "fields_invalid",
			}[what]
			_, err := h.Plans.Create(root, p)
			want(t, what, err, code)
		}
		name, users, offered := "Three or four", 4, true
		edited, err := h.Plans.Edit(root, "three", plan.Edit{Name: &name, MaxUsers: &users, Offered: &offered})
		if err != nil || edited.Key != "three" || edited.Name != name || edited.MaxUsers != 4 || edited.MaxAPIUsers != 1 {
			t.Errorf("edited: %+v, %v", edited, err)
		}
		for _, key := range []string{roster.PlanPlayground, roster.PlanUnlimited} {
			_, err := h.Plans.Edit(root, key, plan.Edit{MaxUsers: &users})
			want(t, "edit "+key, err, "plan_built_in")
			_, err = h.Plans.Delete(root, key)
			want(t, "delete "+key, err, "plan_built_in")
		}
		_, err = h.Plans.Edit(root, "nowhere", plan.Edit{MaxUsers: &users})
		want(t, "edit an unknown one", err, "not_found")

		if _, err := h.Orgs.Assign(h.CLI(h.Acme.ID), "three", 0); err != nil {
			t.Fatal(err)
		}
		_, err = h.Plans.Delete(root, "three")
		want(t, "delete one in use", err, "plan_in_use")
		if e := roster.AsError(err); e.Message != "Acme (acme) is on the plan Three or four. Put it on another one first." || strings.Join(e.Holders, "") != "Acme (acme)" {
			t.Errorf("in use: %q %v", e.Message, e.Holders)
		}
		all, err := h.Plans.List(root)
		if err != nil || len(all) != 3 || all[2].Organisations != 1 || !all[0].BuiltIn || all[2].BuiltIn {
			t.Errorf("list: %+v, %v", all, err)
		}
		if _, err := h.Orgs.Assign(h.CLI(h.Acme.ID), roster.PlanUnlimited, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Plans.Delete(root, "three"); err != nil {
			t.Fatal(err)
		}
		_, err = h.Orgs.Assign(h.CLI(h.Acme.ID), "three", 0)
		want(t, "a plan that went", err, "plan_unknown")
		_, err = h.Orgs.Create(root, org.Founding{Name: "Beta", Plan: "three", Owner: "bea@example.com"})
		want(t, "a new organisation on a plan that went", err, "plan_unknown")

		if got, expected := lines(t, h), "plan.create:Three name=>Three max_users=>3 max_api_users=>1 offered=>false\n"+
			"plan.edit:Three or four name=Three>Three or four max_users=3>4 offered=false>true\n"+
			"plan.delete:Three or four name=Three or four>"; got != expected {
			t.Errorf("the installation's history:\n%s\nwant:\n%s", got, expected)
		}
		page, err := h.History.List(h.As(h.Owner), history.Query{Action: "plan.assign", Forward: true})
		if err != nil || len(page.Events) != 2 || page.Events[0].Changes[0] != (roster.Change{Of: h.Acme.Ref(), Field: "plan", From: "unlimited", To: "three"}) {
			t.Errorf("Acme's history: %+v, %v", page.Events, err)
		}
	})
}

func TestPlansAreTheOperatorsAlone(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	_, err := h.Plans.List(ctx)
	want(t, "list", err, "forbidden")
	_, err = h.Plans.Create(ctx, three())
	want(t, "create", err, "forbidden")
	_, err = h.Plans.Edit(ctx, "three", plan.Edit{})
	want(t, "edit", err, "forbidden")
	_, err = h.Plans.Delete(ctx, "three")
	want(t, "delete", err, "forbidden")
	_, err = h.Orgs.Assign(ctx, roster.PlanPlayground, 0)
	want(t, "assign", err, "forbidden")
}

func invited(h *rostertest.House, email string) error {
	_, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Some", LastName: "One"}})
	return err
}

func TestASmallerPlanRemovesNobodyAndOnlyStopsAdding(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		root, acme := h.CLI(""), h.CLI(h.Acme.ID)
		for _, name := range []string{"a@x.org", "b@x.org", "c@x.org", "d@x.org"} {
			if err := invited(h, name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.Plans.Create(root, three()); err != nil {
			t.Fatal(err)
		}

		_, err := h.Orgs.Plan(h.As(h.Owner), "three")
		want(t, "a plan that is not offered", err, "plan_unknown")
		page, err := h.Orgs.Plan(acme, "three")
		if err != nil || *page.WhatIf != (roster.Fit{Plan: three(), People: 5, UsersOver: 2, RefusesUsers: true}) {
			t.Errorf("what if: %+v, %v", page.WhatIf, err)
		}
		offered := true
		if _, err := h.Plans.Edit(root, "three", plan.Edit{Offered: &offered}); err != nil {
			t.Fatal(err)
		}
		page, err = h.Orgs.Plan(h.As(h.Owner), "three")
		if err != nil || page.WhatIf.UsersOver != 2 || page.Plan.Key != roster.PlanUnlimited || len(page.Others) != 2 {
			t.Errorf("what if, as the Owner: %+v, %v", page, err)
		}

		if _, err := h.Orgs.Assign(acme, "three", 0); err != nil {
			t.Fatal(err)
		}
		now, err := h.Orgs.Show(acme)
		if err != nil || now.Organisation.People != 5 || now.Plan.Key != "three" {
			t.Errorf("everybody stays: %+v, %v", now, err)
		}
		err = invited(h, "e@x.org")
		want(t, "one more", err, "seat_limit")
		if e := roster.AsError(err); e.Message != "The plan Three allows 3 users and 5 are in use. Remove someone or change the plan to add more." {
			t.Errorf("words: %s", e.Message)
		}

		six := 6
		if _, err := h.Plans.Edit(root, "three", plan.Edit{MaxUsers: &six}); err != nil {
			t.Fatal(err)
		}
		want(t, "the edited plan lets one in", invited(h, "e@x.org"), "")
		want(t, "and no second", invited(h, "f@x.org"), "seat_limit")
	})
}

// A server and a command line are two houses on one database.
func TestAnEditBesideARunningServerCountsForTheNextAdd(t *testing.T) {
	database := filepath.Join(t.TempDir(), "roster.db")
	h := rostertest.New(t, database)
	if _, err := h.Plans.Create(h.CLI(""), three()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Orgs.Assign(h.CLI(h.Acme.ID), "three", 0); err != nil {
		t.Fatal(err)
	}
	want(t, "before", invited(h, "a@x.org"), "")
	beside := rostertest.Open(t, database)
	two := 2
	if _, err := beside.Plans.Edit(beside.CLI(""), "three", plan.Edit{MaxUsers: &two}); err != nil {
		t.Fatal(err)
	}
	want(t, "after", invited(h, "b@x.org"), "seat_limit")
}

// Whoever counts seats by a plan keeps it as it is until they commit: an edit that has returned is overrun by nobody.
func TestAnEditOfAPlanWaitsForWhoCountsByIt(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		if _, err := h.Plans.Create(h.CLI(""), three()); err != nil {
			t.Fatal(err)
		}
		one, edited := 1, make(chan error, 1)
		err := h.DB.Write(t.Context(), h.Acme.ID, func(ctx context.Context, tx *store.Tx) error {
			p, err := plandb.ByKey(ctx, tx, "three")
			if err != nil || p.MaxUsers != 3 {
				t.Errorf("the plan to count by: %+v, %v", p, err)
			}
			go func() {
				_, err := h.Plans.Edit(h.CLI(""), "three", plan.Edit{MaxUsers: &one})
				edited <- err
			}()
			select {
			case err := <-edited:
				t.Errorf("the edit returned (%v) while seats were counted by the plan as it was", err)
				edited <- err
			case <-time.After(time.Second): // it waits
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want(t, "the edit, once nobody counts any more", <-edited, "")
	})
}
