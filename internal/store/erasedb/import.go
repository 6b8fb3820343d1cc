package erasedb

import (
	"context"
	"encoding/json"
	"fmt"

	"roster/internal/store"
)

// imports deletes the tables of people that the subject sent in, and of others' the rows that name the subject: what those
// did stands in the history. A row that an import under way has yet to do is a new member's, not the subject's.
func (s Subject) imports(ctx context.Context, tx *store.Tx) (int, error) {
	org := s.Member.Org
	if err := inTurn(
		func() (int64, error) {
			return tx.Change(ctx, s.told("imports"), `DELETE FROM import_row WHERE org_id = $1 AND import_id IN (SELECT id FROM import WHERE org_id = $1 AND made_by = $2)`, org, s.Member.ID)
		},
		func() (int64, error) {
			return tx.Change(ctx, s.told("imports"), `DELETE FROM import WHERE org_id = $1 AND made_by = $2`, org, s.Member.ID)
		},
	); err != nil {
		return 0, err
	}
	named, err := s.naming(ctx, tx, `SELECT id, '', name, header FROM import WHERE org_id = $1`)
	if err != nil {
		return 0, err
	}
	for _, n := range named {
		header, err := s.headings(n.more)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Change(ctx, s.told("import"), `UPDATE import SET name = '', header = $1 WHERE org_id = $2 AND id = $3`, header, org, n.a); err != nil {
			return 0, err
		}
	}
	rows, err := s.naming(ctx, tx, `SELECT r.import_id, CAST(r.number AS TEXT), r.cells, '[' || CASE r.problem WHEN '' THEN 'null' ELSE r.problem END || ',' || CASE r.outcome WHEN '' THEN 'null' ELSE r.outcome END || ']'
		FROM import_row r JOIN import i ON i.org_id = r.org_id AND i.id = r.import_id WHERE r.org_id = $1 AND NOT (r.state = 'waiting' AND i.state = 'running')`)
	for i := 0; i < len(rows) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("row of an import"), `DELETE FROM import_row WHERE org_id = $1 AND import_id = $2 AND number = CAST($3 AS BIGINT)`, org, rows[i].a, rows[i].b)
	}
	return len(named) + len(rows), err
}

// headings empties the headings of a table that name the subject: of a file without any, they are its first row.
func (s Subject) headings(list string) (string, error) {
	var all []string
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		return "", fmt.Errorf("headings: %w", err)
	}
	for i, h := range all {
		if s.Named(h) {
			all[i] = ""
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}
