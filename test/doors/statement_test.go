package doors_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestPagesAskTheSameNumberOfStatementsHoweverMuchTheyShow fills an organisation and opens each page of access
// again: what a page asks the database grows with the pages' parts and never with their rows.
func TestPagesAskTheSameNumberOfStatementsHoweverMuchTheyShow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		h.Declare(rostertest.Fleet())
		watch, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: "Watch", Description: "Looks on.", Scopes: []string{"network"}, Permissions: []string{"devices.read"}})
		must(t, err)
		north := h.Account("North", "")
		depot := h.Group("Depot", north)
		anna := h.Holder("Anna", team.Giving{Role: watch.ID, Unit: depot})
		owner := h.Serve().Visitor()
		owner.SignIn("olga@example.com", rostertest.Password)
		in := func(parts ...string) string { return "/o/acme/" + strings.Join(parts, "/") }
		who := in("team", string(anna.Member))
		pages := []string{
			in("team") + "?sort=name", in("team") + "?q=an&sort=-updated_at&status=active&kind=regular", in("team") + "?sort=name&columns=all&role=" + watch.ID, in("views"), who, who + "/sign-in", who + "/history", who + "/access", who + "/access/edit", who + "/clone", who + "/access?permission=invoices.read&unit=" + string(north),
			in("units"), in("units") + "?open=" + string(north), in("units") + "?q=n", in("units", string(north)), in("units", string(depot), "move"),
			in("roles"), in("roles", watch.ID), in("roles", watch.ID, "edit"), in("roles", "permissions"), in("access"), in("owners"),
		}
		for _, act := range []string{"block", "remove", "add_role", "withdraw_role"} {
			pages = append(pages, in("bulk", act))
		}
		open := func(page string) rostertest.Answer {
			if strings.Contains(page, "/bulk/") {
				return owner.Post(page, "step", "try", "role", roster.RoleMember, "all", "yes", "query", "sort=name")
			}
			return owner.Get(page)
		}
		statements := func(page string) int64 {
			t.Helper()
			h.DB.Live(time.Now()) // as a server's heartbeat: it need not ask where the history stands (decision 011)
			open(page)            // the list is remembered as it stands
			open(page)            // what is kept in memory is there
			before := h.DB.Looked()
			if a := open(page); a.Status != http.StatusOK {
				t.Fatalf("%s: %d", page, a.Status)
			}
			return h.DB.Looked() - before
		}
		few := map[string]int64{}
		for _, page := range pages {
			few[page] = statements(page)
		}
		var grants []team.Giving
		for i := range 12 {
			at := h.Account(fmt.Sprintf("North %d", i), north)
			h.Group("Yard", at)
			h.Holder(fmt.Sprintf("Holder%d", i), team.Giving{Role: watch.ID, Unit: at})
			grants = append(grants, team.Giving{Role: watch.ID, Unit: at}, team.Giving{Permission: "notices.read", Unit: at})
		}
		_, err = h.Team.Grant(h.As(h.Owner), anna.Member, team.Grants{All: append(grants, team.RoleGivings(roster.RoleMember)...)})
		must(t, err)
		const most = 30
		for _, page := range pages {
			if many := statements(page); many != few[page] {
				t.Errorf("%s asks %d statements for few rows and %d for many", page, few[page], many)
			} else if many > most {
				t.Errorf("%s asks %d statements", page, many)
			}
		}
	})
}
