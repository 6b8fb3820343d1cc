// Package limit bounds how much is done: how many requests somebody makes in a while, and how many are under way at
// once. Both are counted in this process's memory and forgotten with it. It knows neither HTTP nor who somebody is.
package limit

import (
	"hash/maphash"
	"sync"
	"time"
)

// Budget lets each of many make so many requests in a while. One that was not used comes back little by little: after
// a burst of all of it, one request more is let through each time its share of the while has passed (the generic cell
// rate algorithm: one number for each who asked lately).
type Budget[K comparable] struct {
	quota  int
	window time.Duration
	step   time.Duration // after which one request more is let through
	seed   maphash.Seed
	shards [shards]shard[K]
}

// shards is how many parts of a budget are locked each by itself.
const shards = 64

// mostKeys is how many who asked lately are remembered apart in one shard. Those beyond share one budget: whoever comes
// from very many addresses gains none by it.
const mostKeys = 4096

type shard[K comparable] struct {
	mu    sync.Mutex
	until map[K]int64 // when all of it has come back, in nanoseconds; not there when it has
	rest  int64       // the same of all beyond mostKeys
	swept int64
}

// Left is what a request leaves of a budget.
type Left struct {
	OK        bool
	Remaining int
	Whole     time.Duration // after which all of it has come back
	Wait      time.Duration // after which one is let through; zero where one is already
}

// NewBudget makes a budget of so many requests in a while; nil, which bounds nothing, for none.
func NewBudget[K comparable](quota int, window time.Duration) *Budget[K] {
	if quota <= 0 {
		return nil
	}
	b := &Budget[K]{quota: quota, window: window, step: max(1, window/time.Duration(quota)), seed: maphash.MakeSeed()}
	for i := range b.shards {
		b.shards[i].until = map[K]int64{}
	}
	return b
}

// Quota gives how many requests there are in a while.
func (b *Budget[K]) Quota() (quota int, window time.Duration) { return b.quota, b.window }

// Spend takes one request from somebody's budget, at a moment.
func (b *Budget[K]) Spend(who K, at time.Time) Left {
	now := at.UnixNano()
	s := &b.shards[maphash.Comparable(b.seed, who)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.until[who]
	if !known && len(s.until) >= mostKeys {
		s.sweep(now)
	}
	if !known && len(s.until) >= mostKeys {
		var left Left
		s.rest, left = b.take(s.rest, now)
		return left
	}
	until, left := b.take(until, now)
	s.until[who] = until
	return left
}

// take is the arithmetic: until when it was spent, and is now.
func (b *Budget[K]) take(until, now int64) (int64, Left) {
	until = max(until, now)
	if over := until + int64(b.step) - now - int64(b.window); over > 0 {
		return until, Left{Whole: time.Duration(until - now), Wait: time.Duration(over)}
	}
	until += int64(b.step)
	used := until - now
	return until, Left{OK: true, Remaining: int((int64(b.window) - used) / int64(b.step)), Whole: time.Duration(used)}
}

// sweep forgets whose budget has come back whole, at most once a second.
func (s *shard[K]) sweep(now int64) {
	if now-s.swept < int64(time.Second) {
		return
	}
	s.swept = now
	for who, until := range s.until {
		if until <= now {
			delete(s.until, who)
		}
	}
}
