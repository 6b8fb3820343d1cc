package imports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roster/internal/people/column"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/importdb"
)

// TestALargeTableIsCheckedAnewInSteps: what it comes to is the same, and a trial of it changes nothing.
func TestALargeTableIsCheckedAnewInSteps(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		lines := []string{"E-mail,Private e-mail,First name"}
		for n := range 9 {
			here, there := fmt.Sprintf("p%d@example.com", n), fmt.Sprintf("q%d@example.com", n)
			if n%2 == 0 {
				here = "nowhere"
			}
			if n%3 == 0 {
				there = "nowhere"
			}
			lines = append(lines, here+","+there+",Pat")
		}
		v := upload(t, ctx, h, lines...)
		first := rows(t, ctx, h, v.ID)
		other := column.Mapping{column.None, column.Email, column.FirstName}
		for _, most := range []int{1, 2, 4, 9, 10} {
			tried := h.Owner
			tried.Call = &roster.Call{DryRun: true}
			_, err := h.Imports.MapIn(h.As(tried), v.ID, other, most)
			must(t, err)
			equal(t, "tried", rows(t, ctx, h, v.ID), first)
			now, err := h.Imports.MapIn(ctx, v.ID, other, most)
			must(t, err)
			if now.Rows[importdb.Wrong] != 3 || now.Rows[importdb.Waiting] != 6 {
				t.Errorf("in steps of %d: %v", most, now.Rows)
			}
			if got := rows(t, ctx, h, v.ID); strings.Count(got, "email:email_invalid") != 3 || !strings.Contains(got, "2 wrong !email:email_invalid\n3 waiting\n4 waiting\n5 wrong") {
				t.Errorf("in steps of %d: %s", most, got)
			}
			_, err = h.Imports.MapIn(ctx, v.ID, v.Mapping, most)
			must(t, err)
			equal(t, "and back", rows(t, ctx, h, v.ID), first)
		}
	})
}

// TestAPlanEndsInTime: what it began is told, and how many rows it did not try.
func TestAPlanEndsInTime(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		lines := []string{"E-mail,First name"}
		for n := range 201 {
			lines = append(lines, fmt.Sprintf("p%d@example.com,Pat", n))
		}
		v := upload(t, ctx, h, lines...)
		for within, want := range map[time.Duration]int{0: 200, time.Minute: 201} {
			p, err := h.Imports.PlanWithin(ctx, v.ID, within)
			must(t, err)
			if len(p.Rows) != want || p.Left != 201-want || p.Rows[want-1].Number != want+1 || p.Paced {
				t.Errorf("within %s: %d rows, the last is %d, and %d left", within, len(p.Rows), p.Rows[len(p.Rows)-1].Number, p.Left)
			}
		}
	})
}
