package store

import (
	"context"
	"sync"
	"time"
)

// offset is what is known of the database's clock: its reading, and when by the machine's own clock, whose
// steps do not matter, since only the time passed since then is asked of it.
type offset struct {
	mu    sync.Mutex
	clock time.Time
	at    time.Time
}

// mostTrip is the longest way to the database and back for which its clock's reading is taken; the moment
// is off by half of it at most.
const mostTrip = 100 * time.Millisecond

// learn takes a reading of the database's clock that was asked for at a moment.
func (o *offset) learn(clock, asked time.Time) {
	trip := time.Since(asked)
	o.mu.Lock()
	defer o.mu.Unlock()
	if trip <= mostTrip || o.clock.IsZero() {
		o.clock, o.at = clock, asked.Add(trip/2)
	}
}

// Moment gives the database's clock without asking it: as it was read last, when the database was opened or
// with the last bookkeeping such as a heartbeat, and the time that has passed since. A file's clock is the machine's.
func (db *DB) Moment() time.Time {
	if db.clock != nil {
		return db.clock()
	}
	if db.dialect.clock() == noClock {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	db.offset.mu.Lock()
	defer db.offset.mu.Unlock()
	return db.offset.clock.Add(time.Since(db.offset.at)).Truncate(time.Microsecond)
}

// read asks the database's clock, and keeps what it says.
func (db *DB) read(ctx context.Context, q querier) (time.Time, error) {
	if db.clock != nil {
		return db.clock(), nil
	}
	asked := time.Now()
	now, err := db.dialect.now(ctx, q)
	if err == nil {
		db.offset.learn(now, asked)
	}
	return now, err
}
