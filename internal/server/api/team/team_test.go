package team_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"roster/internal/action/team"
	"roster/internal/roster"
	"roster/internal/rostertest"
	"roster/internal/rostertest/rest"
)

var memberFields = strings.Fields(`id external_id kind status first_name last_name name email phone picture_url client_id ends_at verified mfa
	login_method identifier grants unit invitation last_seen_at created_at created_by updated_at updated_by etag allowed`)

func TestAPersonIsAddedShownEditedAndRemoved(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		made := olga.Ask("POST", "members", `{"kind":"regular","email":"Ina@Example.com","first_name":"Ina","last_name":"Invited","phone":"+55 11 5555 0100",
			"grants":[{"role":"auditor","unit":null,"until":null}],"invitation_ttl":86400,"message":"Welcome"}`)
		body := made.Is(201)
		id := body["id"].(string)
		for _, f := range memberFields {
			if _, there := body[f]; !there {
				t.Errorf("the member lacks %s", f)
			}
		}
		rest.Equal(t, "fields", len(body), len(memberFields))
		rest.Equal(t, "location", made.Header.Get("Location"), "/api/v1/orgs/"+string(r.Acme.ID)+"/members/"+id)
		rest.Equal(t, "etag", made.Header.Get("ETag"), body["etag"].(string))
		rest.Equal(t, "status", body["status"].(string), "invited")
		rest.Equal(t, "email", body["email"].(string), "Ina@Example.com")
		rest.Equal(t, "phone", body["phone"].(string), "+551155550100")
		rest.Equal(t, "created_at", body["created_at"].(string), "2026-11-22T09:00:00Z")
		rest.Equal(t, "created_by", body["created_by"].(string), string(r.Owner.Member))
		rest.Equal(t, "last seen", body["last_seen_at"], nil)
		rest.Equal(t, "how they will come in", rest.Show([]any{body["login_method"], body["identifier"]}), `["password",null]`)
		rest.Equal(t, "invitation", body["invitation"].(map[string]any)["state"].(string), "live")
		if g := body["grants"].([]any)[0].(map[string]any); g["role"] != "auditor" || g["unit"] != nil || g["until"] != nil {
			t.Errorf("grants: %v", body["grants"])
		}
		if !slices.Contains(rest.Texts(body["allowed"]), "member.resend") {
			t.Errorf("allowed: %v", body["allowed"])
		}
		e := r.Tells(t, id, "member.invite", r.Owner.Member)
		rest.Equal(t, "Roster-Seq", made.Header.Get("Roster-Seq"), strconv.FormatInt(e.Seq, 10))

		shown := olga.Ask("GET", "members/"+id, "")
		rest.Equal(t, "shown as it was answered", shown.Text, made.Text)
		rest.Equal(t, "HEAD", olga.Ask("HEAD", "members/"+id, "").Header.Get("ETag"), shown.Header.Get("ETag"))

		edited := olga.With("If-Match", shown.Header.Get("ETag"), "Content-Type", "application/merge-patch+json").Ask("PATCH", "members/"+id, `{"first_name":"Irma","phone":null}`)
		body = edited.Is(200)
		rest.Equal(t, "name", body["name"].(string), "Irma Invited")
		rest.Equal(t, "phone is cleared", body["phone"], nil)
		e = r.Tells(t, id, "member.edit", r.Owner.Member)
		rest.Equal(t, "changes", rest.Changed(e), "first_name Ina→Irma, phone +551155550100→")

		gone := olga.With("If-Match", edited.Header.Get("ETag")).Ask("DELETE", "members/"+id, "")
		gone.Is(204)
		rest.Equal(t, "body", gone.Text, "")
		e = r.Tells(t, id, "member.remove", r.Owner.Member)
		rest.Equal(t, "Roster-Seq", gone.Header.Get("Roster-Seq"), strconv.FormatInt(e.Seq, 10))
		rest.Equal(t, "removed", olga.Ask("GET", "members/"+id, "").Is(200)["status"].(string), "removed")
		olga.Ask("DELETE", "members/"+id, "").Refuses(409, "removed")
		r.Verified(r.Acme.ID)
	})
}

func TestActsOnAMember(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		id := olga.Invite("ina@example.com", "member")["id"].(string)
		act := func(what, body, status, action string) map[string]any {
			t.Helper()
			a := olga.Ask("POST", "members/"+id+"/"+what, body)
			m := a.Is(200)
			e := r.Tells(t, id, action, r.Owner.Member)
			rest.Equal(t, what+": Roster-Seq", a.Header.Get("Roster-Seq"), strconv.FormatInt(e.Seq, 10))
			if status != "" {
				rest.Equal(t, what+": status", m["status"].(string), status)
				rest.Equal(t, what+": etag", a.Header.Get("ETag"), m["etag"].(string))
			}
			return m
		}
		act("resend", "", "invited", "member.resend")
		linked := act("invitation-link", "{}", "", "member.link")
		link := linked["link"].(string)
		if !strings.HasPrefix(link, r.URL+"/invitation/"+string(r.Acme.ID)+"/rinv_") || linked["expires_at"].(string) != "2026-11-29T09:00:00Z" {
			t.Errorf("link: %v", linked)
		}
		rest.Equal(t, "the link works", r.Accept(r.Acme.ID, link[strings.LastIndex(link, "/")+1:], "Ina", "In").Member, roster.MemberID(id))
		act("block", `{"reason":"On leave"}`, "blocked", "member.block")
		if c := rest.Changed(r.Newest(t, id)); !strings.Contains(c, "block_reason →On leave") {
			t.Errorf("the line does not tell the reason: %s", c)
		}
		olga.Ask("POST", "members/"+id+"/block", "").Refuses(409, "already_blocked")
		act("unblock", "", "active", "member.unblock")
		olga.Ask("POST", "members/"+id+"/resend", "").Refuses(409, "not_invited")
		rest.Equal(t, "no lines of refused slips", r.Newest(t, id).Action, "member.unblock")
		r.Verified(r.Acme.ID)
	})
}

func TestGrantsAreSetAsAWhole(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		m := olga.Invite("ina@example.com", "auditor", "member")
		id, tag := m["id"].(string), m["etag"].(string)
		a := olga.With("If-Match", tag).Ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"member"},{"permission":"members.read","until":"2027-01-01T00:00:00+01:00"}]}`)
		body := a.Is(200)
		rest.Equal(t, "gained", rest.Show(body["gained"]), `[{"permission":"members.read","unit":null,"until":"2026-12-31T23:00:00Z"}]`)
		rest.Equal(t, "lost", rest.Show(body["lost"]), `[{"role":"auditor","unit":null,"until":null}]`)
		rest.Equal(t, "grants", len(body["grants"].([]any)), 2)
		rest.Equal(t, "etag", a.Header.Get("ETag"), body["member"].(map[string]any)["etag"].(string))
		e := r.Tells(t, id, "member.grant", r.Owner.Member)
		if c := rest.Changed(e); !strings.Contains(c, "auditor") || !strings.Contains(c, "members.read") {
			t.Errorf("the line does not tell the grants: %s", c)
		}
		olga.With("If-Match", tag).Ask("PUT", "members/"+id+"/grants", `{"grants":[]}`).Refuses(412, "changed_meanwhile")
		olga.With("If-Match", "*").Ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"member"},{"permission":"members.read","until":"2026-12-31T23:00:00Z"}]}`).Is(200)
		rest.Equal(t, "nothing new", r.Newest(t, id).Seq, e.Seq)
		p := olga.With("If-Match", "*").Ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"no such"},{"role":"owner","permission":"members.read"}]}`).Refuses(422, "fields_invalid")
		rest.Equal(t, "fields", p.Errors[0].Field+" "+p.Errors[0].Code+" "+p.Errors[1].Field+" "+p.Errors[1].Code, "grants[0].role role_unknown grants[1] grant_unclear")
		rest.Equal(t, "nothing left", rest.Show(olga.With("If-Match", "*").Ask("PUT", "members/"+id+"/grants", `{"grants":[]}`).Is(200)["grants"]), `[]`)
	})
}

func TestAnAPIUserGetsItsSecretOnce(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		made := r.Olga(t).Ask("POST", "members", `{"kind":"api","name":"Nightly export","grants":[{"role":"auditor"}]}`)
		body := made.Is(201)
		rest.Equal(t, "kind", body["kind"].(string), "api")
		rest.Equal(t, "first name", body["first_name"], nil)
		rest.Equal(t, "invitation", body["invitation"], nil)
		r.Tells(t, body["id"], "api_user.create", r.Owner.Member)

		robot := r.Token(t, body["client_id"].(string), body["client_secret"].(string))
		if again := robot.Ask("GET", "members/"+body["id"].(string), "").Text; strings.Contains(again, body["client_secret"].(string)) || strings.Contains(again, "client_secret") {
			t.Errorf("the secret is shown again: %s", again)
		}
		me := robot.Ask("GET", "/me", "").Is(200)
		rest.Equal(t, "me", me["kind"].(string)+" "+me["name"].(string), "api_user Nightly export")
		rest.Equal(t, "its organisation", robot.Ask("GET", "/orgs", "").Is(200)["total"].(float64), 1)
		a := robot.Ask("POST", "members", `{"email":"x@example.com","first_name":"X","last_name":"Y"}`)
		p := a.Refuses(403, "forbidden")
		rest.Equal(t, "missing", strings.Join(p.Missing, " "), "members.write")
		rest.Equal(t, "challenge", a.Header.Get("WWW-Authenticate"), `Bearer realm="Roster", error="insufficient_scope", scope="members.write"`+r.Metadata())

		r.Olga(t).Ask("POST", "members/"+body["id"].(string)+"/block", "").Is(200)
		a = robot.Ask("GET", "members", "")
		a.Refuses(401, "invalid_token")
		if c := a.Header.Values("WWW-Authenticate"); len(c) != 1 || !strings.Contains(c[0], `error="invalid_token"`) {
			t.Errorf("challenge: %v", c)
		}
	})
}

func TestTheListIsFilteredSortedAndWalked(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		for _, e := range []string{"anna@example.com", "bert@example.com", "cleo@example.com"} {
			olga.Invite(e, "member")
		}
		r.Program(t, "Robot", "auditor")
		all := olga.Ask("GET", "members", "").Is(200)
		rest.Equal(t, "total", all["total"].(float64), 5)
		rest.Equal(t, "more", all["more"].(bool), false)
		rest.Equal(t, "cursor", all["next_cursor"], nil)
		count := func(query string) int { return int(olga.Ask("GET", "members?"+query, "").Is(200)["total"].(float64)) }
		rest.Equal(t, "commas", count("status=invited,active&kind=regular"), 4)
		rest.Equal(t, "repeated", count("status=invited&status=active&kind=api"), 1)
		rest.Equal(t, "search", count("q=bert"), 1)
		rest.Equal(t, "role", count("role=auditor"), 1)
		seen, cursor := 0, ""
		for pages := 0; ; pages++ {
			page := olga.Ask("GET", "members?limit=2&sort=-created_at&cursor="+cursor, "").Is(200)
			seen += len(page["items"].([]any))
			if page["next_cursor"] == nil {
				rest.Equal(t, "pages", pages, 2)
				break
			}
			cursor = page["next_cursor"].(string)
		}
		rest.Equal(t, "walked", seen, 5)
		olga.Ask("GET", "members?limit=2&sort=name&cursor="+cursor, "").Refuses(422, "cursor_invalid")
		for query, want := range map[string]string{
			"limit=0": "limit limit_invalid", "limit=201": "limit limit_invalid", "limit=x": "limit parameter_invalid", "sort=email": "sort sort_unknown",
			"status=gone": "status status_unknown", "kind=regular,": "kind kind_unknown", "page=2": "page parameter_unknown", "limit=1&limit=2": "limit parameter_repeated",
			"%3Cb%3E=1": "… parameter_unknown", "role=%07": "role control_character",
		} {
			a := olga.Ask("GET", "members?"+query, "")
			p := a.Refuses(422, strings.Fields(want)[1])
			rest.Equal(t, query, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
		for _, illegible := range []string{"q=%zz", "q=%00", "q=%ff"} {
			olga.Ask("GET", "members?"+illegible, "").Refuses(400, "malformed")
		}
	})
}

func TestAnExternalUserIsBoundToACustomerAccount(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		olga := r.Olga(t)
		nord, sud := string(r.Account("Nord", "")), string(r.Account("Sud", ""))
		olga.Any().Ask("PATCH", "units/"+nord, `{"external_id":"c-17"}`).Is(200)
		made := olga.Ask("POST", "members", `{"kind":"external","unit":"c-17","external_id":"u-1","email":"x@example.com","first_name":"X","last_name":"Y","grants":[{"role":"auditor"}]}`)
		body := made.Is(201)
		id := body["id"].(string)
		rest.Equal(t, "bound", rest.Show([]any{body["kind"], body["unit"], body["external_id"], body["grants"]}), `["external","`+nord+`","u-1",[{"role":"auditor","unit":"`+nord+`","until":null}]]`)
		r.Tells(t, id, "member.invite", r.Owner.Member)
		free := olga.Any()
		for grant, code := range map[string]string{`{"role":"auditor","unit":"` + sud + `"}`: "external_confined", `{"role":"owner","unit":"nowhere"}`: "unit_unknown"} {
			free.Ask("PUT", "members/"+id+"/grants", `{"grants":[`+grant+`]}`).At(422, "grants[0].unit", code)
		}
		free.Ask("PATCH", "members/"+id, `{"unit":"`+sud+`"}`).At(422, "unit", "not_editable")
		olga.Ask("POST", "members", `{"unit":"`+nord+`","email":"z@example.com","first_name":"X","last_name":"Y"}`).At(422, "unit", "unit_regular")
		olga.Ask("POST", "members", `{"kind":"api","name":"R","external_id":"u-1"}`).At(409, "external_id", "external_id_taken")

		edited := free.Ask("PATCH", "members/"+id, `{"external_id":"u-2"}`)
		rest.Equal(t, "external ID", edited.Is(200)["external_id"].(string), "u-2")
		rest.Equal(t, "changes", rest.Changed(r.Tells(t, id, "member.edit", r.Owner.Member)), "external_id u-1→u-2")
		rest.Equal(t, "null clears it", free.Ask("PATCH", "members/"+id, `{"external_id":null}`).Is(200)["external_id"], nil)

		for query, n := range map[string]float64{"unit=c-17": 1, "unit=" + sud: 0, "kind=external": 1, "unit=c-17&role=auditor": 1, "unit=c-17&role=owner": 0} {
			rest.Equal(t, query, olga.Get("members?" + query)["total"].(float64), n)
		}
		olga.Ask("GET", "members?unit=nowhere", "").At(422, "unit", "unit_unknown")
		olga.Ask("GET", "members?unit=%07", "").At(422, "unit", "control_character")
		r.Verified(r.Acme.ID)
	})
}

func TestGrantsTellWhatTheyReallyChange(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		nord := string(r.Account("Nord", ""))
		_, hanna := r.Holder(t, "Hanna", team.Giving{Permission: "devices.read"})
		grants := "members/" + string(hanna.Member) + "/grants"
		set := olga.Any().Ask("PUT", grants, `{"grants":[{"permission":"devices.read"},{"scope":"network","unit":"`+nord+`","until":"2026-12-01T00:00:00Z"}]}`)
		body := set.Is(200)
		rest.Equal(t, "a scope gives its permissions", rest.Show(body["effective"]),
			`[{"after":{"held":true,"until":"2026-12-01T00:00:00Z"},"before":{"held":false,"until":null},"permission":"devices.read","unit":"`+nord+`"}]`)
		r.Wrote(set, string(hanna.Member), "member.grant", r.Owner.Member)
		for grant, want := range map[string]string{
			`{"permission":"fly"}`: "grants[0].permission permission_unknown",
			`{"scope":"moon"}`:     "grants[0].scope scope_unknown",
			`{"role":"emperor"}`:   "grants[0].role role_unknown",
			`{"role":"auditor","until":"0001-01-01T00:00:00Z"}`:                    "grants[0].until until_past",
			`{"role":"auditor","until":"9999-12-31T23:59:59-01:00"}`:               "grants[0].until until_too_far",
			`{"role":"auditor","until":"2026-11-22T08:59:59Z"}`:                    "grants[0].until until_past",
			`{"role":"auditor","unit":"nowhere"}`:                                  "grants[0].unit unit_unknown",
			`{"role":"auditor","permission":"devices.read"}`:                       "grants[0] grant_unclear",
			`{"role":"auditor"},{"role":"auditor","until":"2027-01-01T00:00:00Z"}`: "grants[1] grant_twice",
		} {
			w := strings.Fields(want)
			olga.Any().Ask("PUT", grants, `{"grants":[`+grant+`]}`).At(422, w[0], w[1])
		}
		rest.Equal(t, "nothing happened", r.Newest(t, nil).Action, "member.grant")
		uma, me := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})
		before := r.Newest(t, nil)
		p := uma.Any().Ask("PUT", grants, `{"grants":[{"permission":"devices.read"},{"scope":"network"}]}`).Refuses(403, "exceeds_authority")
		if !slices.Contains(p.Missing, "network") || strings.Join(p.Givers, ", ") != "Olga Owner" {
			t.Errorf("the refusal: %+v", p)
		}
		uma.Any().Ask("PUT", "members/"+string(me.Member)+"/grants", `{"grants":[]}`).Refuses(403, "not_on_yourself")
		uma.Any().Ask("PUT", "members/"+string(r.Owner.Member)+"/grants", `{"grants":[]}`).Refuses(403, "stronger_target")
		r.Quiet(t, before)
	})
}

func TestAMemberIsCloned(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		r.Declare(rostertest.Fleet())
		olga := r.Olga(t)
		_, hanna := r.Holder(t, "Hanna", team.Giving{Role: roster.RoleUserAdministrator}, team.Giving{Permission: "devices.read"}, team.Giving{Scope: "network"})
		path := "members/" + string(hanna.Member) + "/clone"
		uma, me := r.Holder(t, "Uma", team.Giving{Role: roster.RoleUserAdministrator})

		offer := uma.Get(path)
		rest.Equal(t, "comes", rest.Show(offer["comes"]), `[{"role":"user_administrator","unit":null,"until":null}]`)
		left := `[{"grant":{"permission":"devices.read","unit":null,"until":null},"missing":["devices.read"],"reason":"exceeds_authority"},` +
			`{"grant":{"scope":"network","unit":null,"until":null},"missing":["network"],"reason":"exceeds_authority"}]`
		rest.Equal(t, "left out", rest.Show(offer["left_out"]), left)
		rest.Equal(t, "of whom", offer["member"].(map[string]any)["id"].(string), string(hanna.Member))

		made := uma.Ask("POST", path, `{"email":"new@example.com","first_name":"New","last_name":"One","start_blocked":true,"external_id":"n-1"}`)
		body := made.Is(201)
		rest.Equal(t, "who", rest.Show([]any{body["name"], body["status"], body["grants"], body["external_id"], body["verified"]}), `["New One","blocked",[{"role":"user_administrator","unit":null,"until":null}],"n-1",false]`)
		rest.Equal(t, "left out", rest.Show(body["left_out"]), left)
		rest.Equal(t, "location", made.Header.Get("Location"), "/api/v1/orgs/"+string(r.Acme.ID)+"/members/"+body["id"].(string))
		rest.Equal(t, "etag", made.Header.Get("ETag"), body["etag"].(string))
		r.Wrote(made, body["id"], "member.clone", me.Member)
		rest.Equal(t, "the Owner's clone has all", len(olga.Ask("POST", path, `{"email":"all@example.com","first_name":"All","last_name":"One"}`).Is(201)["left_out"].([]any)), 0)

		before := r.Newest(t, nil)
		uma.Ask("GET", "members/"+string(me.Member)+"/clone", "").Refuses(403, "cannot_clone_yourself")
		uma.Ask("POST", "members/"+string(me.Member)+"/clone", `{"email":"b@example.com","first_name":"A","last_name":"B"}`).Refuses(403, "cannot_clone_yourself")
		uma.Ask("POST", path, `{"email":"new@example.com","first_name":"A","last_name":"B"}`).At(409, "email", "already_invited")
		uma.Ask("POST", path, `{"name":"Robot","email":"c@example.com","first_name":"A","last_name":"B"}`).At(422, "name", "field_unknown")
		uma.Ask("POST", path, `{"email":"c","first_name":"A"}`).Refuses(422, "fields_invalid")
		uma.Ask("POST", path, `{"grants":[]}`).Refuses(400, "malformed")
		r.Quiet(t, before)
		r.Verified(r.Acme.ID)
	})
}

func TestACloneOfAnAPIUserHasASecretOfItsOwn(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		robot, id := r.Program(t, "Robot", roster.RoleAuditor)
		olga := r.Olga(t).With("Idempotency-Key", "one")
		first := olga.Ask("POST", "members/"+id+"/clone", `{"name":"Twin"}`)
		body := first.Is(201)
		twin := r.Token(t, body["client_id"].(string), body["client_secret"].(string))
		rest.Equal(t, "reads as the first", twin.Get("members")["total"].(float64), robot.Get("members")["total"].(float64))
		again := olga.Ask("POST", "members/"+id+"/clone", `{"name":"Twin"}`)
		two := again.Is(201)
		secret, there := two["client_secret"]
		rest.Equal(t, "the secret is null", rest.Show([]any{there, secret, two["code"], two["id"] == body["id"]}), `[true,null,"secret_shown_once",true]`)
		rest.Equal(t, "headers", again.Header.Get("Location")+again.Header.Get("ETag"), first.Header.Get("Location")+first.Header.Get("ETag"))
		r.Olga(t).Ask("POST", "members/"+id+"/clone", `{"name":"T","email":"a@example.com"}`).At(422, "email", "field_unknown")
		r.Olga(t).Ask("POST", "members/"+id+"/clone", `{"name":"T","first_name":"A","message":"x"}`).Refuses(422, "fields_invalid")
		robot.Ask("POST", "members/"+id+"/clone", `{"name":"T"}`).Refuses(403, "forbidden")
	})
}

func TestAnAPIUserCanStartBlocked(t *testing.T) {
	rest.Each(t, func(t *testing.T, r *rest.Rig) {
		made := r.Olga(t).Ask("POST", "members", `{"kind":"api","name":"Later","start_blocked":true,"external_id":"r-1"}`).Is(201)
		rest.Equal(t, "blocked", rest.Show([]any{made["status"], made["external_id"]}), `["blocked","r-1"]`)
		r.Olga(t).Ask("POST", "members/"+made["id"].(string)+"/unblock", "").Is(200)
		r.Token(t, made["client_id"].(string), made["client_secret"].(string)).Get("/me")
	})
}
