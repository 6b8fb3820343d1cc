// Package gather lets many who look for single things at the same moment share one look. It keeps nothing, and
// does not know what is looked for, or where.
package gather

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Gather lets many who look for single things at the same moment share one statement: what comes while
// a statement is under way waits for it to end and goes into the next. Each statement begins after all
// its questions were put, so an answer is as fresh as that of a statement of one's own; nothing is
// kept. It is for reads that nearly every request makes.
type Gather[R any, K comparable, V any] struct {
	ask  func(context.Context, R, []K) (map[K]V, error)
	mu   sync.Mutex
	busy bool
	next *round[K, V] // what goes into the next statement; nil while nobody waits
}

// round is one statement and those who share it.
type round[K comparable, V any] struct {
	keys    []K
	lead    chan struct{} // one of those who wait takes it, and runs the statement for all
	done    chan struct{}
	answers map[K]V
	err     error
}

// mostKeys bounds a statement's parameters. Who comes to a full one asks alone.
const mostKeys = 32

// gatherTime bounds a shared statement: the patience of the one who runs it is not that of the others.
const gatherTime = 10 * time.Second

// New makes one; ask finds several things at once, leaving out those there are not.
func New[R any, K comparable, V any](ask func(context.Context, R, []K) (map[K]V, error)) *Gather[R, K, V] {
	return &Gather[R, K, V]{ask: ask}
}

// One finds one thing.
func (g *Gather[R, K, V]) One(ctx context.Context, r R, key K) (v V, ok bool, err error) {
	mine, lead := g.join(key)
	if !lead {
		select {
		case <-mine.done:
			return mine.answer(key)
		case <-ctx.Done():
			return v, false, context.Cause(ctx)
		case <-mine.lead:
		}
	}
	if mine.lead != nil {
		runtime.Gosched() // who is on the way here comes along; when nobody else has work it costs nothing
		g.depart(mine)
	}
	g.run(ctx, r, mine)
	return mine.answer(key)
}

// join finds the round that a key goes with, and tells whether to run it at once.
func (g *Gather[R, K, V]) join(key K) (r *round[K, V], lead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	lead = !g.busy
	g.busy = true
	if g.next == nil {
		g.next = &round[K, V]{lead: make(chan struct{}, 1), done: make(chan struct{})}
	}
	r = g.next
	if len(r.keys) >= mostKeys && !slices.Contains(r.keys, key) {
		select {
		case <-r.lead: // nobody has taken it yet; all who waited may have left
			lead = true
		default:
			return &round[K, V]{keys: []K{key}, done: make(chan struct{})}, true
		}
	}
	if !slices.Contains(r.keys, key) {
		r.keys = append(r.keys, key)
	}
	return r, lead
}

// depart closes a round to those who come later.
func (g *Gather[R, K, V]) depart(mine *round[K, V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next == mine {
		g.next = nil
	}
}

// run runs a round's statement, and hands the lead to one of those who have come meanwhile.
func (g *Gather[R, K, V]) run(ctx context.Context, r R, mine *round[K, V]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), gatherTime)
	defer cancel()
	mine.err = errors.New("gather: a shared statement broke off") // unless ask returns
	defer func() {
		close(mine.done)
		if mine.lead == nil {
			return // asked alone, beside the others
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.next != nil {
			g.next.lead <- struct{}{}
		} else {
			g.busy = false
		}
	}()
	mine.answers, mine.err = g.ask(ctx, r, mine.keys)
}

func (r *round[K, V]) answer(key K) (v V, ok bool, err error) {
	v, ok = r.answers[key]
	return v, ok && r.err == nil, r.err
}
