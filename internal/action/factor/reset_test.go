package factor_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
)

// claim gives the one job of a kind that waits.
func claim(h *rostertest.House, kind string) jobdb.Job {
	h.T.Helper()
	var jobs []jobdb.Job
	err := action.Note(h.CLI(""), h.Gate, func(ctx context.Context, tx store.Noter) (err error) {
		jobs, err = jobdb.Claim(ctx, tx, []string{kind}, 50, time.Hour)
		return err
	})
	if err != nil || len(jobs) != 1 {
		h.T.Fatalf("%d jobs, %v", len(jobs), err)
	}
	return jobs[0]
}

// own is an own person, who proved their address by a letter, with a second factor.
func own(h *rostertest.House, email string) (*person, roster.MemberID) {
	h.T.Helper()
	v, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: "Oda", LastName: "Own"}})
	if err != nil {
		h.T.Fatal(err)
	}
	j := claim(h, outbox.Invitation)
	l, err := h.Outbox.Prepare(h.CLI(""), j)
	if err == nil {
		err = h.Outbox.Sent(h.CLI(""), j, l)
	}
	if err != nil {
		h.T.Fatal(err)
	}
	h.Accept(h.Acme.ID, l.Secret, "Oda", "Own")
	p := &person{House: h, email: email, password: rostertest.Password}
	p.signIn()
	p.setUp()
	return p, v.ID
}

// letter gives the secret of the reset's letter that waits.
func letter(h *rostertest.House) string {
	h.T.Helper()
	j := claim(h, outbox.FactorReset)
	l, err := h.Outbox.PrepareReset(h.CLI(""), j)
	if err == nil && !l.Unwanted {
		err = h.Outbox.Taken(h.CLI(""), j)
	}
	if err != nil || l.Unwanted {
		h.T.Fatalf("unwanted: %v, %v", l.Unwanted, err)
	}
	return l.Secret
}

// sessions holds how many sessions a person has.
func (p *person) sessions(want int) {
	p.T.Helper()
	if me, err := p.SignIn.Me(p.As(p.actor)); err != nil || len(me.Sessions) != want {
		p.T.Errorf("%d sessions, not %d; %v", len(me.Sessions), want, err)
	}
}

func TestAManagedPersonsFactorEndsAtOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		p.setUp()
		ada := h.Join("ada@example.com", "Ada", "Min", roster.RoleUserAdministrator)
		member, err := h.Team.List(h.As(h.Owner), team.Query{Text: "anna"})
		if err != nil || len(member.Members) != 1 || !member.Members[0].MFA {
			t.Fatal(member.Members, err)
		}
		id := member.Members[0].ID
		_, err = h.Factors.Reset(h.As(ada), h.Owner.Member)
		refused(t, err, "stronger_target")
		_, err = h.Factors.Reset(h.As(ada), ada.Member)
		refused(t, err, "not_on_yourself")
		p.sessions(1)
		done, err := h.Factors.Reset(h.As(ada), id)
		if err != nil || done.ByMail {
			t.Fatal(done, err)
		}
		p.sessions(0)
		if p.signIn().Secret == "" {
			t.Error("the password must be enough")
		}
		_, err = h.Factors.Reset(h.As(ada), id)
		refused(t, err, "no_factor")
		if lines(h, h.Acme.ID)[0] != "member.factor_reset" {
			t.Errorf("history: %v", lines(h, h.Acme.ID))
		}
		h.Verified(h.Acme.ID)
	})
}

func TestAnOwnPersonFinishesTheResetThemselves(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, id := own(h, "oda@example.com")
		start := func() string {
			done, err := h.Factors.Reset(h.As(h.Owner), id)
			if err != nil || !done.ByMail {
				t.Fatal(done, err)
			}
			return letter(h)
		}
		old := start()
		if p.signIn().Half == "" {
			t.Error("the administrator alone must end nothing")
		}
		late := start()
		refused(t, h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: old, Password: p.password}), "factor_reset_over")
		h.Clock.Pass(30 * time.Minute)
		refused(t, h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: late, Password: p.password}), "factor_reset_over")

		key := start()
		refused(t, h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: key, Password: "wrong"}), "wrong_password")
		if _, err := h.Team.Block(h.As(h.Owner), id, ""); err != nil {
			t.Fatal(err)
		}
		refused(t, h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: key, Password: p.password}), "factor_reset_over")
		if _, err := h.Team.Unblock(h.As(h.Owner), id); err != nil {
			t.Fatal(err)
		}
		p.sessions(1)
		for _, list := range [][]string{{"198.51.100.0/24"}, nil} { // which does not have their address, and none
			if _, err := h.Networks.Set(h.CLI(h.Acme.ID), list); err != nil {
				t.Fatal(err)
			}
			if _, err := h.SignIn.LettingGo(p.nobody(), h.Acme.ID, key); roster.Is(err, "address_not_allowed") != (list != nil) {
				t.Errorf("while it lets in from %v: %v", list, err)
			}
		}
		if err := h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: key, Password: p.password}); err != nil {
			t.Fatal(err)
		}
		p.sessions(0)
		refused(t, h.SignIn.LetGo(p.nobody(), h.Acme.ID, signin.Letting{Secret: key, Password: p.password}), "factor_reset_over")
		if p.signIn().Secret == "" {
			t.Error("the password must be enough now")
		}
		if lines(h, roster.Installation)[1] != "factor.let_go" {
			t.Errorf("history: %v", lines(h, roster.Installation))
		}
		h.Verified(h.Acme.ID)
		h.Verified(roster.Installation)
	})
}
