package factor_test

import (
	"testing"
	"time"

	"roster/internal/action/factor"
	"roster/internal/action/org"
	"roster/internal/action/signin/password"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
)

// TestWhatAConnectionProvedChangesNoSecondFactor: of an own person, whoever runs a provider would make themselves a way in
// to their other organisations, with nothing but a code of theirs.
func TestWhatAConnectionProvedChangesNoSecondFactor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, _ := own(h, "oda@example.com")
		w, err := h.SignIn.Ways(h.As(p.actor))
		if err != nil || len(w.Factors) != 1 {
			t.Fatalf("%+v %v", w, err)
		}
		there := p.actor
		there.Proofs = []roster.Proof{
			{Method: roster.ProofConnection, Connection: "lgm_1", Organisation: h.Acme.ID, At: h.Clock.Now()},
			{Factor: roster.FactorTOTP, At: h.Clock.Now()},
		}
		asked, err := h.Factors.AskPasskey(h.As(p.actor), here(), "Roster")
		if err != nil {
			t.Fatal(err)
		}
		offer, err := h.Factors.Offer(h.As(p.actor), "Roster", "")
		if err != nil {
			t.Fatal(err)
		}
		made := authenticator.New(t, origin).Make(asked.JSON)
		for what, try := range map[string]func() error{
			"the page of passkeys": func() error { _, err := h.Factors.PasskeyRoom(h.As(there)); return err },
			"to ask for a passkey": func() error { _, err := h.Factors.AskPasskey(h.As(there), here(), "Roster"); return err },
			"a passkey": func() error {
				_, err := h.Factors.AddPasskey(h.As(there), factor.PasskeyAddition{At: here(), Answer: made, Name: "Mine"})
				return err
			},
			"to be shown a key": func() error { _, err := h.Factors.Offer(h.As(there), "Roster", ""); return err },
			"an app": func() error {
				_, err := h.Factors.Add(h.As(there), factor.Addition{Sealed: offer.Sealed, Name: "Mine", Code: "000000"})
				return err
			},
			"recovery codes": func() error { _, err := h.Factors.Codes(h.As(there)); return err },
			"another name":   func() error { _, err := h.Factors.Rename(h.As(there), w.Factors[0].ID, "Mine"); return err },
			"to remove one":  func() error { _, err := h.Factors.Remove(h.As(there), w.Factors[0].ID); return err },
		} {
			if err := try(); !roster.Is(err, "own_proof_needed") {
				t.Errorf("%s: %v", what, err)
			}
		}
		seen, err := h.SignIn.Ways(h.As(there))
		if err != nil || !seen.Confined || seen.Codes != 0 || len(seen.Factors) != 1 || seen.Factors[0] != (roster.Factor{Kind: roster.FactorTOTP}) {
			t.Errorf("it learns of the person's factors: %+v, %v", seen, err)
		}
		there.Proofs = append(there.Proofs, roster.Proof{Method: roster.ProofPassword, At: h.Clock.Now()})
		if _, err := h.Factors.Codes(h.As(there)); err != nil {
			t.Errorf("with a password of their own: %v", err)
		}
	})
}

// TestAPasskeyOutlivesThePasswordThatNothingElseDoes: what the old password began is over, and the key lets its person in
// as before.
func TestAPasskeyOutlivesThePasswordThatNothingElseDoes(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		p.adds(d, "Laptop")
		changed := func(how string, change func() error) {
			t.Helper()
			began, err := p.alone(d)
			if err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			half := p.signIn().Half
			given := p.answers(d, half)
			if err := change(); err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			if _, err := p.secondBy(half, given); !roster.Is(err, "second_over") {
				t.Errorf("%s: what the old password began goes on: %v", how, err)
			}
			if _, err := h.SignIn.Check(p.nobody(), began.Secret); err == nil {
				t.Errorf("%s: a session that the passkey began goes on", how)
			}
			now, err := p.alone(d)
			if err != nil {
				t.Fatalf("%s: the passkey alone: %v", how, err)
			}
			p.begins(now)
			if _, err := h.Orgs.Enter(h.As(p.actor), h.Acme.Slug); err != nil {
				t.Errorf("%s: the passkey leads nowhere: %v", how, err)
			}
		}
		const chosen, given = "marble-otter-thursday-58", "orange-lantern-friday-12"
		changed("by its person", func() error {
			_, err := h.Passwords.Change(h.As(p.actor), password.Chosen{Password: chosen, Repeat: chosen})
			return err
		})
		p.password = chosen
		m, _ := p.member(h)
		changed("by an administrator", func() error {
			_, err := h.Team.SetPassword(h.As(h.Owner), m, team.NewPassword{Password: given, Repeat: given})
			return err
		})

		// A password that somebody else knows too is no way in of their own: the passkey is the only one, and stays.
		w, err := h.SignIn.Ways(h.As(p.actor))
		if err != nil || len(w.Factors) != 1 {
			t.Fatalf("%+v %v", w, err)
		}
		_, err = h.Factors.Remove(h.As(p.actor), w.Factors[0].ID)
		refused(t, err, "last_way_in")
		weak := authenticator.New(t, origin)
		weak.Verifies = false
		p.adds(weak, "Token")
		_, err = h.Factors.Remove(h.As(p.actor), w.Factors[0].ID)
		refused(t, err, "last_way_in") // the other one cannot stand alone
		p.adds(authenticator.New(t, origin), "Phone")
		if _, err := h.Factors.Remove(h.As(p.actor), w.Factors[0].ID); err != nil {
			t.Errorf("one of two: %v", err)
		}
		_, err = p.alone(d)
		refused(t, err, "wrong_passkey")
	})
}

// TestAPasskeyLeadsNoFurtherThanItsPersonMay: who is blocked enters nowhere by it, who is removed has none, and where
// passwords are off it counts as little as they do.
func TestAPasskeyLeadsNoFurtherThanItsPersonMay(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		p.adds(d, "Laptop")
		enters := func(o roster.Organisation) error {
			s, err := p.alone(d)
			if err != nil {
				t.Fatal(err)
			}
			p.begins(s)
			_, err = h.Orgs.Enter(h.As(p.actor), o.Slug)
			return err
		}
		if err := enters(h.Acme); err != nil {
			t.Fatal(err)
		}
		m, _ := p.member(h)
		if _, err := h.Team.Block(h.As(h.Owner), m, ""); err != nil {
			t.Fatal(err)
		}
		refused(t, enters(h.Acme), "blocked")
		if _, err := h.Team.Remove(h.As(h.Owner), m); err != nil {
			t.Fatal(err)
		}
		_, err := p.alone(d)
		refused(t, err, "wrong_passkey")

		founded, err := h.Orgs.Create(h.CLI(""), org.Founding{Name: "Delta", Owner: "dan@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		delta := h.CLI(founded.Organisation.ID)
		v, err := h.Team.Invite(delta, team.Invitation{Email: "mara@example.com", Profile: roster.Profile{FirstName: "Mara", LastName: "Ek"}})
		if err != nil {
			t.Fatal(err)
		}
		linked, err := h.Team.Link(delta, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.Accept(founded.Organisation.ID, linked.Secret, "Mara", "Ek")
		p, d = &person{House: h, email: "mara@example.com", password: rostertest.Password}, authenticator.New(t, origin)
		p.signIn()
		p.adds(d, "Laptop")
		if err := enters(founded.Organisation); err != nil {
			t.Errorf("where passwords are on: %v", err)
		}
		if _, err := h.Methods.Disable(delta, roster.PasswordMethod); err != nil {
			t.Fatal(err)
		}
		refused(t, enters(founded.Organisation), "method_required")
	})
}

// TestAnAddressBlockHoldsSoManyChallengesOpen: strangers fill no table, and nobody else waits for them.
func TestAnAddressBlockHoldsSoManyChallengesOpen(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		ask := func(ip string) error {
			_, err := h.SignIn.AskPasskey(h.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: ip}), here())
			return err
		}
		for i := range 200 {
			if err := ask([]string{"2001:db8::1", "2001:db8::ffff:2"}[i%2]); err != nil {
				t.Fatalf("the %dth: %v", i+1, err)
			}
		}
		err := ask("2001:db8::3")
		refused(t, err, "too_many_tries")
		if roster.AsError(err).Kind != roster.Limited || roster.AsError(err).RetryAfter <= 0 {
			t.Errorf("the 201st: %+v", err)
		}
		if err := ask("2001:db8:0:1::1"); err != nil {
			t.Errorf("another block: %v", err)
		}
		p, d := anna(h), authenticator.New(t, origin) // from an address of its own
		p.adds(d, "Laptop")
		if _, err := p.alone(d); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		h.Clock.Pass(5 * time.Minute)
		if err := ask("2001:db8::3"); err != nil {
			t.Errorf("when they are over: %v", err)
		}
	})
}

// TestAPasskeyIsMadeInTimeOnceAndWithinTheBound: also where several were asked for before.
func TestAPasskeyIsMadeInTimeOnceAndWithinTheBound(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		p, d := anna(h), authenticator.New(t, origin)
		ask := func(by *person) []byte {
			t.Helper()
			o, err := h.Factors.AskPasskey(h.As(by.actor), here(), "Roster")
			if err != nil {
				t.Fatal(err)
			}
			return o.JSON
		}
		add := func(by *person, d *authenticator.Device, options []byte) error {
			_, err := h.Factors.AddPasskey(h.As(by.actor), factor.PasskeyAddition{At: here(), Answer: d.Make(options), Name: "One"})
			return err
		}
		asked := ask(p)
		h.Clock.Pass(5 * time.Minute)
		refused(t, add(p, authenticator.New(t, origin), asked), "passkey_not_made")

		p.adds(d, "Laptop")
		again := d.Clone()
		again.Repeats = true
		refused(t, add(p, again, ask(p)), "passkey_known")
		h.Join("eve@example.com", "Eve", "Evans", roster.RoleMember)
		eve := &person{House: h, email: "eve@example.com", password: rostertest.Password}
		eve.signIn()
		refused(t, add(eve, again, ask(eve)), "passkey_known") // another's

		early := ask(p)
		for range roster.MaxPasskeys - 1 {
			p.adds(authenticator.New(t, origin), "Another")
		}
		refused(t, add(p, authenticator.New(t, origin), early), "passkeys_full")
		_, err := h.Factors.AskPasskey(h.As(p.actor), here(), "Roster")
		refused(t, err, "passkeys_full")
		_, err = h.Factors.PasskeyRoom(h.As(p.actor))
		refused(t, err, "passkeys_full")
	})
}
