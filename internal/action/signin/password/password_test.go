package password_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/outbox"
	"roster/internal/action/signin"
	"roster/internal/action/signin/password"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/jobdb"
)

const other = "silver-pebble-orchard-92"

func nobody() roster.Actor {
	return roster.Actor{Kind: roster.ActorNobody, Door: roster.DoorDashboard, IP: "203.0.113.7"}
}

// signed signs somebody in and gives them as an actor.
func signed(t *testing.T, h *rostertest.House, secret string) (roster.Actor, string) {
	t.Helper()
	s, err := h.SignIn.SignIn(h.As(nobody()), signin.Try{Email: "anna@example.com", Password: secret})
	if err != nil {
		t.Fatal(err)
	}
	return roster.Actor{Kind: roster.ActorPerson, Person: s.Session.Person, Session: s.Session.ID, Proofs: s.Session.Proofs, Door: roster.DoorDashboard}, s.Secret
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestAChangedPasswordEndsOtherSessionsAndTheOldOne(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Annabella", LastName: "Silva"}})
		_, elsewhere := signed(t, h, rostertest.Password)
		a, here := signed(t, h, rostertest.Password)
		change := func(p, repeat string) (password.Changed, error) {
			return h.Passwords.Change(h.As(a), password.Chosen{Password: p, Repeat: repeat})
		}
		_, err := change("short", "short")
		refused(t, err, "password_criteria")
		_, err = change("annabella-silva-acme", "annabella-silva-acme")
		refused(t, err, "password_criteria")
		_, err = change(other, other+"x")
		refused(t, err, "passwords_differ")
		_, err = change(rostertest.Password, rostertest.Password)
		refused(t, err, "password_same")
		done, err := change(other, other)
		if err != nil {
			t.Fatal(err)
		}
		for name, secret := range map[string]string{"the other session": elsewhere, "this one's old secret": here} {
			if _, err := h.SignIn.Check(h.As(nobody()), secret); err == nil {
				t.Errorf("%s goes on", name)
			}
		}
		if s, err := h.SignIn.Check(h.As(nobody()), done.Secret); err != nil || s.ID != a.Session {
			t.Errorf("this session ended: %v", err)
		}
		waiting, err := h.Outbox.List(h.CLI(""), 10)
		if err != nil || !slices.ContainsFunc(waiting, func(w outbox.Waiting) bool { return w.Kind == jobdb.Told && w.About == string(a.Person) }) {
			t.Errorf("no letter tells them: %+v, %v", waiting, err)
		}
		_, err = h.SignIn.SignIn(h.As(nobody()), signin.Try{Email: "anna@example.com", Password: rostertest.Password})
		refused(t, err, "wrong_credentials")
		page, err := h.History.List(h.CLI(roster.Installation), history.Query{Limit: 1})
		if err != nil || page.Events[0].Action != "password.change" || page.Events[0].Target.ID != string(a.Person) {
			t.Errorf("the line: %+v, %v", page.Events, err)
		}
		for _, c := range page.Events[0].Changes {
			if c.To == other || c.From == rostertest.Password {
				t.Error("a password stands in the history")
			}
		}
		a, _ = signed(t, h, other)
		h.Clock.Pass(roster.FreshFor + time.Second)
		_, err = change(rostertest.Password, rostertest.Password)
		refused(t, err, "confirmation_required")
		h.Verified(roster.Installation)
	})
}

func TestOfSeveralChangesAtOnceOnePasswordIsLeft(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Own(h.Owner, roster.Actor{}, team.Invitation{Email: "anna@example.com", Profile: roster.Profile{FirstName: "Anna", LastName: "Silva"}})
		a, _ := signed(t, h, rostertest.Password)
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				p := other + string(rune('a'+i))
				_, errs[i] = h.Passwords.Change(h.As(a), password.Chosen{Password: p, Repeat: p})
			})
		}
		all.Wait()
		// Those that came one after the other may both be done; whatever was done, one password is left.
		works := 0
		for i, err := range errs {
			if err != nil {
				refused(t, err, "changed_meanwhile")
			}
			_, in := h.SignIn.SignIn(h.As(nobody()), signin.Try{Email: "anna@example.com", Password: other + string(rune('a'+i))})
			if in == nil && err != nil {
				t.Error("a change that was refused stands")
			}
			if in == nil {
				works++
			}
		}
		if works != 1 {
			t.Errorf("%d passwords work", works)
		}
	})
}
