package signin

import (
	"context"
	"math"
	"net/netip"
	"time"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/secret"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
)

// Bounds of guessing (design page 6): after a few free tries each one waits twice as long as the one
// before; an address block has more free tries, since many people may share it.
const (
	freeByAccount = 5
	freeByAddress = 30
	longestWait   = 15 * time.Minute
	quiet         = 24 * time.Hour  // a key that was quiet so long begins anew
	leak          = 5 * time.Minute // an address block is forgiven one failure so often: somebody always mistypes
)

// triesOf gives the keys that a try counts against: the account, known or not, and the client's
// address block. They are hashes, so that the table names nobody.
func triesOf(folded, ip string) []string {
	return []string{"account:" + secret.Hash(folded), "address:" + secret.Hash(block(ip))}
}

// block gives an address's block: an IPv4 address alone, an IPv6 address with its /64.
func block(ip string) string {
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

// reserve counts a try before it is made, so that tries made at once do not share one budget, and
// refuses it while its keys must wait. Kind: Limited.
func (r *Room) reserve(ctx context.Context, keys []string) error {
	var wait time.Duration
	err := action.Note(ctx, r.gate, func(ctx context.Context, tx store.Noter) error {
		wait = 0
		all := make([]credentialdb.Attempts, len(keys))
		for i, key := range keys {
			a, err := credentialdb.AttemptsAt(ctx, tx, key)
			if err != nil {
				return err
			}
			a = faded(a, i > 0, tx.At())
			wait = max(wait, a.Until.Sub(tx.At()))
			all[i] = a
		}
		if wait > 0 {
			return nil
		}
		for i, key := range keys {
			free := freeByAccount
			if i > 0 {
				free = freeByAddress
			}
			a := all[i]
			a.Failures++
			a.Until = tx.At().Add(delay(a.Failures - free))
			if err := credentialdb.SetAttempts(ctx, tx, key, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && wait > 0 {
		err = roster.Errorf(roster.Limited, "too_many_tries", "There were too many tries. Wait a little before the next.").After(wait)
	}
	return err
}

// faded gives what still counts of a key's tries. An address block's last moment moves on by whole leaks,
// so that tries in quick succession do not keep it from being forgiven.
func faded(a credentialdb.Attempts, address bool, now time.Time) credentialdb.Attempts {
	since := now.Sub(a.LastAt)
	n := int(since / leak)
	switch {
	case since > quiet || address && n >= a.Failures:
		return credentialdb.Attempts{LastAt: now}
	case address:
		a.Failures, a.LastAt = a.Failures-n, a.LastAt.Add(time.Duration(n)*leak)
	default:
		a.LastAt = now
	}
	return a
}

// delay gives the wait after so many tries beyond the free ones: 1 s, 2 s, 4 s … up to the longest.
func delay(beyond int) time.Duration {
	if beyond <= 0 {
		return 0
	}
	return time.Duration(math.Min(float64(longestWait), float64(time.Second)*math.Pow(2, float64(beyond-1))))
}

// forgive clears the account's tries after a success, and gives its own try back to the address block. The
// others stay: with an account of one's own nobody buys guesses at those of others.
func forgive(ctx context.Context, tx *store.Tx, keys []string) error {
	note := store.Noter{Tx: tx}
	if err := credentialdb.Forget(ctx, note, keys[0]); err != nil {
		return err
	}
	return credentialdb.GiveBack(ctx, note, keys[1])
}
