package team_test

import (
	"testing"
	"time"

	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

func TestInvitationsEndAndSayWhy(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	nobody := h.As(roster.Actor{Kind: roster.ActorNobody, IP: "203.0.113.9"})
	fresh := func(email string) (roster.MemberID, string) {
		v, err := h.Team.Invite(ctx, invitation(email, "A", "B"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := h.Team.Link(ctx, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		return v.ID, l.Secret
	}
	landing := func(secret string) error {
		_, err := h.SignIn.Landing(nobody, h.Acme.ID, secret)
		return err
	}
	id, first := fresh("a@example.com")
	if _, err := h.Team.Resend(ctx, id); err != nil {
		t.Fatal(err)
	}
	want(t, "an older link", landing(first), "invitation_superseded")
	_, expired := fresh("b@example.com")
	h.Clock.Pass(7*24*time.Hour - time.Second)
	want(t, "within its time", landing(expired), "")
	h.Clock.Pass(time.Second)
	want(t, "after its time", landing(expired), "invitation_expired")
	id, withdrawn := fresh("c@example.com")
	if _, err := h.Team.Block(ctx, id, ""); err != nil {
		t.Fatal(err)
	}
	want(t, "a blocked member's link", landing(withdrawn), "invitation_withdrawn")
	_, used := fresh("d@example.com")
	h.Accept(h.Acme.ID, used, "D", "D")
	want(t, "a used link", landing(used), "invitation_used")
	want(t, "an unknown link", landing("rinv_nonsense"), "invitation_unknown")
}

func TestStartBlockedStaysBlockedUntilUnblocked(t *testing.T) {
	h := rostertest.SQLite(t)
	ctx := h.As(h.Owner)
	in := invitation("a@example.com", "A", "B", "auditor")
	in.StartBlocked = true
	v, err := h.Team.Invite(ctx, in)
	if err != nil || v.Status != roster.Blocked {
		t.Fatalf("%+v, %v", v, err)
	}
	l, err := h.Team.Link(ctx, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	a := h.Accept(h.Acme.ID, l.Secret, "A", "B")
	_, err = h.Team.List(h.As(a), team.Query{})
	want(t, "accepted and still blocked", err, "blocked")
	if v, err := h.Team.Unblock(ctx, v.ID); err != nil || v.Status != roster.Active {
		t.Errorf("unblocked: %+v, %v", v, err)
	}
	if _, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody}), signin.Try{Email: "A@example.com ", Password: rostertest.Password}); err != nil {
		t.Errorf("sign in: %v", err)
	}
}
