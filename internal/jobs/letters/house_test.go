package letters_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/act"
	"roster/internal/action"
	"roster/internal/action/outbox"
	"roster/internal/action/team"
	"roster/internal/action/team/profile"
	"roster/internal/jobs"
	"roster/internal/jobs/letters"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store"
	"roster/internal/store/jobdb"
	"roster/internal/words"
)

const base = "https://roster.example.com"

// carrier is a mail server that does as it is told, one answer for each letter and then no more errors.
type carrier struct {
	mu      sync.Mutex
	letters []mail.Letter // those it took
	answers []func(context.Context, mail.Letter) (taken bool, err error)
}

func (c *carrier) Carry(ctx context.Context, l mail.Letter) error {
	c.mu.Lock()
	answer := func(context.Context, mail.Letter) (bool, error) { return true, nil }
	if len(c.answers) > 0 {
		answer, c.answers = c.answers[0], c.answers[1:]
	}
	c.mu.Unlock()
	taken, err := answer(ctx, l) // not under the lock: answers act on the house
	c.mu.Lock()
	defer c.mu.Unlock()
	if taken {
		c.letters = append(c.letters, l)
	}
	return err
}

// then adds an answer.
func (c *carrier) then(answer func(context.Context, mail.Letter) (taken bool, err error)) {
	c.answers = append(c.answers, answer)
}

// fails adds an answer that is an error; the letter is taken or not.
func (c *carrier) fails(taken bool, err error) {
	c.then(func(context.Context, mail.Letter) (bool, error) { return taken, err })
}

// dies adds an answer that ends the attempt like a kill: nothing that follows the letter is done.
func (c *carrier) dies(taken bool) {
	c.then(func(_ context.Context, l mail.Letter) (bool, error) {
		if taken {
			c.letters = append(c.letters, l)
		}
		runtime.Goexit()
		return false, nil
	})
}

// secrets gives the secrets in the letters that it took, in order.
func (c *carrier) secrets(t *testing.T, h *rostertest.House) (all []string) {
	t.Helper()
	for _, l := range c.letters {
		if l.To == "olga@example.com" { // who is told what became of it
			continue
		}
		_, rest, ok := strings.Cut(l.Text, base+act.InvitationPath(h.Acme.ID, ""))
		if !ok {
			t.Fatalf("the letter has no link: %s", l.Text)
		}
		all = append(all, strings.Fields(rest)[0])
	}
	return all
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
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

// desk is a house with a runner of letters.
type desk struct {
	*rostertest.House
	runner *jobs.Runner
	handle jobs.Handler // of invitations; nil where nothing carries mail
	log    *journal
}

func open(t *testing.T, h *rostertest.House, c mail.Carrier, patience time.Duration) desk {
	t.Helper()
	say, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := &journal{}
	handlers := letters.Handlers(letters.Settings{Outbox: h.Outbox, Ways: h.Recovery, Mailbox: h.Mailbox, News: h.News, Carrier: c, Words: say, URL: base + "/"})
	runner := jobs.NewRunner(h.Gate, jobs.Settings{
		Log: slog.New(slog.NewJSONHandler(log, nil)), Patience: patience, Wake: h.Wake, Handlers: handlers,
	})
	return desk{h, runner, handlers[outbox.Invitation], log}
}

// invite invites Ben as the Owner.
func (d desk) invite(t *testing.T) roster.MemberID {
	t.Helper()
	v, err := d.Team.Invite(d.As(d.Owner), team.Invitation{Email: "ben@example.com", Profile: roster.Profile{FirstName: "Ben", LastName: "Brown"}, Message: "Welcome!"})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

func (d desk) resend(t *testing.T, id roster.MemberID) {
	t.Helper()
	if _, err := d.Team.Resend(d.As(d.Owner), id); err != nil {
		t.Fatal(err)
	}
}

// due runs what is due and demands a number of attempts.
func (d desk) due(t *testing.T, attempts int) {
	t.Helper()
	n, err := d.runner.Due(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if n != attempts {
		t.Errorf("%d attempts, want %d", n, attempts)
	}
}

func (d desk) detail(t *testing.T, id roster.MemberID) profile.Profile {
	t.Helper()
	v, err := d.Profiles.Show(d.As(d.Owner), id, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// fate demands the fate of the newest letter, as the member's page shows it, and gives it.
func (d desk) fate(t *testing.T, id roster.MemberID, want jobdb.State) jobdb.Job {
	t.Helper()
	all := d.detail(t, id).Letters
	if len(all) == 0 || all[0].State != want {
		t.Fatalf("the letters are %+v, want the newest %s", all, want)
	}
	return all[0]
}

// opens tells how a link's page greets: "" for a link that works, else the code of the refusal.
func (d desk) opens(t *testing.T, secret string) string {
	t.Helper()
	ctx := roster.WithActor(context.Background(), roster.Actor{Kind: roster.ActorNobody})
	l, err := d.SignIn.Landing(ctx, d.Acme.ID, secret)
	if err != nil {
		return roster.AsError(err).Code
	}
	if !l.ByMail {
		t.Error("a mailed link does not count as mailed")
	}
	return ""
}

// claim takes the one job that is due, as a process would that is killed later.
func (d desk) claim(t *testing.T) (j jobdb.Job) {
	t.Helper()
	err := action.Note(context.Background(), d.Gate, func(ctx context.Context, tx store.Noter) error {
		all, err := jobdb.Claim(ctx, tx, []string{outbox.Invitation}, 1, 2*time.Minute)
		if err == nil {
			j = all[0]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}
