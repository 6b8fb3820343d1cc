package letters_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action/org"
	"roster/internal/action/team"
	"roster/internal/mail"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/postbox"
	"roster/internal/store/jobdb"
)

func smtp(t *testing.T, box *postbox.Box) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(box.URL(), "Roster <roster@example.com>")
	if err != nil {
		t.Fatal(err)
	}
	s.Roots, s.Timeout = box.Roots(), 20*time.Second
	return s
}

func TestLettersThroughARealMailServer(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		box := postbox.Open(t, postbox.Options{User: "roster", Password: "secret in the URL"})
		d := open(t, h, smtp(t, box), 0)
		ben := d.invite(t)
		next := func(want jobdb.State) jobdb.Job {
			d.due(t, 1)
			j := d.fate(t, ben, want)
			h.Clock.Pass(max(0, j.DueAt.Sub(h.Clock.Now())))
			return j
		}

		box.Down()
		next(jobdb.Waiting)
		box.Up(t)
		box.Fail(postbox.Fault{Way: postbox.Busy, Times: 1})
		next(jobdb.Waiting)
		box.Fail(postbox.Fault{Way: postbox.KeepAndDrop, Times: 1})
		next(jobdb.Waiting)
		next(jobdb.Done)

		first, second := box.Wait(t, "ben@example.com", 1), box.Wait(t, "ben@example.com", 2)
		if !first.Secure || first.Header.Get("Message-Id") != second.Header.Get("Message-Id") {
			t.Errorf("over TLS: %t; one letter's two arrivals can be told: %s, %s", first.Secure, first.Header.Get("Message-Id"), second.Header.Get("Message-Id"))
		}
		path := base + "/invitation/" + string(h.Acme.ID) + "/"
		links := []string{first.Link(t, path), second.Link(t, path)}
		for i, link := range links {
			if code := d.opens(t, link[len(path):]); code != "" {
				t.Errorf("link %d says %s", i+1, code)
			}
		}

		d.resend(t, ben)
		box.Fail(postbox.Fault{Way: postbox.RefuseLetter, Times: 1})
		if j := next(jobdb.Refused); j.Error != "The mail server refused the letter: 550 5.1.1 No such mailbox here." {
			t.Errorf("the fate says %q", j.Error)
		}
		for i, link := range links {
			if code := d.opens(t, link[len(path):]); code != "invitation_superseded" {
				t.Errorf("link %d says %q", i+1, code)
			}
		}
	})
}

func TestAHangingMailServerDoesNotUseUpLinks(t *testing.T) {
	h := rostertest.SQLite(t)
	box := postbox.Open(t, postbox.Options{})
	box.Fail(postbox.Fault{Way: postbox.Hang, Times: roster.MaxLinks + 1})
	s := smtp(t, box)
	s.Timeout = 500 * time.Millisecond
	d := open(t, h, s, 0)
	ben := d.invite(t)
	for range roster.MaxLinks + 1 {
		d.due(t, 1)
		h.Clock.Pass(d.fate(t, ben, jobdb.Waiting).DueAt.Sub(h.Clock.Now()))
	}
	s.Timeout = 20 * time.Second
	d.due(t, 1)
	d.fate(t, ben, jobdb.Done)
}

func TestARunningHouseSendsWithoutBeingAsked(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		box := postbox.Open(t, postbox.Options{Security: postbox.Implicit})
		d := open(t, h, smtp(t, box), 0)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- d.runner.Run(ctx) }()
		ben := d.invite(t)
		box.Wait(t, "ben@example.com", 1)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		d.fate(t, ben, jobdb.Done) // the stop waited for the record
	})
}

// TestALetterNamesItsOrganisationBeforeTheInstallation sends as an organisation with a sender of its own: the name stands
// before the installation's, whose address stays, and answers go where the organisation wants them.
func TestALetterNamesItsOrganisationBeforeTheInstallation(t *testing.T) {
	h := rostertest.SQLite(t)
	box := postbox.Open(t, postbox.Options{})
	d := open(t, h, smtp(t, box), 0)
	d.invite(t)
	d.due(t, 1)
	sender, reply := "Acme people", "people@acme.example"
	if _, err := h.Orgs.Edit(h.As(h.Owner), org.Edit{Sender: &sender, ReplyTo: &reply}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "carla@example.com", Profile: roster.Profile{FirstName: "Carla", LastName: "Costa"}}); err != nil {
		t.Fatal(err)
	}
	d.due(t, 1)
	plain, branded := box.Wait(t, "ben@example.com", 1), box.Wait(t, "carla@example.com", 1)
	if from, err := plain.Header.AddressList("From"); err != nil || from[0].Name != "Roster" || from[0].Address != "roster@example.com" || plain.Header.Get("Reply-To") != "" {
		t.Errorf("without a sender: %v, answers to %q", from, plain.Header.Get("Reply-To"))
	}
	if from, err := branded.Header.AddressList("From"); err != nil || from[0].Name != "Acme people · Roster" || from[0].Address != "roster@example.com" {
		t.Errorf("with one: %v, %v", from, err)
	}
	if to, err := branded.Header.AddressList("Reply-To"); err != nil || to[0].Address != reply {
		t.Errorf("answers go to %v, %v", to, err)
	}
}
