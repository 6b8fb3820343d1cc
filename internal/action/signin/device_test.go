package signin_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/factor"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/passkey"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/authenticator"
	"roster/internal/secret"
	"roster/internal/store"
)

// browser is somebody's, at an address of its own; it holds what it is given.
type browser struct {
	*rostertest.House
	email, ip, device string
}

func (b *browser) nobody() context.Context {
	return b.As(roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: b.ip})
}

// signIn signs in with a password, keeps the device's secret, and gives the code of what refused it.
func (b *browser) signIn(password string) (signin.Signed, string) {
	b.T.Helper()
	s, err := b.SignIn.SignIn(b.nobody(), signin.Try{Email: b.email, Password: password, Device: b.device})
	return s, b.keeps(s, err)
}

func (b *browser) keeps(s signin.Signed, err error) string {
	if s.Device != "" {
		b.device = s.Device
	}
	if err != nil {
		return roster.AsError(err).Code
	}
	return ""
}

// comes signs in and must come in, or be refused by a code.
func (b *browser) comes(what, want string) signin.Signed {
	b.T.Helper()
	s, code := b.signIn(rostertest.Password)
	if code != want {
		b.T.Errorf("%s: %q, want %q", what, code, want)
	}
	return s
}

// besieged has strangers guess so often at an address, each from elsewhere, as soon as the waits let them. The address
// waits afterwards.
func besieged(h *rostertest.House, email string, times int) {
	h.T.Helper()
	for n, guesses := 0, 0; guesses < times; n++ {
		b := &browser{h, email, fmt.Sprintf("203.0.%d.%d", n/250, n%250), ""}
		_, err := h.SignIn.SignIn(b.nobody(), signin.Try{Email: email, Password: "a guess"})
		switch e := roster.AsError(err); e.Code {
		case "wrong_credentials":
			guesses++
		case "too_many_tries":
			h.Clock.Pass(e.RetryAfter)
		default:
			h.T.Fatalf("guess %d: %v", n, err)
		}
	}
}

// devices gives how many are kept, of everybody.
func devices(h *rostertest.House) (n int) {
	h.T.Helper()
	err := action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		found, err := store.One(ctx, tx, store.Scan[int], `SELECT count(*) FROM device`)
		n = found.Value
		return err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return n
}

// TestStrangersNeverMakeAKnownDeviceWait: a hundred wrong tries make an address wait for whoever comes, but where its
// person signed in before. Nothing else that a browser may show helps, and that they came in frees no stranger.
func TestStrangersNeverMakeAKnownDeviceWait(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg")
		h.Join("bert@example.com", "Bert", "Dahl")
		laptop := &browser{h, "anna@example.com", "192.0.2.1", ""}
		berts := &browser{h, "bert@example.com", "192.0.2.2", ""}
		laptop.comes("the first time", "")
		berts.comes("Bert", "")
		if !secret.Shaped(laptop.device, act.DevicePrefix) || laptop.device == berts.device {
			t.Fatalf("the devices hold %q and %q", laptop.device, berts.device)
		}
		if first := laptop.device; laptop.comes("once more", "").Device != "" || laptop.device != first {
			t.Error("a known device is given another secret")
		}
		besieged(h, "anna@example.com", 101)
		for what, shown := range map[string]string{
			"a new device": "", "a forged one": secret.New(act.DevicePrefix), "Bert's": berts.device, "the hash of the right one": secret.Hash(laptop.device),
			"the right one and more": laptop.device + "A", "a session's secret": secret.New(act.SessionPrefix),
		} {
			(&browser{h, "anna@example.com", "192.0.2.3", shown}).comes(what, "too_many_tries")
		}
		if s := laptop.comes("at once", ""); s.Secret == "" {
			t.Error("no session began")
		}
		(&browser{h, "anna@example.com", "192.0.2.3", ""}).comes("a new device, after she came in", "too_many_tries")
		// Neither do they where they share her address.
		neighbour := &browser{h, "nobody@example.com", laptop.ip, ""}
		for range 40 {
			neighbour.signIn("a guess")
		}
		(&browser{h, "anna@example.com", laptop.ip, ""}).comes("a new device at that address", "too_many_tries")
		laptop.comes("beside a neighbour who guesses", "")
		h.Verified(roster.Installation)
	})
}

// TestAKnownDeviceHasABudgetOfItsOwn: whoever holds its secret guesses as often as any stranger and no more, at however
// many servers at once; that makes nobody else wait, and a success takes it back.
func TestAKnownDeviceHasABudgetOfItsOwn(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg")
		laptop, phone := &browser{h, "anna@example.com", "192.0.2.1", ""}, &browser{h, "anna@example.com", "192.0.2.2", ""}
		laptop.comes("her laptop", "")
		phone.comes("her phone", "")
		houses := []*rostertest.House{h, rostertest.Open(t, h.Database)}
		var guesses atomic.Int32
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				thief := &browser{houses[n%2], "anna@example.com", fmt.Sprintf("203.0.113.%d", n), laptop.device}
				switch _, code := thief.signIn("a guess"); code {
				case "wrong_credentials":
					guesses.Add(1)
				case "too_many_tries":
				default:
					t.Errorf("guess %d: %q", n, code)
				}
			})
		}
		all.Wait()
		if n := guesses.Load(); n < 5 || n > 6 {
			t.Errorf("%d guesses of 40 at once", n)
		}
		laptop.comes("with the stolen secret", "too_many_tries")
		phone.comes("another known device", "")
		(&browser{h, "anna@example.com", "192.0.2.3", ""}).comes("a new device", "")
		h.Clock.Pass(time.Minute)
		laptop.comes("after the wait", "")
		for n := range 5 {
			if _, code := laptop.signIn("a mistake"); code != "wrong_credentials" {
				t.Errorf("mistake %d after a success: %q", n, code)
			}
		}
	})
}

// TestDevicesAreForgotten: with a new password, by ending all other sessions, after half a year, beyond the tenth, and
// with the person's last membership.
func TestDevicesAreForgotten(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Berg")
		at := func(n int) *browser { return &browser{h, "anna@example.com", fmt.Sprintf("192.0.2.%d", n), ""} }
		known := func(want int) {
			t.Helper()
			w, err := h.SignIn.Ways(h.As(roster.Actor{Kind: roster.ActorPerson, Person: anna.Person}))
			if err != nil || w.Devices != want {
				t.Errorf("%d devices are known, want %d (%v)", w.Devices, want, err)
			}
		}
		laptop, phone := at(1), at(2)
		s := laptop.comes("her laptop", "")
		phone.comes("her phone", "")
		known(2)
		me := roster.Actor{Kind: roster.ActorPerson, Person: anna.Person, Session: s.Session.ID, Proofs: s.Session.Proofs}
		if err := h.SignIn.End(h.As(me), "", laptop.device); err != nil {
			t.Fatal(err)
		}
		known(1)
		besieged(h, "anna@example.com", 8)
		phone.comes("her phone, which was forgotten", "too_many_tries")
		laptop.comes("her laptop", "")

		h.Clock.Pass(10 * 24 * time.Hour) // strangers are gone
		quiet := phone.comes("her phone again", "").Device
		if quiet == "" || quiet != phone.device {
			t.Error("it is not kept that she signed in")
		}
		h.Clock.Pass(time.Hour)
		for n := range 10 {
			at(10+n).comes("one more", "")
			h.Clock.Pass(time.Hour)
		}
		known(10)
		besieged(h, "anna@example.com", 8)
		phone.comes("the one that was quiet for longest", "too_many_tries")

		h.Clock.Pass(roster.DeviceLasts - time.Hour)
		laptop.comes("half a year later", "")
		besieged(h, "anna@example.com", 8)
		laptop.comes("which it remembers", "")
		h.Clock.Pass(roster.DeviceLasts)
		besieged(h, "anna@example.com", 8)
		laptop.comes("half a year without", "too_many_tries")
		known(0)

		h.Clock.Pass(10 * 24 * time.Hour)
		laptop.comes("once more", "")
		if _, err := h.Team.SetPassword(h.As(h.Owner), anna.Member, team.NewPassword{Password: "copper-window-thursday-58", Repeat: "copper-window-thursday-58"}); err != nil {
			t.Fatal(err)
		}
		if known(0); devices(h) != 0 {
			t.Errorf("%d devices outlast the password", devices(h))
		}
		s, code := laptop.signIn("copper-window-thursday-58")
		if code != "" || s.Choice == "" || s.Device != "" {
			t.Fatalf("a given password: %q %+v", code, s)
		}
		s, err := h.SignIn.Choose(laptop.nobody(), signin.Chosen{Choice: s.Choice, Password: rostertest.Password, Repeat: rostertest.Password, Device: laptop.device})
		if laptop.keeps(s, err) != "" {
			t.Fatal(err)
		}
		besieged(h, "anna@example.com", 8)
		laptop.comes("where she chose her own", "")
		if _, err := h.Team.Remove(h.As(h.Owner), anna.Member); err != nil {
			t.Fatal(err)
		}
		if n := devices(h); n != 0 {
			t.Errorf("%d devices outlast the person's last membership", n)
		}
		h.Verified(roster.Installation)
		h.Verified(h.Acme.ID)
	})
}

// TestAKnownDeviceWaitsForNobodyElsewhere: at the second step, by code and by recovery code, and where somebody confirms
// that it is they.
func TestAKnownDeviceWaitsForNobodyElsewhere(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg")
		laptop := &browser{h, "anna@example.com", "192.0.2.1", ""}
		s := laptop.comes("the first time", "")
		me := roster.Actor{Kind: roster.ActorPerson, Person: s.Session.Person, Session: s.Session.ID, Proofs: s.Session.Proofs, IP: laptop.ip}
		besieged(h, "anna@example.com", 13)
		// Her session is from before the siege; what it confirms now would be refused without the device.
		confirm := func(c signin.Confirmation, want string) signin.Signed {
			t.Helper()
			s, err := h.SignIn.Confirm(h.As(me), c)
			if code := laptop.keeps(s, err); code != want {
				t.Errorf("confirming: %q, want %q", code, want)
			}
			return s
		}
		confirm(signin.Confirmation{Password: rostertest.Password}, "too_many_tries")
		me.Proofs = confirm(signin.Confirmation{Password: rostertest.Password, Device: laptop.device}, "").Session.Proofs
		offer, err := h.Factors.Offer(h.As(me), "Roster", "")
		if err != nil {
			t.Fatal(err)
		}
		app := func() string {
			code, err := secret.TOTPCode(offer.Key, h.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		added, err := h.Factors.Add(h.As(me), factor.Addition{Sealed: offer.Sealed, Name: "Phone", Code: app()})
		if err != nil {
			t.Fatal(err)
		}
		h.Clock.Pass(30 * time.Second)
		for _, code := range []string{app(), added.Codes[0]} {
			half := laptop.comes("the password", "").Half
			second := signin.Second{Half: half, Code: code}
			if _, err := h.SignIn.Second(laptop.nobody(), second); !roster.Is(err, "too_many_tries") {
				t.Errorf("on a new device: %v", err)
			}
			second.Device = laptop.device
			s, err := h.SignIn.Second(laptop.nobody(), second)
			if code := laptop.keeps(s, err); code != "" || s.Secret == "" {
				t.Errorf("on the known one: %q", code)
			}
		}
		// Codes at the device share its budget with passwords.
		half, refused := laptop.comes("the password", "").Half, 0
		for range 8 {
			if _, err := h.SignIn.Second(laptop.nobody(), signin.Second{Half: half, Code: "000000", Device: laptop.device}); roster.Is(err, "too_many_tries") {
				refused++
			}
		}
		if refused < 2 || refused > 3 {
			t.Errorf("%d of 8 codes had to wait", refused)
		}
	})
}

// TestADeviceIsKeptOnceADay: by whatever way its person comes in.
func TestADeviceIsKeptOnceADay(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg")
		laptop := &browser{h, "anna@example.com", "192.0.2.1", ""}
		s := laptop.comes("the first time", "")
		at, err := url.Parse("https://roster.example.com")
		if err != nil {
			t.Fatal(err)
		}
		here, key := passkey.At(at), authenticator.New(t, at.String())
		me := roster.Actor{Kind: roster.ActorPerson, Person: s.Session.Person, Session: s.Session.ID, Proofs: s.Session.Proofs, IP: laptop.ip}
		asked, err := h.Factors.AskPasskey(h.As(me), here, "Roster")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Factors.AddPasskey(h.As(me), factor.PasskeyAddition{At: here, Answer: key.Make(asked.JSON), Name: "Laptop"}); err != nil {
			t.Fatal(err)
		}
		ways := map[string]func() (signin.Signed, error){
			"by both": func() (signin.Signed, error) {
				half := laptop.comes("the password", "").Half
				o, err := h.SignIn.AskSecond(laptop.nobody(), here, half)
				if err != nil {
					return signin.Signed{}, err
				}
				return h.SignIn.Second(laptop.nobody(), signin.Second{Half: half, Passkey: signin.Given{At: here, Answer: key.Use(o.JSON)}, Device: laptop.device})
			},
			"by the passkey alone": func() (signin.Signed, error) {
				o, err := h.SignIn.AskPasskey(laptop.nobody(), here)
				if err != nil {
					return signin.Signed{}, err
				}
				return h.SignIn.SignInByPasskey(laptop.nobody(), signin.KeyTry{Given: signin.Given{At: here, Answer: key.Use(o.JSON)}, Secret: o.Secret, Device: laptop.device})
			},
		}
		for how, comes := range ways {
			if s, err := comes(); err != nil || s.Secret == "" || s.Device != "" {
				t.Errorf("%s, within a day: %v, %q", how, err, s.Device)
			}
			h.Clock.Pass(24 * time.Hour)
			if s, err := comes(); err != nil || s.Device != laptop.device {
				t.Errorf("%s, a day later: %v, %q", how, err, s.Device)
			}
		}
	})
}
