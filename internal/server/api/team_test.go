package api_test

import (
	"slices"
	"strings"
	"testing"

	"roster/internal/roster"
)

var memberFields = strings.Fields(`id external_id kind status first_name last_name name email phone picture_url client_id verified mfa
	login_method grants unit invitation last_seen_at created_at created_by updated_at updated_by etag allowed`)

func TestAPersonIsAddedShownEditedAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		made := olga.ask("POST", "members", `{"kind":"regular","email":"Ina@Example.com","first_name":"Ina","last_name":"Invited","phone":"+55 11 5555 0100",
			"grants":[{"role":"auditor","unit":null,"until":null}],"invitation_ttl":86400,"message":"Welcome"}`)
		body := made.is(201)
		id := body["id"].(string)
		for _, f := range memberFields {
			if _, there := body[f]; !there {
				t.Errorf("the member lacks %s", f)
			}
		}
		equal(t, "fields", len(body), len(memberFields))
		equal(t, "location", made.Header.Get("Location"), "/api/v1/orgs/"+string(r.Acme.ID)+"/members/"+id)
		equal(t, "etag", made.Header.Get("ETag"), body["etag"].(string))
		equal(t, "status", body["status"].(string), "invited")
		equal(t, "email", body["email"].(string), "Ina@Example.com")
		equal(t, "phone", body["phone"].(string), "+551155550100")
		equal(t, "created_at", body["created_at"].(string), "2026-11-22T09:00:00Z")
		equal(t, "created_by", body["created_by"].(string), string(r.Owner.Member))
		equal(t, "last seen", body["last_seen_at"], nil)
		equal(t, "invitation", body["invitation"].(map[string]any)["state"].(string), "live")
		if g := body["grants"].([]any)[0].(map[string]any); g["role"] != "auditor" || g["unit"] != nil || g["until"] != nil {
			t.Errorf("grants: %v", body["grants"])
		}
		if !slices.Contains(texts(body["allowed"]), "member.resend") {
			t.Errorf("allowed: %v", body["allowed"])
		}
		e := r.tells(t, id, "member.invite", r.Owner.Member)
		equal(t, "Roster-Seq", made.Header.Get("Roster-Seq"), number(e.Seq))

		shown := olga.ask("GET", "members/"+id, "")
		equal(t, "shown as it was answered", shown.text, made.text)
		equal(t, "HEAD", olga.ask("HEAD", "members/"+id, "").Header.Get("ETag"), shown.Header.Get("ETag"))

		edited := olga.with("If-Match", shown.Header.Get("ETag"), "Content-Type", "application/merge-patch+json").ask("PATCH", "members/"+id, `{"first_name":"Irma","phone":null}`)
		body = edited.is(200)
		equal(t, "name", body["name"].(string), "Irma Invited")
		equal(t, "phone is cleared", body["phone"], nil)
		e = r.tells(t, id, "member.edit", r.Owner.Member)
		equal(t, "changes", changed(e), "first_name Ina→Irma, phone +551155550100→")

		gone := olga.with("If-Match", edited.Header.Get("ETag")).ask("DELETE", "members/"+id, "")
		gone.is(204)
		equal(t, "body", gone.text, "")
		e = r.tells(t, id, "member.remove", r.Owner.Member)
		equal(t, "Roster-Seq", gone.Header.Get("Roster-Seq"), number(e.Seq))
		equal(t, "removed", olga.ask("GET", "members/"+id, "").is(200)["status"].(string), "removed")
		olga.ask("DELETE", "members/"+id, "").refuses(409, "removed")
		r.Verified(r.Acme.ID)
	})
}

func TestActsOnAMember(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		id := olga.invite("ina@example.com", "member")["id"].(string)
		act := func(what, body, status, action string) map[string]any {
			t.Helper()
			a := olga.ask("POST", "members/"+id+"/"+what, body)
			m := a.is(200)
			e := r.tells(t, id, action, r.Owner.Member)
			equal(t, what+": Roster-Seq", a.Header.Get("Roster-Seq"), number(e.Seq))
			if status != "" {
				equal(t, what+": status", m["status"].(string), status)
				equal(t, what+": etag", a.Header.Get("ETag"), m["etag"].(string))
			}
			return m
		}
		act("resend", "", "invited", "member.resend")
		linked := act("invitation-link", "{}", "", "member.link")
		link := linked["link"].(string)
		if !strings.HasPrefix(link, "https://roster.example.com/invitation/"+string(r.Acme.ID)+"/rinv_") || linked["expires_at"].(string) != "2026-11-29T09:00:00Z" {
			t.Errorf("link: %v", linked)
		}
		equal(t, "the link works", r.Accept(r.Acme.ID, link[strings.LastIndex(link, "/")+1:], "Ina", "In").Member, roster.MemberID(id))
		act("block", `{"reason":"On leave"}`, "blocked", "member.block")
		if c := changed(r.newest(t, id)); !strings.Contains(c, "block_reason →On leave") {
			t.Errorf("the line does not tell the reason: %s", c)
		}
		olga.ask("POST", "members/"+id+"/block", "").refuses(409, "already_blocked")
		act("unblock", "", "active", "member.unblock")
		olga.ask("POST", "members/"+id+"/resend", "").refuses(409, "not_invited")
		equal(t, "no lines of refused slips", r.newest(t, id).Action, "member.unblock")
		r.Verified(r.Acme.ID)
	})
}

func TestGrantsAreSetAsAWhole(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		m := olga.invite("ina@example.com", "auditor", "member")
		id, tag := m["id"].(string), m["etag"].(string)
		a := olga.with("If-Match", tag).ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"member"},{"permission":"members.read","until":"2027-01-01T00:00:00+01:00"}]}`)
		body := a.is(200)
		equal(t, "gained", show(body["gained"]), `[{"permission":"members.read","unit":null,"until":"2026-12-31T23:00:00Z"}]`)
		equal(t, "lost", show(body["lost"]), `[{"role":"auditor","unit":null,"until":null}]`)
		equal(t, "grants", len(body["grants"].([]any)), 2)
		equal(t, "etag", a.Header.Get("ETag"), body["member"].(map[string]any)["etag"].(string))
		e := r.tells(t, id, "member.edit", r.Owner.Member)
		if c := changed(e); !strings.Contains(c, "auditor") || !strings.Contains(c, "members.read") {
			t.Errorf("the line does not tell the grants: %s", c)
		}
		olga.with("If-Match", tag).ask("PUT", "members/"+id+"/grants", `{"grants":[]}`).refuses(412, "changed_meanwhile")
		olga.with("If-Match", "*").ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"member"},{"permission":"members.read","until":"2026-12-31T23:00:00Z"}]}`).is(200)
		equal(t, "nothing new", r.newest(t, id).Seq, e.Seq)
		p := olga.with("If-Match", "*").ask("PUT", "members/"+id+"/grants", `{"grants":[{"role":"no such"},{"role":"owner","permission":"members.read"}]}`).refuses(422, "fields_invalid")
		equal(t, "fields", p.Errors[0].Field+" "+p.Errors[0].Code+" "+p.Errors[1].Field+" "+p.Errors[1].Code, "grants[0].role role_unknown grants[1] grant_unclear")
		equal(t, "nothing left", show(olga.with("If-Match", "*").ask("PUT", "members/"+id+"/grants", `{"grants":[]}`).is(200)["grants"]), `[]`)
	})
}

func TestAnAPIUserGetsItsSecretOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.owner(t).ask("POST", "members", `{"kind":"api","name":"Nightly export","grants":[{"role":"auditor"}]}`)
		body := made.is(201)
		equal(t, "kind", body["kind"].(string), "api")
		equal(t, "first name", body["first_name"], nil)
		equal(t, "invitation", body["invitation"], nil)
		r.tells(t, body["id"], "api_user.create", r.Owner.Member)

		robot := r.bearer(t, body["client_id"].(string)+":"+body["client_secret"].(string))
		if again := robot.ask("GET", "members/"+body["id"].(string), "").text; strings.Contains(again, body["client_secret"].(string)) || strings.Contains(again, "client_secret") {
			t.Errorf("the secret is shown again: %s", again)
		}
		me := robot.ask("GET", "/me", "").is(200)
		equal(t, "me", me["kind"].(string)+" "+me["name"].(string), "api_user Nightly export")
		equal(t, "its organisation", robot.ask("GET", "/orgs", "").is(200)["total"].(float64), 1)
		a := robot.ask("POST", "members", `{"email":"x@example.com","first_name":"X","last_name":"Y"}`)
		p := a.refuses(403, "forbidden")
		equal(t, "missing", strings.Join(p.Missing, " "), "members.write")
		equal(t, "challenge", a.Header.Get("WWW-Authenticate"), `Bearer realm="Roster", error="insufficient_scope", scope="members.write"`)

		r.owner(t).ask("POST", "members/"+body["id"].(string)+"/block", "").is(200)
		a = robot.ask("GET", "members", "")
		a.refuses(401, "invalid_token")
		if c := a.Header.Values("WWW-Authenticate"); len(c) != 1 || !strings.Contains(c[0], `error="invalid_token"`) {
			t.Errorf("challenge: %v", c)
		}
	})
}

func TestTheListIsFilteredSortedAndWalked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		for _, e := range []string{"anna@example.com", "bert@example.com", "cleo@example.com"} {
			olga.invite(e, "member")
		}
		r.apiUser(t, "Robot", "auditor")
		all := olga.ask("GET", "members", "").is(200)
		equal(t, "total", all["total"].(float64), 5)
		equal(t, "more", all["more"].(bool), false)
		equal(t, "cursor", all["next_cursor"], nil)
		count := func(query string) int { return int(olga.ask("GET", "members?"+query, "").is(200)["total"].(float64)) }
		equal(t, "commas", count("status=invited,active&kind=regular"), 4)
		equal(t, "repeated", count("status=invited&status=active&kind=api"), 1)
		equal(t, "search", count("q=bert"), 1)
		equal(t, "role", count("role=auditor"), 1)
		seen, cursor := 0, ""
		for pages := 0; ; pages++ {
			page := olga.ask("GET", "members?limit=2&sort=-created_at&cursor="+cursor, "").is(200)
			seen += len(page["items"].([]any))
			if page["next_cursor"] == nil {
				equal(t, "pages", pages, 2)
				break
			}
			cursor = page["next_cursor"].(string)
		}
		equal(t, "walked", seen, 5)
		olga.ask("GET", "members?limit=2&sort=name&cursor="+cursor, "").refuses(422, "cursor_invalid")
		for query, want := range map[string]string{
			"limit=0": "limit limit_invalid", "limit=201": "limit limit_invalid", "limit=x": "limit parameter_invalid", "sort=email": "sort sort_unknown",
			"status=gone": "status status_unknown", "kind=regular,": "kind kind_unknown", "page=2": "page parameter_unknown", "limit=1&limit=2": "limit parameter_repeated",
			"%3Cb%3E=1": "… parameter_unknown", "role=%07": "role control_character",
		} {
			a := olga.ask("GET", "members?"+query, "")
			p := a.refuses(422, strings.Fields(want)[1])
			equal(t, query, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
		for _, illegible := range []string{"q=%zz", "q=%00", "q=%ff"} {
			olga.ask("GET", "members?"+illegible, "").refuses(400, "malformed")
		}
	})
}
