package team_test

import (
	"fmt"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestOneAddressIsSentFewLetters, by whatever ways: an invitation that is withdrawn and made again, sent again or cloned
// does not begin to count anew.
func TestOneAddressIsSentFewLetters(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ctx := h.As(h.Owner)
		source := h.Holder("Source").Member
		in := invitation("victim@example.com", "Vic", "Tim")
		ways := []func() (roster.MemberID, error){
			func() (roster.MemberID, error) { v, err := h.Team.Invite(ctx, in); return v.ID, err },
			func() (roster.MemberID, error) {
				c, err := h.Team.Clone(ctx, source, team.Clone{Email: in.Email, Profile: in.Profile})
				return c.ID, err
			},
			func() (roster.MemberID, error) {
				all, err := h.Team.InviteEach(ctx, []team.Invitation{in})
				switch {
				case err != nil:
					return "", err
				case all[0].Err != nil:
					return "", all[0].Err
				}
				return all[0].Result.ID, nil
			},
		}
		sent := 0
		for n := range 12 {
			id, err := ways[n%len(ways)]()
			if err != nil {
				want(t, fmt.Sprint("letter ", n), err, "too_many_invitations")
				if roster.AsError(err).RetryAfter <= 0 || roster.AsError(err).RetryAfter > time.Hour {
					t.Errorf("it says to wait %s", roster.AsError(err).RetryAfter)
				}
				continue
			}
			if sent++; n == 1 {
				if _, err := h.Team.Resend(ctx, id); err != nil {
					t.Fatal(err)
				}
				sent++
			}
			if _, err := h.Team.Remove(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		if sent != 5 {
			t.Errorf("%d letters to one address, want 5", sent)
		}
		if _, err := h.Team.Invite(ctx, invitation("other@example.com", "O", "Ther")); err != nil {
			t.Errorf("another address: %v", err)
		}
		h.Clock.Pass(time.Hour)
		if _, err := h.Team.Invite(ctx, in); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		h.Verified(h.Acme.ID)
	})
}

// TestOneActorSendsFewLetters: beyond a thousand an hour an actor waits, and others of the organisation do not yet.
func TestOneActorSendsFewLetters(t *testing.T) {
	h := rostertest.SQLite(t)
	ada := h.As(h.Holder("Ada", team.Giving{Role: "user_administrator"}))
	var all []team.Invitation
	for n := range 1010 {
		all = append(all, invitation(fmt.Sprintf("p%d@example.com", n), "P", "Erson"))
	}
	sent := 0
	for len(all) > 0 {
		some := all[:min(200, len(all))]
		all = all[len(some):]
		got, err := h.Team.InviteEach(ada, some)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range got {
			if o.Err == nil {
				sent++
			} else {
				want(t, "beyond", o.Err, "too_many_invitations")
			}
		}
	}
	if sent != 1000 {
		t.Errorf("%d letters, want 1000", sent)
	}
	if _, err := h.Team.Invite(h.As(h.Owner), invitation("other@example.com", "O", "Ther")); err != nil {
		t.Errorf("another actor: %v", err)
	}
}
