// Package throng fills an organisation with very many members, written without rules: what matters is that they are
// there.
package throng

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"roster/internal/roster"
)

// accounts is how many customer accounts a throng is spread over.
const accounts = 20

// throng is an organisation's many members.
type throng struct {
	by    roster.Actor
	n     int
	units []roster.UnitID
	now   time.Time
}

// filing is a table's rows of a throng; each member has some of them.
type filing struct {
	table   string
	columns []string
	rows    func(c throng, i int) [][]any
}

// Fill fills an owner's organisation with so many members, in an SQLite file or a PostgreSQL database. Whatever was
// opened before knows nothing of them. It gives the customer accounts that they are spread over.
func Fill(ctx context.Context, kind, url string, by roster.Actor, n int) (units []roster.UnitID, err error) {
	c := throng{by: by, n: n, now: time.Now()}
	for i := range accounts {
		c.units = append(c.units, roster.UnitID(fmt.Sprintf("unit_%026d", i)))
	}
	if kind == "SQLite" {
		err = c.prepared(ctx, url)
	} else {
		err = c.copied(ctx, url)
	}
	return c.units, err
}

// counted is the statement that tells the organisation how many there are.
const counted = `UPDATE organisation SET people = people + $1 WHERE id = $2`

// prepared writes a throng by prepared statements, in one transaction.
func (c throng) prepared(ctx context.Context, url string) error {
	db, err := sql.Open("sqlite", "file:"+url+"?_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, s := range filings() {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(s.columns)), ", ")
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO `+s.table+` (`+strings.Join(s.columns, ", ")+`) VALUES (`+marks+`)`)
		if err != nil {
			return err
		}
		for i := range c.n {
			for _, row := range s.rows(c, i) {
				if _, err := stmt.ExecContext(ctx, row...); err != nil {
					return fmt.Errorf("%s: %w", s.table, err)
				}
			}
		}
	}
	if _, err := tx.ExecContext(ctx, counted, c.n, c.by.Organisation); err != nil {
		return err
	}
	return tx.Commit()
}

// copied writes a throng by COPY, and has the database look at what it holds, as it does by itself after a while.
func (c throng) copied(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	for _, s := range filings() {
		if _, err = conn.CopyFrom(ctx, pgx.Identifier{s.table}, s.columns, &walk{c: c, of: s}); err != nil {
			err = fmt.Errorf("%s: %w", s.table, err)
			break
		}
	}
	if err == nil {
		_, err = conn.Exec(ctx, counted, c.n, c.by.Organisation)
	}
	if err == nil {
		_, err = conn.Exec(ctx, `VACUUM ANALYZE`)
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// walk hands a filing's rows over one by one, as COPY asks for them.
type walk struct {
	c    throng
	of   filing
	i    int
	rows [][]any
}

// Next tells whether there is another row.
func (w *walk) Next() bool {
	if len(w.rows) > 0 {
		w.rows = w.rows[1:]
	}
	for len(w.rows) == 0 && w.i < w.c.n {
		w.rows = w.of.rows(w.c, w.i)
		w.i++
	}
	return len(w.rows) > 0
}

// Values gives the row.
func (w *walk) Values() ([]any, error) { return w.rows[0], nil }

// Err gives nothing: rows are made, not read.
func (w *walk) Err() error { return nil }

// filings are the tables of a throng, in the order in which they may be filled.
func filings() []filing {
	return []filing{
		{
			"unit",
			[]string{"org_id", "id", "kind", "name", "sort_name", "external_id", "archived_at", "created_at", "created_by", "updated_at", "updated_by", "version"},
			throng.unit,
		},
		{
			"member",
			[]string{
				"org_id", "id", "kind", "status", "before", "person_id", "unit_id", "external_id", "first_name", "last_name", "name", "sort_name", "sort_identifier", "email", "email_folded",
				"phone", "client_id", "block_reason", "verified_at", "last_seen_at", "created_at", "created_by", "updated_at", "updated_by", "removed_at", "version",
			},
			throng.member,
		},
		{"member_word", []string{"org_id", "word", "member_id", "sort_name"}, throng.words},
		{"member_place", []string{"org_id", "unit_id", "sort_name", "member_id"}, throng.place},
		{
			"member_grant",
			[]string{"org_id", "member_id", "id", "role_id", "permission", "scope", "unit_id", "until_at", "given_by", "given_at"},
			throng.grant,
		},
	}
}

func (c throng) unit(i int) [][]any {
	if i >= len(c.units) {
		return nil
	}
	name := fmt.Sprintf("Account %02d", i)
	at := c.now.UnixMicro()
	return [][]any{{c.by.Organisation, c.units[i], "account", name, []byte(strings.ToLower(name)), "", 0, at, c.by.Member, at, c.by.Member, 1}}
}

// person is somebody of a throng: every twentieth bound to a customer account, every fiftieth a program.
type person struct {
	id          string
	kind        roster.MemberKind
	first, last string
	email       string
	client      string
	phone       string
	unit        any
}

func (c throng) person(i int) person {
	p := person{
		id: fmt.Sprintf("mem_%026d", i), kind: roster.Regular, first: firstNames()[i%len(firstNames())], last: fmt.Sprintf("Family%04d", i/7%5000),
		email: fmt.Sprintf("person%d@example.com", i),
	}
	if i%3 == 0 {
		p.phone = fmt.Sprintf("+4930%07d", i)
	}
	switch {
	case i%50 == 1:
		p.kind, p.email, p.phone, p.client = roster.API, "", "", fmt.Sprintf("client_%026d", i)
	case i%20 == 2:
		p.kind, p.unit = roster.External, string(c.units[i/20%len(c.units)])
	}
	return p
}

func (p person) name() string {
	if p.kind == roster.API {
		return "Program " + p.last
	}
	return p.first + " " + p.last
}

// firstNames are those that a throng goes by in turn.
func firstNames() []string {
	return []string{"Ada", "Anna", "Béla", "Chloé", "Dmitri", "Elif", "Farid", "Grete", "Hana", "İlker", "João", "Kofi", "Łucja", "Mei", "Nils", "Oluwaseun", "Priya", "Quentin", "Rania", "Søren", "Tomás", "Uma", "Václav", "Wanda", "Xiomara", "Yusuf", "Zoë"}
}

func (c throng) member(i int) [][]any {
	p := c.person(i)
	status, verified := roster.Active, c.at(i)
	switch i % 10 {
	case 3:
		status, verified = roster.Invited, 0
	case 4:
		status = roster.Blocked
	case 5:
		verified = 0
	}
	name, identifier := p.name(), p.email
	if p.kind == roster.API {
		identifier, verified = p.client, 0
	}
	return [][]any{{
		c.by.Organisation, p.id, string(p.kind), string(status), map[bool]string{true: "active"}[status == roster.Blocked], nil, p.unit, "", p.first, p.last, name, []byte(roster.Fold(name)), []byte(identifier),
		p.email, p.email, p.phone, p.client, "", verified, c.at(3 * i), c.at(5 * i), c.by.Member, c.at(11 * i), c.by.Member, 0, 1,
	}}
}

// at gives a moment of the last year, spread so that neighbours lie apart.
func (c throng) at(i int) int64 {
	const year = 365 * 24 * 3600
	return c.now.Add(-time.Duration(i*7919%year) * time.Second).UnixMicro()
}

func (c throng) words(i int) [][]any {
	p := c.person(i)
	texts := []string{p.first + " " + p.last, p.email, "example.com", p.phone}
	if p.kind == roster.API {
		texts = []string{"Program " + p.last, p.client}
	}
	var rows [][]any
	for _, w := range roster.SearchWords(texts...) {
		rows = append(rows, []any{c.by.Organisation, []byte(w), p.id, []byte(roster.Fold(p.name()))})
	}
	return rows
}

func (c throng) place(i int) [][]any {
	p := c.person(i)
	unit := p.unit
	if unit == nil && i%10 == 7 {
		unit = string(c.units[i/10%len(c.units)])
	}
	if unit == nil {
		return nil
	}
	return [][]any{{c.by.Organisation, unit, []byte(roster.Fold(p.name())), p.id}}
}

func (c throng) grant(i int) [][]any {
	p := c.person(i)
	row := func(n int, role string, at any) []any {
		return []any{c.by.Organisation, p.id, fmt.Sprintf("grt_%d_%024d", n, i), role, "", "", at, 0, c.by.Member, c.now.UnixMicro()}
	}
	rows := [][]any{row(0, "member", p.unit)}
	if p.unit == nil && i%100 == 0 {
		rows = append(rows, row(1, "auditor", nil))
	}
	if p.unit == nil && i%10 == 7 {
		rows = append(rows, row(2, "auditor", string(c.units[i/10%len(c.units)])))
	}
	return rows
}
