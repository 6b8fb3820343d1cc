package law_test

import (
	"context"

	"roster/internal/replay"
	"roster/internal/store"
	"roster/internal/store/eventdb"
	"roster/internal/store/replaydb"
)

// replays holds the tables against what the history says up to here: so at every prefix of it, since it goes on from
// where it was asked last.
func (s *stage) replays() {
	s.t.Helper()
	if s.told == nil {
		s.told = replay.New(0, 1, 1_000_000)
	}
	s.must(s.h.DB.Snapshot(context.Background(), func(ctx context.Context, r store.Reader) error {
		lines, err := eventdb.List(ctx, r, eventdb.Filter{Org: s.org.ID, After: s.told.Lines, Forward: true, Limit: 10_000})
		if err != nil {
			return err
		}
		for _, e := range lines {
			if err := s.told.Add(e); err != nil {
				return err
			}
		}
		s.told.Begin()
		for _, t := range replay.Tables() {
			if err := replaydb.Each(ctx, r, s.org.ID, t, s.told.Hold); err != nil {
				return err
			}
		}
		return nil
	}))
	if drifts, count := s.told.End(); count > 0 {
		s.t.Fatalf("the tables say otherwise than the history: %+v", drifts)
	}
}
