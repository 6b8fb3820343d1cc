package jobdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"roster/internal/store"
)

// Budget is a key under which letters are counted, and how many there may be in a window.
type Budget struct {
	Key  string
	Most int
}

// Paced counts one letter in each of some budgets. A window begins with its first letter. Where one of them is used up
// nothing is right any more about the transaction, which must be given up: over is its place among them, and when its
// window ends; -1 where none is.
func Paced(ctx context.Context, tx *store.Tx, budgets []Budget, window time.Duration) (over int, ends time.Time, err error) {
	var q, most strings.Builder
	q.WriteString(`INSERT INTO attempt (key, failures, last_at, until_at) VALUES `)
	args := []any{store.Micros(tx.At()), store.Micros(tx.At().Add(-window))}
	for i, b := range budgets {
		if b.Most < 1 {
			return i, tx.At().Add(window), nil
		}
		if i > 0 {
			q.WriteString(", ")
		}
		args = append(args, b.Key, b.Most)
		fmt.Fprintf(&q, "($%d, 1, $1, 0)", len(args)-1)
		fmt.Fprintf(&most, " WHEN $%d THEN CAST($%d AS BIGINT)", len(args)-1, len(args))
	}
	q.WriteString(` ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN attempt.last_at <= $2 THEN 1 ELSE attempt.failures + 1 END,
		 last_at = CASE WHEN attempt.last_at <= $2 THEN $1 ELSE attempt.last_at END
		WHERE attempt.last_at <= $2 OR attempt.failures < CASE attempt.key` + most.String() + ` END`)
	n, err := tx.Note(ctx, store.BookAttempt, q.String(), args...)
	if err != nil || n == int64(len(budgets)) {
		return -1, time.Time{}, err
	}
	for i, b := range budgets {
		last, err := store.One(ctx, tx, func(row store.Row) (time.Time, error) {
			var at time.Time
			return at, row.Scan(store.When(&at))
		}, `SELECT last_at FROM attempt WHERE key = $1 AND failures >= $2 AND last_at > $3`, b.Key, b.Most, store.Micros(tx.At().Add(-window)))
		if err != nil || last.OK {
			return i, last.Value.Add(window), err
		}
	}
	return -1, time.Time{}, errors.New("jobdb: a letter is over its budget, and none is used up")
}
