package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/known"
	"roster/internal/query"
)

// A server remembers positions for as long as its lease lasts, so whoever writes beside it must let it know.
// The writer leaves a notice in its transaction, and returns when every server alive has applied it
// (decision 011). On SQLite none of this is needed: a file tells by itself that something was committed.

// The times of the protocol: a server believes what it remembers for LeaseTime after the moment before it sent
// its last heartbeat, by its own clocks; whoever waits for it takes it for dead after DeadTime.
const (
	LeaseTime = 3 * time.Second
	DeadTime  = 4 * time.Second
)

// followTime is how long a notice waits at most where it is not announced.
const followTime = 100 * time.Millisecond

// Live tells that this process is the server, whose heartbeat of a moment reached the database: until
// LeaseTime after it, positions may be remembered, and own writes need no notice since there is one server. The
// zero moment ends that.
func (db *DB) Live(sent time.Time) {
	switch {
	case db.commits != nil:
	case sent.IsZero():
		db.known.Extend(sent)
	default:
		db.known.Extend(sent.Add(LeaseTime))
	}
}

// serving tells whether this process is the server and no other can be.
func (db *DB) serving() bool { return db.known.Lease() >= 0 }

// notices are the positions that a transaction has raised, which servers have yet to see.
func (tx *Tx) notices() []known.Point {
	var all []known.Point
	if tx.Lined() {
		for _, l := range slices.Concat(tx.ledgers, tx.beside) {
			all = append(all, known.Point{Of: l.org.ID, Seq: l.org.Seq})
		}
	}
	if tx.version != 0 {
		all = append(all, known.Point{Of: catalogueKey, Seq: tx.version})
	}
	return all
}

// leave leaves notices within a transaction.
func (tx *Tx) leave(ctx context.Context, all []known.Point) error {
	for _, n := range all {
		_, err := tx.Note(ctx, BookNotice, `INSERT INTO notice (org_id, seq) VALUES ($1, $2)
			ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq WHERE notice.seq < excluded.seq`, n.Of, n.Seq)
		if err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, tx.db.dialect.announce(), nil)
	return err
}

// patience bounds how long a writer waits for servers that live and do not follow. There are none.
const patience = 30 * time.Second

// seen waits until every server alive has applied some notices. What was written stands whatever comes of it,
// so it is not run again, and who wrote is not let go before.
func (db *DB) seen(ctx context.Context, all []known.Point) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	w := waiting{}
	var err error
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		var behind bool
		if behind, err = w.look(ctx, db, all); err == nil && !behind {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return unsure("This is done, but whether every server has seen it cannot be told.", errors.Join(ctx.Err(), err))
		}
	}
}

// waiting is what a writer has seen of servers' heartbeats.
type waiting map[string]beat

// beat is a server's last heartbeat, and since when it is that.
type beat struct {
	at    int64
	since time.Time
}

// look tells whether a server that is alive has not applied everything. One whose heartbeat stands still for
// DeadTime is dead, whatever the clocks say.
func (w waiting) look(ctx context.Context, db *DB, all []known.Point) (behind bool, err error) {
	c := &query.Conditions{}
	var missing []string
	for _, n := range all {
		of, seq := c.Arg(n.Of), c.Arg(n.Seq)
		// A server that started since, and so remembers nothing from before, has taken the notices away.
		missing = append(missing, fmt.Sprintf(`EXISTS (SELECT 1 FROM notice n WHERE n.org_id = %[1]s AND n.seq >= %[2]s)
			AND NOT EXISTS (SELECT 1 FROM applied a WHERE a.replica_id = r.id AND a.org_id = %[1]s AND a.seq >= %[2]s)`, of, seq))
	}
	clock := db.dialect.clock()
	if db.clock != nil {
		clock = c.Arg(Micros(db.clock()))
	}
	query := fmt.Sprintf(`SELECT r.id, r.seen_at FROM replica r WHERE r.seen_at + %s > %s AND (%s)`, c.Arg(DeadTime.Microseconds()), clock, strings.Join(missing, " OR "))
	err = Each(ctx, db.Reader(), func(row Row) error {
		var id string
		var at int64
		if err := row.Scan(&id, &at); err != nil {
			return err
		}
		if last, known := w[id]; !known || last.at != at {
			w[id] = beat{at, time.Now()}
		}
		behind = behind || time.Since(w[id].since) < DeadTime
		return nil
	}, query, c.Args()...)
	return behind, err
}

// before is what comes before a commit: a notice, unless this process is the server.
func (tx *Tx) before(ctx context.Context) (left bool, err error) {
	all := tx.notices()
	if tx.db.commits != nil || len(all) == 0 || tx.db.serving() {
		return false, nil
	}
	return true, tx.leave(ctx, all)
}

// after is what comes after a commit: this process knows the new positions, and so do the servers.
func (tx *Tx) after(ctx context.Context, left bool) error {
	all, db := tx.notices(), tx.db
	db.raise(all)
	if db.commits != nil || len(all) == 0 {
		return nil
	}
	if !left && db.serving() {
		return nil
	}
	if !left { // the lease ended meanwhile: another server may have begun
		if err := db.Keep(context.WithoutCancel(ctx), func(ctx context.Context, tx Noter) error { return tx.leave(ctx, all) }); err != nil {
			return unsure("This is done, but servers could not be told.", err)
		}
	}
	return db.seen(ctx, all)
}

// Followed gives how long ago this server has last looked for notices and applied them all. A server that does
// not get to it must not tell others that it is alive.
func (db *DB) Followed() time.Duration {
	if db.commits != nil {
		return 0
	}
	return time.Since(db.opened) - time.Duration(db.followed.Load())
}

// Follow applies notices that others leave, as the server of an ID, until ctx ends. Rounds that fail are
// made again; Followed tells.
func (db *DB) Follow(ctx context.Context, replica string) {
	if db.commits != nil {
		<-ctx.Done()
		return
	}
	wake := make(chan struct{}, 1)
	go db.listen(ctx, wake)
	tick := time.NewTicker(followTime)
	defer tick.Stop()
	for {
		if err := db.follow(ctx, replica); err == nil {
			db.followed.Store(int64(time.Since(db.opened)))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-wake:
		}
	}
}

// listen wakes whoever follows when something is announced. Where that cannot be heard, there is the ticking.
func (db *DB) listen(ctx context.Context, wake chan<- struct{}) {
	for ctx.Err() == nil {
		_ = db.dialect.listen(ctx, db.url, func() {
			select {
			case wake <- struct{}{}:
			default:
			}
		})
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// followBound is how long a round may take.
const followBound = 2 * time.Second

// follow applies what notices there are.
func (db *DB) follow(ctx context.Context, replica string) error {
	ctx, cancel := context.WithTimeout(ctx, followBound)
	defer cancel()
	ctx = Ahead(ctx, followBound)
	all, err := All(ctx, aside{&plain{db: db}}, func(row Row) (known.Point, error) {
		var n known.Point
		return n, row.Scan(&n.Of, &n.Seq)
	}, `SELECT n.org_id, n.seq FROM notice n LEFT JOIN applied a ON a.replica_id = $1 AND a.org_id = n.org_id WHERE a.seq IS NULL OR a.seq < n.seq LIMIT 500`, replica)
	if err != nil || len(all) == 0 {
		return err
	}
	db.raise(all)
	err = db.Keep(ctx, func(ctx context.Context, tx Noter) error {
		for _, n := range all {
			_, err := tx.Note(ctx, BookApplied, `INSERT INTO applied (replica_id, org_id, seq) VALUES ($1, $2, $3)
				ON CONFLICT (replica_id, org_id) DO UPDATE SET seq = excluded.seq WHERE applied.seq < excluded.seq`, replica, n.Of, n.Seq)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(all) == 500 {
		err = errors.New("store: there is more to follow")
	}
	return err
}
