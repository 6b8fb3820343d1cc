package limit_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"roster/internal/limit"
)

func start() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

func TestABudgetIsSpentAndComesBack(t *testing.T) {
	b, at := limit.NewBudget[string](10, time.Minute), start()
	for i := range 10 {
		left := b.Spend("ann", at)
		if !left.OK || left.Remaining != 9-i || left.Whole != time.Duration(i+1)*6*time.Second {
			t.Fatalf("request %d leaves %+v", i, left)
		}
	}
	if left := b.Spend("ann", at); left.OK || left.Remaining != 0 || left.Wait != 6*time.Second || left.Whole != time.Minute {
		t.Errorf("the eleventh leaves %+v", left)
	}
	if left := b.Spend("ben", at); !left.OK {
		t.Error("one spends another's budget")
	}
	if b.Spend("ann", at.Add(6*time.Second-1)).OK || !b.Spend("ann", at.Add(6*time.Second)).OK || b.Spend("ann", at.Add(6*time.Second)).OK {
		t.Error("after six seconds one more is let through, and no other")
	}
	if left := b.Spend("ann", at.Add(time.Hour)); left.Remaining != 9 {
		t.Errorf("after an hour it leaves %+v", left)
	}
	if limit.NewBudget[string](0, time.Minute) != nil || limit.NewSlots[string](0, 1, 1) != nil {
		t.Error("none is something")
	}
}

// In any window that begins with a request, at most twice the quota passes (a burst, and what came back meanwhile), and
// over a long time no more than the quota in each while.
func TestNoMoreThanTheQuotaPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quota := rapid.IntRange(1, 50).Draw(t, "quota")
		b, at, passed := limit.NewBudget[int](quota, time.Minute), start(), 0
		for _, ms := range rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 300).Draw(t, "pauses") {
			at = at.Add(time.Duration(ms) * time.Millisecond)
			left := b.Spend(1, at)
			if left.OK {
				passed++
			} else if left.Wait <= 0 || left.Wait > time.Minute/time.Duration(quota) {
				t.Fatalf("refused with %+v", left)
			}
			if left.Remaining < 0 || left.Remaining >= quota {
				t.Fatalf("of %d there remain %d", quota, left.Remaining)
			}
		}
		if most := quota + int(at.Sub(start())/(time.Minute/time.Duration(quota))); passed > most {
			t.Fatalf("%d passed, of at most %d", passed, most)
		}
	})
}

// line keeps by when it was told that something must have come or gone.
type line struct{ read, write []time.Duration }

func (l *line) SetReadDeadline(by time.Time) error {
	l.read = append(l.read, by.Sub(start()))
	return nil
}

func (l *line) SetWriteDeadline(by time.Time) error {
	l.write = append(l.write, by.Sub(start()))
	return nil
}

func TestWhatKeepsComingMayTakeLong(t *testing.T) {
	at, l := start(), &line{}
	s := &limit.Steady{
		ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", 2500))), Line: l, Clock: func() time.Time { return at },
		First: 30 * time.Second, Rate: 100, After: time.Minute,
	}
	at = at.Add(time.Second) // nobody asked for it yet
	for range 4 {
		_, _ = s.Read(make([]byte, 1000))
		at = at.Add(time.Second)
	}
	if want := []time.Duration{31 * time.Second, 41 * time.Second, 51 * time.Second, 56 * time.Second}; !slices.Equal(l.read[:4], want) || len(l.read) != 5 || l.read[4] != (time.Time{}).Sub(start()) {
		t.Errorf("it had to come by %v, not %v and then never", l.read, want)
	}
	if want := []time.Duration{91 * time.Second, 101 * time.Second, 111 * time.Second, 116 * time.Second}; !slices.Equal(l.write, want) {
		t.Errorf("the answer had to go by %v, not %v", l.write, want)
	}
	if got := s.Longest(2500); got != 55*time.Second {
		t.Errorf("the whole may take %s", got)
	}
}

func TestVeryManyKeysShareOneBudget(t *testing.T) {
	b, at := limit.NewBudget[string](2, time.Minute), start()
	refused := 0
	for i := range 300_000 {
		if !b.Spend(fmt.Sprint(i), at).OK {
			refused++
		}
	}
	if refused < 30_000 {
		t.Errorf("of 300,000 keys at once %d were refused", refused)
	}
	if !b.Spend("late", at.Add(2*time.Minute)).OK || !b.Spend("later", at.Add(2*time.Minute)).OK {
		t.Error("their budgets came back, and nobody is let through")
	}
}

func TestSlotsAreBoundedAndSoIsTheirQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limit.NewSlots[string](2, 1, time.Second)
		enter := func() bool { return s.Enter(context.Background(), "") }
		for range 2 {
			if !enter() {
				t.Fatal("a free slot was not given")
			}
		}
		got := make(chan bool, 1)
		go func() { got <- enter() }()
		synctest.Wait()
		begun := time.Now()
		if enter() || time.Since(begun) != 0 {
			t.Error("who found the queue full waited, or was let in")
		}
		s.Leave("")
		if !<-got {
			t.Error("who waited did not get the slot that came free")
		}
		begun = time.Now()
		if enter() || time.Since(begun) != time.Second {
			t.Errorf("who waited in vain waited %s, or was let in", time.Since(begun))
		}
		gone, leave := context.WithCancel(context.Background())
		leave()
		if s.Enter(gone, "") {
			t.Error("who went away was let in")
		}
		s.Leave("")
		s.Leave("")
		if taken, waiting := s.Busy(); taken != 0 || waiting != 0 {
			t.Errorf("in the end %d are taken and %d wait", taken, waiting)
		}
	})
}

func TestOneWhoKeepsSlotsBusyLeavesRoom(t *testing.T) {
	s := limit.NewSlots[string](8, 0, time.Second)
	enter := func(who string) bool { return s.Enter(context.Background(), who) }
	for range 5 {
		if !enter("slow") {
			t.Fatal("while there is room anybody may have it")
		}
	}
	if enter("slow") {
		t.Error("one took more than their share of what is tight")
	}
	if !enter("ann") || !enter("ben") || !enter("cid") || enter("dot") {
		t.Error("the others do not get what is left")
	}
	for range 5 {
		s.Leave("slow")
	}
	if !enter("slow") {
		t.Error("who gave their slots back got none")
	}
}

func TestSlotsHoldUnderAStorm(t *testing.T) {
	s := limit.NewSlots[int](4, 1000, time.Minute)
	var mu sync.Mutex
	var inside, most int
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			if !s.Enter(context.Background(), i%3) {
				return
			}
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			mu.Lock()
			inside--
			mu.Unlock()
			s.Leave(i % 3)
		})
	}
	wg.Wait()
	if taken, waiting := s.Busy(); most > 4 || taken != 0 || waiting != 0 {
		t.Errorf("%d were inside at once; in the end %d are taken and %d wait", most, taken, waiting)
	}
}
