package prepared

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	_ "modernc.org/sqlite"
)

// opened gives an empty database that is read by a few connections.
func opened(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	return db
}

// text is one of many texts; its answers are n and n+1.
func text(n int) string { return fmt.Sprintf("SELECT %d UNION ALL SELECT %d", n, n+1) }

type keeper struct {
	*Statements
	t  *testing.T
	db *sql.DB
}

func kept(t *testing.T) keeper { return keeper{new(Statements), t, opened(t)} }

func (k keeper) take(n int) *Statement {
	k.t.Helper()
	st, err := k.Take(k.t.Context(), k.db, text(n))
	if err != nil {
		k.t.Fatal(err)
	}
	return st
}

// others uses as many others as there are places.
func (k keeper) others() {
	k.t.Helper()
	for n := range Most {
		k.take(-1 - n).Leave()
	}
}

// open tells whether a statement is not closed.
func open(t *testing.T, s *sql.Stmt) bool {
	t.Helper()
	var n int
	return s.QueryRowContext(t.Context()).Scan(&n) == nil
}

func TestTheStatementsUsedLastAreKept(t *testing.T) {
	k := kept(t)
	first, second := k.take(1), k.take(2)
	first.Leave()
	second.Leave()
	for n := range Most - 2 {
		k.take(-1 - n).Leave()
	}
	again := k.take(1)
	if again != first {
		t.Error("what was kept is prepared anew")
	}
	again.Leave()
	k.take(3).Leave() // one too many
	if !open(t, first.Stmt) || open(t, second.Stmt) {
		t.Errorf("the one used least lately must be closed, and no other: open are %v and %v", open(t, first.Stmt), open(t, second.Stmt))
	}
	if k.Known(text(2)) != nil || len(k.kept) != Most || k.used.Len() != Most {
		t.Errorf("%d texts are known", len(k.kept))
	}
}

func TestAStatementInUseIsClosedWhenItIsLeft(t *testing.T) {
	k := kept(t)
	first := k.take(1)
	twice := k.take(1)
	k.others()
	twice.Leave()
	if !open(t, first.Stmt) {
		t.Error("a statement that somebody has taken is closed")
	}
	rows, err := first.QueryContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	first.Leave()
	if open(t, first.Stmt) {
		t.Error("a statement that has no place is kept open")
	}
	n := 0
	for rows.Next() {
		n++
	}
	if n != 2 || rows.Err() != nil {
		t.Errorf("its rows end after %d: %v", n, rows.Err())
	}
}

// ask reads by a statement, in a transaction of its own or without, which goes on when it has left the statement.
func (k keeper) ask(ctx context.Context, n int) error {
	st, err := k.Take(ctx, k.db, text(n))
	if err != nil {
		return err
	}
	own := st.Stmt
	if n%2 == 0 {
		tx, err := k.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		own = tx.StmtContext(ctx, st.Stmt)
	}
	rows, err := own.QueryContext(ctx)
	st.Leave()
	if err != nil {
		return err
	}
	defer rows.Close()
	for want := n; rows.Next(); want++ {
		var got int
		if err := rows.Scan(&got); err != nil || got != want {
			return fmt.Errorf("%d, not %d: %w", got, want, err)
		}
	}
	return rows.Err()
}

func TestManyUseFewPlaces(t *testing.T) {
	k := kept(t)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range Most {
				if err := k.ask(t.Context(), g*Most/4+i); err != nil { // half of them are the next one's
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if len(k.kept) != Most || k.used.Len() != Most {
		t.Errorf("%d are kept", len(k.kept))
	}
}
