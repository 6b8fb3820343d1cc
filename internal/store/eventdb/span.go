package eventdb

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// back is how far a clock may be set back without a line of a span being missed.
const back = time.Hour

// within adds the conditions of the filter's span of time: by positions, which every index of the history ends with, and
// by the exact moments.
func (f Filter) within(ctx context.Context, r store.Reader, add func(condition string, v any)) error {
	if f.From.IsZero() && f.To.IsZero() {
		return nil
	}
	after, before, err := f.bounds(ctx, r)
	if err != nil {
		return err
	}
	if after > 0 {
		add("seq > $%d", after)
	}
	if before > 0 {
		add("seq < $%d", before)
	}
	if !f.From.IsZero() {
		add("at >= $%d", store.Micros(f.From))
	}
	if !f.To.IsZero() {
		add("at < $%d", store.Micros(f.To))
	}
	return nil
}

// bounds gives positions between which all lines of a span of time lie, without these themselves; 0 for an end that is open.
// Moments rise with positions but where a clock was set back, so that the ends lie apart by that much.
func (f Filter) bounds(ctx context.Context, r store.Reader) (after, before int64, err error) {
	from, to := int64(0), int64(math.MaxInt64)
	if !f.From.IsZero() {
		from = store.Micros(f.From.Add(-back))
	}
	if !f.To.IsZero() {
		to = store.Micros(f.To.Add(back))
	}
	found, err := store.One(ctx, r, func(row store.Row) ([2]int64, error) {
		var b [2]int64
		return b, row.Scan(&b[0], &b[1])
	}, `SELECT COALESCE((SELECT seq FROM event WHERE org_id = $1 AND at < $2 ORDER BY at DESC, seq DESC LIMIT 1), 0),
		COALESCE((SELECT seq FROM event WHERE org_id = $1 AND at >= $3 ORDER BY at, seq LIMIT 1), 0)`, f.Org, from, to)
	return found.Value[0], found.Value[1], err
}

// Reached gives the position that an organisation's history had at each of some moments, in their order, which rises: how
// many lines came before. It costs a look-up for each, whatever lies between them.
func Reached(ctx context.Context, r store.Reader, org roster.OrgID, at []time.Time) ([]int64, error) {
	args, rows := []any{org}, make([]string, len(at))
	for i, t := range at {
		args = append(args, store.Micros(t))
		rows[i] = fmt.Sprintf("(CAST($%d AS BIGINT))", len(args))
	}
	all, err := store.All(ctx, r, func(row store.Row) (int64, error) {
		var seq int64
		return seq, row.Scan(&seq)
	}, `WITH boundary (at) AS (VALUES `+strings.Join(rows, ", ")+`)
		SELECT COALESCE((SELECT e.seq FROM event e WHERE e.org_id = $1 AND e.at < b.at ORDER BY e.at DESC, e.seq DESC LIMIT 1), 0) FROM boundary b ORDER BY b.at`, args...)
	for i := 1; i < len(all); i++ {
		all[i] = max(all[i], all[i-1]) // where a clock was set back over a boundary
	}
	return all, err
}
