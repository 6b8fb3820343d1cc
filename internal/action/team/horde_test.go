package team_test

import (
	"context"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/memberdb"
)

// horde fills the house with many members, one a microsecond, who all hold the role Member but for the last three.
func horde(t *testing.T, h *rostertest.House, n int) {
	t.Helper()
	change := []roster.Change{{Field: "horde"}}
	must(t, h.DB.Write(context.Background(), h.Owner.Organisation, func(ctx context.Context, tx *store.Tx) error {
		const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2) `
		if _, err := tx.Change(ctx, change, numbers+`INSERT INTO member (org_id, id, kind, status, before, external_id, first_name, last_name, name, sort_name, sort_identifier, email, email_folded,
			 phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
			SELECT CAST($1 AS TEXT), 'mem_' || CAST(i + 1000000 AS TEXT), 'regular', 'active', '', '', 'F', 'L', 'F L', $3, $3, 'm' || CAST(i AS TEXT) || '@example.com', 'm' || CAST(i AS TEXT) || '@example.com',
			 '', '', '', 0, 0, i, '', 0, '', 0, 1 FROM n`, h.Owner.Organisation, n, []byte("f l")); err != nil {
			return err
		}
		if _, err := tx.Change(ctx, change, numbers+`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at)
			SELECT CAST($1 AS TEXT), 'mem_' || CAST(i + 1000000 AS TEXT), 'grt_' || CAST(i AS TEXT), 'member', '', '', NULL, 0, 'x', 0 FROM n`, h.Owner.Organisation, n-3); err != nil {
			return err
		}
		_, err := tx.Record(ctx, roster.Event{Action: "organisation.create"})
		return err
	}))
}

// What hardly anybody fulfils, and no index finds, is looked for among so many members a page, and gone on with.
func TestAPageThatHardlyAnybodyBelongsOnIsShort(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		horde(t, h, 45_000)
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
