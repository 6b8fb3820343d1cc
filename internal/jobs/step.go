package jobs

import (
	"math/rand/v2"
	"time"
)

// Steps are the waits between attempts: the first after the first attempt, and so on. After the last
// one a job is given up.
type Steps []time.Duration

// After gives the wait that follows a failed attempt (counted from 1), with up to a tenth more, so
// that what failed together does not come back together. ok is false when no attempt is left.
func (s Steps) After(attempt int) (wait time.Duration, ok bool) {
	if attempt < 1 || attempt > len(s) {
		return 0, false
	}
	wait = s[attempt-1]
	return wait + rand.N(wait/10+1), true
}

// again are the waits after failures of our own, such as a database that did not answer.
func again() Steps {
	return Steps{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 12 * time.Hour}
}
