package app_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"roster/internal/act"
	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
	"roster/internal/server/api"
	"roster/internal/words"
)

func TestWhoAsks(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		nobody := r.Nobody(t)
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
			a := nobody.With(c.headers...).Ask("GET", "members", "")
			a.Refuses(c.status, c.code)
			rest.Equal(t, name, strings.Join(a.Header.Values("WWW-Authenticate"), " + "), c.challenge+r.Metadata())
		}
		olga := r.Olga(t)
		olga.With("Authorization", "Bearer x:y").Ask("GET", "members", "").Refuses(401, "invalid_token") // a token is not helped out by a cookie
		olga.With("Sec-Fetch-Site", "cross-site").Ask("GET", "members", "").Refuses(401, "not_signed_in")
		olga.With("Sec-Fetch-Site", "same-origin").Ask("GET", "members", "").Is(200)
		olga.With("Sec-Fetch-Site", "cross-site").Ask("POST", "members", `{"kind":"api","name":"X"}`).Refuses(403, "cross_origin")
		twice := olga.With("Cookie", "")
		twice.Headers["Authorization"] = []string{"Bearer a:b", "Bearer c:d"}
		twice.Ask("GET", "members", "").Refuses(400, "malformed")
		nobody.Ask("GET", "/nowhere", "").Refuses(404, "not_found")
		olga.Ask("POST", "/me", "").Refuses(405, "method_not_allowed")
	})
}

func TestAPersonSeesTheirOrganisations(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		beta, bea := r.Beta(t)
		made, err := r.Team.Invite(r.As(bea), team.Invitation{Email: "ina@example.com", Profile: roster.Profile{FirstName: "Ina", LastName: "In"}})
		rest.Must(t, err)
		linked, err := r.Team.Link(r.As(bea), made.ID)
		rest.Must(t, err)
		r.Accept(beta.ID, linked.Secret, "Ina", "In")
		ina := r.Person(t, "bea@example.com")
		me := ina.Ask("GET", "/me", "").Is(200)
		rest.Equal(t, "me", me["kind"].(string)+" "+me["email"].(string)+" "+me["id"].(string), "person bea@example.com "+string(bea.Person))
		place := me["memberships"].([]any)[0].(map[string]any)
		rest.Equal(t, "place", place["slug"].(string)+" "+place["member"].(string)+" "+place["status"].(string), "beta "+string(bea.Member)+" active")
		if !strings.Contains(rest.Show(place["allowed"]), "member.invite") {
			t.Errorf("allowed: %v", place["allowed"])
		}
		orgs := ina.Ask("GET", "/orgs", "")
		rest.Equal(t, "organisations", rest.Show(orgs.Is(200)["items"]), rest.Show(me["memberships"]))
		ina.Ask("GET", "/orgs?limit=1", "").Refuses(422, "parameter_unknown")

		shown := ina.Ask("GET", "/orgs/"+string(beta.ID), "").Is(200)
		rest.Equal(t, "by ID and by slug", rest.Show(ina.Ask("GET", "/orgs/beta", "").Is(200)), rest.Show(shown))
		rest.Equal(t, "invitation_ttl", shown["invitation_ttl"].(float64), 7*24*3600)
		plan := ina.Ask("GET", "/orgs/beta/plan", "").Is(200)
		rest.Equal(t, "plan", plan["key"].(string)+" "+rest.Show(plan["users"])+" "+rest.Show(plan["max_users"])+" "+rest.Show(plan["users_left"]), "unlimited 2 null null")

		_, err = r.Team.Block(r.As(bea), made.ID, "")
		rest.Must(t, err)
		// The blocked one is told so, and sees nothing of the organisation.
		blocked := r.Managed(t, "ina@example.com", beta)
		blocked.Ask("GET", "/orgs/beta/members", "").Refuses(403, "blocked")
		place = blocked.Ask("GET", "/me", "").Is(200)["memberships"].([]any)[0].(map[string]any)
		rest.Equal(t, "place", place["status"].(string)+rest.Show(place["allowed"]), "blocked[]")
	})
}

func TestOptionsTellWhatTheCallerMayDo(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		r.Join("ann@example.com", "Ann", "Auditor", roster.RoleAuditor)
		olga, uma, ann := r.Olga(t), r.Person(t, "uma@example.com"), r.Person(t, "ann@example.com")
		owner, unit := "members/"+string(r.Owner.Member), "units/"+string(r.Account("Nord", ""))
		made := olga.Ask("POST", "roles", `{"name":"Reader","description":"Reads.","permissions":["members.read"]}`).Is(201)["id"].(string)
		product, _ := r.Product(t, "Fleet", act.ClientCatalogue)
		other, _ := r.Product(t, "Questions", act.ClientDecisions)
		portal, _ := r.Product(t, "Portal", act.ClientOrganisations)
		for _, c := range []struct {
			who                  *rest.Caller
			path, allow, allowed string
		}{
			{olga, "/me", "GET, HEAD, PATCH, OPTIONS", "me.show, preference.edit"},
			{olga, "members", "GET, HEAD, POST, OPTIONS", "member.list, member.invite, api_user.create, member.create"},
			{ann, "members", "GET, HEAD, POST, OPTIONS", "member.list"},
			{olga, owner, "DELETE, GET, HEAD, PATCH, OPTIONS", "member.show, member.edit"},
			{uma, owner, "DELETE, GET, HEAD, PATCH, OPTIONS", "member.show"},
			{uma, owner + "/block", "POST, OPTIONS", ""},
			{uma, owner + "/history", "GET, HEAD, OPTIONS", "member.history"},
			{uma, "plan", "GET, HEAD, PUT, OPTIONS", ""},
			{olga, owner + "/clone", "GET, HEAD, POST, OPTIONS", ""}, // never oneself
			{ann, owner + "/access", "GET, HEAD, OPTIONS", "member.access"},
			{uma, "roles", "GET, HEAD, POST, OPTIONS", "role.list, role.create, role.preview"},
			{ann, "roles", "GET, HEAD, POST, OPTIONS", "role.list"},
			{olga, "roles/" + made, "DELETE, GET, HEAD, PATCH, OPTIONS", "role.show, role.edit, role.preview, role.delete"},
			{olga, "roles/owner", "DELETE, GET, HEAD, PATCH, OPTIONS", "role.show, role.preview"},
			{ann, "roles/" + made, "DELETE, GET, HEAD, PATCH, OPTIONS", "role.show"},
			{olga, "units", "GET, HEAD, POST, OPTIONS", "unit.list, unit.create"},
			{olga, unit, "DELETE, GET, HEAD, PATCH, OPTIONS", "unit.show, unit.edit, unit.move, unit.archive"},
			{olga, unit + "/archive", "POST, OPTIONS", "unit.archive"},
			{olga, unit + "/restore", "POST, OPTIONS", ""},
			{uma, unit, "DELETE, GET, HEAD, PATCH, OPTIONS", "unit.show"},
			{olga, "/catalogue", "GET, HEAD, PUT, OPTIONS", ""},
			{product, "/catalogue", "GET, HEAD, PUT, OPTIONS", "catalogue.show, catalogue.apply"},
			{other, "/catalogue", "GET, HEAD, PUT, OPTIONS", ""},
			{product, "/me", "GET, HEAD, PATCH, OPTIONS", "me.show"},
			{portal, "/orgs/acme/plan", "GET, HEAD, PUT, OPTIONS", "plan.assign"},
			{portal, "/plans", "GET, HEAD, OPTIONS", "plan.list"},
			{product, "/plans", "GET, HEAD, OPTIONS", ""},
			{olga, "/plans", "GET, HEAD, OPTIONS", ""},
			{portal, "/orgs/acme/suspend", "POST, OPTIONS", "organisation.suspend"},
			{portal, "/orgs/acme/resume", "POST, OPTIONS", ""},
			{portal, "/orgs/acme/delete", "POST, OPTIONS", ""},
		} {
			a := c.who.Ask("OPTIONS", c.path, "")
			a.Is(204)
			rest.Equal(t, c.path+": Allow", a.Header.Get("Allow"), c.allow)
			rest.Equal(t, c.path+": Roster-Allowed", a.Header.Get("Roster-Allowed"), c.allowed)
		}
		for _, path := range []string{"members", "roles", "units", "access", "permissions", "owners", "history", "/orgs", "/me"} {
			if got := strings.Join(rest.Texts(olga.Get(path)["allowed"]), ", "); got == "" || got != olga.Ask("OPTIONS", path, "").Header.Get("Roster-Allowed") {
				t.Errorf("%s: allowed is %q", path, got)
			}
		}
		for _, route := range r.Routes() {
			if route.Reason == "" && !strings.Contains(route.Pattern, "{") {
				olga.Ask("OPTIONS", route.Pattern, "").Is(204)
			}
		}
		r.Nobody(t).Ask("OPTIONS", "members", "").Refuses(401, "not_signed_in")
		rest.Equal(t, "405 names OPTIONS too", olga.Ask("DELETE", "members", "").Header.Get("Allow"), "GET, HEAD, OPTIONS, POST")
	})
}

func TestTheHistoryIsReadOn(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Invite("ina@example.com", "member")["id"].(string)
		r.Clock.Pass(60e9)
		olga.Ask("POST", "members/"+id+"/block", `{"reason":"x"}`).Is(200)

		after, seen := "0", 0
		for {
			page := olga.Ask("GET", "history?limit=1&after="+after, "").Is(200)
			for _, v := range page["items"].([]any) {
				seen++
				rest.Equal(t, "seq", v.(map[string]any)["seq"].(float64), float64(seen))
			}
			after = rest.Show(page["next_after"])
			if page["more"] == false {
				break
			}
		}
		rest.Equal(t, "nothing new", rest.Show(olga.Ask("GET", "history?after="+after, "").Is(200)), `{"allowed":["history.list"],"items":[],"more":false,"next_after":`+after+`}`)

		lines := olga.Ask("GET", "members/"+id+"/history", "").Is(200)["items"].([]any)
		rest.Equal(t, "lines", len(lines), 2)
		last := lines[1].(map[string]any)
		rest.Equal(t, "line", rest.Show([]any{last["at"], last["action"], last["actor"], last["door"], last["ip"], last["target"], last["refused"], last["count"]}),
			`["2026-11-22T09:01:00Z","member.block",{"id":"`+string(r.Owner.Member)+`","kind":"member","name":"Olga Owner"},"api","127.0.0.1",{"id":"`+id+`","kind":"member","name":"Ina Invited"},null,0]`)
		if c := rest.Show(last["changes"]); !strings.Contains(c, `"field":"status","from":"invited"`) || !strings.Contains(c, `"to":"blocked"`) {
			t.Errorf("changes: %s", c)
		}
		rest.Equal(t, "the same by the filter", rest.Show(olga.Ask("GET", "history?member="+id, "").Is(200)["items"]), rest.Show(lines))
		rest.Equal(t, "from", len(olga.Ask("GET", "history?from=2026-11-22T09:00:01Z", "").Is(200)["items"].([]any)), 1)
		rest.Equal(t, "to", len(olga.Ask("GET", "members/"+id+"/history?to=2026-11-22T09:00:01Z", "").Is(200)["items"].([]any)), 1)
		for query, want := range map[string]string{"from=yesterday": "from time_invalid", "after=-1": "after parameter_invalid", "limit=0": "limit limit_invalid", "before=3": "before parameter_unknown"} {
			p := olga.Ask("GET", "history?"+query, "").Refuses(422, strings.Fields(want)[1])
			rest.Equal(t, query, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
	})
}

func TestVisitsAreNotedOnceAMinute(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		seen := func() any {
			return olga.Ask("GET", "members/"+string(r.Owner.Member), "").Is(200)["last_seen_at"]
		}
		r.Clock.Pass(30e9)
		first := seen()
		rest.Equal(t, "seen", first, any("2026-11-22T09:00:30Z"))
		r.Clock.Pass(59e9)
		rest.Equal(t, "within the minute", seen(), first)
		r.Clock.Pass(1e9)
		rest.Equal(t, "after it", seen(), any("2026-11-22T09:01:30Z"))
		for range 3 { // an hour of silence ends a session; being here keeps it
			r.Clock.Pass(45 * 60e9)
			seen()
		}
	})
}

func TestTheDocuments(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	nobody := r.Nobody(t)
	a := nobody.Ask("GET", "/openapi.json", "")
	rest.Equal(t, "type", a.Header.Get("Content-Type"), "application/openapi+json")
	doc := a.Is(200)
	rest.Equal(t, "version", doc["openapi"].(string), "3.1.0")
	paths := doc["paths"].(map[string]any)
	for _, route := range r.Routes() {
		path, _ := paths[strings.TrimPrefix(route.Pattern, "/api/v1")].(map[string]any)
		if _, told := path[strings.ToLower(route.Method)]; !told {
			t.Errorf("%s %s is not in the document", route.Method, route.Pattern)
		}
	}
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	member := schemas["Member"].(map[string]any)
	for _, f := range []string{"id", "grants", "invitation", "external_id", "allowed"} {
		if _, told := member["properties"].(map[string]any)[f]; !told {
			t.Errorf("the document lacks the member's field %s", f)
		}
	}
	for _, sent := range []string{"AddMember", "GrantSet", "MemberPatch", "NewRole", "RolePatch", "NewUnit", "UnitPatch", "Declaration"} {
		if s, _ := schemas[sent].(map[string]any); s == nil || s["additionalProperties"] != false {
			t.Errorf("the document does not close %s: %v", sent, s)
		}
	}
	if _, closed := member["additionalProperties"]; closed {
		t.Error("the document forbids that answers grow")
	}
	if yaml := nobody.Ask("GET", "/openapi.yaml", ""); yaml.StatusCode != 200 || !strings.Contains(yaml.Text, "openapi: 3.1.0") {
		t.Errorf("YAML: %.200s", yaml.Text)
	}
	page := nobody.Ask("GET", "/api/docs", "")
	rest.Equal(t, "page", page.StatusCode, 200)
	if !strings.Contains(page.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page has another policy")
	}
	for _, part := range []string{`id="member.invite"`, "/orgs/{org}/members/{id}/grants", "start_blocked", "If-Match", "Idempotency-Key", "client_secret"} {
		if !strings.Contains(page.Text, part) {
			t.Errorf("the page does not tell %s", part)
		}
	}
	if strings.Contains(page.Text, "<style") || strings.Contains(page.Text, "<script") || strings.Contains(page.Text, "style=") || strings.Contains(page.Text, "[api.") ||
		regexp.MustCompile(`(?:src|href)="(?:https?:)?//`).MatchString(page.Text) {
		t.Error("the page has something inline, from elsewhere, or a word that is missing")
	}
	rest.Equal(t, "style sheet", nobody.Ask("GET", "/api/docs.css", "").Header.Get("Content-Type"), "text/css; charset=utf-8")
}

func TestEveryRouteNamesAnActionOfTheList(t *testing.T) {
	r := rest.Open(rostertest.SQLite(t))
	known := map[string]bool{}
	for _, a := range act.List() {
		known[string(a.Name)] = true
	}
	for _, route := range r.Routes() {
		if !known[route.Action] && route.Reason == "" {
			t.Errorf("%s %s names %q", route.Method, route.Pattern, route.Action)
		}
	}
}

func TestADoorNeedsItsParts(t *testing.T) {
	h := rostertest.SQLite(t)
	say, err := words.English()
	rest.Must(t, err)
	for i, s := range []api.Settings{{}, {BaseURL: &url.URL{}, Words: say}} {
		if _, err := api.New(h.Orgs, h.SignIn, s); err == nil {
			t.Errorf("settings %d are taken", i)
		}
	}
	if _, err := api.New(nil, nil, api.Settings{BaseURL: &url.URL{}, Key: h.Key, Words: say, Operators: h.Operators}); err == nil {
		t.Error("no rooms are taken")
	}
}

func TestAnAccessTokenOpensTheDoor(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		robot, id := r.Program(t, "Robot", roster.RoleAuditor)
		rest.Equal(t, "members", robot.Get("members")["total"].(float64), 2)
		rest.Equal(t, "me", robot.Get("/me")["id"].(string), id)
		robot.Ask("POST", "members", `{"kind":"api","name":"X"}`).Refuses(403, "forbidden")
		robot.With("Authorization", robot.Headers.Get("Authorization")+"x").Ask("GET", "members", "").Refuses(401, "invalid_token")
		r.Olga(t).Ask("DELETE", "members/"+id, "").Is(204)
		robot.Ask("GET", "members", "").Refuses(401, "invalid_token")
	})
}
