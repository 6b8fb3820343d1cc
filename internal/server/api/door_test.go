package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/action"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/server/api"
	"roster/internal/words"
)

func TestWhoAsks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		nobody := &caller{t, r, http.Header{}}
		const plain = `Bearer realm="Roster"`
		for name, c := range map[string]struct {
			headers   []string
			status    int
			code      string
			challenge string
		}{
			"nothing":         {nil, 401, "not_signed_in", plain},
			"another scheme":  {[]string{"Authorization", "Basic b2xnYTpwYXNz"}, 401, "not_signed_in", plain},
			"a wrong token":   {[]string{"Authorization", "Bearer x:y"}, 401, "invalid_token", plain + `, error="invalid_token", error_description="This access token is not valid any more."`},
			"no token":        {[]string{"Authorization", "Bearer "}, 400, "malformed", plain + `, error="invalid_request"`},
			"two tokens":      {[]string{"Authorization", "Bearer a, Bearer b"}, 400, "malformed", plain + `, error="invalid_request"`},
			"a wrong session": {[]string{"Cookie", "__Host-roster=rses_x"}, 401, "session_over", plain},
		} {
			a := nobody.with(c.headers...).ask("GET", "members", "")
			a.refuses(c.status, c.code)
			equal(t, name, strings.Join(a.Header.Values("WWW-Authenticate"), " + "), c.challenge)
		}
		olga := r.owner(t)
		olga.with("Authorization", "Bearer x:y").ask("GET", "members", "").refuses(401, "invalid_token") // a token is not helped out by a cookie
		olga.with("Sec-Fetch-Site", "cross-site").ask("GET", "members", "").refuses(401, "not_signed_in")
		olga.with("Sec-Fetch-Site", "same-origin").ask("GET", "members", "").is(200)
		olga.with("Sec-Fetch-Site", "cross-site").ask("POST", "members", `{"kind":"api","name":"X"}`).refuses(403, "cross_origin")
		twice := olga.with("Cookie", "")
		twice.headers["Authorization"] = []string{"Bearer a:b", "Bearer c:d"}
		twice.ask("GET", "members", "").refuses(400, "malformed")
		nobody.ask("GET", "/nowhere", "").refuses(404, "not_found")
		olga.ask("POST", "/me", "").refuses(405, "method_not_allowed")
	})
}

func TestAPersonSeesTheirOrganisations(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		beta, bea := r.beta(t)
		made, err := r.Team.Invite(r.As(bea), invitation("ina@example.com"))
		must(t, err)
		linked, err := r.Team.Link(r.As(bea), made.ID)
		must(t, err)
		r.Accept(beta.ID, linked.Secret, "Ina", "In")
		ina := r.person(t, "bea@example.com")
		me := ina.ask("GET", "/me", "").is(200)
		equal(t, "me", me["kind"].(string)+" "+me["email"].(string)+" "+me["id"].(string), "person bea@example.com "+string(bea.Person))
		place := me["memberships"].([]any)[0].(map[string]any)
		equal(t, "place", place["slug"].(string)+" "+place["member"].(string)+" "+place["status"].(string), "beta "+string(bea.Member)+" active")
		if !strings.Contains(show(place["allowed"]), "member.invite") {
			t.Errorf("allowed: %v", place["allowed"])
		}
		orgs := ina.ask("GET", "/orgs", "")
		equal(t, "organisations", show(orgs.is(200)["items"]), show(me["memberships"]))
		ina.ask("GET", "/orgs?limit=1", "").refuses(422, "parameter_unknown")

		shown := ina.ask("GET", "/orgs/"+string(beta.ID), "").is(200)
		equal(t, "by ID and by slug", show(ina.ask("GET", "/orgs/beta", "").is(200)), show(shown))
		equal(t, "invitation_ttl", shown["invitation_ttl"].(float64), 7*24*3600)
		plan := ina.ask("GET", "/orgs/beta/plan", "").is(200)
		equal(t, "plan", plan["key"].(string)+" "+show(plan["users"])+" "+show(plan["max_users"])+" "+show(plan["users_left"]), "unlimited 2 null null")

		_, err = r.Team.Block(r.As(bea), made.ID, "")
		must(t, err)
		// The blocked one is told so, and sees nothing of the organisation.
		blocked := r.managed(t, "ina@example.com", beta)
		blocked.ask("GET", "/orgs/beta/members", "").refuses(403, "blocked")
		place = blocked.ask("GET", "/me", "").is(200)["memberships"].([]any)[0].(map[string]any)
		equal(t, "place", place["status"].(string)+show(place["allowed"]), "blocked[]")
	})
}

func TestOptionsTellWhatTheCallerMayDo(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		r.Join("ann@example.com", "Ann", "Auditor", roster.RoleAuditor)
		olga, uma, ann := r.owner(t), r.person(t, "uma@example.com"), r.person(t, "ann@example.com")
		owner := "members/" + string(r.Owner.Member)
		for _, c := range []struct {
			who                  *caller
			path, allow, allowed string
		}{
			{olga, "/me", "GET, HEAD, OPTIONS", "me.show"},
			{olga, "members", "GET, HEAD, POST, OPTIONS", "member.list, member.invite, api_user.create"},
			{ann, "members", "GET, HEAD, POST, OPTIONS", "member.list"},
			{olga, owner, "DELETE, GET, HEAD, PATCH, OPTIONS", "member.show, member.edit"},
			{uma, owner, "DELETE, GET, HEAD, PATCH, OPTIONS", "member.show"},
			{uma, owner + "/block", "POST, OPTIONS", ""},
			{uma, owner + "/history", "GET, HEAD, OPTIONS", "history.list"},
			{uma, "plan", "GET, HEAD, OPTIONS", ""},
		} {
			a := c.who.ask("OPTIONS", c.path, "")
			a.is(204)
			equal(t, c.path+": Allow", a.Header.Get("Allow"), c.allow)
			equal(t, c.path+": Roster-Allowed", a.Header.Get("Roster-Allowed"), c.allowed)
		}
		for _, route := range r.mux.Routes() {
			if route.Reason == "" && !strings.Contains(route.Pattern, "{") {
				olga.ask("OPTIONS", route.Pattern, "").is(204)
			}
		}
		(&caller{t, r, http.Header{}}).ask("OPTIONS", "members", "").refuses(401, "not_signed_in")
		equal(t, "405 names OPTIONS too", olga.ask("DELETE", "members", "").Header.Get("Allow"), "GET, HEAD, OPTIONS, POST")
	})
}

func TestTheHistoryIsReadOn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		id := olga.invite("ina@example.com", "member")["id"].(string)
		r.Clock.Pass(60e9)
		olga.ask("POST", "members/"+id+"/block", `{"reason":"x"}`).is(200)

		after, seen := "0", 0
		for {
			page := olga.ask("GET", "history?limit=1&after="+after, "").is(200)
			for _, v := range page["items"].([]any) {
				seen++
				equal(t, "seq", v.(map[string]any)["seq"].(float64), float64(seen))
			}
			after = show(page["next_after"])
			if page["more"] == false {
				break
			}
		}
		equal(t, "nothing new", show(olga.ask("GET", "history?after="+after, "").is(200)), `{"items":[],"more":false,"next_after":`+after+`}`)

		lines := olga.ask("GET", "members/"+id+"/history", "").is(200)["items"].([]any)
		equal(t, "lines", len(lines), 2)
		last := lines[1].(map[string]any)
		equal(t, "line", show([]any{last["at"], last["action"], last["actor"], last["door"], last["ip"], last["target"], last["refused"], last["count"]}),
			`["2026-11-22T09:01:00Z","member.block",{"id":"`+string(r.Owner.Member)+`","kind":"member","name":"Olga Owner"},"api","127.0.0.1",{"id":"`+id+`","kind":"member","name":"Ina Invited"},null,0]`)
		if c := show(last["changes"]); !strings.Contains(c, `"field":"status","from":"invited"`) || !strings.Contains(c, `"to":"blocked"`) {
			t.Errorf("changes: %s", c)
		}
		equal(t, "the same by the filter", show(olga.ask("GET", "history?member="+id, "").is(200)["items"]), show(lines))
		equal(t, "from", len(olga.ask("GET", "history?from=2026-11-22T09:00:01Z", "").is(200)["items"].([]any)), 1)
		equal(t, "to", len(olga.ask("GET", "members/"+id+"/history?to=2026-11-22T09:00:01Z", "").is(200)["items"].([]any)), 1)
		for query, want := range map[string]string{"from=yesterday": "from time_invalid", "after=-1": "after parameter_invalid", "limit=0": "limit limit_invalid", "before=3": "before parameter_unknown"} {
			p := olga.ask("GET", "history?"+query, "").refuses(422, strings.Fields(want)[1])
			equal(t, query, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
	})
}

func TestVisitsAreNotedOnceAMinute(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		seen := func() any {
			return olga.ask("GET", "members/"+string(r.Owner.Member), "").is(200)["last_seen_at"]
		}
		r.Clock.Pass(30e9)
		first := seen()
		equal(t, "seen", first, any("2026-11-22T09:00:30Z"))
		r.Clock.Pass(59e9)
		equal(t, "within the minute", seen(), first)
		r.Clock.Pass(1e9)
		equal(t, "after it", seen(), any("2026-11-22T09:01:30Z"))
		for range 3 { // an hour of silence ends a session; being here keeps it
			r.Clock.Pass(45 * 60e9)
			seen()
		}
	})
}

func TestTheDocuments(t *testing.T) {
	r := open(t, rostertest.SQLite(t))
	nobody := &caller{t, r, http.Header{}}
	a := nobody.ask("GET", "/openapi.json", "")
	equal(t, "type", a.Header.Get("Content-Type"), "application/openapi+json")
	doc := a.is(200)
	equal(t, "version", doc["openapi"].(string), "3.1.0")
	paths := doc["paths"].(map[string]any)
	for _, route := range r.mux.Routes() {
		if route.Reason != "" {
			continue
		}
		path, _ := paths[strings.TrimPrefix(route.Pattern, "/api/v1")].(map[string]any)
		if _, told := path[strings.ToLower(route.Method)]; !told {
			t.Errorf("%s %s is not in the document", route.Method, route.Pattern)
		}
	}
	member := doc["components"].(map[string]any)["schemas"].(map[string]any)["Member"].(map[string]any)
	for _, f := range memberFields {
		if _, told := member["properties"].(map[string]any)[f]; !told {
			t.Errorf("the document lacks the member's field %s", f)
		}
	}
	if _, closed := member["additionalProperties"]; closed {
		t.Error("the document forbids that answers grow")
	}
	if yaml := nobody.ask("GET", "/openapi.yaml", ""); yaml.StatusCode != 200 || !strings.Contains(yaml.text, "openapi: 3.1.0") {
		t.Errorf("YAML: %.200s", yaml.text)
	}
	page := nobody.ask("GET", "/api/docs", "")
	equal(t, "page", page.StatusCode, 200)
	if !strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page has another policy")
	}
	for _, part := range []string{`id="member.invite"`, "/orgs/{org}/members/{id}/grants", "start_blocked", "If-Match", "Idempotency-Key", "client_secret"} {
		if !strings.Contains(page.text, part) {
			t.Errorf("the page does not tell %s", part)
		}
	}
	if strings.Contains(page.text, "<style") || strings.Contains(page.text, "<script") || strings.Contains(page.text, "style=") || strings.Contains(page.text, "[api.") ||
		regexp.MustCompile(`(?:src|href)="(?:https?:)?//`).MatchString(page.text) {
		t.Error("the page has something inline, from elsewhere, or a word that is missing")
	}
	equal(t, "style sheet", nobody.ask("GET", "/api/docs.css", "").Header.Get("Content-Type"), "text/css; charset=utf-8")
}

func TestEveryRouteNamesAnActionOfTheList(t *testing.T) {
	r := open(t, rostertest.SQLite(t))
	known := map[string]bool{}
	for _, a := range action.List() {
		known[string(a.Name)] = true
	}
	for _, route := range r.mux.Routes() {
		if !known[route.Action] && route.Reason == "" {
			t.Errorf("%s %s names %q", route.Method, route.Pattern, route.Action)
		}
	}
}

func TestADoorNeedsItsParts(t *testing.T) {
	h := rostertest.SQLite(t)
	say, err := words.English()
	must(t, err)
	rooms := api.Rooms{Orgs: h.Orgs, Team: h.Team, SignIn: h.SignIn, History: h.History}
	for i, s := range []api.Settings{{}, {BaseURL: &url.URL{}, Words: say}} {
		if _, err := api.New(rooms, s); err == nil {
			t.Errorf("settings %d are taken", i)
		}
	}
	if _, err := api.New(api.Rooms{}, api.Settings{}); err == nil {
		t.Error("no rooms are taken")
	}
}

func TestAnAccessTokenOpensTheDoor(t *testing.T) {
	rostertest.EachDatabase(t, func(t *testing.T, h *rostertest.House) {
		made, err := h.Team.CreateAPIUser(h.As(h.Owner), team.APIUser{Name: "Robot", Grants: team.RoleGivings(roster.RoleAuditor)})
		must(t, err)
		site := h.Serve()
		res, err := http.PostForm(site.URL+"/oauth2/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {made.ClientID}, "client_secret": {made.Secret}})
		must(t, err)
		defer res.Body.Close()
		var token struct {
			Text string `json:"access_token"`
		}
		must(t, json.NewDecoder(res.Body).Decode(&token))
		robot := &caller{t, &rig{House: h, address: site.URL}, http.Header{"Authorization": {"Bearer " + token.Text}}}
		equal(t, "members", robot.ask("GET", "members", "").is(200)["total"].(float64), 2)
		equal(t, "me", robot.ask("GET", "/me", "").is(200)["id"].(string), string(made.ID))
		robot.ask("POST", "members", `{"kind":"api","name":"X"}`).refuses(403, "forbidden")
		_, err = h.Team.Remove(h.As(h.Owner), made.ID)
		must(t, err)
		robot.ask("GET", "members", "").refuses(401, "invalid_token")
		robot.with("Authorization", "Bearer "+token.Text+"x").ask("GET", "members", "").refuses(401, "invalid_token")
	})
}
