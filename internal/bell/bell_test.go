package bell

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func asleep(ctx context.Context) { <-ctx.Done() }

func heard(e *Ear) bool {
	select {
	case <-e.Heard():
		return true
	default:
		return false
	}
}

func TestWhoListensHearsWhatIsNew(t *testing.T) {
	b := New(asleep)
	one, any := b.Listen("org_1"), b.Listen(Any)
	defer one.Close()
	defer any.Close()
	for _, c := range []struct {
		key      string
		at       int64
		one, any bool
	}{{"org_2", 1, false, true}, {"org_1", 5, true, true}, {"org_1", 5, false, false}, {"org_1", 4, false, false}, {"org_1", 6, true, true}} {
		b.Ring(c.key, c.at)
		if got := heard(one); got != c.one {
			t.Errorf("%v: one heard %v", c, got)
		}
		if got := heard(any); got != c.any {
			t.Errorf("%v: any heard %v", c, got)
		}
	}
	if one.Rung() != 2 || any.Rung() != 3 {
		t.Errorf("rung %d and %d times", one.Rung(), any.Rung())
	}
}

func TestTheWatchRunsWhileSomebodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		running := 0
		b := New(func(ctx context.Context) {
			running++
			<-ctx.Done()
			running--
		})
		is := func(want int) {
			t.Helper()
			if synctest.Wait(); running != want {
				t.Errorf("%d watches run, not %d", running, want)
			}
		}
		is(0)
		one, two := b.Listen("org_1"), b.Listen("org_1", "org_2")
		is(1)
		one.Close()
		is(1)
		two.Close()
		is(0)
		if len(b.Keys()) != 0 || len(b.at) != 0 {
			t.Errorf("kept: %v %v", b.Keys(), b.at)
		}
		b.Listen("org_1").Close()
		is(0)
	})
}

// What was being told when the bell was rung is over when that returns, whether it is quick, slow or stuck.
func TestWhoRingsWaitsForWhatIsBeingTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(asleep)
		e := b.Listen("org_1")
		defer e.Close()
		stuck := errors.New("cut off")
		for _, c := range []struct {
			takes, wants time.Duration
			cut          error
		}{{0, 0, nil}, {100 * time.Millisecond, 100 * time.Millisecond, nil}, {time.Hour, patience, stuck}} {
			cut := make(chan struct{})
			ended := make(chan error, 1)
			go func() {
				ended <- e.Tell(func() { close(cut) }, func() error {
					select {
					case <-time.After(c.takes):
						return nil
					case <-cut:
						return stuck
					}
				})
			}()
			time.Sleep(time.Nanosecond)
			began := time.Now()
			b.Ring("org_2", began.UnixNano())
			if took := time.Since(began); took != 0 {
				t.Errorf("who rang for others waited %s", took)
			}
			b.Ring("org_1", 1) // the second time it is nothing new, and whoever rings waits all the same
			if took := time.Since(began).Round(time.Millisecond); took != c.wants {
				t.Errorf("%s: waited %s", c.takes, took)
			}
			if err := <-ended; !errors.Is(err, c.cut) {
				t.Errorf("%s: %v", c.takes, err)
			}
		}
	})
}
