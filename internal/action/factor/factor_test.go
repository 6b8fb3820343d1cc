package factor_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"roster/internal/action/factor"
	"roster/internal/action/history"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/secret"
)

// person is somebody at a browser, with an authenticator app once it is set up.
type person struct {
	*rostertest.House
	email, password string
	key             string
	actor           roster.Actor
}

func (p *person) nobody() context.Context {
	return p.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"})
}

// begins takes a session that began.
func (p *person) begins(s signin.Signed) {
	p.actor = roster.Actor{Kind: roster.ActorPerson, Person: s.Session.Person, Session: s.Session.ID, Proofs: s.Session.Proofs, Door: roster.DoorDashboard, IP: "203.0.113.7", Name: p.email}
}

func (p *person) signIn() signin.Signed {
	p.T.Helper()
	s, err := p.SignIn.SignIn(p.nobody(), signin.Try{Email: p.email, Password: p.password})
	if err != nil {
		p.T.Fatal(err)
	}
	if s.Secret != "" {
		p.begins(s)
	}
	return s
}

func (p *person) code() string {
	p.T.Helper()
	code, err := secret.TOTPCode(p.key, p.Clock.Now())
	if err != nil {
		p.T.Fatal(err)
	}
	return code
}

func (p *person) second(half, code string) (signin.Signed, error) {
	return p.SignIn.Second(p.nobody(), signin.Second{Half: half, Code: code})
}

// setUp sets the app up, and gives the recovery codes and the code that confirmed it.
func (p *person) setUp() (codes []string, used string) {
	p.T.Helper()
	offer, err := p.Factors.Offer(p.As(p.actor), "Roster", "")
	if err != nil {
		p.T.Fatal(err)
	}
	p.key = offer.Key
	used = p.code()
	added, err := p.Factors.Add(p.As(p.actor), factor.Addition{Sealed: offer.Sealed, Name: "Phone", Code: used})
	if err != nil {
		p.T.Fatal(err)
	}
	p.begins(signin.Signed{Session: added.Session, Secret: added.Secret})
	return added.Codes, used
}

func anna(h *rostertest.House) *person {
	h.Join("anna@example.com", "Anna", "Silva", roster.RoleMember)
	p := &person{House: h, email: "anna@example.com", password: rostertest.Password}
	p.signIn()
	return p
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// installation gives the actions in the installation's history, the newest first.
func lines(h *rostertest.House, o roster.OrgID) []string {
	h.T.Helper()
	page, err := h.History.List(h.CLI(o), history.Query{})
	if err != nil {
		h.T.Fatal(err)
	}
	var all []string
	for _, e := range page.Events {
		all = append(all, e.Action)
	}
	return all
}

func TestTheEnrolmentCodeIsRefusedAtSignInAndTheNextOneWorks(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		other := p.signIn()
		p.signIn()
		codes, used := p.setUp()
		if len(codes) != roster.RecoveryCodes {
			t.Errorf("%d recovery codes", len(codes))
		}
		if _, err := h.SignIn.Check(p.nobody(), other.Secret); err == nil {
			t.Error("a session that was begun without the factor must end")
		}
		s := p.signIn()
		if s.Half == "" || s.Secret != "" {
			t.Fatal("the password alone must begin no session")
		}
		_, err := p.second(s.Half, used)
		refused(t, err, "wrong_code")
		h.Clock.Pass(30 * time.Second)
		signed, err := p.second(s.Half, p.code())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(signed.Session.Proofs, func(p roster.Proof) bool { return p.Factor == roster.FactorTOTP }) || len(signed.Session.Proofs) != 2 {
			t.Errorf("the session holds %+v", signed.Session.Proofs)
		}
		_, err = p.second(s.Half, p.code())
		refused(t, err, "second_over") // twice
		s = p.signIn()
		_, err = p.second(s.Half, p.code())
		refused(t, err, "wrong_code") // a code works once, whoever asks
		_, err = p.second("rhlf_none", p.code())
		refused(t, err, "second_over")
		h.Verified(roster.Installation)
	})
}

func TestOfTwoWhoGiveOneCodeAtOnceOneComesIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		p.setUp()
		h.Clock.Pass(30 * time.Second)
		code := p.code()
		for _, same := range []bool{true, false} { // one half of a sign-in, and several
			var halves []string
			for i := range 4 {
				if i == 0 || !same {
					halves = append(halves, p.signIn().Half)
				} else {
					halves = append(halves, halves[0])
				}
			}
			var wait sync.WaitGroup
			var mu sync.Mutex
			in := 0
			for _, half := range halves {
				wait.Go(func() {
					if _, err := p.second(half, code); err == nil {
						mu.Lock()
						in++
						mu.Unlock()
					}
				})
			}
			wait.Wait()
			if in != 1 {
				t.Errorf("%d came in by one code (one half: %v)", in, same)
			}
			h.Clock.Pass(24 * time.Hour) // what was tried in vain is forgiven
			code = p.code()
		}
	})
}

func TestTheSecondStepEnds(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		p.setUp()
		h.Clock.Pass(time.Minute)
		late := p.signIn().Half
		h.Clock.Pass(10 * time.Minute)
		_, err := p.second(late, p.code())
		refused(t, err, "second_over")

		// A managed person's password is set anew by an administrator: what its old one began is dead.
		v, err := h.Team.Create(h.As(h.Owner), team.Creation{
			Invitation:  team.Invitation{Email: "mara@example.com", Profile: roster.Profile{FirstName: "Mara", LastName: "Managed"}},
			NewPassword: team.NewPassword{Password: "orange-lantern-friday-12", Repeat: "orange-lantern-friday-12"},
		})
		if err != nil {
			t.Fatal(err)
		}
		m := &person{House: h, email: "mara@example.com", password: "orange-lantern-friday-12"}
		chosen, err := h.SignIn.Choose(m.nobody(), signin.Chosen{Choice: m.signIn().Choice, Password: rostertest.Password, Repeat: rostertest.Password})
		if err != nil {
			t.Fatal(err)
		}
		m.begins(chosen)
		m.password = rostertest.Password
		m.setUp()
		h.Clock.Pass(time.Minute)
		half := m.signIn().Half
		if _, err := h.Team.SetPassword(h.As(h.Owner), v.ID, team.NewPassword{Password: "orange-lantern-monday-13", Repeat: "orange-lantern-monday-13"}); err != nil {
			t.Fatal(err)
		}
		_, err = m.second(half, m.code())
		refused(t, err, "second_over")

		// The choice of a password asks for the factor too.
		m.password = "orange-lantern-monday-13"
		chosen, err = h.SignIn.Choose(m.nobody(), signin.Chosen{Choice: m.signIn().Choice, Password: rostertest.Password, Repeat: rostertest.Password})
		if err != nil || chosen.Half == "" || chosen.Secret != "" {
			t.Fatalf("the choice went past the factor: %+v %v", chosen, err)
		}
	})
}

func TestARecoveryCodeWorksOnceAndNewOnesKillTheOld(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		codes, _ := p.setUp()
		if _, err := p.second(p.signIn().Half, codes[0]); err != nil {
			t.Fatal(err)
		}
		_, err := p.second(p.signIn().Half, codes[0])
		refused(t, err, "wrong_code")
		s, err := p.second(p.signIn().Half, codes[1])
		if err != nil {
			t.Fatal(err)
		}
		p.begins(s)
		ways, err := h.SignIn.Ways(h.As(p.actor))
		if err != nil || ways.Codes != roster.RecoveryCodes-2 {
			t.Errorf("%d left, %v", ways.Codes, err)
		}
		fresh, err := h.Factors.Codes(h.As(p.actor))
		if err != nil || len(fresh) != roster.RecoveryCodes {
			t.Fatal(fresh, err)
		}
		half := p.signIn().Half
		_, err = p.second(half, codes[2])
		refused(t, err, "wrong_code")
		if _, err = p.second(half, fresh[0]); err != nil {
			t.Error(err)
		}
		if !slices.Contains(lines(h, roster.Installation), "factor.codes") {
			t.Error("no line of the new codes")
		}
	})
}

func TestGuessingCodesWaitsAsGuessingPasswordsDoes(t *testing.T) {
	h := rostertest.SQLite(t)
	p := anna(h)
	p.setUp()
	h.Clock.Pass(time.Minute)
	half := p.signIn().Half // counts until somebody comes in
	for range 4 {
		_, err := p.second(half, "000000")
		refused(t, err, "wrong_code")
	}
	if _, err := p.second(half, "000000"); err != nil { // the first beyond the free ones; those after it wait
		refused(t, err, "wrong_code")
	}
	_, err := p.second(half, p.code())
	refused(t, err, "too_many_tries")
	_, err = h.SignIn.SignIn(p.nobody(), signin.Try{Email: p.email, Password: p.password})
	refused(t, err, "too_many_tries") // one budget
	h.Clock.Pass(2 * time.Second)
	if _, err := p.second(half, p.code()); err != nil {
		t.Error(err)
	}
	half = p.signIn().Half
	for range 4 {
		_, err := p.second(half, "000000")
		refused(t, err, "wrong_code") // a success forgives
	}
}

func TestSensitiveActsAskForAFreshProof(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		h.Clock.Pass(10 * time.Minute)
		_, err := h.Factors.Offer(h.As(p.actor), "Roster", "")
		refused(t, err, "confirmation_required")
		_, err = h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Password: "wrong"})
		refused(t, err, "wrong_password")
		old := p.actor
		s, err := h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Password: p.password})
		if err != nil {
			t.Fatal(err)
		}
		if s.Session.ID != old.Session {
			t.Error("it must be the same session")
		}
		p.begins(s)
		p.setUp()
		if len(p.actor.Proofs) != 2 {
			t.Errorf("proofs %+v", p.actor.Proofs)
		}
		h.Clock.Pass(10 * time.Minute)
		for _, act := range []func() error{
			func() error { _, err := h.Factors.Codes(h.As(p.actor)); return err },
			func() error { _, err := h.Factors.Remove(h.As(p.actor), "fac_x"); return err },
			func() error { _, err := h.Factors.Add(h.As(p.actor), factor.Addition{}); return err },
		} {
			refused(t, act(), "confirmation_required")
		}
		_, err = h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Password: p.password})
		refused(t, err, "wrong_code") // who has a factor gives it
		if s, err = h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Code: p.code()}); err != nil {
			t.Fatal(err)
		}
		p.begins(s)
		ways, err := h.SignIn.Ways(h.As(p.actor))
		if err != nil || len(ways.Factors) != 1 {
			t.Fatal(ways, err)
		}
		if _, err := h.Factors.Remove(h.As(p.actor), ways.Factors[0].ID); err != nil {
			t.Fatal(err)
		}
		if ways, _ = h.SignIn.Ways(h.As(p.actor)); len(ways.Factors) != 0 || ways.Codes != 0 {
			t.Errorf("left: %+v", ways)
		}
		if p.signIn().Secret == "" {
			t.Error("without a factor the password is enough")
		}
	})
}

func TestWhoHasNoSessionIsNotAskedToConfirm(t *testing.T) {
	h := rostertest.SQLite(t)
	h.Clock.Pass(time.Hour)
	if _, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot"}); err != nil {
		t.Error(err)
	}
}

func TestAnOrganisationAsksForASecondFactorWhenItsTimeIsOver(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p := anna(h)
		yes, grace := true, 24*time.Hour
		if _, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &yes, FactorGrace: &grace}); err != nil {
			t.Fatal(err)
		}
		enter := func() error { _, err := h.Orgs.Enter(h.As(p.actor), "acme"); return err }
		if err := enter(); err != nil {
			t.Fatal(err)
		}
		h.Clock.Pass(grace)
		refused(t, enter(), "factor_setup_required")
		p.signIn()
		refused(t, enter(), "factor_setup_required")
		p.setUp()
		if err := enter(); err != nil {
			t.Error(err)
		}
		ways, _ := h.SignIn.Ways(h.As(p.actor))
		if _, err := h.Factors.Remove(h.As(p.actor), ways.Factors[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := enter(); err != nil {
			t.Error("this session's proof stands", err)
		}
		p.signIn()
		refused(t, enter(), "factor_setup_required")
		no := false
		if _, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &no}); err != nil {
			t.Fatal(err)
		}
		if err := enter(); err != nil {
			t.Error(err)
		}
		h.Verified(h.Acme.ID)
	})
}
