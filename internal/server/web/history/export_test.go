package history_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// view is what a page's export takes along.
var view = regexp.MustCompile(`name="view" value="([^"]*)"`)

// TestAMembersHistoryLeavesAsAFile: with the page's own filter, by whoever reads it, be it at one customer account alone.
func TestAMembersHistoryLeavesAsAFile(t *testing.T) {
	h := rostertest.SQLite(t)
	north := h.Account("North", "")
	enter := func(in team.Invitation) roster.Actor {
		in.Profile = roster.Profile{FirstName: strings.Split(in.Email, "@")[0], LastName: "Berg"}
		return h.Enter(in)
	}
	eva := enter(team.Invitation{Kind: roster.External, Unit: string(north), Email: "Eva@example.com", Grants: []team.Giving{{Role: roster.RoleMember, Unit: north}}})
	enter(team.Invitation{Email: "Lea@example.com", Grants: []team.Giving{{Role: roster.RoleUserAdministrator, Unit: north}}})
	if _, err := h.Team.Block(h.As(h.Owner), eva.Member, "away"); err != nil {
		t.Fatal(err)
	}
	site := h.Serve()
	for _, who := range []string{"olga@example.com", "Lea@example.com"} {
		v := site.Visitor()
		v.SignIn(who, rostertest.Password)
		a := v.Get("/o/acme/team/" + string(eva.Member) + "/history?action=member.block")
		taken := view.FindStringSubmatch(a.Body)
		if a.Status != http.StatusOK || taken == nil || taken[1] != "action=member.block&amp;member="+string(eva.Member) {
			t.Fatalf("%s: %d, %q in\n%s", who, a.Status, taken, a.Body)
		}
		a = v.Post("/o/acme/history/export", "view", strings.ReplaceAll(taken[1], "&amp;", "&"), "format", "csv")
		if lines := strings.Split(strings.TrimSpace(a.Body), "\n"); a.Status != http.StatusOK || len(lines) < 2 || !strings.Contains(lines[1], ",Member blocked,Eva Berg,") {
			t.Errorf("%s takes %d %q", who, a.Status, a.Body)
		}
	}
}
