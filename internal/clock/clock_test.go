package clock

import (
	"testing"
	"time"
)

// there is the other machine's clock in these tests: an hour behind ours.
func there(at time.Time) time.Time { return at.Add(-time.Hour).Round(0) }

// near tells whether the moment given is the other clock's to within an error.
func near(t *testing.T, what string, k *Known, ahead, within time.Duration) {
	t.Helper()
	if off := k.Now().Sub(there(time.Now()).Add(ahead)); off.Abs() > within+50*time.Millisecond {
		t.Errorf("%s: it is %v off, at most %v", what, off, within)
	}
}

func TestTheBestReadingIsKept(t *testing.T) {
	k := &Known{}
	learn := func(trip time.Duration) { // a reading made just as the answer left, at the worst
		now := time.Now()
		k.Learn(there(now), now.Add(-trip))
	}
	learn(20 * time.Second)
	near(t, "a first reading, however long its trip", k, 0, 10*time.Second)
	learn(4 * time.Second)
	near(t, "a better one", k, 0, 2*time.Second)
	learn(30 * time.Second)
	near(t, "a worse one", k, 0, 2*time.Second)
	learn(0)
	near(t, "a good one", k, 0, 0)
	learn(4 * time.Second)
	near(t, "a worse one soon after a good one", k, 0, 0)
	k.at, k.wall = k.at.Add(-2*time.Hour), k.wall.Add(-2*time.Hour) // the other clock stood still for two hours
	near(t, "an old one", k, 2*time.Hour, 0)
	learn(4 * time.Second)
	near(t, "a worse one long after a good one", k, 0, 2*time.Second)
}

func TestAMachineThatSleptKnowsIt(t *testing.T) {
	k := &Known{}
	k.Learn(there(time.Now()), time.Now())
	k.wall = k.wall.Add(-8 * time.Hour) // it slept so long; the clock that never steps stood still
	near(t, "after a sleep", k, 8*time.Hour, 0)
	k.Learn(there(time.Now()), time.Now().Add(-time.Second))
	near(t, "the first reading after it is taken", k, 0, time.Second/2)

	k.wall = k.wall.Add(8 * time.Hour) // the machine's clock was set back
	near(t, "after the clock was set back", k, 0, time.Second/2)
}
