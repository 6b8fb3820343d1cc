package webhooks

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/endpoint"
)

// ledger keeps what became of deliveries, of all lanes together, so that there are a few transactions a second however many
// events there are: on a database with one writer each would take the others' turn. What a crash leaves unkept is delivered
// again.
type ledger struct {
	set      Settings
	attempts atomic.Int64

	mu      sync.Mutex
	reached map[lane]endpoint.Progress
	tried   []endpoint.Delivery
	waiting []chan struct{}
	full    chan struct{} // receives when there is much, or somebody waits
}

// Bounds of what is kept at once.
const (
	gathering = 100 * time.Millisecond
	moment    = 5 * time.Millisecond // so that several lanes that end together are kept together
	much      = 200
	keeping   = 10 * time.Second
)

func newLedger(s Settings) *ledger {
	return &ledger{set: s, reached: map[lane]endpoint.Progress{}, full: make(chan struct{}, 1)}
}

// keep takes note of how far a lane is, and of a delivery, if there was one.
func (l *ledger) keep(p endpoint.Progress, d *endpoint.Delivery) {
	l.mu.Lock()
	l.reached[laneOf(p)] = p
	if d != nil {
		l.attempts.Add(1)
		l.tried = append(l.tried, *d)
	}
	most := len(l.tried) >= much
	l.mu.Unlock()
	if most {
		l.hurry()
	}
}

func (l *ledger) hurry() {
	select {
	case l.full <- struct{}{}:
	default:
	}
}

// wait waits until what was noted so far is kept.
func (l *ledger) wait() {
	done := make(chan struct{})
	l.mu.Lock()
	l.waiting = append(l.waiting, done)
	l.mu.Unlock()
	l.hurry()
	<-done
}

// run keeps what is noted, until ctx ends, and then the rest.
func (l *ledger) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-l.full:
			time.Sleep(moment)
			l.flush(ctx)
		case <-time.After(gathering):
			l.flush(ctx)
		}
	}
	l.flush(ctx)
}

// flush keeps what there is. Where that fails, what was delivered is delivered again.
func (l *ledger) flush(ctx context.Context) {
	l.mu.Lock()
	reached, tried, waiting := l.reached, l.tried, l.waiting
	l.reached, l.tried, l.waiting = map[lane]endpoint.Progress{}, nil, nil
	l.mu.Unlock()
	if len(reached) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(system(ctx, "")), keeping)
		defer cancel()
		if err := l.set.Room.Record(ctx, slices.Collect(maps.Values(reached)), tried); err != nil {
			l.set.Log.ErrorContext(ctx, "what webhooks delivered could not be kept", "error", err)
		}
	}
	for _, done := range waiting {
		close(done)
	}
}
