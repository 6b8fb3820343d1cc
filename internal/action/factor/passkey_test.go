package factor_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/action/factor"
	"roster/internal/action/org"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
)

const origin = "https://roster.example.com"

func here() passkey.Place {
	u, err := url.Parse(origin)
	if err != nil {
		panic(err)
	}
	return passkey.At(u)
}

// adds makes a passkey on a device, and gives the recovery codes.
func (p *person) adds(d *authenticator.Device, name string) []string {
	p.T.Helper()
	o, err := p.Factors.AskPasskey(p.As(p.actor), here(), "Roster")
	if err != nil {
		p.T.Fatal(err)
	}
	added, err := p.Factors.AddPasskey(p.As(p.actor), factor.PasskeyAddition{At: here(), Answer: d.Make(o.JSON), Name: name})
	if err != nil {
		p.T.Fatal(err)
	}
	p.begins(signin.Signed{Session: added.Session, Secret: added.Secret})
	return added.Codes
}

// asked gives what the second step asks of a device, and what it answers.
func (p *person) answers(d *authenticator.Device, half string) signin.Given {
	p.T.Helper()
	o, err := p.SignIn.AskSecond(p.nobody(), here(), half)
	if err != nil {
		p.T.Fatal(err)
	}
	return signin.Given{At: here(), Answer: d.Use(o.JSON)}
}

func (p *person) secondBy(half string, g signin.Given) (signin.Signed, error) {
	return p.SignIn.Second(p.nobody(), signin.Second{Half: half, Passkey: g})
}

// alone signs in by a passkey and nothing else; change does something to the answer.
func (p *person) alone(d *authenticator.Device) (signin.Signed, error) {
	p.T.Helper()
	asked, err := p.SignIn.AskPasskey(p.nobody(), here())
	if err != nil {
		p.T.Fatal(err)
	}
	return p.SignIn.SignInByPasskey(p.nobody(), signin.KeyTry{Given: signin.Given{At: here(), Answer: d.Use(asked.JSON)}, Secret: asked.Secret})
}

func TestAPasskeyIsASecondFactorAndTheOnlyOne(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		other := p.signIn()
		p.signIn()
		if codes := p.adds(d, "Laptop"); len(codes) != roster.RecoveryCodes {
			t.Errorf("%d recovery codes with the first factor", len(codes))
		}
		if _, err := h.SignIn.Check(p.nobody(), other.Secret); err == nil {
			t.Error("a session that was begun without the factor must end")
		}
		if strings.Contains(d.Handle(), string(p.actor.Person)) {
			t.Error("authenticators know the person by their ID")
		}
		s := p.signIn()
		if s.Half == "" || s.Secret != "" {
			t.Fatal("the password alone must begin no session")
		}
		given := p.answers(d, s.Half)
		signed, err := p.secondBy(s.Half, given)
		if err != nil {
			t.Fatal(err)
		}
		if proofs := signed.Session.Proofs; len(proofs) != 2 || proofs[1].Factor != roster.FactorPasskey {
			t.Errorf("the session holds %+v", proofs)
		}
		_, err = p.secondBy(p.signIn().Half, given)
		refused(t, err, "wrong_passkey") // replayed

		signed, err = p.alone(d)
		if err != nil {
			t.Fatal(err)
		}
		if proofs := signed.Session.Proofs; len(proofs) != 1 || proofs[0].Factor != roster.FactorPasskey || proofs[0].Method != roster.ProofPasskey {
			t.Errorf("the session holds %+v", proofs)
		}
		yes := true
		if _, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{FactorRequired: &yes}); err != nil {
			t.Fatal(err)
		}
		p.begins(signed)
		if _, err := h.Orgs.Enter(h.As(p.actor), h.Acme.Slug); err != nil {
			t.Errorf("a passkey satisfies both factors: %v", err)
		}

		w, err := h.SignIn.Ways(h.As(p.actor))
		if err != nil || len(w.Factors) != 1 || w.Factors[0].Name != "Laptop" || !w.Factors[0].Alone {
			t.Fatalf("%+v %v", w, err)
		}
		if _, err := h.Factors.Rename(h.As(p.actor), w.Factors[0].ID, "Old laptop"); err != nil {
			t.Error(err)
		}
		if gone, err := h.Factors.Remove(h.As(p.actor), w.Factors[0].ID); err != nil || gone.Name != "Old laptop" {
			t.Errorf("%+v %v", gone, err)
		}
		_, err = p.alone(d)
		refused(t, err, "wrong_passkey")
		if s := p.signIn(); s.Half != "" {
			t.Error("without a factor none is asked for")
		}
		for _, want := range []string{"factor.add", "factor.rename", "factor.remove"} {
			if !slices.Contains(lines(h, roster.Installation), want) {
				t.Errorf("the history has no %s", want)
			}
		}
		h.Verified(roster.Installation)
	})
}

// TestAChallengeIsForOneUseAlone takes answers to where they were not asked for.
func TestAChallengeIsForOneUseAlone(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		p.adds(d, "Laptop")
		first, second := p.signIn().Half, p.signIn().Half
		given := p.answers(d, first)
		_, err := p.secondBy(second, given)
		refused(t, err, "wrong_passkey") // another sign-in's

		asked, err := h.SignIn.AskPasskey(p.nobody(), here())
		if err != nil {
			t.Fatal(err)
		}
		answer := signin.Given{At: here(), Answer: d.Use(asked.JSON)}
		_, err = p.secondBy(second, answer)
		refused(t, err, "wrong_passkey") // what signing in was asked for does not finish a sign-in
		_, err = h.SignIn.SignInByPasskey(p.nobody(), signin.KeyTry{Given: answer, Secret: "rhlf_other"})
		refused(t, err, "wrong_passkey") // another browser's
		_, err = h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Passkey: answer})
		refused(t, err, "wrong_passkey")
		if _, err = h.SignIn.SignInByPasskey(p.nobody(), signin.KeyTry{Given: answer, Secret: asked.Secret}); err != nil {
			t.Errorf("where it was asked for: %v", err)
		}
		_, err = h.SignIn.SignInByPasskey(p.nobody(), signin.KeyTry{Given: answer, Secret: asked.Secret})
		refused(t, err, "wrong_passkey") // twice

		given = p.answers(d, second)
		h.Clock.Pass(5 * time.Minute)
		_, err = p.secondBy(second, given)
		refused(t, err, "wrong_passkey") // late
		given = p.answers(d, second)
		if _, err := p.secondBy(second, given); err != nil {
			t.Errorf("in time: %v", err)
		}

		o, err := h.Factors.AskPasskey(h.As(p.actor), here(), "Roster")
		if err != nil {
			t.Fatal(err)
		}
		made := authenticator.New(t, origin)
		elsewhere := p.actor
		elsewhere.Session = "ses_other"
		_, err = h.Factors.AddPasskey(h.As(elsewhere), factor.PasskeyAddition{At: here(), Answer: made.Make(o.JSON), Name: "Phone"})
		refused(t, err, "passkey_not_made") // another session's
		made.Origin = "https://evil.example.com"
		_, err = h.Factors.AddPasskey(h.As(p.actor), factor.PasskeyAddition{At: here(), Answer: made.Make(o.JSON), Name: "Phone"})
		refused(t, err, "passkey_not_made")
		made.Origin = origin
		_, err = h.Factors.AddPasskey(h.As(p.actor), factor.PasskeyAddition{At: here(), Answer: made.Make(o.JSON), Name: "Phone"})
		refused(t, err, "passkey_not_made") // a try uses it up
	})
}

func TestAPasskeyThatLiesOrWasCopiedLetsNobodyIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		p.adds(d, "Laptop")
		for what, lie := range map[string]func(*authenticator.Device){
			"another origin":  func(d *authenticator.Device) { d.Origin = "https://evil.example.com" },
			"another RP ID":   func(d *authenticator.Device) { d.RP = "example.com" },
			"nobody verified": func(d *authenticator.Device) { d.Verifies = false },
		} {
			liar := d.Clone()
			lie(liar)
			if _, err := p.alone(liar); !roster.Is(err, "wrong_passkey") {
				t.Errorf("%s: %v", what, err)
			}
		}
		stranger := authenticator.New(t, origin)
		if _, err := p.alone(func() *authenticator.Device {
			o, err := here().ToMake("Roster", passkey.Holder{Handle: passkey.NewHandle(), Name: "x"})
			if err != nil {
				t.Fatal(err)
			}
			stranger.Make(o.JSON)
			return stranger
		}()); !roster.Is(err, "wrong_passkey") {
			t.Errorf("a key that nobody has: %v", err)
		}
		copied := d.Clone()
		if _, err := p.alone(d); err != nil {
			t.Fatal(err)
		}
		_, err := p.alone(copied)
		refused(t, err, "passkey_cloned")
		unverified := d.Clone()
		unverified.Verifies = false
		half := p.signIn().Half
		signed, err := p.secondBy(half, p.answers(unverified, half))
		if err != nil || slices.ContainsFunc(signed.Session.Proofs, func(p roster.Proof) bool { return p.Method == roster.ProofPasskey }) {
			t.Errorf("beside the password nobody need be verified, and it is then no proof by itself: %+v %v", signed.Session.Proofs, err)
		}
	})
}

func TestOfTwoWhoGiveOneAnswerAtOnceOneComesIn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		p.adds(d, "Laptop")
		asked, err := h.SignIn.AskPasskey(p.nobody(), here())
		if err != nil {
			t.Fatal(err)
		}
		half := p.signIn().Half
		given, alone := p.answers(d, half), signin.KeyTry{Given: signin.Given{At: here(), Answer: d.Use(asked.JSON)}, Secret: asked.Secret}
		for i, try := range []func() error{
			func() error { _, err := p.secondBy(half, given); return err },
			func() error { _, err := h.SignIn.SignInByPasskey(p.nobody(), alone); return err },
		} {
			var wait sync.WaitGroup
			var mu sync.Mutex
			in := 0
			for range 4 {
				wait.Go(func() {
					if err := try(); err == nil {
						mu.Lock()
						in++
						mu.Unlock()
					}
				})
			}
			wait.Wait()
			if in != 1 {
				t.Errorf("%d came in by one answer (alone: %v)", in, i == 1)
			}
		}
	})
}

// member finds the person in the Team list, and whether it shows a second factor.
func (p *person) member(h *rostertest.House) (roster.MemberID, bool) {
	p.T.Helper()
	page, err := h.Team.List(h.As(h.Owner), team.Query{Text: p.email})
	if err != nil || len(page.Members) != 1 {
		p.T.Fatalf("%d found: %v", len(page.Members), err)
	}
	return page.Members[0].ID, page.Members[0].MFA
}

func TestAPasskeyConfirmsAndIsResetWithTheOtherFactors(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		h.Clock.Pass(11 * time.Minute)
		_, err := h.Factors.AskPasskey(h.As(p.actor), here(), "Roster")
		refused(t, err, "confirmation_required")
		p.signIn()
		p.adds(d, "Laptop")
		p.setUp()
		h.Clock.Pass(11 * time.Minute)
		_, err = h.Factors.Codes(h.As(p.actor))
		refused(t, err, "confirmation_required")
		o, err := h.SignIn.AskConfirm(h.As(p.actor), here())
		if err != nil {
			t.Fatal(err)
		}
		s, err := h.SignIn.Confirm(h.As(p.actor), signin.Confirmation{Passkey: signin.Given{At: here(), Answer: d.Use(o.JSON)}})
		if err != nil {
			t.Fatal(err)
		}
		p.begins(s)
		if _, err := h.Factors.Codes(h.As(p.actor)); err != nil {
			t.Errorf("after a passkey: %v", err)
		}
		m, protected := p.member(h)
		if !protected {
			t.Error("the Team list does not know of the factor")
		}
		if done, err := h.Factors.Reset(h.As(h.Owner), m); err != nil || done.ByMail {
			t.Fatalf("%+v %v", done, err)
		}
		_, err = p.alone(d)
		refused(t, err, "wrong_passkey")
		_, err = h.SignIn.AskConfirm(h.As(p.actor), here())
		refused(t, err, "no_passkey")
		if _, protected := p.member(h); protected {
			t.Error("the Team list knows of a factor that is gone")
		}
	})
}
