package gather

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// asker is a table that takes its time and counts the statements.
type asker struct {
	statements atomic.Int64
	value      atomic.Int64
	fail       error
	most       atomic.Int64 // the most keys a statement had
}

func (a *asker) ask(ctx context.Context, _ any, keys []int) (map[int]int64, error) {
	a.statements.Add(1)
	value := a.value.Load() // the statement's snapshot
	a.most.Store(max(a.most.Load(), int64(len(keys))))
	select {
	case <-time.After(time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	all := map[int]int64{}
	for _, k := range keys {
		if k >= 0 {
			all[k] = value
		}
	}
	return all, a.fail
}

func TestThoseWhoAskAtOnceShareAStatement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &asker{}
		a.value.Store(7)
		g := New(a.ask)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				got, ok, err := g.One(t.Context(), nil, i%4-1)
				if err != nil || ok != (i%4 > 0) || ok && got != 7 {
					t.Errorf("%d: %v %v", i%4-1, got, err)
				}
			})
		}
		wg.Wait()
		if n := a.statements.Load(); n > 2 {
			t.Errorf("%d statements for twenty who asked at once: one for the first, and one for all who came meanwhile", n)
		}
		if n := a.most.Load(); n > 4 {
			t.Errorf("a statement asks for %d keys where there are four", n)
		}
	})
}

// Nobody gets an answer from before their question.
func TestASharedAnswerIsFresh(t *testing.T) {
	a := &asker{}
	g := New(a.ask)
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		for range 200 {
			a.value.Add(1)
			time.Sleep(100 * time.Microsecond)
		}
	}()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for {
				before := a.value.Load()
				got, ok, err := g.One(t.Context(), nil, w)
				if err != nil || !ok || got < before {
					t.Errorf("the value was %d and the answer %d, %v", before, got, err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
}

func TestWhoLeavesTakesNobodyAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &asker{}
		g := New(a.ask)
		gone, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 9 {
			ctx := t.Context()
			if i%3 != 2 {
				ctx = gone
			}
			wg.Go(func() {
				_, _, err := g.One(ctx, nil, i)
				if ctx != gone && err != nil {
					t.Errorf("%d: %v", i, err)
				}
			})
			synctest.Wait()
		}
		leave()
		wg.Wait()
		// When all who waited have left, the next one asks all the same, for the others' sake too.
		for _, n := range []int{3, mostKeys + 1} {
			gone, leave = context.WithCancel(t.Context())
			for i := range n {
				wg.Go(func() { _, _, _ = g.One(gone, nil, i) })
				synctest.Wait()
			}
			leave()
			wg.Wait()
			if _, _, err := g.One(t.Context(), nil, 100); err != nil {
				t.Error(err)
			}
			if g.busy || g.next != nil {
				t.Errorf("after %d have left it is not at rest", n)
			}
		}
	})
}

func TestMoreThanAStatementHoldsAskBesideIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New((&asker{}).ask)
		var wg sync.WaitGroup
		for i := range 5 * mostKeys {
			wg.Go(func() {
				if got, ok, err := g.One(t.Context(), nil, i); err != nil || !ok {
					t.Errorf("%d: %v %v", i, got, err)
				}
			})
		}
		wg.Wait()
		if g.busy || g.next != nil {
			t.Error("it is not at rest")
		}
	})
}

func TestAFailureIsEverybodys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &asker{fail: errors.New("no")}
		g := New(a.ask)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				if got, ok, err := g.One(t.Context(), nil, i); err != a.fail || ok {
					t.Errorf("%v %v", got, err)
				}
			})
		}
		wg.Wait()
		a.fail = nil
		if _, _, err := g.One(t.Context(), nil, 1); err != nil {
			t.Error("it does not recover")
		}
		g.ask = func(context.Context, any, []int) (map[int]int64, error) { panic("oh") }
		func() {
			defer func() { _ = recover() }()
			_, _, _ = g.One(t.Context(), nil, 1)
		}()
		g.ask = a.ask
		if _, _, err := g.One(t.Context(), nil, 1); err != nil {
			t.Error("it does not recover from a panic")
		}
	})
}
