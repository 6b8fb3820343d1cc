// Package commit counts what anybody commits to an SQLite file. It knows nothing of what was committed.
package commit

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Count counts what anybody commits to an SQLite file, as one connection sees it, which does nothing else
// (PRAGMA data_version). Commits of this process count too: they come by another connection.
type Count struct {
	pool *sql.DB

	mu    sync.Mutex
	conn  *sql.Conn
	stmt  statement // kept beside database/sql, whose bookkeeping costs more than the statement
	into  []driver.Value
	last  int64
	moved int64 // how often the count was found moved
}

// NewCount makes the count of a file that is read through a pool, of which it takes one connection.
func NewCount(pool *sql.DB) *Count { return &Count{pool: pool} }

// statement is what the driver gives for one.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
}

// Now gives a number that rises when something was committed since the last call.
func (c *Count) Now(ctx context.Context) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn == nil {
		if err := c.open(ctx); err != nil {
			return 0, fmt.Errorf("count commits: %w", err)
		}
	}
	now, err := c.ask()
	if err != nil {
		return 0, errors.Join(fmt.Errorf("count commits: %w", err), c.drop())
	}
	if now != c.last {
		c.last = now
		c.moved++
	}
	return c.moved, nil
}

func (c *Count) open(ctx context.Context) error {
	conn, err := c.pool.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(raw any) error {
		stmt, err := raw.(driver.Conn).Prepare(`PRAGMA data_version`)
		if err == nil {
			c.stmt = stmt.(statement)
		}
		return err
	})
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	c.conn, c.into = conn, make([]driver.Value, 1)
	c.moved++ // another connection counts differently
	return nil
}

func (c *Count) ask() (int64, error) {
	rows, err := c.stmt.QueryContext(context.Background(), nil) // so short that nothing has to watch a context
	if err != nil {
		return 0, err
	}
	err = rows.Next(c.into)
	if errors.Is(err, io.EOF) {
		err = sql.ErrNoRows
	}
	n, ok := c.into[0].(int64)
	if err == nil && !ok {
		err = fmt.Errorf("%T is no number", c.into[0])
	}
	return n, errors.Join(err, rows.Close())
}

func (c *Count) drop() error {
	if c.conn == nil {
		return nil
	}
	err := errors.Join(c.stmt.Close(), c.conn.Close())
	c.conn, c.stmt = nil, nil
	return err
}

// Close gives the connection back.
func (c *Count) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drop()
}
