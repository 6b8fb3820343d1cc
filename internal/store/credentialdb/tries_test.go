package credentialdb_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/credentialdb"
)

// TestCountFewCountsAsBudgetsDo: wherever it counts a try, the key stands as each budget would leave it, and nobody had
// to wait; what it does not count is as it was.
func TestCountFewCountsAsBudgetsDo(t *testing.T) {
	const few, recent = 5, 5 * time.Minute
	budgets := []roster.Budget{{Free: few, Leak: time.Hour}, {Free: 30, Leak: recent}}
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx, run := context.Background(), 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			keys := []string{fmt.Sprintf("a%d", run), fmt.Sprintf("b%d", run)}
			now := h.Clock.Now()
			was := make([]roster.Tries, len(keys))
			for i := range was {
				was[i] = roster.Tries{
					Failures: rapid.IntRange(0, 7).Draw(t, "failures"),
					LastAt:   now.Add(-time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds ago")) * time.Second),
					Until:    now.Add(time.Duration(rapid.IntRange(-60, 5).Draw(t, "seconds to wait")) * time.Second),
				}
			}
			var counted []int
			var is []roster.Tries
			note := func(fn func(context.Context, store.Noter) error) {
				if err := action.Note(ctx, h.Gate, fn); err != nil {
					t.Fatal(err)
				}
			}
			note(func(ctx context.Context, tx store.Noter) error { return credentialdb.SetAttempts(ctx, tx, keys, was) })
			err := action.NoteOnce(ctx, h.Gate, func(ctx context.Context, w store.Single) (err error) {
				counted, err = credentialdb.CountFew(ctx, w, few, now.Add(-recent), now, keys...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			note(func(ctx context.Context, tx store.Noter) (err error) {
				is, err = credentialdb.AttemptsAt(ctx, tx, keys...)
				return err
			})
			for i := range keys {
				if counted[i] == 0 {
					if is[i] != was[i] {
						t.Fatalf("not counted, and yet %+v became %+v", was[i], is[i])
					}
					continue
				}
				for _, b := range budgets {
					if was[i].Until.After(now) {
						t.Fatalf("%+v had to wait", was[i])
					}
					if want := b.Count(b.Left(was[i], now), now); is[i] != want || counted[i] != want.Failures {
						t.Fatalf("%+v became %+v (%d), and by its budget %+v", was[i], is[i], counted[i], want)
					}
				}
			}
			if (counted[0] == 0) != (counted[1] == 0) {
				t.Fatalf("one was counted without the other: %v", counted)
			}
		})
	})
}
