package browser_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
	"roster/internal/store/jobdb"
)

// TestWhoeverInvitedIsToldByTheBellAndTheLetterOfTheDay: an Owner wants one letter a day, sees by the bell that somebody
// came in, marks it as read, and is told the next morning of who came in after that.
func TestWhoeverInvitedIsToldByTheBellAndTheLetterOfTheDay(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { notificationStory(t, s, browser.Options{}) })
}

func TestWhoeverInvitedIsToldByTheBellAndTheLetterOfTheDayWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { notificationStory(t, s, browser.Options{NoScript: true}) })
}

func notificationStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	p := s.signedIn("olga@example.com", o)
	p.In(".side").Click("Notifications")
	p.WaitText("Nothing happened yet")
	p.CheckAxe()
	p.Click("How you are told")
	p.Choose("An invitation of mine was accepted", "Here, and in a letter once a day")
	p.Click("Save notifications")
	p.WaitText("Your notifications are saved.")

	comes := func(email, first, last string) {
		t.Helper()
		_, link := s.invite(email, first, last, roster.RoleMember)
		q := s.visitor(o)
		q.Open(link)
		accept(q)
		q.WaitURL("/sign-in")
	}
	comes("anna@example.com", "Anna", "Berg")
	p.Open(s.at("team"))
	p.In(".side").Click("Notifications, 1 not read")
	p.WaitText("Anna Berg accepted your invitation.")
	p.CheckAxe()
	p.Click("Mark as read")
	p.WaitText("Marked as read.")
	if p.Offers("Mark as read") || p.Offers("Mark all as read") || !p.In(".side").Offers("Notifications") {
		t.Errorf("what was read: %s", p.Text())
	}

	comes("ben@example.com", "Ben", "Brown")
	p.Resize(360)
	p.Open(s.at("team"))
	p.In(".topbar").Click("Notifications, 1 not read")
	p.WaitText("Ben Brown accepted your invitation.")
	p.CheckAxe()
	if p.Overflow() > 0 {
		t.Errorf("the page is %d pixels too wide", p.Overflow())
	}

	s.clock.pass(s.due(jobdb.Digest, s.Owner.Member).Sub(s.clock.now()) + time.Second)
	l := s.letter("olga@example.com", "Invitation to "+s.Acme.Name+" accepted")
	if !strings.Contains(l.Text, "Ben Brown accepted your invitation.") || strings.Contains(l.Text, "Anna") || l.Link(t, s.at("team")) == "" {
		t.Errorf("the letter of the day: %s", l.Text)
	}
	p = s.signedIn("olga@example.com", o)
	p.Open(s.at("notifications"))
	p.Click("Mark all as read")
	p.WaitText("Marked as read.")
	p.WaitText("Ben Brown accepted your invitation.")
	if p.Offers("Mark as read") {
		t.Errorf("all was read: %s", p.Text())
	}
	s.Verified(s.Acme.ID)
}

// due gives when the waiting job of a kind about a member is due.
func (s *site) due(kind string, about roster.MemberID) time.Time {
	s.t.Helper()
	all, err := s.Outbox.List(s.CLI(""), 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, j := range all {
		if j.Kind == kind && j.About == string(about) {
			return j.DueAt
		}
	}
	s.t.Fatalf("no %s waits: %+v", kind, all)
	return time.Time{}
}

// letter waits for a letter by its subject.
func (s *site) letter(to, subject string) postbox.Letter {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, l := range s.mail.To(to) {
			if l.Subject == subject {
				return l
			}
		}
	}
	s.t.Fatalf("no letter to %s says %s", to, subject)
	return postbox.Letter{}
}
