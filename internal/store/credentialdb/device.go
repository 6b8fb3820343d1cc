package credentialdb

import (
	"context"
	"fmt"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// mostDevices bounds how many devices of one person are known: each has a budget of its own.
const mostDevices = 10

// Remember keeps that a person signed in on a device, by the hash of the secret that it holds: in the place that it has,
// or in a free one, or in that of the device which was quiet for longest. The caller holds the person's lock.
func Remember(ctx context.Context, tx *store.Tx, p roster.PersonID, hash string) error {
	places := "SELECT 0 AS place"
	for i := 1; i < mostDevices; i++ {
		places += fmt.Sprintf(" UNION ALL SELECT %d", i)
	}
	query := `INSERT INTO device (person_id, place, hash, seen_at)
		SELECT CAST($1 AS TEXT), k.place, CAST($2 AS TEXT), CAST($3 AS BIGINT)
			FROM (` + places + `) k LEFT JOIN device d ON d.person_id = $1 AND d.place = k.place
			WHERE TRUE ORDER BY CASE WHEN d.hash = $2 THEN 0 ELSE 1 END, COALESCE(d.seen_at, 0), k.place LIMIT 1
		ON CONFLICT (person_id, place) DO UPDATE SET hash = excluded.hash, seen_at = excluded.seen_at`
	return tx.NoteSoon(ctx, store.BookDevice, query, p, hash, store.Micros(tx.At()))
}

// Remembered gives when a person last signed in on the device that holds a secret, by its hash; the zero moment if they
// never did, or the device was forgotten.
func Remembered(ctx context.Context, r store.Reader, p roster.PersonID, hash string) (time.Time, error) {
	var seen time.Time
	return seen, store.Each(ctx, r, func(row store.Row) error { return row.Scan(store.When(&seen)) },
		`SELECT seen_at FROM device WHERE person_id = $1 AND hash = $2`, p, hash)
}

// Devices tells how many devices of a person are known since a moment.
func Devices(ctx context.Context, r store.Reader, p roster.PersonID, since time.Time) (int, error) {
	n, err := store.One(ctx, r, store.Scan[int], `SELECT count(*) FROM device WHERE person_id = $1 AND seen_at > $2`, p, store.Micros(since))
	return n.Value, err
}

// DevicesOf gives when a person last signed in on each device that is known, the latest first.
func DevicesOf(ctx context.Context, r store.Reader, p roster.PersonID) ([]time.Time, error) {
	return store.All(ctx, r, func(row store.Row) (time.Time, error) {
		var seen time.Time
		return seen, row.Scan(store.When(&seen))
	}, `SELECT seen_at FROM device WHERE person_id = $1 ORDER BY seen_at DESC`, p)
}

// Forget forgets a person's devices, but for the one that holds a secret, by its hash (empty for none).
func Forget(ctx context.Context, tx *store.Tx, p roster.PersonID, but string) error {
	_, err := store.Noter{Tx: tx}.Note(ctx, store.BookDevice, `DELETE FROM device WHERE person_id = $1 AND hash <> $2`, p, but)
	return err
}

// SweepDevices forgets devices that were quiet since a moment.
func SweepDevices(ctx context.Context, tx store.Noter, quietSince time.Time) error {
	_, err := tx.Note(ctx, store.BookDevice, `DELETE FROM device WHERE seen_at < $1`, store.Micros(quietSince))
	return err
}
