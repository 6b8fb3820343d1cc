package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/action/webhook"
	"roster/internal/authz"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestNothingOfAnotherOrganisationExists is rule 7: every route that names an organisation, a member or a
// session answers another one's like one that there is not, to the byte.
func TestNothingOfAnotherOrganisationExists(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		beta, otto := s.other("Beta", "otto@example.com")
		bea, err := h.Team.Invite(h.As(otto), team.Invitation{Email: "bea@example.com", Profile: roster.Profile{FirstName: "Bea", LastName: "Beta"}})
		must(t, err)
		owner, foreign := s.person("olga@example.com"), s.person("otto@example.com")
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: append(
			team.RoleGivings(roster.RoleUserAdministrator), team.Giving{Permission: authz.UnitsWrite}, team.Giving{Permission: authz.DecisionsRead}, team.Giving{Permission: authz.OrganisationRead}, team.Giving{Permission: authz.WebhooksWrite}, team.Giving{Permission: authz.MembersErase})})
		must(t, err)
		robot := s.tokenOf(made.ClientID, made.Secret)
		fleet := s.product("Fleet", act.ClientEvents)
		s.product("Stranger", act.ClientEvents)
		strangers, err := h.Products.Create(h.CLI(""), webhook.Draft{URL: nowhere, Client: "Stranger"})
		must(t, err)
		foreigners := []map[string]string{things(t, h, otto, otto.Member), things(t, h, otto, bea.ID)}
		session := sessionOf(t, s.person("otto@example.com"))
		before := position(t, h, beta.ID)
		asked, known := 0, actions()
		for _, r := range s.Doors.Mux.Routes() {
			text, headers := body(r)
			headers = append(headers, "Sec-Fetch-Site", "same-origin")
			ask := func(c caller, parts map[string]string) reply {
				asked++
				return c.send(r.Method, filled(r.Pattern, parts), text, headers...)
			}
			callers := map[string]caller{"the Owner of Acme": owner}
			if tokens(r.Pattern) {
				delete(callers, "the Owner of Acme")
			}
			if !ours(r.Pattern) {
				callers["an API user of Acme"] = robot
			}
			products := strings.HasPrefix(r.Pattern, "/api/v1/webhooks/") // of product clients
			theirs := foreigners
			if products {
				callers["another product client"] = fleet
				theirs = append(theirs, map[string]string{"webhook": strangers.ID})
			}
			for who, c := range callers {
				for _, pair := range pairs(r.Pattern, beta, theirs, session) {
					got, want := ask(c, pair.foreign), ask(c, pair.unknown)
					expected := http.StatusNotFound
					if strings.HasPrefix(r.Pattern, "/.well-known/") {
						expected = http.StatusOK // where to ask, the same whether or not there is such an organisation
					}
					if r.Pattern == "/o/{org}/sign-in" && pair.foreign["org"] == beta.Slug {
						expected = http.StatusSeeOther // by a name one is led on, whatever it is; an ID is no name
					}
					if strings.HasPrefix(r.Pattern, "/sign-in/return/") {
						expected = http.StatusForbidden // whoever comes back without having left
						if !r.Unsafe() {
							expected = http.StatusOK // the button to go on
						}
					}
					is := known[r.Action]
					ways := is.Who == act.People || is.Who == act.Persons && is.Clients == "" ||
						r.Method == http.MethodOptions && (strings.HasPrefix(r.Pattern, "/api/v1/me/sessions/") || strings.HasPrefix(r.Pattern, "/api/v1/me/factors/"))
					if ways && c == robot && pair.foreign["org"] == "" {
						expected = http.StatusForbidden // API users touch nobody's way in, whoever it is
					}
					if products && c != fleet {
						expected = http.StatusForbidden // for nobody else, whosever it is
					}
					if got.status != expected || want.status != expected {
						t.Errorf("%s %s of %v asked by %s: %d, of what there is not: %d", r.Method, r.Pattern, pair.foreign, who, got.status, want.status)
					}
					if a, b := got.plain(values(pair.foreign)...), want.plain(values(pair.unknown)...); a != b {
						t.Errorf("%s %s asked by %s tells them apart:\n%s\n%s", r.Method, r.Pattern, who, a, b)
					}
				}
			}
		}
		if asked < 150 {
			t.Errorf("only %d questions were asked", asked)
		}
		t.Logf("%d questions about another organisation", asked)
		for _, path := range []string{"/o/acme/history?member=", at(h.Acme.ID, "history") + "?member="} {
			got, want := owner.get(path+string(bea.ID)), owner.get(path+string(roster.NewMemberID()))
			if got.status != http.StatusNotFound || want.status != http.StatusNotFound {
				t.Errorf("%s of a foreign member: %d, of nobody: %d", path, got.status, want.status)
			}
		}
		if a := foreign.get("/me"); a.status != http.StatusOK {
			t.Errorf("another person's session was ended: %d", a.status)
		}
		if now := position(t, h, beta.ID); now != before {
			t.Errorf("Beta's history moved from %d to %d", before, now)
		}
	})
}

// pair is a path with something foreign in it, and the same path with something that there is not.
type pair struct{ foreign, unknown map[string]string }

func pairs(pattern string, beta roster.Organisation, foreigners []map[string]string, session string) []pair {
	var all []pair
	kind := kindOf(pattern)
	unknown := none(kind)
	for i, things := range foreigners {
		if strings.Contains(pattern, "{org}") && !strings.Contains(pattern, "{secret}") {
			foreign, gone := string(beta.ID), string(roster.NewOrgID())
			if i > 0 {
				foreign, gone = beta.Slug, "gone"
			}
			all = append(all, pair{map[string]string{"org": foreign, "id": things[kind]}, map[string]string{"org": gone, "id": unknown}})
		}
		if strings.Contains(pattern, "{id}") {
			all = append(all, pair{map[string]string{"id": things[kind]}, map[string]string{"id": unknown}})
		}
	}
	if strings.Contains(pattern, "{session}") {
		all = append(all, pair{map[string]string{"session": session}, map[string]string{"session": roster.NewID("ses_")}})
	}
	return all
}

func values(parts map[string]string) []string {
	var all []string
	for _, v := range parts {
		all = append(all, v)
	}
	return all
}

// sessionOf gives the identifier of another session of the caller, as their page shows it.
func sessionOf(t *testing.T, c caller) string {
	t.Helper()
	page := c.get("/me/security").body
	at := strings.Index(page, "ses_")
	if at < 0 {
		t.Fatal("the page shows no session")
	}
	return page[at : at+len("ses_")+26]
}

// TestACursorIsGoodForItsOwnListAlone takes the mark of one organisation's list to another's.
func TestACursorIsGoodForItsOwnListAlone(t *testing.T) {
	h := rostertest.SQLite(t)
	s := serve(t, h)
	beta, _ := s.other("Beta", "otto@example.com")
	h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember)
	owner, foreign := s.person("olga@example.com"), s.person("otto@example.com")
	cursor, _ := owner.get(at(h.Acme.ID, "members") + "?limit=1").json(t)["next_cursor"].(string)
	if cursor == "" {
		t.Fatal("there is no second page")
	}
	for name, a := range map[string]reply{
		"in another organisation": foreign.get(at(beta.ID, "members") + "?limit=1&cursor=" + cursor),
		"with another filter":     owner.get(at(h.Acme.ID, "members") + "?limit=1&status=active&cursor=" + cursor),
		"altered":                 owner.get(at(h.Acme.ID, "members") + "?limit=1&cursor=x" + cursor),
	} {
		if a.status != http.StatusUnprocessableEntity || a.code(t) != "cursor_invalid" {
			t.Errorf("a cursor %s: %d %s", name, a.status, a.body)
		}
	}
	if a := owner.get(at(h.Acme.ID, "members") + "?limit=1&cursor=" + cursor); a.status != http.StatusOK {
		t.Errorf("the cursor itself: %d %s", a.status, a.body)
	}
}
