package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"roster/internal/action"
	"roster/internal/roster"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// changed says what a line's changes say.
func changed(e roster.Event) string {
	var all []string
	for _, c := range e.Changes {
		all = append(all, c.Field+" "+c.From+"→"+c.To)
	}
	return strings.Join(all, ", ")
}

func TestARepeatedRequestIsAnsweredAsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t).with("Idempotency-Key", "key-1")
		const body = `{"kind":"api","name":"Robot"}`
		first := olga.ask("POST", "members", body)
		one := first.is(201)
		equal(t, "not replayed", first.Header.Get("Idempotent-Replayed"), "")
		again := olga.ask("POST", "members", body)
		two := again.is(201)
		equal(t, "replayed", again.Header.Get("Idempotent-Replayed"), "true")
		for _, h := range []string{"Location", "ETag", "Roster-Seq"} {
			equal(t, h, again.Header.Get(h), first.Header.Get(h))
		}
		secret, there := two["client_secret"]
		equal(t, "the secret is null", there && secret == nil, true)
		equal(t, "code", two["code"], any("secret_shown_once"))
		delete(one, "client_secret")
		delete(two, "client_secret")
		delete(two, "code")
		equal(t, "otherwise the same", show(two), show(one))
		olga.ask("POST", "members", `{"kind":"api","name":"Other"}`).refuses(409, "idempotency_key_reused")
		olga.ask("POST", "members", body+" ").refuses(409, "idempotency_key_reused")
		equal(t, "one API user", r.owner(t).ask("GET", "members?kind=api", "").is(200)["total"].(float64), 1)

		id := one["id"].(string)
		tag := r.owner(t).ask("GET", "members/"+id, "").Header.Get("ETag")
		edit := r.owner(t).with("Idempotency-Key", "key-2", "If-Match", tag)
		edited := edit.ask("PATCH", "members/"+id, `{"name":"Robot 2"}`)
		edited.is(200)
		equal(t, "edit replayed, though the etag is old now", edit.ask("PATCH", "members/"+id, `{"name":"Robot 2"}`).text, edited.text)
		edit.ask("DELETE", "members/"+id, "").refuses(409, "idempotency_key_reused")
		gone := r.owner(t).with("Idempotency-Key", "key-3")
		gone.ask("DELETE", "members/"+id, "").is(204)
		replayed := gone.ask("DELETE", "members/"+id, "")
		replayed.is(204)
		equal(t, "removal replayed", replayed.Header.Get("Idempotent-Replayed"), "true")
		for _, bad := range []string{"with space", strings.Repeat("x", 256), "schlüssel"} {
			r.owner(t).with("Idempotency-Key", bad).ask("POST", "members", body).refuses(400, "malformed")
		}
		// Another actor's key is another key.
		token, _ := r.apiUser(t, "Adder", "user_administrator")
		r.bearer(t, token).with("Idempotency-Key", "key-1").ask("POST", "members", `{"kind":"api","name":"Third"}`).is(201)
	})
}

func TestAnInvitationLinkIsNotGivenAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		id := olga.invite("ina@example.com")["id"].(string)
		olga = olga.with("Idempotency-Key", "k")
		link := olga.ask("POST", "members/"+id+"/invitation-link", "").is(200)["link"].(string)
		again := olga.ask("POST", "members/"+id+"/invitation-link", "")
		body := again.is(200)
		equal(t, "link", body["link"], nil)
		equal(t, "code", body["code"].(string), "secret_shown_once")
		r.Accept(r.Acme.ID, link[strings.LastIndex(link, "/")+1:], "Ina", "In") // the first link is good still
	})
}

func TestTheSameKeyAtOnceActsOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t).with("Idempotency-Key", "at-once")
		answers := make([]answer, 8)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				answers[i] = olga.ask("POST", "members", `{"email":"ina@example.com","first_name":"Ina","last_name":"In"}`)
			})
		}
		wg.Wait()
		first := 0
		for _, a := range answers {
			equal(t, "answer", a.text, answers[0].text)
			equal(t, "status", a.StatusCode, 201)
			if a.Header.Get("Idempotent-Replayed") == "" {
				first++
			}
		}
		equal(t, "acted", first, 1)
		equal(t, "members", r.owner(t).ask("GET", "members?status=invited", "").is(200)["total"].(float64), 1)
	})
}

func TestConditionalRequests(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		id := olga.invite("ina@example.com")["id"].(string)
		path := "members/" + id
		tag := olga.ask("GET", path, "").Header.Get("ETag")
		same := olga.with("If-None-Match", `"other", W/`+tag).ask("GET", path, "")
		equal(t, "unchanged", same.StatusCode, 304)
		equal(t, "body", same.text, "")
		equal(t, "etag", same.Header.Get("ETag"), tag)

		olga.ask("PATCH", path, `{}`).refuses(428, "precondition_required")
		olga.ask("PUT", path+"/grants", `{"grants":[]}`).refuses(428, "precondition_required")
		for _, stale := range []string{`"7-0"`, `W/` + tag, `"someone else's"`, `"0"`} {
			olga.with("If-Match", stale).ask("PATCH", path, `{"first_name":"Never"}`).refuses(412, "changed_meanwhile")
			olga.with("If-Match", stale).ask("DELETE", path, "").refuses(412, "changed_meanwhile")
		}
		olga.with("If-Match", "bare").ask("PATCH", path, `{}`).refuses(400, "malformed")
		olga.with("If-Match", tag+", "+tag).ask("PATCH", path, `{}`).refuses(400, "malformed")
		equal(t, "nothing happened", r.newest(t, id).Action, "member.invite")

		// What a resend changes is seen by If-None-Match, and is nobody's edit for If-Match.
		r.Clock.Pass(1)
		linked := olga.ask("POST", path+"/invitation-link", "").is(200)
		equal(t, "the member looks otherwise", linked["member"].(map[string]any)["etag"].(string) != tag, true)
		equal(t, "and is told", olga.with("If-None-Match", tag).ask("GET", path, "").StatusCode, 200)
		olga.with("If-Match", tag).ask("PATCH", path, `{"first_name":"Irma"}`).is(200)
		olga.with("If-Match", tag).ask("PATCH", path, `{"first_name":"Inga"}`).refuses(412, "changed_meanwhile")
		olga.with("If-Match", tag).ask("DELETE", path, "").refuses(412, "changed_meanwhile")
		olga.with("If-Match", "*").ask("DELETE", path, "").is(204)
	})
}

func TestStrictJSON(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		for body, place := range map[string]string{
			`{"email":"a@example.com","role":"x"}`:              "role",
			`{"email":"a@example.com","email":"b@example.com"}`: "twice",
			`{"email":"a@example.com","EMAIL":"b@example.com"}`: "",
			`{"email":"a@example.com"} {}`:                      "follows",
			`{"email":["a@example.com"]}`:                       "email",
			`{"email":null}`:                                    "null",
			`{"grants":[{"role":7}]}`:                           "grants",
			`{"grants":{}}`:                                     "grants",
			`{"invitation_ttl":"3600"}`:                         "invitation_ttl",
			`{"grants":[{"until":"tomorrow"}]}`:                 "",
			`[]`:                                                "object", `7`: "object", `{`: "", "{\"email\":\"\xff\"}": "UTF-8", ``: "", ` `: "empty",
			strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40): "",
		} {
			p := olga.with("Content-Type", "application/json").ask("POST", "members", body).refuses(400, "malformed")
			if !strings.Contains(p.Detail, place) || strings.Contains(p.Detail, "example.com") || strings.Contains(p.Detail, "tomorrow") {
				t.Errorf("%s: %q does not name %q, or repeats what was sent", body, p.Detail, place)
			}
		}
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json", "application/vnd.x+json", "json"} {
			olga.with("Content-Type", kind).ask("POST", "members", `{"email":"a@example.com"}`).refuses(415, "unsupported_media_type")
		}
		olga.ask("POST", "members", `{"message":"`+strings.Repeat("x", 1<<20)+`"}`).refuses(413, "too_large")
		id := olga.invite("ina@example.com")["id"].(string)
		olga.ask("POST", "members/"+id+"/unblock", `{"reason":"x"}`).refuses(400, "malformed")
		olga.ask("POST", "members/"+id+"/block", `{"why":"x"}`).refuses(400, "malformed")

		edit := olga.with("If-Match", "*")
		edit.ask("PATCH", "members/"+id, `{"nickname":"x"}`).refuses(400, "malformed")
		edit.ask("PATCH", "members/"+id, `{"phone":7}`).refuses(400, "malformed")
		edit.ask("PATCH", "members/"+id, `null`).refuses(400, "malformed")
		edit.ask("PUT", "members/"+id+"/grants", `{}`).refuses(422, "field_required")
		p := edit.ask("PATCH", "members/"+id, `{"email":"b@example.com","id":"mem_1","first_name":"Never"}`).refuses(422, "fields_invalid")
		equal(t, "fields", p.Errors[0].Field+" "+p.Errors[0].Code+" "+p.Errors[1].Field, "email not_editable id")
		p = edit.ask("PATCH", "members/"+id, `{"first_name":null,"phone":"12","name":"Someone Else"}`).refuses(422, "fields_invalid")
		equal(t, "every field is told", len(p.Errors), 3)
		equal(t, "nothing happened", r.newest(t, id).Action, "member.invite")
	})
}

func TestFieldsThatBreakRulesAreAllTold(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		olga := r.owner(t)
		p := olga.ask("POST", "members", `{"email":"a@b@c","first_name":"A\u202eb","phone":"0123","invitation_ttl":5,"message":"a\u0007"}`).refuses(422, "fields_invalid")
		var fields []string
		for _, e := range p.Errors {
			fields = append(fields, e.Field+" "+e.Code)
		}
		equal(t, "fields", strings.Join(fields, ", "), "email email_invalid, message control_character, invitation_ttl invitation_ttl_invalid, first_name bidi_control, last_name field_required, phone phone_invalid")
		for body, want := range map[string]string{
			`{"kind":"external","email":"a@example.com"}`:                                                     "kind kind_unknown",
			`{"kind":"api","name":"X","email":"a@example.com"}`:                                               "email field_unknown",
			`{"kind":"api","name":"X","invitation_ttl":null,"start_blocked":true}`:                            "start_blocked field_unknown",
			`{"name":"X Y","email":"a@example.com"}`:                                                          "name field_unknown",
			`{"kind":"api"}`:                                                                                  "name field_required",
			`{"kind":"api","name":"X","grants":[{"role":"owner"}]}`:                                           "grants[0] owner_api",
			`{"email":"a@example.com","first_name":"A","last_name":"B","invitation_ttl":9223372036854775807}`: "invitation_ttl invitation_ttl_invalid",
			`{"email":"a@example.com","first_name":"A","last_name":"B","invitation_ttl":0}`:                   "invitation_ttl invitation_ttl_invalid",
		} {
			p := olga.ask("POST", "members", body).refuses(422, strings.Fields(want)[1])
			equal(t, body, p.Errors[0].Field+" "+p.Errors[0].Code, want)
		}
		olga.invite("ina@example.com")
		olga.ask("POST", "members", `{"email":"INA@example.com","first_name":"A","last_name":"B"}`).refuses(409, "already_invited")
		olga.ask("POST", "members", `{"email":"olga@example.com","first_name":"A","last_name":"B"}`).refuses(409, "already_member")
		inert := olga.ask("POST", "members", `{"email":"p@example.com","first_name":"</p><a href=x>","last_name":"B"}`).is(201)
		equal(t, "inert", inert["first_name"].(string), "</p><a href=x>")
	})
}

func TestRulesHoldThroughThisDoor(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.Join("uma@example.com", "Uma", "Admin", roster.RoleUserAdministrator)
		uma, owner := r.person(t, "uma@example.com"), string(r.Owner.Member)
		p := uma.ask("POST", "members", `{"email":"x@example.com","first_name":"X","last_name":"Y","grants":[{"role":"owner"}]}`).refuses(403, "exceeds_authority")
		equal(t, "missing", strings.Join(p.Missing, " "), "organisation.read")
		uma.ask("POST", "members/"+owner+"/block", "").refuses(403, "stronger_target")
		uma.with("If-Match", "*").ask("PATCH", "members/"+owner, `{"first_name":"X"}`).refuses(403, "stronger_target")
		uma.ask("GET", "plan", "").refuses(403, "forbidden")
		r.owner(t).ask("DELETE", "members/"+owner, "").refuses(403, "not_on_yourself")
		r.owner(t).with("If-Match", "*").ask("PUT", "members/"+owner+"/grants", `{"grants":[{"role":"user_administrator"}]}`).refuses(409, "last_owner")

		roles := uma.ask("GET", "roles", "").is(200)
		for _, v := range roles["items"].([]any) {
			role := v.(map[string]any)
			equal(t, "can grant "+role["key"].(string), role["can_grant"].(bool), role["key"] == "user_administrator" || role["key"] == "member")
		}
		// A narrowed token can do less than its API user.
		token, _ := r.apiUser(t, "Narrow members.read", "user_administrator")
		r.bearer(t, token).ask("GET", "members", "").is(200)
		r.bearer(t, token).ask("POST", "members", `{"kind":"api","name":"X"}`).refuses(403, "forbidden")

		r.Clock.Pass(61e9)
		must(t, r.Gate.SealRefusals(r.CLI("")))
		lines := r.owner(t).ask("GET", "history?action=member.block", "").is(200)["items"].([]any)
		equal(t, "the refusal is a line", show([]any{lines[0].(map[string]any)["refused"], lines[0].(map[string]any)["count"], lines[0].(map[string]any)["door"]}), `["stronger_target",1,"api"]`)
		r.Verified(r.Acme.ID)
	})
}

var ids = regexp.MustCompile(`req_[0-9a-z]+`)

func TestNothingOfAnotherOrganisationExists(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		beta, bea := r.beta(t)
		token, _ := r.apiUser(t, "Robot", roster.RoleUserAdministrator)
		callers := map[string]*caller{"person": r.owner(t), "API user": r.bearer(t, token)}
		for name, c := range callers {
			c = c.with("If-Match", "*")
			for _, route := range r.mux.Routes() {
				if !strings.Contains(route.Pattern, "{org}") || name == "API user" && route.Action == string(action.MemberLink) {
					continue // links are for people: an API user is told so before any member is looked for
				}
				body := ""
				switch {
				case route.Method == http.MethodPatch:
					body = `{"first_name":"X"}`
				case route.Method == http.MethodPut:
					body = `{"grants":[]}`
				}
				foreign := strings.NewReplacer("{org}", string(beta.ID), "{id}", string(bea.Member)).Replace(route.Pattern)
				unknown := strings.NewReplacer("{org}", "org_00000000000000000000000000", "{id}", string(bea.Member)).Replace(route.Pattern)
				same(t, name, c.ask(route.Method, foreign, body), c.ask(route.Method, unknown, body))
				same(t, name, c.ask(route.Method, strings.Replace(foreign, string(beta.ID), "beta", 1), body), c.ask(route.Method, strings.Replace(foreign, string(beta.ID), "a%7Fb", 1), body))
				if strings.Contains(route.Pattern, "{id}") {
					for _, none := range []string{"mem_00000000000000000000000000", "a%7Fb"} {
						foreign := strings.NewReplacer("{org}", "acme", "{id}", string(bea.Member)).Replace(route.Pattern)
						unknown := strings.NewReplacer("{org}", "acme", "{id}", none).Replace(route.Pattern)
						same(t, name, c.ask(route.Method, foreign, body), c.ask(route.Method, unknown, body))
					}
				}
			}
		}
		r.owner(t).ask("GET", "history?member="+string(bea.Member), "").refuses(404, "not_found")
		r.Verified(beta.ID)
	})
}

// same fails unless both answers are 404 and alike to the byte, but for the request's identifier.
func same(t *testing.T, who string, foreign, unknown answer) {
	t.Helper()
	about := fmt.Sprintf("%s: %s %s", who, foreign.Request.Method, foreign.Request.URL.Path)
	equal(t, about, foreign.StatusCode, 404)
	equal(t, about, ids.ReplaceAllString(foreign.text, ""), ids.ReplaceAllString(unknown.text, ""))
	for _, h := range []http.Header{foreign.Header, unknown.Header} {
		h.Del("Request-Id")
		h.Del("Date")
	}
	equal(t, about, fmt.Sprint(foreign.Header), fmt.Sprint(unknown.Header))
}
