package oauth

import (
	"crypto/sha256"
	"maps"
	"sync"
	"time"

	"roster/internal/action/apiuser"
)

// seen remembers what tokens say that were verified once, so that a program that asks all day costs one
// signature and not one for each request. A signature that was good stays good: whether the token was
// revoked, and whether its principal is active, is asked each time as before. Tokens are known by their
// hash, so that none lies in memory.
type seen struct {
	mu     sync.RWMutex
	tokens map[[sha256.Size]byte]apiuser.Token
}

// mostSeen bounds how many tokens are remembered.
const mostSeen = 10_000

// find gives what a token says, if it was verified before and is not over.
func (s *seen) find(hash [sha256.Size]byte, now time.Time) (apiuser.Token, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tokens[hash]
	return t, ok && now.Before(t.Expires)
}

// keep remembers a verified token.
func (s *seen) keep(hash [sha256.Size]byte, t apiuser.Token, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[[sha256.Size]byte]apiuser.Token{}
	}
	if len(s.tokens) >= mostSeen {
		maps.DeleteFunc(s.tokens, func(_ [sha256.Size]byte, t apiuser.Token) bool { return !now.Before(t.Expires) })
	}
	if len(s.tokens) >= mostSeen {
		clear(s.tokens) // rare, and what is needed comes back at once
	}
	s.tokens[hash] = t
}
