package oauth

import (
	"crypto/sha256"
	"strconv"
	"testing"
	"time"

	"roster/internal/action/apiuser"
)

func TestRememberedTokensEndAndAreBounded(t *testing.T) {
	var s seen
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	hash := func(i int) [sha256.Size]byte { return sha256.Sum256([]byte(strconv.Itoa(i))) }
	if _, ok := s.find(hash(0), now); ok {
		t.Error("what nobody has shown is known")
	}
	s.keep(hash(0), apiuser.Token{ID: "a", Expires: now.Add(time.Hour)}, now)
	if got, ok := s.find(hash(0), now.Add(time.Hour-1)); !ok || got.ID != "a" {
		t.Errorf("within the hour: %+v %v", got, ok)
	}
	if _, ok := s.find(hash(0), now.Add(time.Hour)); ok {
		t.Error("it does not end")
	}
	for i := range 2*mostSeen + 1 {
		s.keep(hash(i), apiuser.Token{Expires: now.Add(time.Minute)}, now)
		if len(s.tokens) > mostSeen {
			t.Fatalf("%d are remembered", len(s.tokens))
		}
	}
	later := now.Add(time.Minute)
	for i := range mostSeen {
		s.keep(hash(i), apiuser.Token{Expires: later.Add(time.Minute)}, later)
	}
	if _, ok := s.find(hash(mostSeen-1), later); !ok {
		t.Error("the newest is not remembered")
	}
}
