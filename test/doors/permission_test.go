package doors_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server"
)

// asks gives the routes inside an organisation that perform an action with a permission of its own, with it.
func asks(s *site) map[server.Route]act.Action {
	known, all := actions(), map[server.Route]act.Action{}
	for _, r := range s.Doors.Mux.Routes() {
		r.Handler = nil // so that routes can be told apart
		if a, listed := known[r.Action]; listed && a.Permission != "" && strings.Contains(r.Pattern, "{org}") {
			all[r] = a
		}
	}
	return all
}

// own gives Roster's own permissions by their keys.
func own(t *testing.T) map[string]authz.Permission {
	t.Helper()
	c, err := authz.NewCatalogue(1, authz.Declaration{})
	must(t, err)
	all := map[string]authz.Permission{}
	for _, p := range c.Permissions() {
		all[p.Key] = p
	}
	return all
}

// member makes a member with some grants and gives them as both callers that routes know: a person of the
// dashboard, and an API user with the same grants.
func (s *site) member(name string, grants ...team.Giving) (person, program caller) {
	s.T.Helper()
	address := strings.ToLower(roster.NewID("p")) + "@example.com"
	s.Enter(team.Invitation{Email: address, Profile: roster.Profile{FirstName: name, LastName: "Holder"}, Grants: grants})
	made, err := s.Team.CreateAPIUser(s.As(s.Owner), team.APIUser{Name: name, Grants: grants})
	must(s.T, err)
	return s.person(address), s.tokenOf(made.ClientID, made.Secret)
}

// ask sends a route's request about something and gives the reply.
func ask(c caller, r server.Route, there map[string]string) reply {
	text, headers := body(r)
	path := filled(r.Pattern, there)
	if strings.HasSuffix(path, "/explain") {
		path += "?permission=" + authz.MembersRead
	}
	return c.send(r.Method, path, text, append(headers, "Sec-Fetch-Site", "same-origin")...)
}

// lacking tells whether a reply is the refusal of who lacks the permission that an action asks for.
func lacking(a reply, needs string) bool {
	needed := "You need the permission " + needs
	return a.status == http.StatusForbidden && (strings.Contains(a.body, needed+" for this.") || strings.Contains(a.body, needed+" with the scope "))
}

// TestAnAuditorReadsEverythingAndChangesNothing walks every route as an Auditor, by page and by token.
func TestAnAuditorReadsEverythingAndChangesNothing(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		person, program := s.member("Auditor", team.RoleGivings(roster.RoleAuditor)...)
		invited, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: "ivo@example.com", Profile: roster.Profile{FirstName: "Ivo", LastName: "Ived"}})
		must(t, err)
		there, permissions := things(t, h, h.Owner, invited.ID), own(t)
		was, read, refused := position(t, h, h.Acme.ID), 0, 0
		exports := int64(0) // what leaves in a file is read, and told to the history
		for r, a := range asks(s) {
			callers := map[string]caller{"person": person}
			if !ours(r.Pattern) {
				callers["program"] = program
			}
			if tokens(r.Pattern) {
				delete(callers, "person")
			}
			for who, c := range callers {
				got := ask(c, r, there)
				what := r.Method + " " + r.Pattern + " (" + r.Action + ") as a " + who
				switch {
				case who == "program" && a.Who == act.People:
					if got.status != http.StatusForbidden {
						t.Errorf("%s: %d", what, got.status)
					}
				case permissions[a.Permission].Kind == authz.Read && a.Kind == authz.Read:
					read++
					if got.status != http.StatusOK && !pictureless(r, got) {
						t.Errorf("%s: %d %.300s", what, got.status, got.body)
					}
					if a.Name == act.PeopleExport || a.Name == act.MemberExport || a.Name == act.HistoryExport {
						exports++
					}
				default:
					refused++
					if !lacking(got, a.Permission) {
						t.Errorf("%s: %d %.300s", what, got.status, got.body)
					}
				}
			}
		}
		if read < 40 || refused < 40 {
			t.Errorf("%d routes read, %d refused: the walk missed a door", read, refused)
		}
		if now := position(t, h, h.Acme.ID); now != was+exports || exports == 0 {
			t.Errorf("an Auditor who exported %d times moved the history from %d to %d", exports, was, now)
		}
	})
}

// TestEachPermissionOpensItsActionsAlone is the matrix of routes and permissions, made from the list of actions:
// who holds one of Roster's own permissions, and the scope that it needs, gets as far as the rules of exactly
// those routes whose action names it. Without the scope they get nowhere. Pages show several things at once, so of
// theirs those that change something are asked, and whether they refuse.
func TestEachPermissionOpensItsActionsAlone(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	routes, opened := asks(s), map[string]int{}
	for key, p := range own(t) {
		person, program := s.member("One", team.Giving{Permission: key}, team.Giving{Scope: p.Scope})
		idlePerson, idleProgram := s.member("Idle", team.Giving{Permission: key})
		var there map[string]string
		for r, a := range routes {
			if ours(r.Pattern) && (!r.Unsafe() || a.Permission == key) {
				continue
			}
			c, idle := person, idlePerson
			if tokens(r.Pattern) {
				c, idle = program, idleProgram
			}
			if there == nil {
				there = things(t, h, h.Owner, invite(t, h))
			}
			what := r.Method + " " + r.Pattern + " (" + r.Action + ") with " + key
			was := position(t, h, h.Acme.ID)
			if got := ask(idle, r, there); !shut(r, a, got) || position(t, h, h.Acme.ID) != was {
				t.Errorf("%s and no scope: %d %.300s", what, got.status, got.body)
			}
			got := ask(c, r, there)
			if a.Permission != key {
				if !shut(r, a, got) || position(t, h, h.Acme.ID) != was {
					t.Errorf("%s: %d %.300s", what, got.status, got.body)
				}
				continue
			}
			opened[key]++
			if got.status >= 500 || slices.Contains([]int{400, 401, 404, 405}, got.status) && !pictureless(r, got) && !alone(r, got) || strings.Contains(got.body, "You need the permission") && (a.Also == "" || !lacking(got, a.Also)) {
				t.Errorf("%s: %d %.300s", what, got.status, got.body)
			}
			if r.Unsafe() && got.status < 400 {
				there = nil // it is no longer what it was
			}
		}
	}
	for key := range own(t) {
		if opened[key] == 0 {
			t.Errorf("the permission %s opens nothing", key)
		}
	}
	t.Logf("%d routes, opened by permission: %v", len(routes), opened)
	h.Verified(h.Acme.ID)
}

// shut tells whether a reply refuses for the permission that an action asks for; a page may name the one that it
// needs to show itself.
func shut(r server.Route, a act.Action, got reply) bool {
	return lacking(got, a.Permission) || ours(r.Pattern) && got.status == http.StatusForbidden
}

// invite gives a new pending member.
func invite(t *testing.T, h *rostertest.House) roster.MemberID {
	t.Helper()
	v, err := h.Team.Invite(h.As(h.Owner), team.Invitation{Email: strings.ToLower(roster.NewID("i")) + "@example.com", Profile: roster.Profile{FirstName: "Ivo", LastName: "Ived"}})
	must(t, err)
	return v.ID
}
