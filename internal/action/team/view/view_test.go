package view_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"roster/internal/action"
	"roster/internal/action/history"
	"roster/internal/action/team/view"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/viewdb"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	if got := roster.AsError(err).Code; got != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// names lists the views of somebody.
func names(t *testing.T, h *rostertest.House, ctx context.Context) string {
	t.Helper()
	kept, err := h.Views.List(ctx)
	must(t, err)
	var all []string
	for _, v := range kept.Views {
		all = append(all, v.Name+"="+v.Query)
	}
	return strings.Join(all, " ")
}

// TestViewsAreOnesOwn saves, renames and deletes views, which nobody else sees and the history does not tell of, and
// which end with the membership.
func TestViewsAreOnesOwn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		her, owner := h.As(anna), h.As(h.Owner)
		before, err := h.History.List(owner, history.Query{Limit: 1})
		must(t, err)
		v, err := h.Views.Save(her, "  Blocked   people ", "sort=-name&status=blocked&kind=")
		must(t, err)
		again, err := h.Views.Save(her, "Blocked people", "status=blocked&sort=-name")
		must(t, err)
		if again.ID != v.ID {
			t.Error("the same view was saved twice")
		}
		_, err = h.Views.Save(her, "BLOCKED people", "")
		refused(t, "a name that is there", err, "view_exists")
		_, err = h.Views.Save(her, " ", "")
		refused(t, "no name", err, "field_required")
		for _, query := range []string{"colour=red", "status=asleep", "status=active&status=blocked", "sort=shoe", "limit=0", "columns=name", "q=" + strings.Repeat("x", view.MaxQuery), "%zz"} {
			_, err = h.Views.Save(her, "Odd", query)
			refused(t, query[:min(20, len(query))], err, "query_invalid")
		}
		_, err = h.Views.Save(her, "Active", "status=active")
		must(t, err)
		name, query := "active", "kind=api"
		_, err = h.Views.Edit(her, v.ID, view.Change{Name: &name})
		refused(t, "a name of another", err, "view_exists")
		_, err = h.Views.Edit(owner, v.ID, view.Change{Name: &name})
		refused(t, "somebody else's", err, "not_found")
		_, err = h.Views.Delete(owner, v.ID)
		refused(t, "somebody else's", err, "not_found")
		name = "Robots"
		_, err = h.Views.Edit(her, v.ID, view.Change{Name: &name, Query: &query})
		must(t, err)
		must(t, h.Views.Remember(her, "team", "sort=name&status=invited"))
		if got := names(t, h, her); got != "Active=status=active Robots=kind=api" {
			t.Errorf("hers: %s", got)
		}
		if got := names(t, h, owner); got != "" {
			t.Errorf("the Owner's: %s", got)
		}
		_, err = h.Views.Delete(her, v.ID)
		must(t, err)
		_, err = h.Views.Show(her, v.ID)
		refused(t, "one that is gone", err, "not_found")
		_, err = h.Views.List(h.CLI(h.Acme.ID))
		refused(t, "who is no member", err, "not_a_member")
		after, err := h.History.List(owner, history.Query{Limit: 1})
		must(t, err)
		if after.Events[0].Seq != before.Events[0].Seq {
			t.Errorf("the history tells of views: %+v", after.Events[0])
		}
		_, err = h.Team.Remove(owner, anna.Member)
		must(t, err)
		if left := kept(t, h, anna); left != 0 {
			t.Errorf("%d rows are left of who was removed", left)
		}
		h.Verified(h.Acme.ID)
	})
}

// kept counts what is kept of a member.
func kept(t *testing.T, h *rostertest.House, of roster.Actor) int {
	t.Helper()
	n := -1
	must(t, action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) error {
		rows, err := viewdb.Of(ctx, tx, h.Acme.ID, of.Member)
		n = len(rows)
		return err
	}))
	return n
}

// TestAListIsRememberedAsItStoodLast keeps one state for each list, and only what is in order.
func TestAListIsRememberedAsItStoodLast(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		for _, step := range [][2]string{{"team", "sort=-name"}, {"apiusers", "kind=api&sort=name"}, {"team", "columns=kind&sort=name"}, {"nowhere", "sort=name"}, {"team", "status=blocked&sort=name"}} {
			must(t, h.Views.Remember(ctx, step[0], step[1]))
		}
		_ = h.Views.Remember(ctx, "team", "colour=red")
		got, err := h.Views.List(ctx)
		must(t, err)
		if len(got.Last) != 2 || got.Last["team"] != "columns=kind&sort=name" || got.Last["apiusers"] != "kind=api&sort=name" || len(got.Views) != 0 {
			t.Errorf("kept: %+v", got)
		}
	})
}

// TestThereAreAtMostFiftyViews fills them up.
func TestThereAreAtMostFiftyViews(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	for i := range view.MostViews {
		_, err := h.Views.Save(ctx, fmt.Sprint("View ", i), "")
		must(t, err)
	}
	_, err := h.Views.Save(ctx, "One more", "")
	refused(t, "one more", err, "too_many_views")
}
