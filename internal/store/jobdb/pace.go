package jobdb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"roster/internal/query"
	"roster/internal/store"
)

// Paced counts one letter at each of some keys, and gives how many each has in its window and when that one is over. A
// window begins with its first letter. It counts as part of the transaction: what is refused sent nothing.
func Paced(ctx context.Context, tx *store.Tx, keys []string, window time.Duration) (counts []int, over []time.Time, err error) {
	var q strings.Builder
	q.WriteString(`INSERT INTO attempt (key, failures, last_at, until_at) VALUES `)
	args := []any{store.Micros(tx.At()), store.Micros(tx.At().Add(-window))}
	for i, key := range keys {
		if i > 0 {
			q.WriteString(", ")
		}
		args = append(args, key)
		fmt.Fprintf(&q, "($%d, 1, $1, 0)", len(args))
	}
	q.WriteString(` ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN attempt.last_at <= $2 THEN 1 ELSE attempt.failures + 1 END,
		 last_at = CASE WHEN attempt.last_at <= $2 THEN $1 ELSE attempt.last_at END`)
	_, err = tx.Note(ctx, store.BookAttempt, q.String(), args...)
	if err != nil {
		return nil, nil, err
	}
	type counted struct {
		key string
		n   int
		at  time.Time
	}
	marks, of := query.Marks(keys)
	all, err := store.All(ctx, tx, func(row store.Row) (counted, error) {
		var c counted
		return c, row.Scan(&c.key, &c.n, store.When(&c.at))
	}, `SELECT key, failures, last_at FROM attempt WHERE key IN (`+marks+`)`, of...)
	counts, over = make([]int, len(keys)), make([]time.Time, len(keys))
	for _, c := range all {
		for i, key := range keys {
			if key == c.key {
				counts[i], over[i] = c.n, c.at.Add(window)
			}
		}
	}
	return counts, over, err
}
