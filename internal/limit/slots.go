package limit

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Slots bound how much is under way at once. What finds none free waits for a moment, in a queue that is bounded too; what
// finds no place there, or waits in vain, is turned away at once: memory and everybody else's time stay bounded.
type Slots[K comparable] struct {
	free     chan struct{}
	queue    int64
	patience time.Duration
	waiting  atomic.Int64

	mu   sync.Mutex
	held map[K]int // by whom
}

// NewSlots makes so many slots, with a queue of so many and a patience; nil, which bounds nothing, for none.
func NewSlots[K comparable](slots, queue int, patience time.Duration) *Slots[K] {
	if slots <= 0 {
		return nil
	}
	return &Slots[K]{free: make(chan struct{}, slots), queue: int64(queue), patience: patience, held: map[K]int{}}
}

// Enter takes a slot for somebody; ok is false for who is turned away. While more than half of them are taken nobody has
// more than a quarter, so that one who keeps slots busy, by sending slowly, leaves room for others. Nobody (the zero
// value) is not counted so. Leave gives the slot back.
func (s *Slots[K]) Enter(ctx context.Context, who K) (ok bool) {
	if !s.claim(who) {
		return false
	}
	if !s.take(ctx) {
		s.release(who)
		return false
	}
	return true
}

// Leave gives a slot back.
func (s *Slots[K]) Leave(who K) {
	<-s.free
	s.release(who)
}

// Busy tells how many slots are taken, and how many wait for one.
func (s *Slots[K]) Busy() (taken, waiting int) { return len(s.free), int(s.waiting.Load()) }

func (s *Slots[K]) take(ctx context.Context) bool {
	select {
	case s.free <- struct{}{}:
		return true
	default:
	}
	if s.waiting.Add(1) > s.queue {
		s.waiting.Add(-1)
		return false
	}
	defer s.waiting.Add(-1)
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	select {
	case s.free <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// claim counts somebody in, unless they have their share while it is tight.
func (s *Slots[K]) claim(who K) bool {
	var nobody K
	if who == nobody {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if tight := len(s.free) > cap(s.free)/2; tight && s.held[who] >= max(1, cap(s.free)/4) {
		return false
	}
	s.held[who]++
	return true
}

func (s *Slots[K]) release(who K) {
	var nobody K
	if who == nobody {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[who]--; s.held[who] <= 0 {
		delete(s.held, who)
	}
}
