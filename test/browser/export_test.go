package browser_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestTheTeamLeavesAsAFile: who looks at a list takes it along as a workbook or as CSV, narrowed as they see it, as
// often as they like, and the history tells of each time.
func TestTheTeamLeavesAsAFile(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) { exportStory(t, s, browser.Options{}) })
}

func TestTheTeamLeavesAsAFileWithoutScripts(t *testing.T) {
	each(t, postbox.Implicit, func(t *testing.T, s *site) { exportStory(t, s, browser.Options{NoScript: true}) })
}

func exportStory(t *testing.T, s *site, o browser.Options) {
	s.found(roster.PlanUnlimited)
	s.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
	if _, err := s.Team.Invite(s.As(s.Owner), invitationOf("sam@example.com", roster.RoleMember)); err != nil {
		t.Fatal(err)
	}
	p := s.signedIn("anna@example.com", o)
	p.In(".nav").Click("Team")
	p.WaitText("sam@example.com")
	p.Click("Export")
	p.Click("Excel (.xlsx)")
	name := "members-" + s.clock.now().Format("2006-01-02")
	book, err := excelize.OpenReader(bytes.NewReader(p.Downloaded(name + ".xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows("Team")
	if err != nil || len(rows) != 4 || rows[0][0] != "Name" || rows[1][0] != "Anna Berg" {
		t.Errorf("the workbook has %v: %v", rows, err)
	}

	p.Fill("Search the team", "sam")
	if o.NoScript {
		p.Click("Apply")
	}
	p.WaitGone("olga@example.com")
	p.Click("Export")
	p.Click("CSV")
	if got := string(p.Downloaded(name + ".csv")); strings.Count(got, "\r\n") != 2 || !strings.Contains(got, "sam@example.com") {
		t.Errorf("the narrowed list leaves as %q", got)
	}
	p.In(".nav").Click("History")
	p.WaitText("Anna Berg exported members to " + name + ".csv")
	p.WaitText("q=sam")
	s.Verified(s.Acme.ID)
}
