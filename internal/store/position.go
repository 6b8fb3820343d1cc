package store

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/roster"
)

// Position says how fresh an answer is: the catalogue's version, which changes for all, and the seq of an
// organisation's history (or of the installation's).
type Position struct{ Catalogue, Seq int64 }

// Position gives the newest committed position of an organisation or of the installation. Kind: NotFound.
func (db *DB) Position(ctx context.Context, org roster.OrgID) (Position, error) {
	found, err := One(ctx, db.Reader(), func(row Row) (Position, error) {
		var p Position
		return p, row.Scan(&p.Seq, &p.Catalogue)
	}, positionQuery, org)
	if err != nil {
		return Position{}, err
	}
	return found.Or("organisation")
}

const positionQuery = `SELECT seq, (SELECT version FROM catalogue WHERE id = 'catalogue') FROM organisation WHERE id = $1
 UNION ALL SELECT seq, (SELECT version FROM catalogue WHERE id = 'catalogue') FROM installation WHERE id = $1`

// Position gives the position of what the transaction has locked, as it was before its own changes.
func (tx *Tx) Position() Position { return tx.was }

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
