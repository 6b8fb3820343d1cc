package client_test

import (
	"testing"

	"roster/client"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest/rest"
)

// What is tried answers as the change would, and nothing comes of it; what cannot be tried is refused, and not done.
func TestAChangeIsTried(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		ctx, dry := t.Context(), client.WithDryRun(t.Context())
		c := program(t, r, team.RoleGivings("user_administrator")...)
		acme := c.Org("acme")
		ada, err := acme.Members.Add(ctx, client.NewMember{Email: "ada@example.com", FirstName: "Ada", LastName: "Hill"})
		must(t, err)
		before := acme.Position()
		would, err := acme.Members.Block(dry, ada.ID, "away")
		must(t, err)
		set, err := acme.Members.SetGrants(dry, ada.Member, []client.Grant{{Role: "user_administrator"}})
		must(t, err)
		must(t, acme.Members.Remove(dry, ada.ID, ""))
		var out client.Member
		must(t, c.Do(dry, "POST", "/orgs/acme/members/"+ada.ID+"/block", "", nil, &out))
		if would.Status != "blocked" || out.Status != "blocked" || len(set.Gained) != 1 {
			t.Errorf("tried: %s, %s, %+v", would.Status, out.Status, set)
		}
		if _, err := acme.Members.Unblock(dry, ada.ID); client.Code(err) == "" {
			t.Errorf("what would be refused: %v", err)
		}
		if _, err := acme.Members.Resend(dry, ada.ID); client.Code(err) != "parameter_unknown" {
			t.Errorf("what cannot be tried: %v", err)
		}
		is, err := acme.Members.Show(ctx, ada.ID)
		must(t, err)
		if is.Status != "invited" || is.ETag != ada.ETag || acme.Position() != before {
			t.Errorf("after trying: %+v at %d of %d", is, acme.Position(), before)
		}
		r.Tells(t, ada.ID, "member.invite", roster.MemberID(ada.CreatedBy))
	})
}
