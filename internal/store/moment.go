package store

import (
	"context"
	"time"
)

// Moment gives the database's clock without asking it: as it was read last, when the database was opened or
// with the last bookkeeping such as a heartbeat, and the time that has passed since. A file's clock is the machine's.
func (db *DB) Moment() time.Time {
	if db.clock != nil {
		return db.clock()
	}
	if db.dialect.clock() == noClock {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return db.there.Now()
}

// read asks the database's clock, and keeps what it says.
func (db *DB) read(ctx context.Context, q querier) (time.Time, error) {
	if db.clock != nil {
		return db.clock(), nil
	}
	asked := time.Now()
	now, err := db.dialect.now(ctx, q)
	if err == nil {
		db.there.Learn(now, asked)
	}
	return now, err
}
