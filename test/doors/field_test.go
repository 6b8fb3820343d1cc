package doors_test

import (
	"net/http"
	"strings"
	"testing"

	"roster/internal/roster"
	"roster/internal/rostertest"
)

// TestNoFieldTellsWhatAnotherOrganisationHas is rule 7 inside bodies and queries: wherever one names something by its
// identifier, another organisation's is answered as one that there is not, to the byte.
func TestNoFieldTellsWhatAnotherOrganisationHas(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		beta, otto := s.other("Beta", "otto@example.com")
		theirs := things(t, h, otto, otto.Member)
		anna := string(h.Join("anna@example.com", "Anna", "Berg", roster.RoleMember).Member)
		unit := string(h.Account("Nordwind", ""))
		owner := s.person("olga@example.com")
		const who = `"email":"new@example.com","first_name":"New","last_name":"Comer"`
		was, theirsWas := position(t, h, h.Acme.ID), position(t, h, beta.ID)
		for _, c := range []struct {
			kind, method, path, body string // # is the identifier
			status                   int    // 404 or 422 when zero
		}{
			{"role", "POST", "members", `{` + who + `,"grants":[{"role":"#"}]}`, 0},
			{"unit", "POST", "members", `{` + who + `,"grants":[{"role":"member","unit":"#"}]}`, 0},
			{"unit", "POST", "members", `{"kind":"external",` + who + `,"unit":"#"}`, 0},
			{"login_method", "POST", "members", `{` + who + `,"login_method":"#","identifier":"new"}`, 0},
			{"role", "POST", "members", `{"kind":"api","name":"Robot","grants":[{"role":"#"}]}`, 0},
			{"role", "PUT", "members/" + anna + "/grants", `{"grants":[{"role":"#"}]}`, 0},
			{"unit", "PUT", "members/" + anna + "/grants", `{"grants":[{"role":"member","unit":"#"}]}`, 0},
			{"login_method", "PUT", "members/" + anna + "/login-method", `{"login_method":"#","identifier":"anna"}`, 0},
			{"member", "DELETE", "members/" + anna + "?hand_over_to=#", "", 0},
			{"member", "GET", "members/" + anna + "/removal?hand_over_to=#", "", 0},
			{"unit", "GET", "members/" + anna + "/explain?permission=members.read&unit=#", "", 0},
			{"unit", "GET", "members?unit=#", "", 0},
			{"unit", "GET", "members?not_unit=#", "", 0},
			{"role", "GET", "members?role=#", "", http.StatusOK},
			{"role", "GET", "members?not_role=#", "", http.StatusOK},
			{"unit", "GET", "units?parent=#", "", 0},
			{"unit", "POST", "units", `{"name":"New","parent":"#"}`, 0},
			{"unit", "PATCH", "units/" + unit, `{"parent":"#"}`, 0},
			{"unit", "GET", "access?parent=#", "", 0},
			{"unit", "GET", "permissions?unit=#", "", 0},
			{"member", "POST", "members/bulk", `{"action":"block","members":["#"]}`, http.StatusOK},
			{"role", "POST", "members/bulk", `{"action":"grant","members":["` + anna + `"],"grants":[{"role":"#"}]}`, http.StatusOK},
			{"unit", "POST", "members/bulk", `{"action":"grant","members":["` + anna + `"],"grants":[{"role":"member","unit":"#"}]}`, http.StatusOK},
			{"unit", "POST", "members/bulk", `{"action":"block","filter":{"unit":"#"}}`, 0},
			{"role", "POST", "people/plan", `{"members":[{` + who + `,"grants":[{"role":"#"}]}]}`, http.StatusOK},
			{"unit", "POST", "people/plan", `{"members":[{` + who + `,"grants":[{"role":"member","unit":"#"}]}]}`, http.StatusOK},
			{"member", "POST", "people/plan", `{"members":[{"id":"#","first_name":"New"}]}`, http.StatusOK},
		} {
			ask := func(id string) reply {
				fill := strings.NewReplacer("#", id)
				return owner.send(c.method, fill.Replace(at(h.Acme.ID, c.path)), fill.Replace(c.body), "Content-Type", "application/json", "Sec-Fetch-Site", "same-origin", "If-Match", "*")
			}
			unknown := none(c.kind)
			got, want := ask(theirs[c.kind]), ask(unknown)
			what := c.method + " " + c.path + " " + c.body
			if fits := got.status == c.status || c.status == 0 && (got.status == http.StatusNotFound || got.status == http.StatusUnprocessableEntity); !fits || want.status != got.status {
				t.Errorf("%s of another organisation's %s: %d, of one that there is not: %d\n%s", what, c.kind, got.status, want.status, got.body)
			}
			if a, b := got.plain(theirs[c.kind]), want.plain(unknown); a != b {
				t.Errorf("%s tells them apart:\n%s\n%s", what, a, b)
			}
		}
		if now := position(t, h, h.Acme.ID); now != was {
			t.Errorf("Acme's history moved from %d to %d", was, now)
		}
		if now := position(t, h, beta.ID); now != theirsWas {
			t.Errorf("Beta's history moved from %d to %d", theirsWas, now)
		}
	})
}
