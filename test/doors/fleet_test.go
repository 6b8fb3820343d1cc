package doors_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roster/internal/act"
	products "roster/internal/action/client"
	"roster/internal/roster"
	"roster/internal/rostertest"
)

// product makes a product client with some permissions and gets it a token.
func (s *site) product(name string, permissions ...string) caller {
	s.T.Helper()
	made, err := s.Client.Create(s.CLI(""), products.Draft{Name: name, Permissions: permissions})
	must(s.T, err)
	return s.tokenOf(made.ID, made.Secret)
}

// is fails unless a reply has a status and, where one is named, a code; it gives the body.
func (r reply) is(t *testing.T, what string, status int, code string) map[string]any {
	t.Helper()
	body := r.json(t)
	if got, _ := body["code"].(string); r.status != status || code != "" && got != code {
		t.Fatalf("%s: got %d %s, want %d %s", what, r.status, r.body, status, code)
	}
	return body
}

// TestOrganisationsByREST is the story of a host product that makes an organisation for a customer and looks after it,
// and of an operator who deletes it; and of everybody else, to whom all that is closed.
func TestOrganisationsByREST(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		s := serve(t, h)
		product, other := s.product("Portal", act.ClientOrganisations), s.product("Asker", act.ClientDecisions)
		const orgs = "/api/v1/orgs"
		founding := map[string]any{"name": "Gamma", "owner": "gil@example.com", "plan": "unlimited"}
		r := product.json(http.MethodPost, orgs, founding, "Idempotency-Key", "k1")
		made := r.is(t, "made", http.StatusCreated, "")
		gamma := roster.OrgID(made["id"].(string))
		owner, _ := made["owner"].(map[string]any)
		link, _ := owner["link"].(string)
		if r.header.Get("Location") != orgs+"/"+string(gamma) || r.header.Get("ETag") != made["etag"] || r.header.Get("Roster-Seq") == "" || !strings.HasPrefix(link, s.URL+"/invitation/"+string(gamma)+"/") {
			t.Errorf("made: %v %v", r.header, made)
		}
		again := product.json(http.MethodPost, orgs, founding, "Idempotency-Key", "k1").is(t, "again", http.StatusCreated, "secret_shown_once")
		if o := again["owner"].(map[string]any); o["link"] != nil || again["id"] != made["id"] {
			t.Errorf("again: %v", again)
		}
		product.json(http.MethodPost, orgs, founding).is(t, "another of the name", http.StatusConflict, "organisation_exists")
		product.json(http.MethodPost, orgs, map[string]any{"name": "", "owner": "x", "plan": "none"}).is(t, "nothing right", http.StatusUnprocessableEntity, "fields_invalid")
		gil := h.Accept(gamma, link[strings.LastIndex(link, "/")+1:], "Gil", "Gamma")
		person := s.person("gil@example.com")

		all := product.get(orgs+"?q=gam").is(t, "list", http.StatusOK, "")
		item := all["items"].([]any)[0].(map[string]any)
		if all["total"] != 1.0 || item["slug"] != "gamma" || item["users"] != 1.0 || !strings.Contains(strings.Join(texts(item["allowed"]), " "), "organisation.suspend") || !strings.Contains(strings.Join(texts(all["allowed"]), " "), "organisation.create") {
			t.Errorf("the list: %v", all)
		}
		first := product.get(orgs+"?limit=1").is(t, "first page", http.StatusOK, "")
		if first["total"] != 2.0 || first["more"] != false {
			t.Errorf("the first page does not tell how many there are: %v", first)
		}
		if next := product.get(orgs+"?limit=1&cursor="+first["next_cursor"].(string)).is(t, "second page", http.StatusOK, ""); next["items"].([]any)[0].(map[string]any)["slug"] != "gamma" || next["total"] != 2.0 {
			t.Errorf("the second page: %v", next)
		}
		mine := person.get(orgs).is(t, "one's own", http.StatusOK, "")
		if own := mine["items"].([]any)[0].(map[string]any); mine["total"] != 1.0 || own["member"] != string(gil.Member) || own["users"] != nil {
			t.Errorf("one's own: %v", mine)
		}
		_, err := h.Plans.Create(h.CLI(""), roster.Plan{Key: "three", Name: "Three", MaxUsers: 3, MaxAPIUsers: 1})
		must(t, err)
		var plans []string
		offers := product.get("/api/v1/plans").is(t, "plans", http.StatusOK, "")
		for _, v := range offers["items"].([]any) {
			p := v.(map[string]any)
			plans = append(plans, fmt.Sprint(p["key"], " ", p["max_users"], " ", p["max_api_users"], " ", p["built_in"], " ", p["organisations"]))
		}
		if got := strings.Join(plans, ", "); offers["total"] != 3.0 || !strings.Contains(got, "unlimited <nil> <nil> true") || !strings.HasSuffix(got, "three 3 1 false 0") {
			t.Errorf("the plans: %s", got)
		}
		other.get("/api/v1/plans").is(t, "another product client's plans", http.StatusForbidden, "forbidden")
		person.get("/api/v1/plans").is(t, "a member's plans", http.StatusForbidden, "")
		s.stranger().get("/api/v1/plans").is(t, "nobody's plans", http.StatusUnauthorized, "not_signed_in")
		const here = orgs + "/gamma"
		seen := product.get(here)
		etag, _ := seen.is(t, "show", http.StatusOK, "")["etag"].(string)
		plan := map[string]any{"plan": "playground"}
		product.json(http.MethodPut, here+"/plan", plan).is(t, "without an etag", http.StatusPreconditionRequired, "precondition_required")
		product.json(http.MethodPut, here+"/plan", plan, "If-Match", `"99-0"`).is(t, "a stale etag", http.StatusPreconditionFailed, "")
		if now := product.json(http.MethodPut, here+"/plan", plan, "If-Match", etag).is(t, "plan", http.StatusOK, ""); now["plan"] != "playground" {
			t.Errorf("the plan: %v", now)
		}
		product.json(http.MethodPut, here+"/plan", map[string]any{"plan": "none"}, "If-Match", "*").is(t, "no plan", http.StatusUnprocessableEntity, "plan_unknown")
		if now := product.json(http.MethodPost, here+"/suspend", nil).is(t, "suspend", http.StatusOK, ""); now["suspended_at"] == nil || strings.Contains(strings.Join(texts(now["allowed"]), " "), "organisation.suspend") {
			t.Errorf("suspended: %v", now)
		}
		product.json(http.MethodPost, here+"/suspend", nil).is(t, "twice", http.StatusConflict, "already_suspended")
		product.get(here).is(t, "a suspended one", http.StatusOK, "")
		person.get(here).is(t, "its Owner meanwhile", http.StatusForbidden, "organisation_suspended")
		product.json(http.MethodPost, here+"/resume", nil).is(t, "resume", http.StatusOK, "")
		for _, does := range []string{"delete", "undelete", "export"} {
			body := map[string]any{"confirm_name": "Gamma"}
			if does != "delete" {
				body = map[string]any{}
			}
			product.json(http.MethodPost, here+"/"+does, body).is(t, does+" by a program", http.StatusForbidden, "forbidden")
		}
		if l := lines(t, h, gamma, act.OrganisationSuspend); len(l) != 1 || l[0].ActorKind != roster.ActorClient || l[0].ActorName != "Portal" || l[0].Door != roster.DoorAPI {
			t.Errorf("the suspension's line: %+v", l)
		}

		s.closedToOthers(t, other, person)
		s.deletedByREST(t, gamma)
		h.Verified(gamma)
		h.Verified(roster.Installation)
	})
}

// closedToOthers holds that neither a product client without the permission nor an Owner does what is an operator's.
func (s *site) closedToOthers(t *testing.T, other, owner caller) {
	t.Helper()
	if p := other.json(http.MethodPost, "/api/v1/orgs", map[string]any{"name": "Delta", "owner": "d@example.com"}).is(t, "another client", http.StatusForbidden, "forbidden"); strings.Join(texts(p["missing"]), " ") != act.ClientOrganisations {
		t.Errorf("what it lacks: %v", p)
	}
	owner.json(http.MethodPost, "/api/v1/orgs", map[string]any{"name": "Delta", "owner": "d@example.com"}).is(t, "an Owner makes one", http.StatusForbidden, "forbidden")
	for _, r := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/suspend", nil},
		{http.MethodPost, "/resume", nil},
		{http.MethodPost, "/undelete", nil},
		{http.MethodPost, "/export", nil},
		{http.MethodPost, "/delete", map[string]any{"confirm_name": "Gamma"}},
		{http.MethodPut, "/plan", map[string]any{"plan": "unlimited"}},
	} {
		for who, c := range map[string]caller{"another client": other, "its Owner": owner} {
			c.json(r.method, "/api/v1/orgs/gamma"+r.path, r.body, "If-Match", "*").is(t, r.path+" by "+who, http.StatusForbidden, "forbidden")
		}
		foreign, none := owner.json(r.method, "/api/v1/orgs/acme"+r.path, r.body, "If-Match", "*"), owner.json(r.method, "/api/v1/orgs/nowhere"+r.path, r.body, "If-Match", "*")
		if foreign.status != http.StatusNotFound || foreign.plain("acme") != none.plain("nowhere") {
			t.Errorf("%s of another organisation: %d %s", r.path, foreign.status, foreign.body)
		}
	}
}

// deletedByREST lets an operator close an organisation by their session, take that back and take everything away.
func (s *site) deletedByREST(t *testing.T, org roster.OrgID) {
	t.Helper()
	v := s.operates("ana@example.net")
	operator := s.stranger()
	operator.cookie = v.Cookie("__Host-roster")
	const here = "/api/v1/orgs/gamma"
	if all := operator.get("/api/v1/orgs").is(t, "an operator's list", http.StatusOK, ""); all["total"] != 2.0 || !strings.Contains(strings.Join(texts(all["allowed"]), " "), "organisation.create") {
		t.Errorf("an operator's list: %v", all)
	}
	operator.json(http.MethodPost, here+"/delete", map[string]any{"confirm_name": "Gama"}).is(t, "another name", http.StatusUnprocessableEntity, "name_differs")
	if now := operator.json(http.MethodPost, here+"/delete", map[string]any{"confirm_name": "Gamma"}).is(t, "delete", http.StatusOK, ""); now["delete_at"] == nil {
		t.Errorf("closed: %v", now)
	}
	operator.get(here).is(t, "a closed one", http.StatusOK, "")
	operator.get(here+"/members").is(t, "what is inside", http.StatusNotFound, "not_found")
	if r := operator.json(http.MethodPost, here+"/export", nil); r.status != http.StatusOK || r.header.Get("Content-Type") != "application/x-ndjson" || r.header.Get("Roster-Seq") == "" || !strings.HasPrefix(r.body, `{"type":"export"`) {
		t.Errorf("the export: %d %.300s", r.status, r.body)
	}
	operator.json(http.MethodPost, here+"/undelete", nil).is(t, "undelete", http.StatusOK, "")
	operator.json(http.MethodPost, here+"/undelete", nil).is(t, "twice", http.StatusConflict, "not_closed")
	s.Clock.Pass(11 * time.Minute)
	for _, does := range []string{"suspend", "undelete", "export"} {
		operator.json(http.MethodPost, here+"/"+does, nil).is(t, does+" without a fresh proof", http.StatusForbidden, "confirmation_required")
	}
	operator.json(http.MethodPost, here+"/delete", map[string]any{"confirm_name": "Gamma"}).is(t, "delete without a fresh proof", http.StatusForbidden, "confirmation_required")
	for _, name := range []act.Name{act.OrganisationDelete, act.OrganisationUndelete, act.OrganisationExport} {
		if l := lines(t, s.House, org, name); len(l) != 1 || l[0].ActorKind != roster.ActorOperator || l[0].ActorName != "ana@example.net" {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// texts reads a list of texts.
func texts(v any) []string {
	var all []string
	items, _ := v.([]any)
	for _, i := range items {
		text, _ := i.(string)
		all = append(all, text)
	}
	return all
}
