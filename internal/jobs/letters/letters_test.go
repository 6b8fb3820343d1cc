package letters_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/jobs/letters"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/store/jobdb"
)

// busy is a mail server's "not now".
func busy() error {
	return &mail.Failure{Unsent: true, Reason: "The mail server refused the recipient: 451 try later <ben@example.com>."}
}

// dropped is a connection that ended where a letter may have been taken.
func dropped() error { return &mail.Failure{Reason: "The mail server ended the connection."} }

func TestALetterIsSentAndItsFateIsSeen(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		d.fate(t, ben, jobdb.Waiting)
		if i := d.detail(t, ben).Invitations[0]; !i.SentAt.IsZero() || !i.ExpiresAt.IsZero() {
			t.Errorf("the clock runs before the letter left: %+v", i)
		}
		h.Clock.Pass(time.Hour)
		d.due(t, 1)
		d.fate(t, ben, jobdb.Done)
		if i := d.detail(t, ben).Invitations[0]; !i.SentAt.Equal(h.Clock.Now()) || i.ExpiresAt.Sub(i.SentAt) != roster.DefaultInvitationTTL {
			t.Errorf("the clock does not run from the hand-over: %+v", i)
		}
		l := c.letters[0]
		for _, want := range []string{"Ben", "Acme", "Olga Owner", "Welcome!", "7 days"} {
			if !strings.Contains(l.Text, want) {
				t.Errorf("the letter does not say %q: %s", want, l.Text)
			}
		}
		if l.To != "ben@example.com" || !strings.HasPrefix(l.ID, "job_") {
			t.Errorf("to %q, ID %q", l.To, l.ID)
		}
		secret := c.secrets(t, h)[0]
		if log := d.log.String(); strings.Contains(log, "ben@") || strings.Contains(log, secret) || strings.Count(log, "\n") != 1 {
			t.Errorf("the log has one line for an attempt, and neither address nor secret: %s", log)
		}
		actor := h.Accept(h.Acme.ID, secret, "Ben", "Brown")
		if m := d.detail(t, actor.Member); m.Status != roster.Active || m.VerifiedAt.IsZero() {
			t.Errorf("who accepts by a letter is active and verified, not %s, %s", m.Status, m.VerifiedAt)
		}
		d.due(t, 0)
		h.Verified(h.Acme.ID)
	})
}

func TestWhereNothingCarriesMailLettersWait(t *testing.T) {
	h := rostertest.SQLite(t)
	if got := letters.Handlers(letters.Settings{}); len(got) != 0 {
		t.Errorf("handlers without a carrier: %v", got)
	}
	d := open(t, h, nil, 0)
	ben := d.invite(t)
	d.due(t, 0)
	if j := d.fate(t, ben, jobdb.Waiting); j.Attempt != 0 {
		t.Errorf("%d attempts were counted", j.Attempt)
	}
}

func TestALetterTemporarilyRefusedIsSentLater(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		for range roster.MaxLinks + 1 { // more than an invitation may have links
			c.fails(false, busy())
		}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		for _, wait := range []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour} {
			d.due(t, 1)
			j := d.fate(t, ben, jobdb.Waiting)
			if !strings.Contains(j.Error, "451 try later <ben@example.com>") {
				t.Errorf("the fate does not say why: %q", j.Error)
			}
			if left := j.DueAt.Sub(h.Clock.Now()); left < wait || left > wait*11/10 {
				t.Errorf("it waits %s, want %s and at most a tenth more", left, wait)
			}
			h.Clock.Pass(wait - time.Second)
			d.due(t, 0)
			h.Clock.Pass(wait/10 + 2*time.Second)
		}
		d.due(t, 1)
		if j := d.fate(t, ben, jobdb.Done); j.Error != "" {
			t.Errorf("a letter that was sent still says %q", j.Error)
		}
		if code := d.opens(t, c.secrets(t, h)[0]); code != "" {
			t.Errorf("the link says %s", code)
		}
		if log := d.log.String(); strings.Contains(log, "ben@") || !strings.Contains(log, "451 try later …@example.com") {
			t.Errorf("the log tells the reason without the address: %s", log)
		}
	})
}

func TestALetterThatIsNeverTakenIsGivenUp(t *testing.T) {
	h := rostertest.SQLite(t)
	c := &carrier{}
	for range 20 {
		c.fails(false, busy())
	}
	d := open(t, h, c, 0)
	ben := d.invite(t)
	begun := h.Clock.Now()
	attempts := 0
	for ; d.detail(t, ben).Letters[0].State == jobdb.Waiting; attempts++ {
		h.Clock.Pass(max(0, d.detail(t, ben).Letters[0].DueAt.Sub(h.Clock.Now())))
		d.due(t, 1)
	}
	d.fate(t, ben, jobdb.GivenUp)
	if took := h.Clock.Now().Sub(begun); attempts != 9 || took < 24*time.Hour || took > 48*time.Hour {
		t.Errorf("given up after %d attempts and %s", attempts, took)
	}
	if i := d.detail(t, ben).Invitations[0]; !i.SentAt.IsZero() {
		t.Error("the clock runs though no letter ever left")
	}
}

func TestALetterRefusedForGoodIsNotTriedAgain(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		var secret string
		c.then(func(_ context.Context, l mail.Letter) (bool, error) {
			secret = (&carrier{letters: []mail.Letter{l}}).secrets(t, h)[0]
			return false, &mail.Failure{Refused: true, Reason: "The mail server refused the letter: 554 we do not like <https://roster.example.com/invitation/" + secret[:20]}
		})
		d := open(t, h, c, 0)
		ben := d.invite(t)
		d.due(t, 1)
		j := d.fate(t, ben, jobdb.Refused)
		if !strings.Contains(j.Error, "554 we do not like") || strings.Contains(j.Error, secret[:20]) {
			t.Errorf("the fate tells the reason without the secret: %q", j.Error)
		}
		h.Clock.Pass(48 * time.Hour)
		d.due(t, 1) // the letter that tells the inviter of it
		if code := d.opens(t, secret); code != "invitation_unknown" {
			t.Errorf("the link of a letter that surely did not leave says %q", code)
		}
		d.resend(t, ben)
		d.due(t, 1)
		d.fate(t, ben, jobdb.Done)
		if code := d.opens(t, c.secrets(t, h)[0]); code != "" {
			t.Errorf("the link sent again says %s", code)
		}
		if n := len(d.detail(t, ben).Letters); n != 2 {
			t.Errorf("the page shows %d letters, want both", n)
		}
	})
}

func TestAMailServerThatHangsIsTriedAgain(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		c.then(func(ctx context.Context, _ mail.Letter) (bool, error) {
			<-ctx.Done()
			return true, ctx.Err() // it had the letter all the same
		})
		d := open(t, h, c, 50*time.Millisecond)
		ben := d.invite(t)
		d.due(t, 1)
		if j := d.fate(t, ben, jobdb.Waiting); j.Error != "The mail server did not answer in time." {
			t.Errorf("the fate says %q", j.Error)
		}
		h.Clock.Pass(34 * time.Second)
		d.due(t, 1)
		d.fate(t, ben, jobdb.Done)
		for i, secret := range c.secrets(t, h) {
			if code := d.opens(t, secret); code != "" {
				t.Errorf("link %d of two says %s", i+1, code)
			}
		}
	})
}

func TestAKillBetweenAnyTwoStepsSendsAtLeastOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		killed := func(attempts int) {
			d.due(t, attempts)
			d.due(t, 0) // the dead process's lease lasts
			d.fate(t, ben, jobdb.Running)
			h.Clock.Pass(2 * time.Minute)
		}
		d.claim(t)
		killed(0)
		c.dies(false) // between hash and letter
		killed(1)
		c.dies(true) // between letter and record
		killed(1)
		d.due(t, 1)
		if j := d.fate(t, ben, jobdb.Done); j.Attempt != 4 {
			t.Errorf("done at attempt %d, want 4", j.Attempt)
		}
		secrets := c.secrets(t, h)
		if len(secrets) != 2 || secrets[0] == secrets[1] {
			t.Fatalf("letters with the secrets %q, want two", secrets)
		}
		for i, secret := range secrets {
			if code := d.opens(t, secret); code != "" {
				t.Errorf("link %d says %s before one is used", i+1, code)
			}
		}
		h.Accept(h.Acme.ID, secrets[0], "Ben", "Brown")
		if code := d.opens(t, secrets[1]); code != "invitation_used" {
			t.Errorf("after the first link was used the second says %q", code)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestAfterFiveUnansweredAttemptsALetterIsGivenUpAndItsLinksExpire(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		for range roster.MaxLinks {
			c.fails(true, dropped())
		}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		for range roster.MaxLinks {
			d.due(t, 1)
			h.Clock.Pass(d.fate(t, ben, jobdb.Waiting).DueAt.Sub(h.Clock.Now()))
		}
		d.due(t, 1)
		if j := d.fate(t, ben, jobdb.GivenUp); !strings.Contains(j.Error, "Resend") {
			t.Errorf("the fate does not say what to do: %q", j.Error)
		}
		secrets := c.secrets(t, h)
		if len(secrets) != roster.MaxLinks {
			t.Fatalf("%d letters left, want %d", len(secrets), roster.MaxLinks)
		}
		for _, secret := range secrets {
			if code := d.opens(t, secret); code != "" {
				t.Errorf("a link that arrived says %s", code)
			}
		}
		h.Clock.Pass(roster.DefaultInvitationTTL)
		if code := d.opens(t, secrets[0]); code != "invitation_expired" {
			t.Errorf("a link of a letter without a fate never expires: %q", code)
		}
	})
}

func TestASupersededLetterIsDead(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		ben := d.invite(t)

		// While it is queued: one letter leaves, the newer one's.
		d.resend(t, ben)
		d.due(t, 1)
		// While it is claimed but not prepared: the claimed one sends nothing.
		d.resend(t, ben)
		j := d.claim(t)
		d.resend(t, ben)
		if out, err := d.handle(context.Background(), j); err != nil || out.State != jobdb.Cancelled || len(c.letters) != 1 {
			t.Errorf("a superseded job comes to %v (%v), and %d letters have left", out, err, len(c.letters))
		}
		d.due(t, 1)
		// While it is on its way: it arrives dead, and says so.
		c.then(func(context.Context, mail.Letter) (bool, error) { d.resend(t, ben); return true, nil })
		h.Clock.Pass(time.Hour) // so many invitations are too many within one
		d.resend(t, ben)
		d.due(t, 2)

		secrets := c.secrets(t, h)
		if len(secrets) != 4 {
			t.Fatalf("%d letters left, want 4", len(secrets))
		}
		for i, want := range []string{"invitation_superseded", "invitation_superseded", "invitation_superseded", ""} {
			if code := d.opens(t, secrets[i]); code != want {
				t.Errorf("link %d says %q, want %q", i+1, code, want)
			}
		}
		var states []jobdb.State
		for _, l := range d.detail(t, ben).Letters {
			states = append(states, l.State)
		}
		if len(states) != 6 || states[0] != jobdb.Done || states[1] != jobdb.Cancelled {
			t.Errorf("the fates are %v", states)
		}
		h.Verified(h.Acme.ID)
	})
}

func TestALetterIsNotSentToWhoWasRemovedOrBlocked(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		ben := d.invite(t)
		if _, err := h.Team.Block(h.As(h.Owner), ben, ""); err != nil {
			t.Fatal(err)
		}
		d.due(t, 0)
		d.fate(t, ben, jobdb.Cancelled)
		if len(c.letters) != 0 {
			t.Error("a withdrawn invitation was sent")
		}
	})
}

func TestTheCommandLineIsNobodyInParticular(t *testing.T) {
	h := rostertest.SQLite(t)
	c := &carrier{}
	d := open(t, h, c, 0)
	if _, err := h.Team.Invite(h.CLI(h.Acme.ID), team.Invitation{Email: "ben@example.com", Profile: roster.Profile{FirstName: "Ben", LastName: "Brown"}}); err != nil {
		t.Fatal(err)
	}
	d.due(t, 1)
	if text := c.letters[0].Text; strings.Contains(text, "Command line") || !strings.Contains(text, "You are invited to join Acme") {
		t.Errorf("the letter says: %s", text)
	}
}

func TestAnErrorOfOursIsNotTheMailServers(t *testing.T) {
	h := rostertest.SQLite(t)
	c := &carrier{}
	c.fails(false, errors.New("a hole in the bag"))
	d := open(t, h, c, 0)
	ben := d.invite(t)
	d.due(t, 1)
	if j := d.fate(t, ben, jobdb.Waiting); j.Error != "The letter could not be sent." {
		t.Errorf("an administrator reads %q", j.Error)
	}
}
