package browser_test

import (
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestTheHistoryIsAskedAndLeavesAsAFile: an Auditor asks who did what and when, takes a condition off again, follows a
// line to less, reads the chart as a table, and takes what is shown along.
func TestTheHistoryIsAskedAndLeavesAsAFile(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { historyStory(t, s, browser.Options{}) })
}

func TestTheHistoryIsAskedAndLeavesAsAFileWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { historyStory(t, s, browser.Options{NoScript: true}) })
}

func historyStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	s.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
	uma := s.Join("uma@example.com", "Uma", "Lund", roster.RoleUserAdministrator)
	sam, err := s.Team.Invite(s.As(uma), invitationOf("sam@example.com", roster.RoleMember))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Team.Block(s.As(s.Owner), sam.ID, "Not yet."); err != nil {
		t.Fatal(err)
	}
	today := s.clock.now().Format("2006-01-02")

	p := s.signedIn("anna@example.com", o)
	p.In(".nav").Click("History")
	p.WaitText("Olga Owner blocked Some Body")
	p.CheckAxe()
	p.Click("As a table")
	p.WaitText(s.clock.now().Format("2 Jan 2006"))

	p.Click("Filter")
	p.Fill("Who did it", "uma@example.com")
	p.Choose("What was done", "Invitation sent")
	p.Fill("From", today)
	p.Click("Show")
	p.WaitText("By Uma Lund")
	p.WaitText("Uma Lund invited sam@example.com")
	if p.Shows("Olga Owner") || p.Shows("Changes per day") || !p.Shows("From "+s.clock.now().Format("2 Jan 2006")) {
		t.Errorf("narrowed, the page says %s", p.Text())
	}
	p.CheckAxe()
	p.Click("Export")
	p.Click("CSV")
	if got := string(p.Downloaded("history-" + today + ".csv")); strings.Count(got, ",Uma Lund,Invitation sent,Some Body,") < 2 || strings.Contains(got, "Olga") {
		t.Errorf("what is shown leaves as %q", got)
	}
	p.Click("Clear filters")
	p.WaitText("Anna Berg exported the history to history-" + today + ".csv")
	p.WaitText("actor=uma@example.com action=member.invite from=" + today)

	p.Row("blocked Some Body").Click("Only this kind Member blocked")
	p.WaitText("Member blocked")
	p.WaitGone("exported the history")
	p.Click("Filter")
	p.Fill("To whom", "nobody@example.com")
	p.Click("Show")
	p.WaitText("There is no such member.")
	if p.Value("To whom") != "nobody@example.com" {
		t.Error("what was typed is gone")
	}
	p.CheckAxe()
	p.Fill("To whom", "olga@example.com")
	p.Click("Show")
	p.WaitText("Nothing of that kind happened")

	p.Open(s.at("team", string(sam.ID), "history"))
	p.WaitText("blocked")
	p.Click("Filter")
	p.Fill("Who did it", "uma@example.com")
	p.Click("Show")
	p.WaitGone("Not yet.")
	p.WaitText("Uma Lund invited")
	p.CheckAxe()
	s.Verified(s.Acme.ID)
}
