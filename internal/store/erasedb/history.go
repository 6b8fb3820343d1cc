package erasedb

import (
	"context"
	"slices"
	"strings"

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

const columns = `seq, body, vals, actor_id, target_id`

func scanLine(row store.Row) (line, error) {
	var l line
	return l, row.Scan(&l.seq, &l.body, &l.kept, &l.by, &l.about)
}

// erased gives what is left beside the line's body, and how many texts are gone.
func (s Subject) erased(l line) (string, int, error) {
	return chain.Erase(l.body, l.kept, s.gone(l.by, l.about))
}

// may tells of a line's body whether the line can say anything of the subject: few can, and of the others nothing else is read.
func may(body string, ids []string) bool {
	for _, id := range ids {
		if strings.Contains(body, id) {
			return true
		}
	}
	return chain.Freely(body)
}

// Look finds the lines of a history, from where something was found before, in which something of the subject stands. It
// reads the whole history, some lines at a time, and so is asked before anything is locked, and again for what came since.
func Look(ctx context.Context, r store.Reader, org roster.OrgID, s Subject, f Found) (Found, error) {
	ids := s.ids()
	for {
		n, some := 0, []any(nil)
		err := store.Each(ctx, r, func(row store.Row) error {
			var seq int64
			var body string
			if err := row.Scan(&seq, &body); err != nil {
				return err
			}
			if n, f.Upto = n+1, seq; may(body, ids) {
				some = append(some, seq)
			}
			return nil
		}, `SELECT seq, body FROM event WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000`, org, f.Upto)
		if err == nil && len(some) > 0 {
			err = f.among(ctx, r, org, s, some)
		}
		if err != nil || n < 1000 {
			return f, err
		}
	}
}

// among adds those of some lines in which something of the subject stands.
func (f *Found) among(ctx context.Context, r store.Reader, org roster.OrgID, s Subject, seqs []any) error {
	for few := range slices.Chunk(seqs, atOnce) {
		q := &query.Conditions{}
		q.Add("org_id = %s", org)
		q.AddIn("seq", few)
		err := store.Each(ctx, r, func(row store.Row) error {
			l, err := scanLine(row)
			if err != nil {
				return err
			}
			_, texts, err := s.erased(l)
			if texts > 0 {
				f.Seqs, f.Texts = append(f.Seqs, l.seq), f.Texts+texts
			}
			return err
		}, `SELECT `+columns+` FROM event WHERE `+q.Text()+` ORDER BY seq`, q.Args()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many lines one statement looks up.
const atOnce = 100

// History deletes the subject's texts from lines of a history, the locked organisation's or the installation's, and tells that
// history how many these were. It gives how many lines it changed.
func History(ctx context.Context, tx *store.Tx, org roster.OrgID, s Subject, seqs []int64) (int, error) {
	lines, texts := 0, 0
	for some := range slices.Chunk(seqs, perStatement) {
		n, gone, err := s.few(ctx, tx, org, some)
		if err != nil {
			return lines, err
		}
		lines, texts = lines+n, texts+gone
	}
	of := roster.RefMember(s.Member.ID, "")
	told := chain.Told(of, texts)
	if org == tx.Org() {
		tx.Tell(told)
		return lines, nil
	}
	if texts == 0 {
		return lines, nil
	}
	by := roster.ActorFrom(ctx)
	return lines, tx.Beside(ctx, roster.Event{
		Action: chain.Erasure, ActorKind: by.Kind, ActorID: by.ID(), ActorName: by.Name, Door: by.Door, Request: by.Request, IP: by.IP,
		Target: of, Changes: []roster.Change{told},
	})
}

// perStatement is how many lines one statement changes: the history tells of each statement, and SQLite binds n parameters
// in n² steps.
const perStatement = 25

// few does it for as many lines as one statement changes, and gives how many it changed, and how many texts are gone.
func (s Subject) few(ctx context.Context, tx *store.Tx, org roster.OrgID, seqs []int64) (lines, texts int, err error) {
	q := &query.Conditions{}
	q.Add("org_id = %s", org)
	all := make([]any, len(seqs))
	for i, seq := range seqs {
		all[i] = seq
	}
	q.AddIn("seq", all)
	// Another erasure may be at the installation's lines, which this transaction has not locked otherwise.
	found, err := store.All(ctx, tx, scanLine, `SELECT `+columns+` FROM event WHERE `+q.Text()+` ORDER BY seq`+store.ForUpdate(tx), q.Args()...)
	if err != nil {
		return 0, 0, err
	}
	set := &query.Conditions{}
	var text strings.Builder
	for _, l := range found {
		left, n, err := s.erased(l)
		if err != nil {
			return 0, 0, err
		}
		if n > 0 {
			lines, texts = lines+1, texts+n
			text.WriteString(" WHEN " + set.Arg(l.seq) + " THEN CAST(" + set.Arg(left) + " AS TEXT)")
		}
	}
	if lines == 0 {
		return 0, 0, nil
	}
	set.Add("org_id = %s", org)
	set.AddIn("seq", all)
	_, err = tx.Change(ctx, s.told("history"), `UPDATE event SET vals = CASE seq`+text.String()+` ELSE vals END WHERE `+set.Text(), set.Args()...)
	return lines, texts, err
}
