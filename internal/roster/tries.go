package roster

import (
	"math"
	"net/netip"
	"time"
)

// Tries are the failures that one key has behind it.
type Tries struct {
	Failures int
	LastAt   time.Time
	Until    time.Time // no try counts before this moment
}

// Budget bounds guessing at a key (design page 6): some tries are free, each one after them waits twice as long as the
// one before, up to a quarter of an hour, and beyond a hundred an hour (NIST SP 800-63B-4, 3.2.2; decisions/018).
type Budget struct {
	Free int
	Leak time.Duration // one failure is forgiven so often: somebody always mistypes
}

// Bounds of the waits.
const (
	longestWait = 15 * time.Minute
	manyTries   = 100
	manyWait    = time.Hour
)

// DeviceLasts is how long a device stays known after somebody last signed in on it (decisions/040).
const DeviceLasts = 180 * 24 * time.Hour

// Left gives what still counts of a key's tries. The last moment moves on by whole leaks, so that tries in quick
// succession do not keep a key from being forgiven.
func (b Budget) Left(t Tries, now time.Time) Tries {
	n := int(now.Sub(t.LastAt) / b.Leak)
	if n >= t.Failures {
		return Tries{LastAt: now}
	}
	t.Failures, t.LastAt = t.Failures-n, t.LastAt.Add(time.Duration(n)*b.Leak)
	return t
}

// Count adds a failure to what is left, with the wait that follows from it.
func (b Budget) Count(t Tries, now time.Time) Tries {
	t.Failures++
	t.Until = now.Add(b.wait(t.Failures))
	return t
}

// Without takes failures back, and with them the wait that followed.
func (b Budget) Without(t Tries, failures int) Tries {
	t.Failures = max(0, t.Failures-failures)
	if until := t.LastAt.Add(b.wait(t.Failures)); until.Before(t.Until) {
		t.Until = until
	}
	return t
}

// wait is 1 s, 2 s, 4 s … for each failure beyond the free ones.
func (b Budget) wait(failures int) time.Duration {
	switch beyond := failures - b.Free; {
	case beyond <= 0:
		return 0
	case failures >= manyTries:
		return manyWait
	default:
		return time.Duration(math.Min(float64(longestWait), float64(time.Second)*math.Pow(2, float64(beyond-1))))
	}
}

// AddressBlock gives a client address's block: an IPv4 address alone, an IPv6 address with its /64.
func AddressBlock(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
