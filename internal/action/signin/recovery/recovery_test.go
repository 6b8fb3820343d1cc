package recovery_test

import (
	"fmt"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestStrangersSendSoManyLetters: three an hour to one address, in whatever way they are asked for and from wherever, and
// thirty from one address block.
func TestStrangersSendSoManyLetters(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		asks := func(ip, email string, places bool) error {
			ctx := h.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip})
			if places {
				return h.Recovery.Find(ctx, email)
			}
			return h.Recovery.Forgot(ctx, email, "")
		}
		limited := func(what string, err error) {
			t.Helper()
			if e := roster.AsError(err); e.Code != "too_many_letters" || e.RetryAfter <= 0 || e.RetryAfter > time.Hour {
				t.Errorf("%s: %v", what, err)
			}
		}
		for i, email := range []string{"anna@example.com", "ANNA@example.com", "Anna@Example.com"} {
			if err := asks(fmt.Sprintf("203.0.113.%d", i), email, i == 1); err != nil {
				t.Fatalf("to one address, the %dth: %v", i+1, err)
			}
		}
		limited("the fourth to one address", asks("203.0.113.9", "anna@example.com", true))
		for i := range 30 {
			if err := asks(fmt.Sprintf("2001:db8::%x", i+1), fmt.Sprintf("nobody%d@example.com", i), false); err != nil {
				t.Fatalf("from one block, the %dth: %v", i+1, err)
			}
		}
		limited("the 31st from one block", asks("2001:db8::ffff", "ben@example.com", false))
		if err := asks("2001:db8:0:1::1", "ben@example.com", false); err != nil {
			t.Errorf("from another block: %v", err)
		}
		h.Clock.Pass(time.Hour)
		if err := asks("2001:db8::1", "anna@example.com", false); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}
