package team_test

import (
	"testing"

	"roster/internal/action/team"
	"roster/internal/rostertest"
	"roster/internal/store/memberdb"
)

// What hardly anybody fulfils, and no index finds, is looked for among so many members a page, and gone on with.
func TestAPageThatHardlyAnybodyBelongsOnIsShort(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Horde(23_000)
		for _, order := range []string{"created_at", "-created_at"} {
			q := team.Query{NotRole: "member", Sort: memberdb.Sort(order), Limit: 2}
			var pages, found int
			for {
				page, err := h.Team.List(h.As(h.Owner), q)
				must(t, err)
				pages++
				found += len(page.Members)
				if page.Short && (page.Next == "" || len(page.Members) >= 2 || !page.More) {
					t.Errorf("%s: a short page: %+v", order, page)
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if found != 4 || pages < 3 || pages > 6 { // the Owner holds the role Owner alone
				t.Errorf("%s: %d members on %d pages", order, found, pages)
			}
		}
		page, err := h.Team.List(h.As(h.Owner), team.Query{Role: "member", Limit: 2})
		must(t, err)
		if len(page.Members) != 2 || page.Short || !page.More {
			t.Errorf("what most people fulfil fills the page: %+v", page)
		}
	})
}
