package history

import (
	"testing"
	"time"

	"roster/internal/zone"
)

// TestAFilterIsOfWholeDays: from the first moment of the first day to that of the day after the last, also where clocks go on at
// midnight and that moment is one o'clock.
func TestAFilterIsOfWholeDays(t *testing.T) {
	chile := zone.Of("America/Santiago")
	for _, c := range []struct{ first, last, from, to string }{
		{"2026-09-05", "2026-09-05", "2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"2026-09-06", "2026-09-06", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
		{"2026-09-07", "2026-09-08", "2026-09-07T00:00:00-03:00", "2026-09-09T00:00:00-03:00"},
	} {
		q, err := Filter{First: c.first, Last: c.last}.Chosen(chile)
		if from, to := q.From.Format(time.RFC3339), q.To.Format(time.RFC3339); err != nil || from != c.from || to != c.to {
			t.Errorf("%s to %s: from %s to %s, %v", c.first, c.last, from, to, err)
		}
	}
	now := time.Date(2026, time.October, 5, 12, 0, 0, 0, chile)
	first, last, ok := Filter{}.span(now)
	if got := first.Format(time.RFC3339); !ok || got != "2026-09-06T01:00:00-03:00" || !last.Equal(now) {
		t.Errorf("thirty days: %t, from %s to %s", ok, got, last)
	}
}
