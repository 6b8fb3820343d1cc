package recovery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"roster/internal/action/signin/recovery"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

// TestAnOperatorsLinkEndsWithTheLastMembership: of a person without a password nothing in the link itself tells that they
// were removed and came back, so it ends with what it was made for.
func TestAnOperatorsLinkEndsWithTheLastMembership(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		in := team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Berg"}}
		passwordless := func(a roster.Actor) {
			t.Helper()
			must(h.DB.Keep(context.Background(), func(ctx context.Context, tx store.Noter) error {
				_, err := tx.Note(ctx, "credential", `DELETE FROM credential WHERE person_id = $1`, a.Person)
				return err
			}))
		}
		anna := h.Own(h.Owner, roster.Actor{}, in)
		passwordless(anna)
		made, err := h.Recovery.Recover(h.CLI(h.Acme.ID), anna.Member, false)
		must(err)
		if _, err := h.SignIn.Choosing(h.As(roster.Actor{Kind: roster.ActorNobody}), made.Secret); err != nil {
			t.Fatalf("the link: %v", err)
		}
		_, err = h.Team.Remove(h.As(h.Owner), anna.Member)
		must(err)
		again := h.Own(h.Owner, roster.Actor{}, in)
		if again.Person != anna.Person {
			t.Fatal("it is another person")
		}
		passwordless(again)
		if _, err := h.SignIn.Choosing(h.As(roster.Actor{Kind: roster.ActorNobody}), made.Secret); !roster.Is(err, "recovery_over") {
			t.Errorf("after a removal the link opens: %v", err)
		}
	})
}

// TestStrangersSendSoManyLetters: to one address three an hour that name organisations, and three with links in as long as
// those work, from wherever they are asked for; and thirty an hour from one address block.
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
			for _, places := range []bool{true, false} {
				if err := asks(fmt.Sprintf("203.0.113.%d", i), email, places); err != nil {
					t.Fatalf("to one address, the %dth: %v", i+1, err)
				}
			}
		}
		limited("the fourth that names organisations", asks("203.0.113.9", "anna@example.com", true))
		limited("the fourth with a link", asks("203.0.113.9", "anna@example.com", false))
		for i := range 30 {
			if err := asks(fmt.Sprintf("2001:db8::%x", i+1), fmt.Sprintf("nobody%d@example.com", i), false); err != nil {
				t.Fatalf("from one block, the %dth: %v", i+1, err)
			}
		}
		limited("the 31st from one block", asks("2001:db8::ffff", "ben@example.com", false))
		if err := asks("2001:db8:0:1::1", "ben@example.com", false); err != nil {
			t.Errorf("from another block: %v", err)
		}
		h.Clock.Pass(recovery.Lasts)
		if err := asks("203.0.113.9", "anna@example.com", false); err != nil {
			t.Errorf("once those links are over: %v", err)
		}
		limited("organisations within the hour", asks("203.0.113.9", "anna@example.com", true))
		limited("from one block within the hour", asks("2001:db8::1", "ben@example.com", false))
		h.Clock.Pass(time.Hour - recovery.Lasts)
		for _, places := range []bool{true, false} {
			if err := asks("2001:db8::1", "anna@example.com", places); err != nil {
				t.Errorf("an hour later: %v", err)
			}
		}
	})
}
