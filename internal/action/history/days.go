package history

import (
	"context"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/roster"
	"roster/internal/store"
	"roster/internal/store/eventdb"
	"roster/internal/zone"
)

// MostDays is how many days can be told at once.
const MostDays = 92

// Day is how many lines of the history a day has, in the zone of its beginning.
type Day struct {
	Begins time.Time
	Lines  int
}

// Days tells how many lines the organisation's history has on each day from one to another, both told too, as days are in
// the zone of last. Only the last MostDays of them are told. Positions have no gaps, so that it costs the same however many
// lines there are. Kinds: Denied.
func (r *Room) Days(ctx context.Context, first, last time.Time) ([]Day, error) {
	return action.Look(ctx, r.gate, act.HistoryList, func(ctx context.Context, rd store.Reader) ([]Day, error) {
		ends := boundaries(first, last)
		reached, err := eventdb.Reached(ctx, rd, roster.ActorFrom(ctx).Organisation, ends)
		if err != nil {
			return nil, err
		}
		days := make([]Day, len(ends)-1)
		for i := range days {
			days[i] = Day{ends[i], int(reached[i+1] - reached[i])}
		}
		return days, nil
	})
}

// boundaries gives the moments at which days begin, and the last one ends.
func boundaries(first, last time.Time) []time.Time {
	first = first.In(last.Location())
	n := 0
	for n < MostDays && (n == 0 || !zone.Day(last, -n).Before(zone.Day(first, 0))) {
		n++
	}
	all := make([]time.Time, 0, n+1)
	for i := 1 - n; i <= 1; i++ {
		all = append(all, zone.Day(last, i))
	}
	return all
}
