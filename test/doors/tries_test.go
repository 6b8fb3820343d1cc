package doors_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roster/internal/action"
	"roster/internal/action/signin"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
)

const otherPassword = "copper-window-thursday-58"

// twin makes a person of an address that somebody in Acme has too, in an organisation of their own.
func (s *site) twin(name, email string) {
	s.T.Helper()
	o, owner := s.other(name, "otto@"+roster.Slug(name)+".example")
	_, link := invited(s.T.(*testing.T), s.House, owner, email)
	_, err := s.SignIn.Accept(s.As(roster.Actor{Kind: roster.ActorNobody}), signin.Acceptance{Org: o.ID, Secret: link, FirstName: "Anna", LastName: name, Password: otherPassword, Repeat: otherPassword})
	must(s.T, err)
}

// try signs in from an address of the client's own and gives the error's code.
func (s *site) try(org, email, password, ip string) string {
	return attempt(s.House, org, email, password, ip)
}

func attempt(h *rostertest.House, org, email, password, ip string) string {
	_, err := h.SignIn.SignIn(h.As(roster.Actor{Kind: roster.ActorNobody, IP: ip}), signin.Try{Email: email, Password: password, Organisation: org})
	if err == nil {
		return ""
	}
	return roster.AsError(err).Code
}

// tried gives how many keys have tries behind them.
func tried(t *testing.T, h *rostertest.House) (n int) {
	t.Helper()
	must(t, action.Note(context.Background(), h.Gate, func(ctx context.Context, tx store.Noter) error {
		found, err := store.One(ctx, tx, store.Scan[int], `SELECT count(*) FROM attempt`)
		n = found.Value
		return err
	}))
	return n
}

// TestNobodyForgivesTriesAtAnothersPerson: another organisation makes a person of the same address, and signing in as
// that one takes back nothing that was tried at this one.
func TestNobodyForgivesTriesAtAnothersPerson(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Berg")
		s.twin("Beta", "anna@example.com")
		guesses := 0
		for n := range 20 {
			if s.try("acme", "anna@example.com", "a guess", fmt.Sprintf("203.0.113.%d", n)) == "wrong_credentials" {
				guesses++
			}
			s.try("beta", "anna@example.com", otherPassword, fmt.Sprintf("198.51.100.%d", n))
		}
		if guesses < 5 || guesses > 6 {
			t.Errorf("%d guesses at Acme's Anna between successes of Beta's", guesses)
		}
		if code := s.try("acme", "anna@example.com", rostertest.Password, "192.0.2.1"); code != "too_many_tries" {
			t.Errorf("within the wait: %q", code)
		}
		h.Clock.Pass(time.Minute)
		if code := s.try("acme", "anna@example.com", rostertest.Password, "192.0.2.1"); code != "" {
			t.Errorf("after the wait: %q", code)
		}
		for n := range 5 {
			if code := s.try("acme", "anna@example.com", "a mistake", "192.0.2.1"); code != "wrong_credentials" {
				t.Errorf("mistake %d after a success: %q", n, code)
			}
		}
		// Whom the address means shows in no wait either: there is one for all of its persons.
		if a, b := s.try("", "anna@example.com", "a guess", "192.0.2.2"), s.try("beta", "anna@example.com", "a guess", "192.0.2.3"); a != "wrong_credentials" || b != "too_many_tries" {
			t.Errorf("another spelling of whom is meant: %q, %q", a, b)
		}
	})
}

// TestNobodyIsShutOutBySomebodyElsesPerson: where several organisations manage a person of an address, the plain page
// means nobody, and each organisation's own page its own.
func TestNobodyIsShutOutBySomebodyElsesPerson(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		h.Join("anna@example.com", "Anna", "Berg")
		if code := s.try("", "anna@example.com", rostertest.Password, "192.0.2.1"); code != "" {
			t.Errorf("the only one: %q", code)
		}
		s.twin("Beta", "anna@example.com")
		for _, try := range []struct{ org, password, want string }{
			{"acme", rostertest.Password, ""},
			{"beta", otherPassword, ""},
			{"beta", rostertest.Password, "wrong_credentials"},
			{"", rostertest.Password, "wrong_credentials"},
			{"", otherPassword, "wrong_credentials"},
			{"nowhere", otherPassword, "wrong_credentials"},
		} {
			if code := s.try(try.org, "anna@example.com", try.password, "192.0.2.1"); code != try.want {
				t.Errorf("at %q: %q, want %q", try.org, code, try.want)
			}
		}
	})
}

// TestTriesMadeAtOnceShareOneBudget: however many guess at once, from wherever, and at whichever server of the database,
// an account takes the free ones and no more.
func TestTriesMadeAtOnceShareOneBudget(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Join("anna@example.com", "Anna", "Berg")
		houses := []*rostertest.House{h, rostertest.Open(t, h.Database)}
		var guesses atomic.Int32
		var all sync.WaitGroup
		for n := range 40 {
			all.Go(func() {
				switch code := attempt(houses[n%2], "acme", "anna@example.com", "a guess", fmt.Sprintf("203.0.113.%d", n)); code {
				case "wrong_credentials":
					guesses.Add(1)
				case "too_many_tries":
				default:
					t.Errorf("try %d: %q", n, code)
				}
			})
		}
		all.Wait()
		if n := guesses.Load(); n < 5 || n > 6 {
			t.Errorf("%d guesses of 40 at once", n)
		}
	})
}

// TestTriesThatMustWaitKeepNothing: however many accounts are tried from a block that must wait, the table does not
// grow.
func TestTriesThatMustWaitKeepNothing(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		rows := func() int { return tried(t, h) }
		n := 0
		for s.try("", fmt.Sprintf("anna%d@example.com", n), "a guess", "192.0.2.1") != "too_many_tries" {
			n++
		}
		before := rows()
		for n := range 50 {
			if code := s.try("", fmt.Sprintf("bert%d@example.com", n), "a guess", "192.0.2.1"); code != "too_many_tries" {
				t.Fatalf("try %d: %q", n, code)
			}
		}
		if after := rows(); n < 30 || after != before {
			t.Errorf("%d tries, then %d rows and %d", n, before, after)
		}
	})
}

// TestWrongClientSecretsMustWait, by the address they come from; whoever has the right one never does.
func TestWrongClientSecretsMustWait(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h, "127.0.0.0/8")
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot"})
		must(t, err)
		token := func(secret, from string) int {
			return s.stranger().send(http.MethodPost, "/oauth2/token", "grant_type=client_credentials&client_id="+made.ClientID+"&client_secret="+secret,
				"Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", from).status
		}
		guesses := 0
		for range 80 {
			if token("rsec_guess", "203.0.113.5") == http.StatusUnauthorized {
				guesses++
			}
		}
		if guesses < 60 || guesses > 62 {
			t.Errorf("%d guesses of 80 were answered", guesses)
		}
		if got := token("rsec_guess", "203.0.113.6"); got != http.StatusUnauthorized {
			t.Errorf("a mistake at another address: %d", got)
		}
		if got := token(made.Secret, "203.0.113.5"); got != http.StatusOK {
			t.Errorf("the right secret at the same address: %d", got)
		}
		h.Clock.Pass(2 * time.Minute)
		if got := token("rsec_guess", "203.0.113.5"); got != http.StatusUnauthorized {
			t.Errorf("two minutes later: %d", got)
		}
	})
}
