package fleet_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"roster/internal/action/org"
	"roster/internal/action/org/fleet"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// TestOrganisationsAreFoundWhateverTheCaseOfTheirNames, by both databases, and page by page.
func TestOrganisationsAreFoundWhateverTheCaseOfTheirNames(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		var central roster.OrgID
		for slug, name := range map[string]string{"central": "Ótica Central", "lapa": "ÓTICA da Lapa", "strasse": "Große Straße", "percent": "100% Praxis_1"} {
			made, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: name, Slug: slug, Owner: "owner@example.com"})
			if err != nil {
				t.Fatal(err)
			}
			if slug == "central" {
				central = made.Organisation.ID
			}
		}
		if _, err := h.Fleet.Suspend(h.CLI(central)); err != nil {
			t.Fatal(err)
		}
		find := func(q fleet.Query) string {
			t.Helper()
			var slugs []string
			var totals []int
			for {
				page, err := h.Fleet.Search(h.CLI(""), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, o := range page.Organisations {
					slugs = append(slugs, o.Slug)
				}
				totals = append(totals, page.Total)
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if !slices.IsSorted(slugs) {
				t.Errorf("%q: not by slug: %v", q.Text, slugs)
			}
			if slices.ContainsFunc(totals, func(n int) bool { return n != len(slugs) }) {
				t.Errorf("%q: %v are said to be there, page by page, and %d are", q.Text, totals, len(slugs))
			}
			return strings.Join(slugs, " ")
		}
		for text, want := range map[string]string{
			"": "acme central lapa percent strasse", "ótica": "central lapa", "ÓTICA": "central lapa", " otica ": "central lapa", "tica c": "central",
			"gross": "strasse", "STRASSE": "strasse", "%": "percent", "_": "percent", "a_": "", string(central): "central", "nobody": "",
		} {
			for _, limit := range []int{0, 1} {
				if got := find(fleet.Query{Text: text, Limit: limit}); got != want {
					t.Errorf("%q, %d a page: %q, want %q", text, limit, got, want)
				}
			}
		}
		if got := find(fleet.Query{Text: "ótica", Suspended: true}); got != "central" {
			t.Errorf("of those that are suspended: %q", got)
		}
		// More stand before them than one statement reads.
		err := h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
			_, err := tx.Note(ctx, "organisation", `INSERT INTO organisation (id, slug, name, plan, invitation_ttl, phone_required, seq, head, people, api_users, accepted_at, created_at)
				WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
				SELECT 'org_' || CAST(10000 + i AS TEXT), 'a' || CAST(10000 + i AS TEXT), 'Among Many', plan, invitation_ttl, phone_required, 0, '', 0, 0, 0, 0 FROM n, organisation o WHERE o.id = $1`, h.Acme.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := find(fleet.Query{Text: "ótica"}); got != "central lapa" {
			t.Errorf("behind many: %q", got)
		}
		if got := strings.Fields(find(fleet.Query{Text: "AMONG", Limit: 200})); len(got) != 1100 {
			t.Errorf("%d of many", len(got))
		}
	})
}
