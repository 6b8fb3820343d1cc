package turn

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// asks asks for a turn in the background; the answer comes by the channel.
func asks(t *testing.T, turns *Turns, take Way) <-chan func() {
	t.Helper()
	got := make(chan func(), 1)
	turns.mu.Lock()
	before := len(turns.waits) + turns.under
	turns.mu.Unlock()
	go func() {
		if end, err := take(context.Background()); err == nil {
			got <- end
		}
	}()
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		turns.mu.Lock()
		come := len(turns.waits)+turns.under > before
		turns.mu.Unlock()
		if come {
			return got
		}
		if time.Now().After(late) {
			t.Fatal("nobody came")
		}
	}
}

// has waits for a turn.
func has(t *testing.T, who string, got <-chan func()) (end func()) {
	t.Helper()
	select {
	case end := <-got:
		return end
	case <-time.After(10 * time.Second):
		t.Fatalf("%s never had a turn", who)
		return nil
	}
}

func waits(t *testing.T, who string, got <-chan func()) {
	t.Helper()
	select {
	case <-got:
		t.Errorf("%s has a turn", who)
	default:
	}
}

func TestTheManyOfOneNameLeaveOthersTheirs(t *testing.T) {
	turns := New(4)
	var acme []<-chan func()
	for range 20 {
		acme = append(acme, asks(t, turns, turns.Of("acme", 2)))
	}
	first, second := has(t, "the first", acme[0]), has(t, "the second", acme[1])
	waits(t, "the third", acme[2])
	zeta, any := has(t, "another", asks(t, turns, turns.Of("zeta", 2))), has(t, "nobody", asks(t, turns, turns.Any))
	last := asks(t, turns, turns.Any)
	waits(t, "the fifth of all", last)
	zeta()
	has(t, "who waits for one of all", last)()
	any()
	first()
	third := has(t, "the third", acme[2])
	waits(t, "the fourth", acme[3])
	second()
	third()
	for _, a := range acme[3:] {
		has(t, "each", a)()
	}
}

func TestWhoTookLongLetsOthersGoFirst(t *testing.T) {
	turns := New(1)
	long := has(t, "acme", asks(t, turns, turns.Of("acme", 2)))
	begun := time.Now()
	again := asks(t, turns, turns.Of("acme", 2))
	zeta, any := asks(t, turns, turns.Of("zeta", 2)), asks(t, turns, turns.Any)
	first := asks(t, turns, turns.First)
	for time.Since(begun) < 50*time.Millisecond {
		time.Sleep(time.Millisecond)
	}
	long()
	end := has(t, "who goes before all", first)
	waits(t, "zeta", zeta)
	end()
	end = has(t, "zeta, who came before nobody", zeta)
	waits(t, "nobody", any)
	end()
	end = has(t, "nobody", any)
	waits(t, "acme, who came first and had a long turn", again)
	end()
	has(t, "acme", again)()
	has(t, "acme, when nobody waits", asks(t, turns, turns.Of("acme", 2)))()
}

func TestWhoWaitsNoMoreTakesNoTurn(t *testing.T) {
	turns := New(1)
	end := has(t, "the first", asks(t, turns, turns.Of("acme", 2)))
	ctx, cancel := context.WithCancel(context.Background())
	var left sync.WaitGroup
	for range 50 {
		left.Go(func() {
			if end, err := turns.Of("acme", 2)(ctx); err == nil {
				end()
			} else if !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v", err)
			}
		})
	}
	left.Go(cancel)
	end()
	left.Wait()
	if _, err := turns.Of("acme", 2)(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("who comes too late: %v", err)
	}
	if turns.under != 0 || len(turns.waits) != 0 {
		t.Errorf("%d have turns, %d wait", turns.under, len(turns.waits))
	}
	has(t, "who comes afterwards", asks(t, turns, turns.Of("acme", 2)))()
}

func TestNamesThatOweNothingAreForgotten(t *testing.T) {
	turns := New(1)
	for i := range 10_000 {
		end, err := turns.Of(fmt.Sprint(i), 1)(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		end()
	}
	if n := len(turns.names); n > 5*few {
		t.Errorf("%d names are kept", n)
	}
}
