package news_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roster/internal/action/history"
	"roster/internal/action/news"
	"roster/internal/action/role"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/bulletin"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// told gives what somebody is told and did not read, as "kind name".
func told(t *testing.T, h *rostertest.House, who roster.Actor) []string {
	t.Helper()
	p, err := h.News.List(h.As(who), news.Query{Unread: true})
	if err != nil {
		t.Fatal(err)
	}
	n, err := h.News.Unread(h.As(who))
	if err != nil || n != len(p.Items) || p.Total != n {
		t.Errorf("the bell counts %d, the list %d and shows %d: %v", n, p.Total, len(p.Items), err)
	}
	var all []string
	for _, i := range p.Items {
		all = append(all, strings.TrimSpace(string(i.Kind)+" "+i.Name))
	}
	return all
}

// reads lets somebody read everything, and gives what they were told.
func reads(t *testing.T, h *rostertest.House, who roster.Actor) []string {
	t.Helper()
	all := told(t, h, who)
	left, err := h.News.Read(h.As(who), news.Reading{Until: h.Clock.Now()})
	if err != nil || left != 0 {
		t.Fatalf("%d are left: %v", left, err)
	}
	h.Clock.Pass(time.Second)
	return all
}

// equal compares without an order: what happened in one moment has none.
func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !roster.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

// TestWhatOneIsToldIsReadOnce: page by page, each by itself or all until a moment; what happens again before it was read is
// one thing, and after that another; nobody reads what is another's; and no line of the history tells who read what.
func TestWhatOneIsToldIsReadOnce(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		anna := h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
		h.Clock.Pass(time.Second)
		h.Join("ben@example.com", "Ben", "Brown", roster.RoleMember)
		grant := func(role string) {
			t.Helper()
			h.Clock.Pass(time.Second)
			if _, err := h.Team.Grant(h.As(h.Owner), anna.Member, team.Grants{All: team.RoleGivings(role)}); err != nil {
				t.Fatal(err)
			}
		}
		equal(t, "Olga", told(t, h, h.Owner), "accepted Ben Brown", "accepted Anna Berg")
		grant(roster.RoleAuditor)
		grant(roster.RoleMember)
		equal(t, "Anna", told(t, h, anna), "access")

		first, err := h.News.List(h.As(h.Owner), news.Query{Limit: 1})
		if err != nil || len(first.Items) != 1 || first.Next == "" || first.Total != 2 {
			t.Fatalf("the first page: %+v, %v", first, err)
		}
		second, err := h.News.List(h.As(h.Owner), news.Query{Limit: 1, Cursor: first.Next})
		if err != nil || len(second.Items) != 1 || second.Next != "" || second.Items[0].Name != "Anna Berg" {
			t.Fatalf("the second page: %+v, %v", second, err)
		}
		_, err = h.News.List(h.As(anna), news.Query{Limit: 1, Cursor: first.Next})
		refused(t, err, "cursor_invalid")
		_, err = h.News.Read(h.As(anna), news.Reading{IDs: []string{first.Items[0].ID}})
		refused(t, err, "not_found")
		_, err = h.News.Read(h.As(anna), news.Reading{})
		refused(t, err, "field_required")
		equal(t, "Olga, after Anna tried", told(t, h, h.Owner), "accepted Ben Brown", "accepted Anna Berg")
		for range 2 { // twice is once
			if left, err := h.News.Read(h.As(h.Owner), news.Reading{IDs: []string{first.Items[0].ID}}); err != nil || left != 1 {
				t.Errorf("%d are left: %v", left, err)
			}
		}
		equal(t, "Olga, after one", told(t, h, h.Owner), "accepted Anna Berg")
		h.Clock.Pass(time.Second)
		h.Join("cara@example.com", "Cara", "Cole", roster.RoleMember)
		if _, err := h.News.Read(h.As(h.Owner), news.Reading{Until: first.Items[0].At}); err != nil {
			t.Fatal(err)
		}
		equal(t, "what came while she looked stays", told(t, h, h.Owner), "accepted Cara Cole")
		shown, err := h.News.List(h.As(anna), news.Query{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		grant(roster.RoleUserAdministrator)
		if left, err := h.News.Read(h.As(anna), news.Reading{IDs: []string{shown.Items[0].ID}, Until: shown.Items[0].At}); err != nil || left != 1 {
			t.Errorf("what happened again while she looked: %d left, %v", left, err)
		}

		reads(t, h, anna)
		grant(roster.RoleAuditor)
		equal(t, "Anna, once more", told(t, h, anna), "access")
		if all, err := h.News.List(h.As(anna), news.Query{}); err != nil || all.Total != 2 || all.Items[1].Read.IsZero() {
			t.Errorf("all that Anna is told: %+v, %v", all, err)
		}
		page, err := h.History.List(h.CLI(h.Acme.ID), history.Query{Limit: 200})
		if err != nil || slices.ContainsFunc(page.Events, func(e roster.Event) bool { return e.Action == "notification.read" }) {
			t.Errorf("the history tells who read what: %v", err)
		}
		robot, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.News.List(h.As(rostertest.Actor(robot.Member)), news.Query{})
		refused(t, err, "people_only")
		_, err = h.News.Read(h.As(rostertest.Actor(robot.Member)), news.Reading{Until: h.Clock.Now()})
		refused(t, err, "people_only")
		h.Verified(h.Acme.ID)
	})
}

// TestWhatOneIsToldIsAskedAnewWhenItIsShown: who lost their rights is told of others no more, nor does the bell count it; of
// whom somebody does not see any more they are told without a name; and who wants to hear nothing of it is told nothing.
func TestWhatOneIsToldIsAskedAnewWhenItIsShown(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		north, south := h.Account("Nordwind", ""), h.Account("Suedwind", "")
		at := func(u roster.UnitID) team.Giving { return team.Giving{Role: roster.RoleUserAdministrator, Unit: u} }
		ada := h.Enter(team.Invitation{Email: "ada@example.com", Profile: roster.Profile{FirstName: "Ada", LastName: "Min"}, Grants: []team.Giving{at(north), at(south)}})
		for _, of := range []struct {
			first string
			unit  roster.UnitID
		}{{"Nora", north}, {"Sina", south}} {
			v, err := h.Team.Invite(h.As(ada), team.Invitation{Kind: roster.External, Unit: string(of.unit), Email: of.first + "@example.com", Profile: roster.Profile{FirstName: of.first, LastName: "Out"}})
			if err != nil {
				t.Fatal(err)
			}
			h.Accept(h.Acme.ID, h.Mailed(h.Acme.ID, v.ID), of.first, "Out")
			h.Clock.Pass(time.Second)
		}
		equal(t, "Ada", told(t, h, ada), "accepted Sina Out", "accepted Nora Out")
		holds := func(all ...team.Giving) {
			t.Helper()
			if _, err := h.Team.Grant(h.As(h.Owner), ada.Member, team.Grants{All: all}); err != nil {
				t.Fatal(err)
			}
		}
		holds(at(north))
		equal(t, "Ada of one account", told(t, h, ada), "access", "accepted", "accepted Nora Out")
		holds()
		equal(t, "Ada of none", told(t, h, ada), "access")

		if _, err := h.News.Choose(h.As(ada), map[bulletin.Notification]bulletin.Way{bulletin.NotifyAccess: bulletin.WayNone}); err != nil {
			t.Fatal(err)
		}
		reads(t, h, ada)
		holds(at(south))
		equal(t, "Ada, who wants to hear nothing of it", told(t, h, ada), "accepted Sina Out", "accepted")
		_, err := h.News.Choose(h.As(ada), map[bulletin.Notification]bulletin.Way{bulletin.NotifyAccess: "often"})
		refused(t, err, "notification_way_unknown")
	})
}

// TestOwnersAreToldWhoAdministersPeopleNow: by a grant, by an invitation once it is accepted, by what a role holds, be it a
// program; not who did it, not of who did so before, and once.
func TestOwnersAreToldWhoAdministersPeopleNow(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		paul := h.Join("paul@example.com", "Paul", "Park", roster.RoleOwner)
		equal(t, "Olga, who invited him", reads(t, h, h.Owner), "administrator Paul Park", "accepted Paul Park")
		equal(t, "Paul of himself", reads(t, h, paul))
		clerk, err := h.Roles.Create(h.As(h.Owner), role.Draft{Name: "Clerk", Description: "Reads.", Permissions: []string{authz.MembersRead}, Scopes: []string{authz.Admin}})
		if err != nil {
			t.Fatal(err)
		}
		ada := h.Join("ada@example.com", "Ada", "Min", clerk.ID)
		reads(t, h, h.Owner)
		equal(t, "Paul of a clerk", reads(t, h, paul))

		permissions := []string{authz.MembersRead, authz.MembersWrite}
		if _, err := h.Roles.Edit(h.As(h.Owner), clerk.ID, role.Edit{Permissions: &permissions}); err != nil {
			t.Fatal(err)
		}
		equal(t, "Paul of the role", reads(t, h, paul), "administrator Ada Min")
		equal(t, "Olga, who did it", reads(t, h, h.Owner))
		if _, err := h.Team.Grant(h.As(h.Owner), ada.Member, team.Grants{All: team.RoleGivings(clerk.ID, roster.RoleUserAdministrator)}); err != nil {
			t.Fatal(err)
		}
		equal(t, "Paul of who did so before", reads(t, h, paul))
		ben := h.Join("ben@example.com", "Ben", "Brown", roster.RoleMember)
		reads(t, h, h.Owner)
		if _, err := h.Team.Grant(h.CLI(h.Acme.ID), ben.Member, team.Grants{All: team.RoleGivings(roster.RoleUserAdministrator)}); err != nil {
			t.Fatal(err)
		}
		equal(t, "Paul of the command line", reads(t, h, paul), "administrator Ben Brown")
		equal(t, "Olga of the command line", reads(t, h, h.Owner), "administrator Ben Brown")
		if _, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleUserAdministrator)}); err != nil {
			t.Fatal(err)
		}
		equal(t, "Paul of a program", reads(t, h, paul), "administrator Robot")
		equal(t, "Ben, who is no Owner", reads(t, h, ben), "access")
		if _, err := h.Team.Block(h.As(h.Owner), ben.Member, ""); err != nil {
			t.Fatal(err)
		}
		other := rostertest.Open(t, h.Database)
		other.Clock.Pass(h.Clock.Now().Sub(other.Clock.Now()))
		if _, err := other.Team.Unblock(h.CLI(h.Acme.ID), ben.Member); err != nil {
			t.Fatal(err)
		}
		equal(t, "Paul of who is blocked no longer, by a command line that knew of nothing", reads(t, h, paul), "administrator Ben Brown")
		h.Verified(h.Acme.ID)
	})
}
