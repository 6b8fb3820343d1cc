// Package bare does with the database what Roster does, with nothing asked: it writes the rows of an add and reads those of an
// export. That is what both are measured against.
package bare

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"roster/internal/roster"
)

// Rows writes what an add writes, with nothing asked.
type Rows struct {
	kind  string
	db    *sql.DB
	stmts []*sql.Stmt
	orgs  []roster.OrgID
	n     atomic.Int64
}

// connections is how many write at once on PostgreSQL.
const connections = 16

// Open opens a house's database once more, in the store's own way, to write to some organisations.
func Open(ctx context.Context, kind, at string, orgs []roster.OrgID) (*Rows, error) {
	r := &Rows{kind: kind, orgs: orgs}
	if kind == "SQLite" {
		var err error
		r.db, err = sql.Open("sqlite", "file:"+(&url.URL{Path: at}).EscapedPath()+
			"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			return nil, err
		}
		r.db.SetMaxOpenConns(1)
	} else {
		cfg, err := pgxpool.ParseConfig(at)
		if err != nil {
			return nil, err
		}
		cfg.MaxConns = connections
		p, err := pgxpool.NewWithConfig(ctx, cfg)
		if err != nil {
			return nil, err
		}
		r.db = stdlib.OpenDBFromPool(p)
		r.db.SetMaxIdleConns(connections)
	}
	for _, s := range statements() {
		prepared, err := r.db.PrepareContext(ctx, s)
		if err != nil {
			return nil, errors.Join(err, r.db.Close())
		}
		r.stmts = append(r.stmts, prepared)
	}
	return r, nil
}

// statements are the ones of an add that write, in its order.
func statements() []string {
	return []string{
		`INSERT INTO member (org_id, id, kind, status, before, person_id, unit_id, external_id, first_name, last_name, name, sort_name, sort_identifier,
		 email, email_folded, phone, client_id, block_reason, verified_at, last_seen_at, created_at, created_by, updated_at, updated_by, removed_at, version)
		 VALUES ($1, $2, 'regular', 'invited', '', NULL, NULL, '', $3, $4, $5, $6, $6, $7, $7, '', '', '', 0, 0, $8, $9, $8, $9, 0, 1)`,
		`INSERT INTO member_word (org_id, word, member_id, sort_name) VALUES ($1, $3, $2, $9), ($1, $4, $2, $9), ($1, $5, $2, $9), ($1, $6, $2, $9), ($1, $7, $2, $9), ($1, $8, $2, $9)`,
		`INSERT INTO member_grant (org_id, member_id, id, role_id, permission, scope, unit_id, until_at, given_by, given_at) VALUES ($1, $2, $3, 'member', '', '', NULL, 0, $4, $5)`,
		`INSERT INTO invitation (org_id, member_id, generation, state, inviter, inviter_name, message, ttl, made_at, sent_at, expires_at, ended_at)
		 VALUES ($1, $2, 1, 'live', $3, 'Olga Owner', '', 604800000000, $4, 0, 0, 0)`,
		`INSERT INTO event (org_id, seq, at, action, actor_id, target_id, body, vals, hash) VALUES ($1, $2, $3, 'member.invite', $4, $5, $6, $7, $8)`,
		`UPDATE organisation SET head = $1, people = people + 1 WHERE id = $2`,
		`INSERT INTO job (org_id, id, kind, about, payload, state, attempt, due_at, error, made_at, done_at) VALUES ($1, $2, 'bench', $3, '{}', 'done', 0, $4, '', $4, 0)`,
		`INSERT INTO attempt (key, failures, last_at, until_at) VALUES ($1, 1, $4, 0), ($2, 1, $4, 0), ($3, 1, $4, 0) ON CONFLICT (key) DO UPDATE SET failures = attempt.failures + 1`,
	}
}

// Close closes the database.
func (r *Rows) Close() error { return r.db.Close() }

// Add writes the rows of an add, to the organisation of a worker.
func (r *Rows) Add(ctx context.Context, w int) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := r.add(ctx, tx, w); err != nil {
		return err
	}
	return tx.Commit()
}

// AddAll writes the rows of so many adds, so many in each transaction.
func (r *Rows) AddAll(ctx context.Context, w, n, each int) error {
	for n > 0 {
		tx, err := r.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for range min(n, each) {
			if err := r.add(ctx, tx, w); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		n -= each
	}
	return nil
}

func (r *Rows) add(ctx context.Context, tx *sql.Tx, w int) error {
	i := r.n.Add(1)
	org, id, now, by := string(r.orgs[w]), string(roster.NewMemberID()), time.Now().UnixMicro(), "mem_00000000000000000000000000"
	last, email := fmt.Sprintf("Bare%d", i), fmt.Sprintf("bare%d@example.com", i)
	name := "Ada " + last
	// The history's bare lines stand before the real ones: behind them they would be lines that nobody has caught up with, and
	// each act of ours would read its organisation anew.
	all := [][]any{
		{org, id, "Ada", last, name, []byte(name), email, now, by},
		{org, id, []byte("ada"), []byte(strings.ToLower(last)), []byte(email), []byte("example.com"), []byte("example"), []byte("com"), []byte(name)},
		{org, id, roster.NewID("grt_"), by, now},
		{org, id, by, now},
		{org, -i, now, by, id, sampleBody(org, id), sampleValues(), sampleHash},
		{sampleHash, org},
		{org, roster.NewID("job_"), id, now},
		{"bare:" + email, "bare:actor:" + org, "bare:" + org, now},
	}
	for n, args := range all {
		if _, err := tx.StmtContext(ctx, r.stmts[n]).ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("statement %d of the limit: %w", n+1, err)
		}
	}
	return nil
}

const sampleHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// tables are those an add writes to.
func tables() []string {
	return []string{"member", "member_word", "member_grant", "invitation", "event", "job", "attempt"}
}

// Same makes sure that both sides write as many rows to each table, and about as many bytes of history.
func (r *Rows) Same(ctx context.Context, ours func(context.Context, int) error) error {
	var counts [2][]int64
	for i, op := range []func(context.Context, int) error{ours, r.Add} {
		before, err := r.count(ctx)
		if err != nil {
			return err
		}
		if err := op(ctx, 0); err != nil {
			return err
		}
		after, err := r.count(ctx)
		if err != nil {
			return err
		}
		for n := range after {
			counts[i] = append(counts[i], after[n]-before[n])
		}
	}
	for n, table := range append(tables(), "bytes of history") {
		a, b := counts[0][n], counts[1][n]
		if a != b && (n < len(tables()) || b < a*9/10 || b > a*11/10) {
			return fmt.Errorf("%s: an add writes %d and its limit %d; the limit must be made like it again", table, a, b)
		}
	}
	return nil
}

func (r *Rows) count(ctx context.Context) ([]int64, error) {
	var all []int64
	queries := []string{}
	for _, table := range tables() {
		queries = append(queries, `SELECT count(*) FROM `+table)
	}
	for _, q := range append(queries, `SELECT CAST(sum(length(body) + length(vals)) AS BIGINT) FROM event`) {
		var n int64
		if err := r.db.QueryRowContext(ctx, q).Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
