// Package importdb keeps tables of people that were sent in, row by row, and how far each got. It neither reads files nor
// does what they say.
package importdb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"roster/internal/roster"
	"roster/internal/store"
)

// State is how far an import got.
type State string

// The states of imports.
const (
	Reading   State = "reading"   // its rows are being kept
	Open      State = "open"      // it waits for whoever sent it
	Running   State = "running"   //
	Done      State = "done"      // no row waits
	Cancelled State = "cancelled" // by somebody; what was done stands
	Stopped   State = "stopped"   // by what Why says, such as that whoever started it may not go on
)

// Import is a table of people that was sent in.
type Import struct {
	Org       roster.OrgID
	ID        string
	Name      string // the file's
	Sum       string // of its bytes (SHA-256, hex)
	State     State
	Why       string // of Stopped: JSON of a Problem
	Header    []string
	Columns   []string     // what each column means; empty where it is left out
	Actor     roster.Actor // who started it, under whose authority it goes on
	MadeBy    string
	MadeAt    time.Time
	StartedAt time.Time
	EndedAt   time.Time
	Version   int64
}

// Ref names an import to the history.
func (i Import) Ref() roster.Ref { return roster.Ref{Kind: "import", ID: i.ID, Name: i.Name} }

// RowState is what became of a row.
type RowState string

// The states of rows.
const (
	Waiting RowState = "waiting"
	Wrong   RowState = "wrong"    // its form is; it is not tried
	Changed RowState = "changed"  // it was done
	Same    RowState = "same"     // all was as it says
	Refused RowState = "refused"  // Problem says why; acts of it before that one stand
	LeftOut RowState = "left_out" // by somebody; it is not tried
)

// RowStates gives them all.
func RowStates() []RowState { return []RowState{Waiting, Wrong, Changed, Same, Refused, LeftOut} }

// Row is a row of an import.
type Row struct {
	Number  int // as the file has it
	Cells   []string
	State   RowState
	Problem string // JSON; empty for none
	Outcome string // JSON; empty for none
}

const columns = `org_id, id, name, sum, state, why, header, columns, actor, made_by, made_at, started_at, ended_at, version`

func scan(row store.Row) (Import, error) {
	var i Import
	var header, mapped, actor string
	if err := row.Scan(&i.Org, &i.ID, &i.Name, &i.Sum, &i.State, &i.Why, &header, &mapped, &actor, &i.MadeBy, store.When(&i.MadeAt), store.When(&i.StartedAt), store.When(&i.EndedAt), &i.Version); err != nil {
		return i, err
	}
	if err := json.Unmarshal([]byte(header), &i.Header); err != nil {
		return i, fmt.Errorf("importdb: %w", err)
	}
	if err := json.Unmarshal([]byte(mapped), &i.Columns); err != nil {
		return i, fmt.Errorf("importdb: %w", err)
	}
	if err := json.Unmarshal([]byte(actor), &i.Actor); err != nil {
		return i, fmt.Errorf("importdb: %w", err)
	}
	return i, nil
}

func text(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("importdb: %w", err)
	}
	return string(data), nil
}

// texts gives an import's fields that are kept as JSON.
func (i Import) texts() (header, mapped, actor string, err error) {
	if header, err = text(i.Header); err != nil {
		return "", "", "", err
	}
	if mapped, err = text(i.Columns); err != nil {
		return "", "", "", err
	}
	actor, err = text(i.Actor)
	return header, mapped, actor, err
}

// Insert keeps an import that is new.
func Insert(ctx context.Context, tx *store.Tx, i Import) error {
	header, mapped, actor, err := i.texts()
	if err != nil {
		return err
	}
	_, err = tx.Note(ctx, store.BookImport, `INSERT INTO import (org_id, id, name, sum, state, why, header, columns, actor, made_by, made_at, started_at, ended_at, version)
		VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10, 0, 0, 1)`, i.Org, i.ID, i.Name, i.Sum, i.State, header, mapped, actor, i.MadeBy, store.Micros(i.MadeAt))
	return err
}

// Update keeps how an import is now, if nobody changed it since it was read. Kind: Conflict.
func Update(ctx context.Context, tx *store.Tx, i Import) error {
	header, mapped, actor, err := i.texts()
	if err != nil {
		return err
	}
	n, err := tx.Note(ctx, store.BookImport, `UPDATE import SET state = $1, why = $2, header = $3, columns = $4, actor = $5, started_at = $6, ended_at = $7, version = version + 1
		WHERE org_id = $8 AND id = $9 AND version = $10`, i.State, i.Why, header, mapped, actor, store.Micros(i.StartedAt), store.Micros(i.EndedAt), i.Org, i.ID, i.Version)
	if err == nil && n == 0 {
		err = store.ErrStale()
	}
	return err
}

// ByID gives an import.
func ByID(ctx context.Context, r store.Reader, org roster.OrgID, id string) (store.Found[Import], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM import WHERE org_id = $1 AND id = $2`, org, id)
}

// List gives an organisation's imports, the newest first; those of one maker where one is named.
func List(ctx context.Context, r store.Reader, org roster.OrgID, madeBy string, limit int) ([]Import, error) {
	return store.All(ctx, r, scan, `SELECT `+columns+` FROM import WHERE org_id = $1 AND ($2 = '' OR made_by = $2) AND state <> 'reading' ORDER BY made_at DESC, id LIMIT $3`, org, madeBy, limit)
}

// Count gives how many imports of an organisation are kept, and how many of them are one maker's.
func Count(ctx context.Context, r store.Reader, org roster.OrgID, madeBy string) (all, own int, err error) {
	_, err = store.One(ctx, r, func(row store.Row) (struct{}, error) {
		return struct{}{}, row.Scan(&all, &own)
	}, `SELECT count(*), count(CASE WHEN made_by = $2 THEN 1 END) FROM import WHERE org_id = $1`, org, madeBy)
	return all, own, err
}

// together is how many rows one statement keeps.
const together = 50

// Add keeps rows of an import.
func Add(ctx context.Context, tx store.Noter, org roster.OrgID, id string, rows []Row) error {
	for some := range slices.Chunk(rows, together) {
		marks, args, err := values(org, id, some)
		if err != nil {
			return err
		}
		insert := `INSERT INTO import_row (org_id, import_id, number, cells, state, problem, outcome) VALUES ` + marks
		if _, err := tx.Note(ctx, store.BookImportRow, insert, args...); err != nil {
			return err
		}
	}
	return nil
}

// Mark keeps what rows hold and what became of each. They are found by their key, whatever PostgreSQL knows of a table that
// was filled a moment ago: else it may read all of it for each row.
func Mark(ctx context.Context, tx *store.Tx, org roster.OrgID, id string, rows ...Row) error {
	for some := range slices.Chunk(rows, together) {
		marks, args, err := values(org, id, some)
		if err != nil {
			return err
		}
		upsert := `INSERT INTO import_row (org_id, import_id, number, cells, state, problem, outcome) VALUES ` + marks + `
			ON CONFLICT (org_id, import_id, number) DO UPDATE SET cells = excluded.cells, state = excluded.state, problem = excluded.problem, outcome = excluded.outcome`
		if _, err := tx.Note(ctx, store.BookImportRow, upsert, args...); err != nil {
			return err
		}
	}
	return nil
}

// values gives rows as a statement has them, and its arguments.
func values(org roster.OrgID, id string, rows []Row) (marks string, args []any, err error) {
	all := make([]string, len(rows))
	args = []any{org, id}
	for i, v := range rows {
		cells, err := text(v.Cells)
		if err != nil {
			return "", nil, err
		}
		n := len(args)
		all[i] = fmt.Sprintf("($1, $2, $%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5)
		args = append(args, v.Number, cells, v.State, v.Problem, v.Outcome)
	}
	return strings.Join(all, ", "), args, nil
}

func scanRow(row store.Row) (Row, error) {
	var v Row
	var cells string
	if err := row.Scan(&v.Number, &cells, &v.State, &v.Problem, &v.Outcome); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(cells), &v.Cells); err != nil {
		return v, fmt.Errorf("importdb: %w", err)
	}
	return v, nil
}

// RowAt gives a row by its number.
func RowAt(ctx context.Context, r store.Reader, org roster.OrgID, id string, number int) (store.Found[Row], error) {
	return store.One(ctx, r, scanRow, `SELECT number, cells, state, problem, outcome FROM import_row WHERE org_id = $1 AND import_id = $2 AND number = $3`, org, id, number)
}

// Rows gives rows after a number, in their order; those of one state where one is named, which are found without reading
// past the others.
func Rows(ctx context.Context, r store.Reader, org roster.OrgID, id string, state RowState, after, limit int) ([]Row, error) {
	if state == "" {
		return store.All(ctx, r, scanRow, `SELECT number, cells, state, problem, outcome FROM import_row WHERE org_id = $1 AND import_id = $2 AND number > $3 ORDER BY number LIMIT $4`,
			org, id, after, limit)
	}
	return store.All(ctx, r, scanRow, `SELECT number, cells, state, problem, outcome FROM import_row WHERE org_id = $1 AND import_id = $2 AND state = $3 AND number > $4 ORDER BY number LIMIT $5`,
		org, id, state, after, limit)
}

// Counts tells how many rows of an import are in each state.
func Counts(ctx context.Context, r store.Reader, org roster.OrgID, id string) (map[RowState]int, error) {
	all := map[RowState]int{}
	return all, store.Each(ctx, r, func(row store.Row) error {
		var s RowState
		var n int
		err := row.Scan(&s, &n)
		all[s] = n
		return err
	}, `SELECT state, count(*) FROM import_row WHERE org_id = $1 AND import_id = $2 GROUP BY state`, org, id)
}

// CountsOfAll tells the same of an organisation's imports by their IDs: of all, or of those that somebody made.
func CountsOfAll(ctx context.Context, r store.Reader, org roster.OrgID, madeBy string) (map[string]map[RowState]int, error) {
	all := map[string]map[RowState]int{}
	return all, store.Each(ctx, r, func(row store.Row) error {
		var id string
		var s RowState
		var n int
		err := row.Scan(&id, &s, &n)
		if all[id] == nil {
			all[id] = map[RowState]int{}
		}
		all[id][s] = n
		return err
	}, `SELECT import_id, state, count(*) FROM import_row WHERE org_id = $1 AND ($2 = '' OR import_id IN (SELECT id FROM import WHERE org_id = $1 AND made_by = $2)) GROUP BY import_id, state`, org, madeBy)
}

// Again lets rows that were refused wait once more, and gives how many rows wait then.
func Again(ctx context.Context, tx *store.Tx, org roster.OrgID, id string) (int, error) {
	if _, err := tx.Note(ctx, store.BookImportRow, `UPDATE import_row SET state = 'waiting', problem = '' WHERE org_id = $1 AND import_id = $2 AND state = 'refused'`, org, id); err != nil {
		return 0, err
	}
	n, err := store.One(ctx, tx, store.Scan[int], `SELECT count(*) FROM import_row WHERE org_id = $1 AND import_id = $2 AND state = 'waiting'`, org, id)
	return n.Value, err
}

// Unjudged lets rows that are wrong wait, until it is told whether they still are.
func Unjudged(ctx context.Context, tx *store.Tx, org roster.OrgID, id string) error {
	_, err := tx.Note(ctx, store.BookImportRow, `UPDATE import_row SET state = 'waiting', problem = '' WHERE org_id = $1 AND import_id = $2 AND state = 'wrong'`, org, id)
	return err
}

// Ended gives the import of an organisation that ended first; of one maker where one is named.
func Ended(ctx context.Context, r store.Reader, org roster.OrgID, madeBy string) (store.Found[Import], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM import WHERE org_id = $1 AND ($2 = '' OR made_by = $2) AND state IN ('done', 'cancelled', 'stopped') ORDER BY ended_at, id LIMIT 1`, org, madeBy)
}

// Deserted gives the oldest import that waits for a member who is active no more, and so for nobody.
func Deserted(ctx context.Context, r store.Reader, org roster.OrgID) (store.Found[Import], error) {
	return store.One(ctx, r, scan, `SELECT `+columns+` FROM import WHERE org_id = $1 AND state = 'open' AND made_by IN (SELECT id FROM member WHERE org_id = $1 AND status <> 'active') ORDER BY made_at, id LIMIT 1`, org)
}

// Forget forgets an import with its rows.
func Forget(ctx context.Context, tx *store.Tx, org roster.OrgID, id string) error {
	if _, err := tx.Note(ctx, store.BookImportRow, `DELETE FROM import_row WHERE org_id = $1 AND import_id = $2`, org, id); err != nil {
		return err
	}
	_, err := tx.Note(ctx, store.BookImport, `DELETE FROM import WHERE org_id = $1 AND id = $2`, org, id)
	return err
}

// swept is how many rows one transaction forgets.
const swept = 5000

// Sweep forgets imports that were made before a moment and do not run, and those of which nothing came within an hour, some
// rows at a time. It tells whether more is left. It holds no organisation's lock, so an import is claimed before its first row
// goes: nobody starts what is half gone, and what somebody started since it was looked at stays.
func Sweep(ctx context.Context, tx store.Noter, before time.Time) (more bool, err error) {
	type key struct{ org, id string }
	stale := store.Micros(tx.At().Add(-time.Hour))
	old, err := store.One(ctx, tx, func(row store.Row) (key, error) {
		var k key
		return k, row.Scan(&k.org, &k.id)
	}, `SELECT org_id, id FROM import WHERE made_at < $1 AND state <> 'running' OR made_at < $2 AND state = 'reading' ORDER BY made_at, id LIMIT 1`,
		store.Micros(before), stale)
	if err != nil || !old.OK {
		return false, err
	}
	n, err := tx.Note(ctx, store.BookImport, `UPDATE import SET state = 'reading', version = version + 1
		WHERE org_id = $1 AND id = $2 AND (made_at < $3 AND state <> 'running' OR made_at < $4 AND state = 'reading')`, old.Value.org, old.Value.id, store.Micros(before), stale)
	if err != nil || n == 0 {
		return true, err
	}
	n, err = tx.Note(ctx, store.BookImportRow, `DELETE FROM import_row WHERE org_id = $1 AND import_id = $2 AND number IN
		(SELECT number FROM import_row WHERE org_id = $1 AND import_id = $2 ORDER BY number LIMIT $3)`, old.Value.org, old.Value.id, swept)
	if err != nil || n == swept {
		return true, err
	}
	_, err = tx.Note(ctx, store.BookImport, `DELETE FROM import WHERE org_id = $1 AND id = $2`, old.Value.org, old.Value.id)
	return true, err
}
