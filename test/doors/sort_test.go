package doors_test

import (
	"strings"
	"testing"

	"roster/internal/rostertest"
)

// TestATitleSortsTheTable presses a column's title: the table says how it stands, and the next press is the opposite.
func TestATitleSortsTheTable(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Join("anna@example.com", "Anna", "Berg", "member")
	owner := h.Serve().Visitor()
	owner.SignIn("olga@example.com", rostertest.Password)
	for _, c := range []struct { // in this order: the list remembers how it stood
		query string
		want  []string
	}{
		{"", []string{`aria-sort="ascending"`, "?sort=-name", "Anna Berg", "Olga Owner"}},
		{"?sort=-name", []string{`aria-sort="descending"`, "Olga Owner", "Anna Berg"}},
		{"", []string{`aria-sort="descending"`, "Olga Owner", "Anna Berg"}},
		{"?sort=-updated_at", []string{"?sort=updated_at", `aria-sort="descending"`}},
	} {
		query, want := c.query, c.want
		page := owner.Get("/o/acme/team" + query).Body
		if n := strings.Count(page, "aria-sort="); n != 1 {
			t.Errorf("%q: %d titles say how the table stands", query, n)
		}
		_, body, _ := strings.Cut(page, "<thead>")
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%q: no %s where it belongs", query, w)
			}
			if !strings.HasPrefix(w, "aria") && !strings.HasPrefix(w, "?") {
				_, body, _ = strings.Cut(body, w)
			}
		}
	}
	if page := owner.Get("/o/acme/team?sort=colour"); page.Status != 422 {
		t.Errorf("an order there is not: %d", page.Status)
	}
}
