// Package clock keeps what is known of another machine's clock between two readings of it. It asks nobody.
package clock

import (
	"sync"
	"time"
)

// Known is another's clock: its last reading, and when that was by the machine's own clock, whose steps do not
// matter, since only the time passed since then is asked of it. The zero value knows nothing yet.
type Known struct {
	mu    sync.Mutex
	clock time.Time
	at    time.Time
}

// mostTrip is the longest way there and back for which a reading is taken; the moment is off by half of it at
// most.
const mostTrip = 100 * time.Millisecond

// Learn takes a reading that was asked for at a moment.
func (k *Known) Learn(reading, asked time.Time) {
	trip := time.Since(asked)
	k.mu.Lock()
	defer k.mu.Unlock()
	if trip <= mostTrip || k.clock.IsZero() {
		k.clock, k.at = reading, asked.Add(trip/2)
	}
}

// Now gives the other clock's moment without asking it, to the microsecond.
func (k *Known) Now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clock.Add(time.Since(k.at)).Truncate(time.Microsecond)
}
