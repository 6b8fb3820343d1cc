// Package bell lets those who wait for something to happen sleep until it does, and lets whoever made it happen wait until
// nobody is still telling what they were allowed to tell before. It knows nothing of what happens.
package bell

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Any is the key of those who hear whatever is rung.
const Any = ""

// Bell is rung under keys, each time with the position that was reached there.
type Bell struct {
	watch func(context.Context)

	mu   sync.Mutex
	ears map[string]map[*Ear]bool
	at   map[string]int64 // the newest position that was rung, while somebody listens
	stop func()           // ends the watch; nil while nobody listens
}

// New makes a bell. While somebody listens, watch runs, which rings for what would be heard of by nobody else.
func New(watch func(context.Context)) *Bell {
	return &Bell{watch: watch, ears: map[string]map[*Ear]bool{}, at: map[string]int64{}}
}

// Ear is someone who waits. It is for one goroutine; close it.
type Ear struct {
	bell  *Bell
	keys  []string
	heard chan struct{}
	rung  atomic.Int64
	now   *telling
}

// telling is something that is being told just now.
type telling struct {
	cut  func()
	done chan struct{}
}

// Listen gives an ear for some keys, or for Any.
func (b *Bell) Listen(keys ...string) *Ear {
	e := &Ear{bell: b, keys: keys, heard: make(chan struct{}, 1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		if b.ears[k] == nil {
			b.ears[k] = map[*Ear]bool{}
		}
		b.ears[k][e] = true
	}
	if b.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		b.stop = stop
		go b.watch(ctx)
	}
	return e
}

// Close ends listening.
func (e *Ear) Close() {
	b := e.bell
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range e.keys {
		if delete(b.ears[k], e); len(b.ears[k]) == 0 {
			delete(b.ears, k)
			delete(b.at, k)
		}
	}
	if len(b.ears) == 0 && b.stop != nil {
		b.stop()
		b.stop = nil
		clear(b.at)
	}
}

// Heard receives after something was rung.
func (e *Ear) Heard() <-chan struct{} { return e.heard }

// Rung counts what was rung so far.
func (e *Ear) Rung() int64 { return e.rung.Load() }

// Keys gives the keys under which somebody listens.
func (b *Bell) Keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.ears))
}

// patience is how long something may take to be told once the bell was rung. Then it is cut off.
const patience = 250 * time.Millisecond

// Ring wakes who listens under a key, where the position is newer than the last one. Whatever was being told there when it
// was called is over when it returns: told to its end, or cut off.
func (b *Bell) Ring(key string, at int64) {
	under := b.wake(key, at)
	if len(under) == 0 {
		return
	}
	if under = over(under); len(under) == 0 {
		return
	}
	for _, t := range under {
		t.cut()
	}
	over(under)
}

func (b *Bell) wake(key string, at int64) (under []*telling) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ears) == 0 {
		return nil
	}
	known := at <= b.at[key]
	if !known {
		b.at[key] = at
	}
	for _, k := range slices.Compact([]string{key, Any}) {
		for e := range b.ears[k] {
			if !known {
				e.hear()
			}
			if e.now != nil {
				under = append(under, e.now)
			}
		}
	}
	return under
}

func (e *Ear) hear() {
	e.rung.Add(1)
	select {
	case e.heard <- struct{}{}:
	default:
	}
}

// over waits for what is being told, and gives what goes on all the same.
func over(all []*telling) (left []*telling) {
	late := time.NewTimer(patience)
	defer late.Stop()
	out := false
	for _, t := range all {
		if !out {
			select {
			case <-t.done:
				continue
			case <-late.C:
				out = true
			}
		}
		select {
		case <-t.done:
		default:
			left = append(left, t)
		}
	}
	return left
}

// Tell runs say, which asks whether something may be told and tells it. Who rings meanwhile waits for its end, and calls
// cut when that is long in coming; say must not ring itself.
func (e *Ear) Tell(cut func(), say func() error) error {
	t := &telling{cut: cut, done: make(chan struct{})}
	e.set(t)
	defer close(t.done)
	defer e.set(nil)
	return say()
}

func (e *Ear) set(t *telling) {
	e.bell.mu.Lock()
	defer e.bell.mu.Unlock()
	e.now = t
}
