// Package prepared keeps statements of a database prepared: those that were used last, so that the memory they take is
// bounded however many different texts there are. It does not know what they say.
package prepared

import (
	"container/list"
	"context"
	"database/sql"
	"sync"
)

// Most is how many statements are kept: more than are in use again and again. Each takes memory on every connection.
const Most = 256

// Statements are those of one set of connections that are kept prepared. The zero value keeps none yet.
type Statements struct {
	mu   sync.Mutex
	kept map[string]*list.Element // by their texts
	used list.List                // of *Statement, the one used last in front
}

// Statement is one that was taken, and is good until it is left.
type Statement struct {
	*sql.Stmt
	of    *Statements
	text  string
	users int  // who took it and has not left it
	gone  bool // it is not kept any more: the last one to leave closes it
}

// Take gives a text's statement, which is prepared unless it is kept.
func (s *Statements) Take(ctx context.Context, on *sql.DB, text string) (*Statement, error) {
	if known := s.Known(text); known != nil {
		return known, nil
	}
	fresh, err := on.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.keep(text, fresh), nil
}

// Known gives a text's statement if it is kept, and nil otherwise.
func (s *Statements) Known(text string) *Statement {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known(text)
}

func (s *Statements) known(text string) *Statement {
	at := s.kept[text]
	if at == nil {
		return nil
	}
	s.used.MoveToFront(at)
	known := at.Value.(*Statement)
	known.users++
	return known
}

// keep keeps a new statement in the place of the one that was used least lately, and takes it; where somebody was faster,
// theirs.
func (s *Statements) keep(text string, fresh *sql.Stmt) *Statement {
	var over []*sql.Stmt
	defer func() { closeAll(over) }() // when the others need not wait for it
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.known(text); known != nil {
		over = append(over, fresh)
		return known
	}
	if s.kept == nil {
		s.kept = map[string]*list.Element{}
	}
	mine := &Statement{Stmt: fresh, of: s, text: text, users: 1}
	s.kept[text] = s.used.PushFront(mine)
	for len(s.kept) > Most {
		last := s.used.Remove(s.used.Back()).(*Statement)
		delete(s.kept, last.text)
		if last.gone = true; last.users == 0 {
			over = append(over, last.Stmt)
		}
	}
	return mine
}

// Leave gives a statement back. What was begun with it, rows or a transaction's statement, stays good: database/sql ends a
// closed statement when they have ended.
func (t *Statement) Leave() {
	t.of.mu.Lock()
	t.users--
	over := t.gone && t.users == 0
	t.of.mu.Unlock()
	if over {
		closeAll([]*sql.Stmt{t.Stmt})
	}
}

// closeAll closes statements; one that fails says once more what its last run already said.
func closeAll(all []*sql.Stmt) {
	for _, s := range all {
		_ = s.Close()
	}
}
