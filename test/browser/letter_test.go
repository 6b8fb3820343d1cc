package browser_test

import (
	"strings"
	"testing"
	"time"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// An administrator finds out why invitations did not arrive, and sends one again, then the other, from where it is told.
func TestALetterThatDidNotArriveIsSentAgain(t *testing.T) {
	ways(t, func(t *testing.T, s *site, o browser.Options) {
		first := map[bool]string{false: "Lotte", true: "Paula"}[o.NoScript]
		one, other := strings.ToLower(first)+"@example.com", strings.ToLower(first)+".two@example.com"
		for email, last := range map[string]string{one: "One", other: "Two"} {
			s.mail.Fail(postbox.Fault{Way: postbox.Refuse, To: email, Times: 1})
			if _, err := s.Team.Invite(s.As(s.Owner), team.Invitation{Email: email, Profile: roster.Profile{FirstName: first, LastName: last}}); err != nil {
				t.Fatal(err)
			}
		}
		owner := s.signedIn(s.email, o)
		for end := time.Now().Add(30 * time.Second); !owner.Shows("Did not arrive (2)"); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the letters are not refused")
			}
			owner.Open(s.at("jobs"))
		}
		owner.WaitText("550")
		owner.CheckAxe()
		owner.Click("Send again " + first + " One")
		owner.WaitText("A new invitation for " + first + " One is on its way.")
		s.mail.Wait(t, one, 1)
		owner.WaitText("Another invitation was made since.")
		owner.Click("Send all again")
		owner.WaitText("Letters on their way again: 1.")
		s.mail.Wait(t, other, 1)
		owner.In(`.tabs:has(a[href$="/jobs/imports"])`).Click("Imports and exports")
		owner.WaitText("A file is made while you wait for it")
		owner.CheckAxe()
		s.Verified(s.Acme.ID)
	})
}
