package erasedb

import (
	"context"
	"maps"
	"slices"
	"strconv"
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

// Look finds the lines of a history, from where something was found before, in which something of the subject stands. It is
// asked before anything is locked, and again for what came since. What it reads are the lines of what the subject did and of
// what was done to them, and all those besides that may say something of somebody else.
func Look(ctx context.Context, r store.Reader, org roster.OrgID, s Subject, f Found) (Found, error) {
	last, err := store.One(ctx, r, store.Scan[int64], `SELECT seq FROM event WHERE org_id = $1 ORDER BY seq DESC LIMIT 1`, org)
	if err != nil || !last.OK || last.Value <= f.Upto {
		return f, err
	}
	found := map[int64]int{} // texts by line; one line can be of several
	keep := func(l line) error {
		_, texts, err := s.erased(l)
		if texts > 0 {
			found[l.seq] = texts
		}
		return err
	}
	since := span{org, f.Upto, last.Value}
	for _, id := range s.ids() {
		if err := since.each(ctx, r, []string{byActor, byTarget}, keep, id); err != nil {
			return f, err
		}
	}
	if err := since.each(ctx, r, []string{beside}, keep); err != nil {
		return f, err
	}
	f.Upto = last.Value
	f.Seqs = append(slices.Clip(f.Seqs), slices.Sorted(maps.Keys(found))...)
	for _, texts := range found {
		f.Texts += texts
	}
	return f, nil
}

// The conditions of the lines that a search reads. The database has an index of each.
const (
	byActor  = `actor_id = $3`
	byTarget = `target_id = $3`
	beside   = `beside`
)

// span are the lines of a history after one and up to another.
type span struct {
	org         roster.OrgID
	after, upto int64
}

// lines is the statement that reads the first lines from the beginning of a span on of which a condition holds. It names no end:
// with two bounds SQLite takes the history's own key for shorter than an index.
func (sp span) lines(condition string, args ...any) (string, []any) {
	return `SELECT ` + columns + ` FROM event WHERE org_id = $1 AND seq > $2 AND ` + condition + ` ORDER BY seq LIMIT ` + strconv.Itoa(atOnce),
		append([]any{sp.org, sp.after}, args...)
}

// atOnce is how many lines one statement reads.
const atOnce = 1000

// each hands on the lines of a span of which one of some conditions holds, in the order of the conditions. A line of which
// several hold comes several times.
func (sp span) each(ctx context.Context, r store.Reader, conditions []string, take func(line) error, args ...any) error {
	for _, condition := range conditions {
		for part, n := sp, atOnce; n == atOnce; {
			n = 0
			text, all := part.lines(condition, args...)
			err := store.Each(ctx, r, func(row store.Row) error {
				l, err := scanLine(row)
				if err != nil || l.seq > sp.upto {
					return err
				}
				n, part.after = n+1, l.seq
				return take(l)
			}, text, all...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

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
