package roster

import (
	"testing"
	"time"
)

// TestTriesInARowAreFew: however a stranger spaces tries at one account, the free ones and those up to a hundred are
// soon used up, and from then on there is one an hour. Nobody is shut out for good.
func TestTriesInARowAreFew(t *testing.T) {
	b := Budget{Free: 5, Leak: time.Hour}
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, rest := range []time.Duration{0, time.Minute, 25 * time.Hour} {
		now, tries, most := start, 0, 0
		var had Tries
		for now.Before(start.Add(365 * 24 * time.Hour)) {
			left := b.Left(had, now)
			if wait := left.Until.Sub(now); wait > 0 {
				if wait > time.Hour {
					t.Fatalf("a wait of %s", wait)
				}
				now = now.Add(wait)
				continue
			}
			had = b.Count(left, now)
			tries, most = tries+1, max(most, had.Failures)
			now = now.Add(rest)
		}
		if limit := 100 + 365*24 + 1; tries > limit || most > 101 {
			t.Errorf("resting %s: %d tries in a year, %d in a row, want at most %d and 101", rest, tries, most, limit)
		}
	}
	full := Tries{Failures: 200, LastAt: start, Until: start.Add(time.Hour)}
	if left := b.Left(full, start.Add(300*time.Hour)); left.Failures != 0 {
		t.Errorf("%d failures are never forgiven", left.Failures)
	}
}
