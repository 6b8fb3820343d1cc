package erasedb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"roster/internal/people/column"
	"roster/internal/roster"
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
	tables, err := s.tables(ctx, tx)
	if err != nil {
		return 0, err
	}
	rows, err := s.rows(ctx, tx)
	return tables + rows, err
}

// tables takes the subject out of others' imports: out of what the file and its columns were called, as who started it, and
// out of why it stopped.
func (s Subject) tables(ctx context.Context, tx *store.Tx) (int, error) {
	type table struct{ id, name, header, actor, why string }
	all, err := store.All(ctx, tx, func(r store.Row) (table, error) {
		var t table
		return t, r.Scan(&t.id, &t.name, &t.header, &t.actor, &t.why)
	}, `SELECT id, name, header, actor, why FROM import WHERE org_id = $1`, s.Member.Org)
	n := 0
	for i := 0; i < len(all) && err == nil; i++ {
		now := all[i]
		if s.Named(now.name) {
			now.name = ""
		}
		if s.within(now.why) {
			now.why = ""
		}
		if now.header, err = s.headings(now.header); err != nil {
			return n, err
		}
		if now.actor, err = s.starter(now.actor); err != nil {
			return n, err
		}
		if now != all[i] {
			n++
			_, err = tx.Change(ctx, s.told("import"), `UPDATE import SET name = $1, header = $2, actor = $3, why = $4 WHERE org_id = $5 AND id = $6`, now.name, now.header, now.actor, now.why, s.Member.Org, now.id)
		}
	}
	return n, err
}

// starter takes name and address out of who started an import, where that is the subject.
func (s Subject) starter(actor string) (string, error) {
	var a roster.Actor
	if err := json.Unmarshal([]byte(actor), &a); err != nil {
		return "", fmt.Errorf("import: %w", err)
	}
	if a.Member != s.Member.ID {
		return actor, nil
	}
	a.Name, a.IP = "", ""
	text, err := json.Marshal(a)
	return string(text), err
}

// rows deletes the rows of others' imports that name the subject, but those that one under way has yet to do.
func (s Subject) rows(ctx context.Context, tx *store.Tx) (int, error) {
	var all []row
	err := store.Each(ctx, tx, func(r store.Row) error {
		var x row
		var cells, columns, problem, outcome string
		if err := r.Scan(&x.a, &x.b, &cells, &columns, &problem, &outcome); err != nil {
			return err
		}
		named, err := s.cells(cells, columns)
		if named || s.within(problem) || s.within(outcome) {
			all = append(all, x)
		}
		return err
	}, `SELECT r.import_id, CAST(r.number AS TEXT), r.cells, i.columns, r.problem, r.outcome
		FROM import_row r JOIN import i ON i.org_id = r.org_id AND i.id = r.import_id WHERE r.org_id = $1 AND NOT (r.state = 'waiting' AND i.state = 'running')`, s.Member.Org)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = tx.Change(ctx, s.told("row of an import"), `DELETE FROM import_row WHERE org_id = $1 AND import_id = $2 AND number = CAST($3 AS BIGINT)`, s.Member.Org, all[i].a, all[i].b)
	}
	return len(all), err
}

// cells tells whether a row's cells name the subject, each by itself or together: a name may stand in two. A cell whose column
// says what somebody has or is, such as their kind or roles, is no name, though it may be spelled like one.
func (s Subject) cells(cells, columns string) (bool, error) {
	var all, meanings []string
	if err := errors.Join(json.Unmarshal([]byte(cells), &all), json.Unmarshal([]byte(columns), &meanings)); err != nil {
		return false, fmt.Errorf("row of an import: %w", err)
	}
	for i, cell := range all {
		if names := i >= len(meanings) || identifies(column.Field(meanings[i])); names && s.Named(cell) {
			return true, nil
		}
	}
	return s.mentions(strings.Join(all, " ")), nil
}

// identifies tells whether a column says who somebody is; one that nobody told the meaning of may.
func identifies(f column.Field) bool {
	return slices.Contains([]column.Field{column.None, column.ID, column.ExternalID, column.Email, column.ClientID, column.Name, column.Phone}, f)
}

// headings empties the headings of a table that name the subject: of a file without any, they are its first row.
func (s Subject) headings(list string) (string, error) {
	var all []string
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		return "", fmt.Errorf("headings: %w", err)
	}
	together := s.mentions(strings.Join(all, " "))
	for i, h := range all {
		if together || s.Named(h) {
			all[i] = ""
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}
