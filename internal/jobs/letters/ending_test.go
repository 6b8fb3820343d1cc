package letters_test

import (
	"context"
	"testing"
	"time"

	"roster/internal/action/apiuser/credential"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// Who made an API user, and the Owners, are told a week before its time is over: once for each end, and not of one that was
// given more time meanwhile.
func TestAnEndIsToldOfBefore(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		c := &carrier{}
		d := open(t, h, c, 0)
		made, err := d.Team.CreateAPIUser(d.As(d.Owner), team.APIUser{Name: "Sync", Grants: team.RoleGivings(roster.RoleMember)})
		if err != nil {
			t.Fatal(err)
		}
		end := func(in time.Duration) {
			t.Helper()
			if _, err := d.Credentials.SetEnd(d.As(d.Owner), made.ID, d.Clock.Now().Add(in)); err != nil {
				t.Fatal(err)
			}
		}
		look := func(want int) {
			t.Helper()
			for range 2 { // a server looks again and again
				if err := d.Credentials.Warn(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			letters := d.news(t, c, "olga@example.com")
			if want == 0 && len(letters) != 0 {
				t.Fatalf("%d letters too many: %s", len(letters), letters[0].Subject)
			}
			if want > 0 {
				told(t, letters, "An API user of Acme ends soon", "The time of the API user Sync is over within a week.", base+"/o/acme/team?kind=api")
			}
		}
		end(credential.Warning + time.Hour)
		look(0)
		d.Clock.Pass(time.Hour)
		look(1)
		look(0)
		end(2 * credential.Warning) // more time: it is told of again when that is nearly over
		look(0)
		d.Clock.Pass(credential.Warning + time.Hour)
		look(1)
	})
}
