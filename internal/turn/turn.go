// Package turn lets many take turns at what only few can have at once, so that the many of one name leave the others
// theirs. It knows neither who they are nor what they do.
package turn

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Turns are had by so many at once, and by a part of these of one name. Whoever came first goes first; but a name that had a turn
// counts as having come as long after its end as it took. So one whose turns are long or many lets those go first who come
// within as much time.
type Turns struct {
	all int

	mu    sync.Mutex
	under int // that are had now
	names map[string]*name
	waits []*waiter
}

// name is a name's turns: how many are had now, and from when on the next one counts.
type name struct {
	under int
	next  time.Time
}

type waiter struct {
	name  string
	came  time.Time // the zero moment for who goes before all others
	turn  chan struct{}
	begun time.Time // set before turn is closed
	most  int       // turns of its name; zero where it has none
}

// New makes so many turns.
func New(all int) *Turns { return &Turns{all: all, names: map[string]*name{}} }

// Way is a way to wait for a turn. It gives what ends it; the error is the context's.
type Way func(ctx context.Context) (end func(), err error)

// Run runs something in a turn.
func (w Way) Run(ctx context.Context, run func() error) error {
	end, err := w(ctx)
	if err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer end()
	return run()
}

// Of gives the way to a turn of a name, which has one in so many of them, and one at least.
func (t *Turns) Of(of string, share int) Way {
	return func(ctx context.Context) (func(), error) {
		return t.take(ctx, &waiter{name: of, came: time.Now(), most: max(1, t.all/share)})
	}
}

// Any waits for a turn of nobody's, which counts among all alone.
func (t *Turns) Any(ctx context.Context) (end func(), err error) {
	return t.take(ctx, &waiter{came: time.Now()})
}

// First is Any before all who wait.
func (t *Turns) First(ctx context.Context) (end func(), err error) { return t.take(ctx, &waiter{}) }

func (t *Turns) take(ctx context.Context, w *waiter) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w.turn = make(chan struct{})
	t.mu.Lock()
	t.waits = append(t.waits, w)
	t.give()
	t.mu.Unlock()
	select {
	case <-w.turn:
		return func() { t.end(w) }, nil
	case <-ctx.Done():
		t.leave(w)
		return nil, ctx.Err()
	}
}

// leave takes away one that waits no more; where it has just got its turn, others have it.
func (t *Turns) leave(w *waiter) {
	t.mu.Lock()
	i := slices.Index(t.waits, w)
	if i >= 0 {
		t.waits = slices.Delete(t.waits, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.end(w)
	}
}

func (t *Turns) end(w *waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.under--; w.most > 0 {
		n, now := t.names[w.name], time.Now()
		n.under--
		n.next = now.Add(now.Sub(w.begun))
	}
	t.give()
}

// give gives turns as long as there are some and somebody waits who may have one.
func (t *Turns) give() {
	for t.under < t.all {
		at := t.best()
		if at < 0 {
			return
		}
		w := t.waits[at]
		t.waits = slices.Delete(t.waits, at, at+1)
		if t.under++; w.most > 0 {
			t.of(w.name).under++
		}
		w.begun = time.Now()
		close(w.turn)
	}
}

// best finds who goes next; negative where nobody may.
func (t *Turns) best() int {
	best, since := -1, time.Time{}
	for i, w := range t.waits {
		counts := w.came
		if n := t.names[w.name]; w.most > 0 && n != nil {
			if n.under >= w.most {
				continue
			}
			if n.next.After(counts) {
				counts = n.next
			}
		}
		if best < 0 || counts.Before(since) {
			best, since = i, counts
		}
	}
	return best
}

// few is how many names are kept at least, though nothing is to be remembered of them.
const few = 64

// of gives a name's turns, and forgets names that have none and owe nothing where there are many.
func (t *Turns) of(of string) *name {
	n := t.names[of]
	if n == nil {
		if len(t.names) >= few {
			now := time.Now()
			for k, v := range t.names {
				if v.under == 0 && v.next.Before(now) {
					delete(t.names, k)
				}
			}
		}
		n = &name{}
		t.names[of] = n
	}
	return n
}

// Waiting tells how many wait.
func (t *Turns) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waits)
}
