package erasedb

import (
	"context"
	"fmt"
	"strconv"

	"roster/internal/chain"
	"roster/internal/query"
	"roster/internal/roster"
	"roster/internal/store"
)

// Found are the lines of a history in which something of a subject stands, up to a position.
type Found struct {
	Seqs  []int64
	Texts int // that would be deleted
	Upto  int64
}

// line is a line of the history as it is kept.
type line struct {
	seq        int64
	body, kept string
	by, about  string
}

func scanLine(row store.Row) (line, error) {
	var l line
	return l, row.Scan(&l.seq, &l.body, &l.kept, &l.by, &l.about)
}

// erased gives what is left beside the line's body, and how many texts are gone.
func (s Subject) erased(l line) (string, int, error) {
	if !s.quick(l.body, l.kept) {
		return l.kept, 0, nil
	}
	return chain.Erase(l.body, l.kept, s.gone(l.by, l.about))
}

// Look finds the lines of a history, from where something was found before, in which something of the subject stands. It
// reads the whole history, some lines at a time, and so is asked before anything is locked, and again for what came since.
func Look(ctx context.Context, r store.Reader, org roster.OrgID, s Subject, f Found) (Found, error) {
	for {
		n := 0
		err := store.Each(ctx, r, func(row store.Row) error {
			l, err := scanLine(row)
			if err != nil {
				return err
			}
			n, f.Upto = n+1, l.seq
			_, texts, err := s.erased(l)
			if texts > 0 {
				f.Seqs, f.Texts = append(f.Seqs, l.seq), f.Texts+texts
			}
			return err
		}, `SELECT seq, body, vals, actor_id, target_id FROM event WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000`, org, f.Upto)
		if err != nil || n < 1000 {
			return f, err
		}
	}
}

// History deletes the subject's texts from lines of a history, the locked organisation's or the installation's. It gives how
// many lines it changed.
func History(ctx context.Context, tx *store.Tx, org roster.OrgID, s Subject, seqs []int64) (int, error) {
	lines := 0
	for from := 0; from < len(seqs); from += perStatement {
		some := seqs[from:min(from+perStatement, len(seqs))]
		q := &query.Conditions{}
		q.Add("org_id = %s", org)
		all := make([]any, len(some))
		for i, seq := range some {
			all[i] = seq
		}
		q.AddIn("seq", all)
		// Another erasure may be at the installation's lines, which this transaction has not locked otherwise.
		found, err := store.All(ctx, tx, scanLine, `SELECT seq, body, vals, actor_id, target_id FROM event WHERE `+q.Text()+` ORDER BY seq`+store.ForUpdate(tx), q.Args()...)
		if err != nil {
			return lines, err
		}
		for _, l := range found {
			left, n, err := s.erased(l)
			if err != nil {
				return lines, err
			}
			if n == 0 {
				continue
			}
			if _, err := tx.Change(ctx, s.told("history"), `UPDATE event SET vals = $1 WHERE org_id = $2 AND seq = $3`, left, org, l.seq); err != nil {
				return lines, fmt.Errorf("line %s: %w", strconv.FormatInt(l.seq, 10), err)
			}
			lines++
		}
	}
	return lines, nil
}

// perStatement bounds the parameters of one statement: SQLite binds n of them in n² steps.
const perStatement = 50
