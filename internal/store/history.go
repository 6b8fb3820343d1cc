package store

import (
	"context"
	"errors"
	"fmt"

	"roster/internal/chain"
	"roster/internal/query"
	"roster/internal/roster"
)

// Record writes the line of the history for what the transaction changed, to each history it touches, and raises seq. It
// is the last thing a transaction does. The event comes back with its place, moment and hash in the first history.
func (tx *Tx) Record(ctx context.Context, e roster.Event) (roster.Event, error) {
	if tx.sealed {
		return e, errors.New("store: the history has the line already")
	}
	e.At, e.Changes = tx.now, tx.changes
	for i, l := range tx.ledgers {
		if err := tx.append(ctx, l, &e, i == len(tx.ledgers)-1); err != nil {
			return e, err
		}
	}
	tx.sealed = true
	first := tx.ledgers[0]
	e.Organisation, e.Seq, e.Hash = first.org.ID, first.org.Seq, first.head
	return e, nil
}

// Beside writes a line to the installation's history, where an organisation's act changed something in that one, too, and
// holds it until the transaction ends.
func (tx *Tx) Beside(ctx context.Context, e roster.Event) error {
	head, err := One(ctx, tx, scanHead, `SELECT seq, head FROM installation WHERE id = $1`+tx.dialect().forUpdate(), roster.Installation)
	if err != nil {
		return err
	}
	l := &ledger{roster.Organisation{ID: roster.Installation, Seq: head.Value.Seq}, head.Value.Hash}
	e.At, tx.beside = tx.now, append(tx.beside, l)
	return tx.append(ctx, l, &e, false)
}

// append writes the line to one history and makes it the last of the history's own row, which counts the seats too
// where they are its own.
func (tx *Tx) append(ctx context.Context, l *ledger, e *roster.Event, counts bool) error {
	of := *e
	of.Organisation, of.Seq = l.org.ID, l.org.Seq+1
	line, err := chain.Make(of, l.head)
	if err != nil {
		return fmt.Errorf("store: history: %w", err)
	}
	l.org.Seq, l.head = line.Seq, line.Hash
	raise := query.Statement{Text: `UPDATE installation SET seq = $1, head = $2 WHERE id = 'installation'`, Args: []any{l.org.Seq, l.head}}
	if l.org.ID != roster.Installation {
		people, apis := 0, 0
		if counts {
			people, apis = tx.Seats()
		}
		raise = query.Statement{
			Text: `UPDATE organisation SET seq = $1, head = $2, people = people + $3, api_users = api_users + $4 WHERE id = $5`,
			Args: []any{l.org.Seq, l.head, people, apis, l.org.ID},
		}
	}
	n, err := tx.run(ctx, query.Statement{
		Text: `INSERT INTO event (org_id, seq, at, action, actor_id, target_id, beside, body, vals, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		Args: []any{l.org.ID, line.Seq, line.At, line.Action, line.Actor, line.Target, line.Beside, line.Body, line.Kept, line.Hash},
	}, raise)
	if err == nil && n != 1 {
		err = errors.New("store: the history's own row is missing")
	}
	return err
}

// EventColumns are the columns that ScanEvent reads, in its order.
const EventColumns = `body, vals, hash`

// ScanEvent reads a line of the history. Erased texts come back as chain.Erased.
func ScanEvent(row Row) (roster.Event, error) {
	var body, kept, hash string
	if err := row.Scan(&body, &kept, &hash); err != nil {
		return roster.Event{}, err
	}
	e, _, err := chain.Read(body, kept)
	e.Hash = hash
	return e, err
}

// Verify walks an organisation's history (or the installation's) from its beginning: no line is missing, altered or
// moved, each text fits its digest, the head is the one the lock's row holds, and it fits what the walk expects. Lines may
// be added meanwhile.
func Verify(ctx context.Context, r Reader, org roster.OrgID, w *chain.Walk) error {
	for promised := int64(-1); ; {
		if err := walk(ctx, r, org, w); err != nil {
			return err
		}
		end, err := One(ctx, r, scanHead, `SELECT seq, head FROM organisation WHERE id = $1 UNION ALL SELECT seq, head FROM installation WHERE id = $1`, org)
		if err != nil {
			return err
		}
		// Lines that the head promises may have come after the walk: then the next walk finds them.
		if end.Value.Seq > w.Seq && end.Value.Seq != promised {
			promised = end.Value.Seq
			continue
		}
		if !end.OK || end.Value.Seq != w.Seq || end.Value.Hash != w.Head {
			w.Bad(w.Seq, "the history does not end where the organisation's own row says")
		}
		w.End()
		return nil
	}
}

// walk goes on to the last line there is.
func walk(ctx context.Context, r Reader, org roster.OrgID, w *chain.Walk) error {
	for {
		batch, err := All(ctx, r, scanRaw, `SELECT seq, at, action, actor_id, target_id, beside, body, vals, hash FROM event WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 500`, org, w.Seq)
		if err != nil {
			return err
		}
		for _, l := range batch {
			w.Add(l)
		}
		if len(batch) < 500 {
			return nil
		}
	}
}

func scanRaw(row Row) (chain.Line, error) {
	var l chain.Line
	return l, row.Scan(&l.Seq, &l.At, &l.Action, &l.Actor, &l.Target, &l.Beside, &l.Body, &l.Kept, &l.Hash)
}

func scanHead(row Row) (chain.Line, error) {
	var l chain.Line
	return l, row.Scan(&l.Seq, &l.Hash)
}
