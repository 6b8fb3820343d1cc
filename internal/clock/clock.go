// Package clock keeps what is known of another machine's clock between two readings of it. It asks nobody.
package clock

import (
	"sync"
	"time"
)

// Known is another's clock: its best reading, and when that was by this machine's own clocks. What has passed
// since is asked of both of them: the one that never steps stands still while a machine sleeps, and the other may
// be set. The zero value knows nothing yet.
type Known struct {
	mu    sync.Mutex
	clock time.Time
	at    time.Time     // when the other clock stood there, by the clock that never steps
	wall  time.Time     // and by the one that may be set
	trip  time.Duration // the way there and back
}

// drift is after how long a clock that nobody reads is taken to be off by one more of the same unit: one in a
// thousand, which is ten times what clocks are allowed.
const drift = 1000

// Learn takes a reading that was asked for at a moment, if it is no worse than the one at hand is by now. A
// reading is off by half its trip at most.
func (k *Known) Learn(reading, asked time.Time) {
	trip := time.Since(asked)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.clock.IsZero() || trip/2 <= k.off() {
		k.clock, k.at, k.trip = reading, asked.Add(trip/2), trip
		k.wall = k.at.Round(0)
	}
}

// Now gives the other clock's moment without asking it, to the microsecond. Where this machine's two clocks do not
// agree on the time passed, it is the later moment: what ends may end too soon, until the next reading, but not too
// late.
func (k *Known) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	steady, wall := k.passed()
	return k.clock.Add(max(steady, wall)).Truncate(time.Microsecond)
}

// passed gives the time since the reading, by each of this machine's clocks.
func (k *Known) passed() (steady, wall time.Duration) {
	now := time.Now()
	return now.Sub(k.at), now.Round(0).Sub(k.wall)
}

// off gives by how much the moment may be off by now.
func (k *Known) off() time.Duration {
	steady, wall := k.passed()
	return k.trip/2 + max(steady, wall)/drift + (steady - wall).Abs()
}
