package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"roster/internal/query"
	"roster/internal/roster"
)

// Position says how fresh an answer is: the catalogue's version, which changes for all, and the seq of an
// organisation's history (or of the installation's).
type Position struct{ Catalogue, Seq int64 }

// Position gives the newest committed position of an organisation or of the installation: no change that
// returned before the call, in whatever process, lies beyond it. It is asked at the start of every decision
// and mostly answered from memory (decision 011). Kind: NotFound.
func (db *DB) Position(ctx context.Context, org roster.OrgID) (Position, error) {
	mark, err := db.mark(ctx)
	if err != nil {
		return Position{}, err
	}
	if p, known := db.known.at(mark, org); known {
		return p, nil
	}
	p, ok, err := db.asked.One(ctx, db.Reader(), org)
	switch {
	case err != nil:
		return Position{}, err
	case !ok:
		return Position{}, ErrNone("organisation")
	}
	db.known.keep(mark, org, p)
	return p, nil
}

// mark says from when on positions may be remembered: what was asked for after it stands as long as it stays
// the same. On SQLite it is the file's own count of commits; on PostgreSQL the lease's. Negative: not at all.
func (db *DB) mark(ctx context.Context) (int64, error) {
	once, _ := ctx.Value(onceKey{}).(*once)
	if once == nil {
		return db.markNow(ctx)
	}
	if !once.asked {
		at, err := db.markNow(ctx)
		if err != nil {
			return 0, err
		}
		once.at, once.asked = at, true
	}
	return once.at, nil
}

type onceKey struct{}

// once is the mark of a request that is one check.
type once struct {
	at    int64
	asked bool
}

// Once gives a context for a request that is one check, made of several looks one after the other: whether
// anything was committed is found out with the first. What returned before the request came is seen by all
// of them. It is not for who writes meanwhile and wants to see it.
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, &once{}) }

func (db *DB) markNow(ctx context.Context) (int64, error) {
	if db.commits != nil {
		return db.commits.Now(ctx)
	}
	return db.known.lease(), nil
}

// catalogueKey stands where an organisation would for the catalogue.
const catalogueKey roster.OrgID = "catalogue"

// positionsOf asks for positions.
func positionsOf(ctx context.Context, r Reader, orgs []roster.OrgID) (map[roster.OrgID]Position, error) {
	marks, args := query.Marks(orgs)
	positions := make(map[roster.OrgID]Position, len(orgs))
	err := Each(ctx, r, func(row Row) error {
		var org string
		var p Position
		err := row.Scan(&org, &p.Seq, &p.Catalogue)
		positions[roster.OrgID(org)] = p
		return err
	}, `SELECT id, seq, (SELECT version FROM catalogue WHERE id = 'catalogue') FROM organisation WHERE id IN (`+marks+`)
	    UNION ALL SELECT id, seq, (SELECT version FROM catalogue WHERE id = 'catalogue') FROM installation WHERE id IN (`+marks+`)`, args...)
	return positions, err
}

// positionOf asks for one position.
func positionOf(ctx context.Context, r Reader, org roster.OrgID) (Position, error) {
	all, err := positionsOf(ctx, r, []roster.OrgID{org})
	if err != nil {
		return Position{}, err
	}
	p, ok := all[org]
	return Found[Position]{Value: p, OK: ok}.Or("organisation")
}

// positions are the newest ones this process knows of, and whether they may be believed.
type positions struct {
	mu     sync.RWMutex
	mark   int64 // what is kept was asked for after it
	of     map[roster.OrgID]int64
	until  time.Time // the lease's end, by this machine's clocks
	unsure time.Time // until then a commit may still land of which nobody heard
}

// lease gives the mark of a server that holds its lease, and a negative one otherwise.
func (p *positions) lease() int64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if !p.live() {
		return -1
	}
	return p.mark
}

// live tells whether the lease lasts and nothing is in doubt. Both clocks must say so: the one that never steps
// stands still while a machine sleeps.
func (p *positions) live() bool {
	now := time.Now()
	return now.Before(p.until) && now.Round(0).Before(p.until.Round(0)) && now.After(p.unsure)
}

// extend tells until when the lease lasts. What was remembered before it had run out is forgotten.
func (p *positions) extend(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live() {
		p.forget(p.mark + 1)
	}
	p.until = until
}

// doubt forgets everything, and remembers nothing for a while.
func (p *positions) doubt(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(p.mark + 1)
	p.unsure = until
}

func (p *positions) forget(mark int64) {
	p.mark = mark
	p.of = map[roster.OrgID]int64{}
}

// at gives a position, if it is remembered from after a mark.
func (p *positions) at(mark int64, org roster.OrgID) (Position, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if mark != p.mark {
		return Position{}, false
	}
	seq, known := p.of[org]
	catalogue, too := p.of[catalogueKey]
	return Position{Catalogue: catalogue, Seq: seq}, known && too
}

// keep remembers a position that was asked for after a mark.
func (p *positions) keep(mark int64, org roster.OrgID, at Position) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if mark > p.mark {
		p.forget(mark) // the file's count has moved
	}
	if mark != p.mark {
		return
	}
	p.of[org] = max(p.of[org], at.Seq)
	p.of[catalogueKey] = max(p.of[catalogueKey], at.Catalogue)
}

// raise takes note of positions that were committed. Those nobody has asked for are kept too: who is asking
// just now may have begun before the commit.
func (p *positions) raise(all []notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range all {
		p.of[n.of] = max(p.of[n.of], n.seq)
	}
}

// Position gives the position of what the transaction has locked, as it was before its own changes.
func (tx *Tx) Position() Position { return tx.was }

// Seq gives the position of the first history that the transaction touches, its own lines included.
func (tx *Tx) Seq() int64 { return tx.ledgers[0].org.Seq }

// Catalogued tells that the transaction gives the catalogue a new version.
func (tx *Tx) Catalogued(version int64) { tx.version = version }

// errMoved says that the catalogue changed between the transaction's beginning and its holding it.
var errMoved = errors.New("store: the catalogue changed meanwhile")

// HoldCatalogue keeps the catalogue as it is until the transaction ends. Where it changed since the
// transaction began, the transaction runs again.
func (tx *Tx) HoldCatalogue(ctx context.Context) error {
	version, err := One(ctx, tx, Scan[int64], `SELECT version FROM catalogue WHERE id = 'catalogue'`+tx.db.dialect.forShare())
	switch {
	case err != nil:
		return fmt.Errorf("store: catalogue: %w", err)
	case version.Value != tx.was.Catalogue:
		return errMoved
	}
	return nil
}

// Newest gives the newest position of an organisation that a reader sees, or a newer one.
func Newest(ctx context.Context, r Reader, org roster.OrgID) (Position, error) {
	return r.position(ctx, org)
}

// At is a thing as it was at an organisation's seq. Both are read in one statement.
type At[V any] struct {
	Org   roster.OrgID
	Seq   int64
	Value V
}
