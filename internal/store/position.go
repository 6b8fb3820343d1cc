package store

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/known"
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
	if seq, version, ok := db.known.Both(mark, org, catalogueKey); ok {
		return Position{Catalogue: version, Seq: seq}, nil
	}
	p, ok, err := db.asked.One(ctx, db.Reader(), org)
	switch {
	case err != nil:
		return Position{}, err
	case !ok:
		return Position{}, ErrNone("organisation")
	}
	db.known.Keep(mark, known.Point{Of: org, Seq: p.Seq}, known.Point{Of: catalogueKey, Seq: p.Catalogue})
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
	return db.known.Lease(), nil
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
