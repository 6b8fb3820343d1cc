package browser_test

import (
	"testing"

	"roster/internal/action/history"
	"roster/internal/roster"
	"roster/internal/rostertest/browser"
	"roster/internal/rostertest/postbox"
)

// TestAnOwnerErasesWhatIsKeptOfWhoWasRemoved: on the removed member's page, once the name was typed; afterwards the page and the
// history say so, and name nobody.
func TestAnOwnerErasesWhatIsKeptOfWhoWasRemoved(t *testing.T) {
	each(t, postbox.StartTLS, func(t *testing.T, s *site) {
		s.found(roster.PlanUnlimited)
		anna := s.Join("anna@example.com", "Anna", "Berg", roster.RoleAuditor)
		owner := s.signedIn("olga@example.com", browser.Options{})
		owner.Open(s.at("team", string(anna.Member)))
		owner.WaitOffer("Download everything")
		if owner.Offers("Erase Anna Berg") {
			t.Error("who belongs here can be erased")
		}
		if _, err := s.Team.Remove(s.As(s.Owner), anna.Member); err != nil {
			t.Fatal(err)
		}
		owner.Reload()
		owner.Click("Erase Anna Berg")
		owner.WaitText("There is no way back.")
		owner.WaitText("Out of reach are backups")
		owner.WaitText("Their account goes, too")
		owner.Fill("Type the name to confirm", "Anna")
		owner.Click("Erase Anna Berg for good")
		owner.WaitText("Type the name exactly as it stands here: Anna Berg.")
		owner.Fill("Type the name to confirm", "Anna Berg")
		owner.Click("Erase Anna Berg for good")
		owner.WaitText("What was kept of this member is erased.")
		if owner.Shows("Anna Berg") || owner.Shows("anna@example.com") {
			t.Errorf("the page still says who they were:\n%s", owner.Text())
		}
		owner.CheckAxe()
		owner.Open(s.at("history"))
		owner.WaitText("(erased)")
		if owner.Shows("Anna Berg") || owner.Shows("anna@example.com") {
			t.Errorf("the history still says who they were:\n%s", owner.Text())
		}
		page, err := s.History.List(s.As(s.Owner), history.Query{Action: "member.erase"})
		if err != nil || len(page.Events) != 1 || page.Events[0].Target.Name != "" {
			t.Errorf("its line: %+v, %v", page.Events, err)
		}
	})
}
