// Package browser_test holds the stories that people live through in a browser: a real Chromium against a
// whole house, with its doors, its jobs and a real mail server, on both databases.
package browser_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/app"
	"roster/internal/outgoing"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
	"roster/internal/rostertest/postgres"
	"roster/internal/secret"
)

// chromium is the one browser of all stories.
var chromium *browser.Browser

func TestMain(m *testing.M) {
	b, end, err := browser.Launch()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	chromium = b
	code := m.Run()
	end()
	os.Exit(code)
}

// clock is the machine's clock, from which time can be skipped.
type clock struct {
	mu      sync.Mutex
	skipped time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.skipped)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skipped += d
}

// journal is the server's log.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// site is a running Roster with its mail server. The house's own clock is not used: see clock.
type site struct {
	*rostertest.House
	t     *testing.T
	url   string
	mail  *postbox.Box
	clock *clock
	email string // the Owner's
}

// each tells a story on both databases, side by side. At the small count it is told once: over STARTTLS on PostgreSQL,
// over implicit TLS, which those without scripts mostly take, on SQLite. What differs between databases is held by
// faster tests too.
func each(t *testing.T, security postbox.Security, story func(t *testing.T, s *site)) {
	t.Helper()
	full := os.Getenv("ROSTER_PROOF") != "" || !postgres.Wanted()
	if full || security == postbox.Implicit {
		t.Run("sqlite", func(t *testing.T) {
			t.Parallel()
			story(t, serve(t, filepath.Join(t.TempDir(), "roster.db"), security))
		})
	}
	if postgres.Wanted() && (full || security != postbox.Implicit) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			story(t, serve(t, postgres.Database(t), security))
		})
	}
}

// serve runs a house on a database until the test ends, as `roster serve` does.
func serve(t *testing.T, database string, security postbox.Security) *site {
	t.Helper()
	return serveAs(t, "127.0.0.1", database, security)
}

// serveAs is serve where browsers come by a name of this machine's loopback.
func serveAs(t *testing.T, name, database string, security postbox.Security) *site {
	t.Helper()
	s := &site{t: t, mail: postbox.Open(t, postbox.Options{Security: security}), clock: &clock{}}
	inner, err := app.Open(context.Background(), app.Settings{Database: database, Key: secret.NewKey(), Hashing: rostertest.Cheap(), Clock: s.clock.now, Outgoing: outgoing.Settings{Private: true}, Webhooks: outgoing.Settings{Private: true}})
	if err != nil {
		t.Fatal(err)
	}
	s.House = &rostertest.House{House: inner, T: t, Database: database}
	t.Cleanup(func() {
		if err := inner.Close(); err != nil {
			t.Error(err)
		}
	})
	at := address(t)
	s.url = "http://" + strings.Replace(at, "127.0.0.1", name, 1)
	s.run(app.ServeSettings{
		Listen: at, URL: s.url, SMTP: s.mail.URL(), MailFrom: "Roster <roster@example.com>", MailRoots: s.mail.Roots(),
	})
	return s
}

// address finds a free port below those that outgoing connections take theirs from.
func address(t *testing.T) string {
	t.Helper()
	for range 50 {
		at := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		if l, err := net.Listen("tcp", at); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatal("no port is free")
	return ""
}

// run runs the server until the test ends. It must stop without an error, and its log must not hold one,
// nor any secret.
func (s *site) run(set app.ServeSettings) {
	s.t.Helper()
	log := &journal{}
	set.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, set) }()
	s.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.t.Errorf("the server stopped with: %v", err)
		}
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, "level=ERROR") || secretIn(line) {
				s.t.Errorf("the log says: %s", line)
			}
		}
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if a, err := http.Get(s.url + "/readyz"); err == nil {
			a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- nil
			s.t.Fatalf("the server does not start: %v", err)
		default:
		}
		if time.Now().After(end) {
			s.t.Fatal("the server is not ready")
		}
	}
}

// secretIn tells whether a line of the log holds a secret of any kind.
func secretIn(line string) bool {
	for _, mark := range []string{act.InvitationPrefix, act.SessionPrefix, act.ClientPrefix, rostertest.Password} {
		if strings.Contains(line, mark) {
			return true
		}
	}
	return false
}

// found makes the organisation Acme with its accepted Owner, Olga.
func (s *site) found(plan string) {
	s.t.Helper()
	s.foundAs("Acme", "olga@example.com", plan)
}

func (s *site) foundAs(name, owner, plan string) {
	s.t.Helper()
	founded, err := s.Orgs.Create(s.CLI(""), org.Founding{Name: name, Plan: plan, Owner: owner})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Acme, s.email = founded.Organisation, owner
	s.Owner = s.Accept(s.Acme.ID, founded.Link, "Olga", "Owner")
}

// invite invites an address as the Owner does, and gives the member and the link in the n-th letter.
func (s *site) invite(email, first, last, role string) (roster.Member, string) {
	s.t.Helper()
	v, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}, Grants: team.RoleGivings(role)})
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Member, s.mail.Wait(s.t, email, 1).Link(s.t, "/invitation/")
}

// sent waits until it is kept that a member's letter has left: from then on the invitation's clock runs.
func (s *site) sent(id roster.MemberID) {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); s.member(id).Live.ExpiresAt.IsZero(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatal("nothing says that the letter left")
		}
	}
}

// member gives a member as they are now.
func (s *site) member(id roster.MemberID) team.View {
	s.t.Helper()
	v, err := s.Team.Show(s.As(s.Owner), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// at gives an address inside Acme.
func (s *site) at(parts ...string) string {
	return s.url + "/o/" + s.Acme.Slug + "/" + strings.Join(parts, "/")
}

// visitor opens a browser profile of its own.
func (s *site) visitor(o browser.Options) *browser.Page { return chromium.Profile(s.t, o) }

// signedIn opens a browser profile in which someone has signed in through the page.
func (s *site) signedIn(email string, o browser.Options) *browser.Page {
	s.t.Helper()
	p := s.visitor(o)
	p.Open(s.url + "/sign-in")
	signIn(p, email)
	return p
}

func signIn(p *browser.Page, email string) {
	p.Fill("E-mail", email)
	p.Fill("Password", rostertest.Password)
	p.Click("Sign in")
	p.WaitGone("Sign in")
}

// accept accepts an invitation by names and a new password.
func accept(p *browser.Page) {
	p.Fill("Password", rostertest.Password)
	p.Fill("Password again", rostertest.Password)
	p.Click("Accept invitation")
}
